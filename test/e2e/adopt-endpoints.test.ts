/** Interface endpoints that lost their mark, or that somebody else made where an infra group lacks its own. */
import type { CreateVpcEndpointCommandInput, EC2 } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { AdoptReport } from '../../src/model/reports.ts';
import { group, tier, write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';
import {
  clientsOf,
  conditionOf,
  creates,
  endpointsOf,
  fleet,
  installation,
  isTrue,
  orders,
  place,
  prices,
  securityGroupOf,
  tagOf,
  wired,
} from './endpoints.ts';

const arnOf = (id: string): string => `arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/${id}`;
const specOf = (name: string) =>
  group(name, place).spec as { vpcId: string; subnetIds: string[]; taskSecurityGroupIds: string[] };
const markKeys = ['installation', 'infra-group', 'dependency'].map((key) => ({ Key: `cellwright:${key}` }));

/** Writes the order into the record of an infra group. */
function order(run: Installation, name: string, arns: readonly string[], minutes = 60, mode = 'active'): Promise<void> {
  const until = new Date(run.clock.now() + minutes * 60_000).toISOString();
  const adopt = arns.map((arn) => ({ arn, until }));
  return write(run, group(name, place, { endpointSecurityGroupIds: [securityGroupOf(name)], adopt, mode }));
}

function report(run: Installation, infraGroup: string, arn: string): Promise<AdoptReport> {
  const { term } = run.leader ?? {};
  if (term === undefined) throw new Error('no term');
  return run.clock.drive(term.adoption({ infraGroup, arn }));
}

/** Somebody else's endpoint to the first service: in one subnet, with another security group, and with the service's own name. */
async function foreign(
  run: Installation,
  ec2: EC2,
  { tags = {}, ...change }: Partial<CreateVpcEndpointCommandInput> & { tags?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { vpcId, subnetIds, taskSecurityGroupIds } = specOf('g1');
  const Tags = Object.entries({ team: 'web', ...tags }).map(([Key, Value]) => ({ Key, Value }));
  const { VpcEndpoint } = await run.clock.drive(
    ec2.createVpcEndpoint({
      VpcEndpointType: 'Interface',
      VpcId: vpcId,
      ServiceName: orders.serviceName,
      SubnetIds: subnetIds.slice(0, 1),
      SecurityGroupIds: taskSecurityGroupIds,
      PrivateDnsEnabled: true,
      TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags }],
      ...change,
    }),
  );
  await run.advance(300);
  return VpcEndpoint?.VpcEndpointId ?? '';
}

/** A group whose tier depends upon nothing yet, and somebody else's endpoint in its VPC. */
async function withForeign(change: Parameters<typeof foreign>[2] = {}) {
  const run = await installation({ fleet: fleet([], ['g1'], []), rights: { adoption: true } });
  const { ec2 } = clientsOf(run);
  run.start();
  await run.until('the group is ready', () => isTrue(run, 'InfraGroup', 'g1', 'InfraReady'));
  return { run, ec2, id: await foreign(run, ec2, change) };
}

const depend = (run: Installation, dependencies: readonly object[]) => write(run, tier('std', { dependencies }));
const isWired = (run: Installation) =>
  run.until('the tier is wired', () => conditionOf(run, 'Tier', 'std', 'Wired')?.reason === 'Wired');
const adopted = (run: Installation) => run.told.events.filter(({ reason }) => reason === 'Adopted');
const inventoryOf = async (run: Installation) =>
  (await run.stored('InfraGroup', 'g1')).inventory?.value.endpoints ?? {};

/** Everything of ours, on an endpoint that somebody else made. */
async function expectOurs(run: Installation, ec2: EC2, id: string): Promise<void> {
  const mine = (await endpointsOf(run, ec2)).find(({ VpcEndpointId }) => VpcEndpointId === id);
  expect(mine).toMatchObject({ State: 'available', PrivateDnsEnabled: true });
  expect([...(mine?.SubnetIds ?? [])].sort()).toEqual([...specOf('g1').subnetIds].sort());
  expect(mine?.Groups?.map(({ GroupId }) => GroupId)).toEqual([securityGroupOf('g1')]);
  const tags = ['installation', 'infra-group', 'dependency'].map((key) => mine && tagOf(mine, `cellwright:${key}`));
  expect(tags).toEqual([run.installation, 'g1', 'orders']);
  expect((await inventoryOf(run))['orders']).toMatchObject({ resource: { arn: id }, retired: [] });
}

