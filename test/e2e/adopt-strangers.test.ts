/** What bears the name that ours needs, and was never known to be ours. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ResourceKind, TenantInventory } from '../../src/model/resources.ts';
import { toItem } from '../../src/store/attributes.ts';
import type { Installation } from '../support/installation.ts';
import { allReady, chainOf, condition, controllerWrites, settled } from './outside.ts';
import { backup } from './rebuild.ts';
import { smallFleet } from './small-fleet.ts';

let run: Installation;
afterEach(() => run.stop());

const keys = ['installation', 'tenant', 'infra-group', 'placement'].map((key) => `cellwright:${key}`);

/** The inventory has an intent without an answer, and what stands under its name has no mark: somebody was there first. */
async function estrange(kind: ResourceKind, arn: string): Promise<void> {
  const { hands } = chainOf(run, 'bolt');
  await run.stop();
  await run.clock.drive(
    (async () => {
      if (arn.includes(':ecs:')) await hands.ecs.untagResource({ resourceArn: arn, tagKeys: keys });
      else await hands.elb.removeTags({ ResourceArns: [arn], TagKeys: keys });
    })(),
  );
  const item = (await backup(run)).find(({ pk, sk }) => pk === 'Tenant/bolt' && sk === 'inventory');
  const inventory = item?.['value'] as TenantInventory;
  const placements = Object.fromEntries(
    Object.entries(inventory.placements).map(([id, placement]) => {
      const {
        arn: _arn,
        applied: _applied,
        confirmedAt: _at,
        ...entry
      } = placement.resources[kind] ?? { kind, n: 1, name: '' };
      const intent = { token: 'unanswered', at: new Date(run.clock.now()).toISOString() };
      return [id, { ...placement, resources: { ...placement.resources, [kind]: { ...entry, intent } } }];
    }),
  );
  const Item = toItem({ ...item, value: { placements } });
  const call = { accessKeyId: '000000000000', region: 'us-east-1', service: 'dynamodb', operation: 'PutItem' } as const;
  run.aws.call({ ...call, input: { TableName: 'state', Item } });
}

describe('a stranger under our name', () => {
  it.each([
    ['cluster', 'NameTaken'],
    ['listener_rule', 'NameTaken'],
    ['service', undefined],
    ['target_group', undefined],
  ] as const)('%s: is ours where the record says so', async (kind, hold) => {
    run = await settled({ fleet: smallFleet({ tenants: { bolt: { tier: 'standard' } } }), rights: { adoption: true } });
    const chain = chainOf(run, 'bolt');
    const arn = {
      cluster: chain.cluster,
      listener_rule: chain.rule,
      service: chain.service,
      target_group: chain.targetGroup,
    }[kind];
    await estrange(kind, arn);
    const until = new Date(run.clock.now() + 3_600_000).toISOString();
    const since = run.aws.log.last;
    if (hold !== undefined) {
      run.start();
      await run.until('held', () => run.told.held.some(({ reason }) => reason === hold));
      await run.advance(100);
      expect(controllerWrites(run, since)).toEqual([]);
    }
    await run.put('Tenant', 'bolt', { tier: 'standard', adopt: [{ arn, until }] });
    // A name that changes with the incarnation steps aside at once: it is adopted where the order came first.
    if (hold === undefined) run.start();
    await run.until('adopted', () => run.told.events.some(({ reason }) => reason === 'Adopted'));
    await run.until('Ready', () => allReady(run));
    await run.advance(30);
    expect(chainOf(run, 'bolt')).toMatchObject({
      cluster: chain.cluster,
      rule: chain.rule,
      service: chain.service,
      targetGroup: chain.targetGroup,
    });
    const writes = controllerWrites(run, since).map(({ operation }) => operation);
    expect(new Set(writes)).toEqual(new Set([arn.includes(':ecs:') ? 'TagResource' : 'AddTags']));
  });
});

describe('a tenant on its way out', () => {
  it('goes on once what lost its mark is adopted', async () => {
    run = await settled({ fleet: smallFleet({ tenants: { bolt: { tier: 'standard' } } }), rights: { adoption: true } });
    const { hands, targetGroup, account } = chainOf(run, 'bolt');
    await run.clock.drive(hands.elb.removeTags({ ResourceArns: [targetGroup], TagKeys: keys }));
    const gone = { tier: 'standard', state: 'deleted' };
    await run.put('Tenant', 'bolt', gone);
    await run.until('held', () => condition(run, 'bolt', 'Synced') === 'False RemovalHeld');
    await run.advance(60);
    expect(account).toBe('111111111111');
    expect(run.phase('bolt')).toBe('Deleting');
    const until = new Date(run.clock.now() + 3_600_000).toISOString();
    await run.put('Tenant', 'bolt', { ...gone, adopt: [{ arn: targetGroup, until }] });
    await run.until('gone', () => run.phase('bolt') === 'Deleted');
    const { TargetGroups = [] } = await run.clock.drive(hands.elb.describeTargetGroups({}));
    expect(TargetGroups).toEqual([]);
  });
});
