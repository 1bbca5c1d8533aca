/** Dependencies of a tier: wired in every infra group before anybody is placed there, and kept so. */
import type { EC2, VpcEndpoint } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/simulator/kernel.ts';
import { documents, group, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';
import {
  clientsOf,
  conditionOf,
  config,
  creates,
  endpointsOf,
  fleet,
  groupsOf,
  installation,
  isTrue,
  orders,
  place,
  prices,
  service,
  tagOf,
  wired,
} from './endpoints.ts';

describe("a tier's dependencies", () => {
  it('are wired in every infra group before a tenant is placed in one', async () => {
    const run = await installation({ fleet: fleet([orders, prices], ['g1', 'g2'], [tenant('acme', 'std')]) });
    const { ec2 } = clientsOf(run);
    run.start();
    await run.until('the endpoints are asked for', () => creates(run).length > 0);
    expect(groupsOf(run, 'acme')).toEqual([]);
    expect(conditionOf(run, 'InfraGroup', 'g1', 'InfraReady')).toMatchObject({ status: 'False' });
    expect(conditionOf(run, 'Tier', 'std', 'Wired')).toMatchObject({ status: 'False', reason: 'Wiring' });
    expect(run.leader?.term?.view.get('Tenant', 'acme')?.status?.value.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Placed',
        status: 'False',
        message: expect.stringContaining('EndpointsReady') as string,
      }),
    );
    await run.until('acme is placed', () => groupsOf(run, 'acme').length > 0);
    const [name = ''] = groupsOf(run, 'acme');
    expect(conditionOf(run, 'InfraGroup', name, 'EndpointsReady')).toMatchObject({
      status: 'True',
      reason: 'Available',
    });
    await run.until('acme Ready', () => run.phase('acme') === 'Ready');
    await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
    const endpoints = await endpointsOf(run, ec2);
    expect(
      endpoints.map((one) => `${tagOf(one, 'cellwright:infra-group')} ${tagOf(one, 'cellwright:dependency')}`).sort(),
    ).toEqual(['g1 orders', 'g1 prices', 'g2 orders', 'g2 prices']);
    for (const one of endpoints) {
      expect(one).toMatchObject({ State: 'available', PrivateDnsEnabled: true });
      expect(one.SubnetIds).toHaveLength(2);
      expect(tagOf(one, 'cellwright:installation')).toBe(run.installation);
    }
    const since = run.aws.log.last;
    await run.advance(600);
    expect(run.mutations(since).map(({ operation }) => operation)).toEqual([]);
    await run.stop();
  });

  it('that is added later closes the gate for new tenants, evicts nobody, and opens it once it is there', async () => {
    const { run } = await wired();
    const before = groupsOf(run, 'acme');
    const since = run.aws.log.last;
    await write(run, tier('std', { dependencies: [orders, prices] }));
    await run.until('the gate closes', () => !isTrue(run, 'InfraGroup', 'g1', 'InfraReady'));
    await write(run, tenant('later', 'std'));
    await run.until('the new one is asked for', () => creates(run, since).length === 1);
    expect(groupsOf(run, 'later')).toEqual([]);
    await run.until('later is placed', () => groupsOf(run, 'later').length > 0);
    expect(isTrue(run, 'InfraGroup', 'g1', 'EndpointsReady')).toBe(true);
    await run.until('later Ready', () => run.phase('later') === 'Ready');
    expect(run.phase('acme')).toBe('Ready');
    expect(groupsOf(run, 'acme')).toEqual(before);
    const touched = run
      .mutations(since)
      .filter(({ service: of }) => of === 'ecs')
      .flatMap(({ resources }) => resources);
    expect(touched.filter((one) => one.includes('--acme--'))).toEqual([]);
    await run.stop();
  });

  it('that is dropped loses its endpoint, and no other does; one that is renamed keeps it', async () => {
    const { run, ec2 } = await wired([orders, prices]);
    const ids = new Map(
      (await endpointsOf(run, ec2)).map((one) => [tagOf(one, 'cellwright:dependency'), one.VpcEndpointId]),
    );
    const since = run.aws.log.last;
    await write(run, tier('std', { dependencies: [{ ...orders, name: 'sales' }] }));
    await run.until('the dropped one goes', () =>
      run.calls(since).some(({ operation }) => operation === 'DeleteVpcEndpoints'),
    );
    await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
    await run.advance(400);
    const left = await endpointsOf(run, ec2);
    expect(left.map((one) => [tagOf(one, 'cellwright:dependency'), one.VpcEndpointId])).toEqual([
      ['sales', ids.get('orders')],
    ]);
    const deleted = run.calls(since).filter(({ operation }) => operation === 'DeleteVpcEndpoints');
    expect(new Set(deleted.flatMap(({ resources }) => resources))).toEqual(new Set([ids.get('prices')]));
    expect(creates(run, since)).toEqual([]);
    const inventory = (await run.stored('InfraGroup', 'g1')).inventory?.value.endpoints ?? {};
    expect(Object.keys(inventory)).toEqual(['sales']);
    await run.stop();
  });

  it('say what to do where the infra group names no security group for them', async () => {
    const run = await installation({
      fleet: documents([tier('std', { dependencies: [orders] }), place, group('g1', place), tenant('acme', 'std')]),
    });
    run.start();
    await run.until(
      'it is told',
      () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason === 'NoSecurityGroup',
    );
    await run.advance(60);
    expect(conditionOf(run, 'InfraGroup', 'g1', 'InfraReady')?.message).toContain('endpointSecurityGroupIds');
    expect(groupsOf(run, 'acme')).toEqual([]);
    expect(creates(run)).toEqual([]);
    await run.stop();
  });

  it('to an unknown service are told of, and not asked for again and again', async () => {
    const unknown = { name: 'ghost', serviceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0fffffffffffffff0' };
    const run = new Installation({ config, fleet: fleet([], ['g1'], []) });
    await run.init();
    run.start();
    await run.until('the group is ready', () => isTrue(run, 'InfraGroup', 'g1', 'InfraReady'));
    await write(run, tier('std', { dependencies: [unknown] }));
    await run.until(
      'it is told',
      () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason === 'ServiceUnknown',
    );
    const since = run.aws.log.last;
    await run.advance(900);
    expect(run.calls(since).filter(({ operation }) => operation === 'DescribeVpcEndpointServices').length).toBeLessThan(
      4,
    );
    await run.stop();
  });
});