describe('an endpoint of the group that lost its mark', () => {
  it.each(['id', 'ARN'])(
    'is adopted by its %s, and heals then; an entry whose time is over says nothing',
    async (by) => {
      const { run, ec2 } = await wired([orders], { rights: { adoption: true } });
      const [before] = await endpointsOf(run, ec2);
      const id = before?.VpcEndpointId ?? '';
      const name = by === 'id' ? id : arnOf(id);
      await run.clock.drive(
        ec2
          .deleteTags({ Resources: [id], Tags: markKeys })
          .then(() => ec2.modifyVpcEndpoint({ VpcEndpointId: id, RemoveSubnetIds: [before?.SubnetIds?.[0] ?? ''] })),
      );
      const reason = () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason;
      await run.until('it is told', () => reason() === 'OwnershipLost');
      await run.advance(300);
      const message = conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.message;
      expect(message).toContain(`cellwright adopt infra-group g1 ${id}`);
      const since = run.aws.log.last;
      const shown = await report(run, 'g1', name);
      expect(shown).toMatchObject({ infraGroup: 'g1', arn: name, kind: 'endpoint', dependency: 'orders' });
      expect(shown.refusal).toBeUndefined();
      expect(shown.fields.map(({ field }) => field).sort()).toEqual(['AddSubnetIds', 'Tags']);
      await order(run, 'g1', [name], -1);
      await run.advance(300);
      expect(run.mutations(since)).toEqual([]);
      expect(reason()).toBe('OwnershipLost');
      await order(run, 'g1', [name]);
      await run.until('it is ready again', () => isTrue(run, 'InfraGroup', 'g1', 'EndpointsReady'));
      await run.advance(300);
      await expectOurs(run, ec2, id);
      expect(creates(run, since)).toEqual([]);
      expect(adopted(run)).toMatchObject([{ key: 'InfraGroup/g1', message: expect.stringContaining(id) as string }]);
      expect((await report(run, 'g1', name)).refusal).toContain('there is nothing to adopt');
      expect(run.phase('acme')).toBe('Ready');
      await run.stop();
    },
  );

  it.each([
    ['cellwright:installation', 'another123'],
    ['cellwright:infra-group', 'g2'],
  ])('is left to whom its tag %s names', async (Key, Value) => {
    const { run, ec2 } = await wired([orders], { rights: { adoption: true } });
    const [one] = await endpointsOf(run, ec2);
    const id = one?.VpcEndpointId ?? '';
    await run.clock.drive(
      ec2
        .deleteTags({ Resources: [id], Tags: markKeys })
        .then(() => ec2.createTags({ Resources: [id], Tags: [{ Key, Value }] })),
    );
    await order(run, 'g1', [id]);
    const since = run.aws.log.last;
    await run.until(
      'it is told',
      () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason === 'OwnershipLost',
    );
    await run.advance(300);
    expect(run.mutations(since)).toEqual([]);
    expect((await report(run, 'g1', id)).refusal).toContain(`${Key} says ${Value}`);
    await run.stop();
  });

  it('goes, once adopted, where its dependency was dropped', async () => {
    const { run, ec2 } = await wired([orders, prices], { rights: { adoption: true } });
    const all = await endpointsOf(run, ec2);
    const id = all.find((one) => tagOf(one, 'cellwright:dependency') === 'prices')?.VpcEndpointId ?? '';
    await run.clock.drive(ec2.deleteTags({ Resources: [id], Tags: markKeys }));
    await depend(run, [orders]);
    await run.until('its removal is held', () => run.told.held.some(({ message }) => message.includes('is to go')));
    await run.advance(120);
    expect((await endpointsOf(run, ec2)).map(({ VpcEndpointId }) => VpcEndpointId)).toContain(id);
    expect(await report(run, 'g1', id)).toMatchObject({ then: expect.stringContaining('it is deleted') as string });
    await order(run, 'g1', [id]);
    await run.advance(300);
    expect((await endpointsOf(run, ec2)).map(({ VpcEndpointId }) => VpcEndpointId)).not.toContain(id);
    expect(Object.keys(await inventoryOf(run))).toEqual(['orders']);
    await run.stop();
  });
});

describe("somebody else's endpoint", () => {
  it('becomes the group’s own where there is none: nothing is made beside it, and it heals', async () => {
    const { run, ec2, id } = await withForeign();
    const since = run.aws.log.last;
    expect((await report(run, 'g1', id)).refusal).toContain('names a dependency');
    await order(run, 'g1', [arnOf(id)]);
    await run.advance(120);
    expect(run.mutations(since)).toEqual([]);
    await depend(run, [orders]);
    await isWired(run);
    await run.advance(300);
    expect(creates(run, since)).toEqual([]);
    await expectOurs(run, ec2, id);
    const [one] = await endpointsOf(run, ec2);
    expect(one && tagOf(one, 'team')).toBe('web');
    expect(adopted(run)).toHaveLength(1);
    const drift = run.told.changes.filter(({ change }) => change.kind === 'endpoint' && change.reason === 'drift');
    expect(drift).toEqual([]);
    await run.stop();
  });

  it('is not taken where one of the group’s stands: the report says what to do, and nothing is written', async () => {
    const { run, ec2, id } = await withForeign();
    await depend(run, [orders]);
    await run.until(
      'the conflict is told',
      () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason === 'PrivateDnsConflict',
    );
    const since = run.aws.log.last;
    const { refusal } = await report(run, 'g1', id);
    expect(refusal).toContain('stands already');
    expect(refusal).toContain(`delete ${id}, or switch its private DNS off`);
    await order(run, 'g1', [id]);
    await run.advance(300);
    expect(run.mutations(since)).toEqual([]);
    // Once ours is gone, the same order lets it be taken over.
    const ours = (await endpointsOf(run, ec2)).flatMap(({ VpcEndpointId = '' }) =>
      VpcEndpointId === id ? [] : [VpcEndpointId],
    );
    expect(ours).toHaveLength(1);
    await run.clock.drive(ec2.deleteVpcEndpoints({ VpcEndpointIds: ours }));
    await run.until('it is adopted', () => adopted(run).length > 0);
    await isWired(run);
    await run.advance(600);
    await expectOurs(run, ec2, id);
    expect(await endpointsOf(run, ec2)).toHaveLength(1);
    await run.stop();
  });

  it.each([
    ['another installation', { 'cellwright:installation': 'another123', 'cellwright:infra-group': 'g1' }],
    ['another infra group', { 'cellwright:infra-group': 'g9' }],
  ])('is never taken where its mark names %s', async (_whose, tags) => {
    const { run, ec2, id } = await withForeign({ tags, PrivateDnsEnabled: false });
    await order(run, 'g1', [id]);
    const since = run.aws.log.last;
    await depend(run, [orders]);
    await isWired(run);
    await run.advance(300);
    expect(creates(run, since)).toHaveLength(1);
    const touched = run.mutations(since).filter(({ resources }) => resources.includes(id));
    expect(touched).toEqual([]);
    expect((await report(run, 'g1', id)).refusal).toContain('take its cellwright: tags off by hand');
    expect(adopted(run)).toEqual([]);
    expect(await endpointsOf(run, ec2)).toHaveLength(2);
    await run.stop();
  });

  it('is shown and left alone while the infra group is only observed', async () => {
    const { run, id } = await withForeign();
    const since = run.aws.log.last;
    await order(run, 'g1', [id], 60, 'observe');
    await depend(run, [orders]);
    await run.advance(300);
    expect(run.mutations(since)).toEqual([]);
    const shown = await report(run, 'g1', id);
    expect(shown.then).toContain('it waits for mode active (now observe)');
    expect(shown.fields.map(({ field }) => field).sort()).toEqual([
      'AddSecurityGroupIds',
      'AddSubnetIds',
      'RemoveSecurityGroupIds',
      'Tags',
    ]);
    const { infraGroups = [] } = await run.clock.drive(
      run.leader?.term?.plan() ?? Promise.reject(new Error('no term')),
    );
    expect(infraGroups[0]?.changes).toMatchObject([{ action: 'update', name: id, fields: shown.fields }]);
    await run.stop();
  });

  it('is not made twice and not lost where the controller dies between inventory and mark', async () => {
    const { run, ec2, id } = await withForeign();
    await order(run, 'g1', [id]);
    let killed = 0;
    run.aws.faults = {
      before: ({ operation }) => {
        if (operation !== 'CreateTags' || killed > 0) return undefined;
        killed += 1;
        return { kind: 'crash', kill: () => run.kill() };
      },
    };
    const since = run.aws.log.last;
    await depend(run, [orders]);
    await run.until('the controller dies', () => killed > 0);
    run.start();
    await isWired(run);
    await run.advance(300);
    expect(creates(run, since)).toEqual([]);
    await expectOurs(run, ec2, id);
    await run.stop();
  });

  it('is not replaced by one of ours while it cannot be marked', async () => {
    const { run, ec2, id } = await withForeign();
    await order(run, 'g1', [id]);
    let refused = 0;
    run.aws.faults = {
      before: ({ operation }) => {
        if (operation !== 'CreateTags' || refused >= 3) return undefined;
        refused += 1;
        return { kind: 'throttle' };
      },
    };
    const since = run.aws.log.last;
    await depend(run, [orders]);
    await isWired(run);
    await run.advance(300);
    expect(refused).toBe(3);
    expect(creates(run, since)).toEqual([]);
    await expectOurs(run, ec2, id);
    await run.stop();
  });
});

describe('an endpoint in the inventory of another infra group', () => {
  it('is not taken, whatever its tags say', async () => {
    const run = await installation({ fleet: fleet([orders], ['g1', 'g2'], []), rights: { adoption: true } });
    const { ec2 } = clientsOf(run);
    run.start();
    await isWired(run);
    const theirs = (await endpointsOf(run, ec2)).find((one) => tagOf(one, 'cellwright:infra-group') === 'g2');
    const id = theirs?.VpcEndpointId ?? '';
    await run.clock.drive(ec2.deleteTags({ Resources: [id], Tags: markKeys }));
    await order(run, 'g1', [id]);
    const since = run.aws.log.last;
    await run.advance(300);
    expect(run.mutations(since)).toEqual([]);
    expect((await report(run, 'g1', id)).refusal).toContain(`cellwright adopt infra-group g2 ${id}`);
    expect((await report(run, 'g1', 'vpce-0fffffffffffffff0')).refusal).toContain('orders: com.amazonaws.vpce');
    expect((await report(run, 'g1', arnOf(id).replace('111111111111', '222222222222'))).refusal).toContain(
      'in account 111111111111',
    );
    await run.stop();
  });
});