describe('an endpoint', () => {
  it.each([
    [
      'AddSubnetIds',
      (ec2: EC2, one: VpcEndpoint) =>
        ec2.modifyVpcEndpoint({ VpcEndpointId: one.VpcEndpointId, RemoveSubnetIds: [one.SubnetIds?.[0] ?? ''] }),
    ],
    [
      'PrivateDnsEnabled',
      (ec2: EC2, one: VpcEndpoint) =>
        ec2.modifyVpcEndpoint({ VpcEndpointId: one.VpcEndpointId, PrivateDnsEnabled: false }),
    ],
    [
      'Tags',
      (ec2: EC2, one: VpcEndpoint) =>
        ec2.deleteTags({ Resources: [one.VpcEndpointId ?? ''], Tags: [{ Key: 'cellwright:dependency' }] }),
    ],
    ['_missing', (ec2: EC2, one: VpcEndpoint) => ec2.deleteVpcEndpoints({ VpcEndpointIds: [one.VpcEndpointId ?? ''] })],
  ])('heals: %s', async (field, hurt) => {
    const { run, ec2 } = await wired();
    const [before] = await endpointsOf(run, ec2);
    if (before === undefined) throw new Error('the group is wired');
    const told = run.told.changes.length;
    await run.clock.drive(hurt(ec2, before));
    const healed = () =>
      run.told.changes.slice(told).filter(({ what, change }) => what === 'applied' && change.kind === 'endpoint');
    await run.until('it is put right', () => healed().length > 0);
    await run.advance(60);
    await run.until('it is available', () => isTrue(run, 'InfraGroup', 'g1', 'EndpointsReady'));
    await run.advance(120);
    const drift = healed().filter(({ change }) => change.reason === 'drift');
    const fields = drift.flatMap(({ change }) =>
      change.action === 'update' ? change.fields.map((one) => one.field) : ['_missing'],
    );
    expect(fields).toEqual([field]);
    const [after] = await endpointsOf(run, ec2);
    const { VpcEndpointId: _a, DnsEntries: _b, NetworkInterfaceIds: _c, CreationTimestamp: _d, ...left } = before;
    expect(after).toMatchObject({
      ...left,
      Tags: expect.arrayContaining(left.Tags ?? []) as unknown,
      SubnetIds: expect.arrayContaining(left.SubnetIds ?? []) as unknown,
    });
    expect(run.phase('acme')).toBe('Ready');
    await run.stop();
  });

  it('that lost its mark is left alone, and told of', async () => {
    const { run, ec2 } = await wired();
    const [one] = await endpointsOf(run, ec2);
    await run.clock.drive(
      ec2.deleteTags({ Resources: [one?.VpcEndpointId ?? ''], Tags: [{ Key: 'cellwright:installation' }] }),
    );
    await run.until(
      'it is told',
      () => conditionOf(run, 'InfraGroup', 'g1', 'EndpointsReady')?.reason === 'OwnershipLost',
    );
    const since = run.aws.log.last;
    await run.advance(300);
    expect(run.mutations(since)).toEqual([]);
    expect(run.told.held).toContainEqual(
      expect.objectContaining({ reason: 'OwnershipLost', tenant: 'infra-group g1' }),
    );
    await run.stop();
  });

  it('whose service moved is made anew first, and the old one goes after', async () => {
    const { run, ec2 } = await wired();
    const [before] = await endpointsOf(run, ec2);
    const since = run.aws.log.last;
    await write(run, tier('std', { dependencies: [{ ...orders, serviceName: service(3) }] }));
    await run.until('the old one goes', () =>
      run.calls(since).some(({ operation }) => operation === 'DeleteVpcEndpoints'),
    );
    const endpoints = await endpointsOf(run, ec2);
    expect(endpoints).toMatchObject([{ ServiceName: service(3), State: 'available', PrivateDnsEnabled: true }]);
    expect(endpoints[0]?.VpcEndpointId).not.toBe(before?.VpcEndpointId);
    expect(run.phase('acme')).toBe('Ready');
    await run.stop();
  });

  it('that a dead controller had asked for is not made twice', async () => {
    const run = await installation({ fleet: fleet([orders, prices], ['g1'], []) });
    const { ec2 } = clientsOf(run);
    let killed = 0;
    run.aws.faults = {
      after: ({ operation }) => {
        if (operation !== 'CreateVpcEndpoint' || killed > 0) return undefined;
        killed += 1;
        return { kind: 'crash', kill: () => run.kill() };
      },
    };
    run.start();
    await run.until('the controller dies', () => killed > 0);
    run.start();
    await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
    await run.advance(900);
    expect(await endpointsOf(run, ec2)).toHaveLength(2);
    const inventory = (await run.stored('InfraGroup', 'g1')).inventory?.value.endpoints ?? {};
    expect(Object.keys(inventory).sort()).toEqual(['orders', 'prices']);
    await run.stop();
  });

  it('is made in the end where AWS takes few calls, and nothing else waits for it', async () => {
    const many = Array.from({ length: 6 }, (_, n) => `g${n + 1}`);
    const run = await installation({ fleet: fleet([orders, prices], many, [tenant('acme', 'std')]) });
    let refused = 0;
    run.aws.faults = {
      before: ({ operation }) => {
        if (operation !== 'CreateVpcEndpoint' || refused >= 5) return undefined;
        refused += 1;
        return { kind: 'throttle' };
      },
    };
    run.start();
    await run.until('acme Ready', () => run.phase('acme') === 'Ready');
    await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
    expect(refused).toBe(5);
    expect(creates(run)).toHaveLength(12);
    await run.stop();
  });
});

describe('the gate', () => {
  it('closes when the certificate is about to end, and opens when it is replaced; nobody is evicted', async () => {
    const { run, elb } = await wired();
    const [listenerArn = ''] = [group('g1', place).spec.listenerArn as string];
    const arn = 'arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000001';
    const names = ['std.example.com', '*.std.example.com'];
    run.aws.acm.seedCertificate({ arn, names, type: 'IMPORTED', notAfter: run.clock.now() + 10 * 86_400_000 });
    const { Listeners = [] } = await run.clock.drive(elb.describeListeners({ ListenerArns: [listenerArn] }));
    const before = Listeners[0]?.Certificates ?? [];
    await run.clock.drive(elb.modifyListener({ ListenerArn: listenerArn, Certificates: [{ CertificateArn: arn }] }));
    await run.until(
      'the gate closes',
      () => conditionOf(run, 'InfraGroup', 'g1', 'CertificateReady')?.reason === 'CertificateExpires',
    );
    expect(isTrue(run, 'InfraGroup', 'g1', 'InfraReady')).toBe(false);
    await write(run, tenant('later', 'std'));
    await run.until('later is refused', () => run.phase('later') === 'Unplaceable');
    expect(run.phase('acme')).toBe('Ready');
    await run.clock.drive(
      elb.modifyListener({
        ListenerArn: listenerArn,
        Certificates: before.map(({ CertificateArn }) => ({ CertificateArn })),
      }),
    );
    await run.until('later Ready', () => run.phase('later') === 'Ready');
    await run.stop();
  });

  it('closes when the listener does something else with what no rule takes', async () => {
    const { run, elb } = await wired([]);
    const ListenerArn = group('g1', place).spec.listenerArn as string;
    const RedirectConfig = { Host: 'other.example.net', StatusCode: 'HTTP_302' as const };
    await run.clock.drive(elb.modifyListener({ ListenerArn, DefaultActions: [{ Type: 'redirect', RedirectConfig }] }));
    await run.until(
      'the gate closes',
      () => conditionOf(run, 'InfraGroup', 'g1', 'ListenerReady')?.reason === 'DefaultAction',
    );
    await write(run, tenant('later', 'std'));
    await run.until('later is refused', () => run.phase('later') === 'Unplaceable');
    // What runs there goes on being looked after.
    await write(run, tenant('acme', 'std', { service: { tasks: 2 } }));
    await run.until(
      'acme follows its record',
      () => run.leader?.term?.view.get('Tenant', 'acme')?.status?.value.observedGeneration === 2,
    );
    expect(run.phase('acme')).toBe('Ready');
    await run.stop();
  });

  it('closes when a role that would be needed later cannot be assumed', async () => {
    const run = await installation({ fleet: fleet([], ['g1'], [tenant('acme', 'std')]) });
    run.aws.faults = {
      before: ({ operation }, input) => {
        if (operation !== 'AssumeRole' || !JSON.stringify(input).includes('/reap')) return undefined;
        return { kind: 'error', error: new AwsError('AccessDenied', 'not authorized to perform: sts:AssumeRole') };
      },
    };
    run.start();
    await run.until(
      'it is told',
      () => conditionOf(run, 'Cell', 'c1', 'RolesAssumable')?.reason === 'RoleNotAssumable',
    );
    await run.advance(60);
    expect(groupsOf(run, 'acme')).toEqual([]);
    expect(conditionOf(run, 'InfraGroup', 'g1', 'InfraReady')?.reason).toBe('RoleNotAssumable');
    run.aws.faults = undefined;
    await run.until('acme Ready', () => run.phase('acme') === 'Ready');
    await run.stop();
  });
});

describe('an infra group whose record vanished', () => {
  it('keeps its endpoints and tells of itself, until people took them away', async () => {
    const run = await installation({ fleet: fleet([orders], ['g1'], []) });
    const { ec2 } = clientsOf(run);
    run.start();
    await run.until('the tier is wired', () => isTrue(run, 'Tier', 'std', 'Wired'));
    await run.clock.drive(run.desired.delete('InfraGroup', 'g1'));
    await run.until(
      'it is an orphan',
      () => run.leader?.term?.view.get('InfraGroup', 'g1')?.status?.value.phase === 'Orphaned',
    );
    const since = run.aws.log.last;
    await run.advance(600);
    expect(run.mutations(since)).toEqual([]);
    const ids = (await endpointsOf(run, ec2)).flatMap(({ VpcEndpointId }) => VpcEndpointId ?? []);
    expect(ids).toHaveLength(1);
    await run.clock.drive(ec2.deleteVpcEndpoints({ VpcEndpointIds: ids }));
    await run.until('it is forgotten', () => run.leader?.term?.view.get('InfraGroup', 'g1') === undefined);
    await run.advance(300);
    expect(await endpointsOf(run, ec2)).toEqual([]);
    await run.stop();
  });
});
