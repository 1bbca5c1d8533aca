import {
  CreateClusterCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateTargetGroupCommand, DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../../../src/simulator/fault-plan/rules.ts';
import { seedFleet } from '../../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import { clientsOf } from '../support/clients.ts';
import { HandClock } from '../support/clock.ts';
import { type Ask, requestFor, smallFleet } from '../support/workload.ts';

const account = '222222222222';

function setUp(plan: unknown, staleMs: readonly number[] = []) {
  const clock = new HandClock();
  const world = createSimulatedAws({ clock, seed: 3, staleMs, throttle: false });
  seedFleet(world, smallFleet);
  const rules = parseFaultPlan(plan);
  world.plan.add(rules);
  const clients = clientsOf(world, { accessKeyId: account });
  return { clock, world, ...clients };
}

const create = (clusterName: string) => new CreateClusterCommand({ clusterName });
const clusters = (world: ReturnType<typeof setUp>['world']): number => {
  const answer = world.call(requestFor({ service: 'ecs', operation: 'ListClusters', input: {} }));
  return (answer as { clusterArns: string[] }).clusterArns.length;
};

describe('a rule for calls', () => {
  it('meets those that it means, and no others', async () => {
    const on = { service: 'ecs', operation: 'Create*', account, region: 'us-*', resource: 'a*' };
    const { ecs, elbv2, world } = setUp({ on, fault: 'throttle' });
    await expect(ecs.send(create('acme'))).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(ecs.send(create('other'))).resolves.toBeDefined();
    await expect(ecs.send(new ListClustersCommand({}))).resolves.toBeDefined();
    await expect(elbv2.send(new DescribeTargetGroupsCommand({}))).resolves.toBeDefined();
    const elsewhere = clientsOf(world, { accessKeyId: account, region: 'eu-west-1' }).ecs;
    await expect(elsewhere.send(create('acme'))).resolves.toBeDefined();
    const others = clientsOf(world, { accessKeyId: '333333333333' }).ecs;
    await expect(others.send(create('acme'))).resolves.toBeDefined();
    expect(world.plan.rules()).toMatchObject([{ matched: 1, met: 1 }]);
  });

  it('lets the first ones pass, is spent after some, and holds for a time', async () => {
    const { ecs, clock } = setUp({
      on: { operation: 'CreateCluster' },
      fault: 'throttle',
      skip: 1,
      times: 2,
      from: 60,
      until: 120,
    });
    const outcome = (name: string) =>
      ecs.send(create(name)).then(
        () => 'ok',
        () => 'refused',
      );
    expect(await outcome('a')).toBe('ok');
    clock.tick(60_000);
    expect([await outcome('b'), await outcome('c'), await outcome('d'), await outcome('e')]).toEqual([
      'ok',
      'refused',
      'refused',
      'ok',
    ]);
    const again = setUp({ on: { operation: 'CreateCluster' }, fault: 'throttle', until: 10 });
    await expect(again.ecs.send(create('a'))).rejects.toThrow();
    again.clock.tick(10_000);
    await expect(again.ecs.send(create('a'))).resolves.toBeDefined();
  });

  it('strikes with its probability, the same ones for the same seed', async () => {
    const strikes = async (): Promise<string> => {
      const { ecs } = setUp({ fault: 'throttle', probability: 0.3 });
      let line = '';
      for (let n = 0; n < 200; n += 1) {
        line += await ecs.send(new ListClustersCommand({})).then(
          () => '.',
          () => 'x',
        );
      }
      return line;
    };
    const line = await strikes();
    expect(line.replaceAll('.', '').length).toBeGreaterThan(40);
    expect(line.replaceAll('.', '').length).toBeLessThan(80);
    expect(await strikes()).toBe(line);
  });
});

describe('faults of calls', () => {
  /** A connection breaks by the clock: it is moved on until the call has ended. */
  const refused = async ({ ecs, clock }: ReturnType<typeof setUp>): Promise<void> => {
    let ended = false;
    const sent = ecs.send(create('a')).finally(() => {
      ended = true;
    });
    const expected = expect(sent).rejects.toThrow();
    while (!ended) {
      clock.tick(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expected;
  };

  it('keep the effect away before, and leave it after', async () => {
    for (const fault of [
      'reset',
      'server-error',
      'throttle',
      'access-denied',
      'garbage',
      { error: { code: 'Odd', status: 418 } },
    ]) {
      const before = setUp({ on: { operation: 'CreateCluster' }, fault, times: 1 });
      await refused(before);
      expect(clusters(before.world), JSON.stringify(fault)).toBe(0);
      const after = setUp({ on: { operation: 'CreateCluster' }, fault, when: 'after', times: 1 });
      await refused(after);
      after.clock.tick(10_000);
      expect(clusters(after.world), JSON.stringify(fault)).toBe(1);
    }
  });

  it('carry the names that each service gives them', async () => {
    const denied = setUp({ fault: 'access-denied' });
    await expect(denied.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(denied.route53.send(new ListHostedZonesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    const failing = setUp({ fault: 'server-error' });
    await expect(failing.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 500 },
    });
    const busy = setUp({ fault: { 'server-error': 503 } });
    await expect(busy.elbv2.send(new DescribeTargetGroupsCommand({}))).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
  });

  it('end a request that hangs as Node ends it', async () => {
    const { ecs, clock, world } = setUp({ on: { operation: 'CreateCluster' }, when: 'after', fault: { timeout: 30 } });
    const sent = expect(ecs.send(create('a'))).rejects.toMatchObject({ name: 'TimeoutError' });
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.tick(30_000);
    await sent;
    expect(clusters(world)).toBe(1);
  });

  it('answer a body that is none of AWS’s, which the clients cannot read', async () => {
    const { ecs, elbv2, route53 } = setUp({ fault: 'garbage' });
    await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
    await expect(elbv2.send(new DescribeTargetGroupsCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 502 },
    });
    await expect(route53.send(new ListHostedZonesCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 502 },
    });
    const well = setUp({ fault: { garbage: 200 } });
    await expect(well.ecs.send(new ListClustersCommand({}))).rejects.toThrow(/JSON/);
  });

  it('answer a read from the past, and leave writes alone', async () => {
    const { ecs, clock, world } = setUp(
      { on: { operation: ['CreateCluster', 'DescribeClusters'] }, fault: { stale: 5 }, skip: 1 },
      [5_000],
    );
    await ecs.send(create('a'));
    await ecs.send(create('b'));
    clock.tick(4_000);
    const count = async () => (await ecs.send(new DescribeClustersCommand({ clusters: ['a', 'b'] }))).clusters?.length;
    expect(await count()).toBe(0);
    expect(clusters(world)).toBe(2);
    clock.tick(5_000);
    expect(await count()).toBe(2);
    expect(world.faultCounts.stale).toBe(2);
  });

  it('refuse a distance into the past that was not kept', () => {
    expect(() => setUp({ fault: { stale: 5 } })).toThrow(
      /stale: found 5 seconds, expected a distance that this simulator keeps \(none\)/,
    );
  });

  it('cut a list into its smallest pages, from which all of it can be had', async () => {
    const { ecs, elbv2, world } = setUp({ fault: 'partial-page' });
    for (const name of ['a', 'b', 'c']) {
      await ecs.send(create(name));
      await elbv2.send(
        new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: 'vpc-1' }),
      );
    }
    world.advance(10);
    const page = await ecs.send(new ListClustersCommand({}));
    expect(page.clusterArns).toHaveLength(1);
    const rest = await ecs.send(new ListClustersCommand({ nextToken: page.nextToken, maxResults: 100 }));
    expect(rest.clusterArns).toHaveLength(1);
    const groups: string[] = [];
    let Marker: string | undefined;
    do {
      const next = await elbv2.send(new DescribeTargetGroupsCommand(Marker === undefined ? {} : { Marker }));
      groups.push(...(next.TargetGroups ?? []).map(({ TargetGroupName = '' }) => TargetGroupName));
      Marker = next.NextMarker;
    } while (Marker !== undefined);
    expect(groups).toEqual(['a', 'b', 'c']);
  });

  it('cut an account off: its calls hang, and its roles cannot be assumed from elsewhere', async () => {
    const { world, ecs, clock } = setUp({ on: { account }, fault: 'unreachable' });
    const RoleArn = `arn:aws:iam::${account}:role/apply`;
    const assume = clientsOf(world, { accessKeyId: 'home' }).sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }),
    );
    const refusals = Promise.all([
      expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' }),
      expect(assume).rejects.toMatchObject({ name: 'TimeoutError' }),
    ]);
    while (clock.waiting < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.tick(200_000);
    await refusals;
    const others = clientsOf(world, { accessKeyId: '333333333333' }).ecs;
    await expect(others.send(new ListClustersCommand({}))).resolves.toBeDefined();
  });
});

describe('faults that hold in the world', () => {
  it('lower a quota for a while, and give back what was applied', () => {
    const { world, clock } = setUp({
      on: { account, region: 'us-east-1' },
      fault: { quota: { name: 'fargateVcpu', value: 1 } },
      from: 10,
      until: 20,
    });
    const where = { account, region: 'us-east-1' };
    const seen = [];
    for (let second = 0; second < 30; second += 10) {
      world.settle();
      seen.push(world.quotas.get(where, 'fargateVcpu'));
      clock.tick(10_000);
    }
    expect(seen).toEqual([4_000, 1, 4_000]);
    expect(world.quotas.get({ account: '333333333333', region: 'us-east-1' }, 'fargateVcpu')).toBe(6);
  });

  const definition = (family: string): Ask => ({
    service: 'ecs',
    operation: 'RegisterTaskDefinition',
    input: new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'app:1', essential: true, portMappings: [{ containerPort: 80 }] }],
    }).input,
  });

  it('make tasks fall ill that have nothing wrong with them, also in what lags behind', () => {
    const { world } = setUp({ on: { account, resource: 'sick*' }, fault: 'sick-tasks' }, [1_000]);
    const call = (service: 'ecs' | 'elbv2', operation: string, input: object) =>
      world.call(requestFor({ service, operation, input })) as Record<string, never>;
    const states: Record<string, unknown> = {};
    for (const [index, name] of ['sick-one', 'well-one'].entries()) {
      world.call(requestFor(definition(name)));
      call('ecs', 'CreateCluster', { clusterName: name });
      const groups = call('elbv2', 'CreateTargetGroup', {
        Name: name,
        Protocol: 'HTTP',
        Port: 80,
        TargetType: 'ip',
        VpcId: 'vpc-1',
      });
      const [{ TargetGroupArn: targetGroupArn }] = groups['TargetGroups'] as unknown as [{ TargetGroupArn: string }];
      call('elbv2', 'CreateRule', {
        ListenerArn: smallFleet.infraGroups[0]?.listenerArn,
        Priority: index + 1,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`${name}.example.com`] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
      });
      world.advance(30);
      call('ecs', 'CreateService', {
        cluster: name,
        serviceName: 'svc',
        taskDefinition: name,
        desiredCount: 1,
        launchType: 'FARGATE',
        healthCheckGracePeriodSeconds: 3_000,
        loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 80 }],
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-tasks'] } },
      });
      world.advance(600);
      const health = call('elbv2', 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
      const targets = health['TargetHealthDescriptions'] as unknown as { TargetHealth: { State: string } }[];
      states[name] = targets.map(({ TargetHealth }) => TargetHealth.State);
    }
    expect(states).toEqual({ 'sick-one': ['unhealthy'], 'well-one': ['healthy'] });
  });

  it('hand stream records out late, and some of them twice', () => {
    const { world } = setUp({ on: { resource: 'stutter*' }, fault: { stream: { duplicate: 0.5, delay: 20 } } });
    const call = (service: 'dynamodb' | 'dynamodb-streams', operation: string, input: object) =>
      world.call(requestFor({ service, operation, input })) as Record<string, unknown>;
    const heard = (TableName: string): { readonly early: number; readonly names: string[] } => {
      const made = call('dynamodb', 'CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      });
      const { LatestStreamArn: StreamArn } = made['TableDescription'] as { LatestStreamArn: string };
      world.advance(60);
      for (let n = 0; n < 40; n += 1) call('dynamodb', 'PutItem', { TableName, Item: { pk: { S: `item-${n}` } } });
      world.advance(10);
      const described = call('dynamodb-streams', 'DescribeStream', { StreamArn });
      const { Shards } = described['StreamDescription'] as { Shards: { ShardId: string }[] };
      const read = (): string[] =>
        Shards.flatMap(({ ShardId }) => {
          const iterator = call('dynamodb-streams', 'GetShardIterator', {
            StreamArn,
            ShardId,
            ShardIteratorType: 'TRIM_HORIZON',
          });
          const records: string[] = [];
          let ShardIterator = iterator['ShardIterator'] as string | undefined;
          // An answer may be empty although there is more (documented).
          for (let page = 0; page < 20 && ShardIterator !== undefined; page += 1) {
            const answer = call('dynamodb-streams', 'GetRecords', { ShardIterator });
            const { Records = [], NextShardIterator } = answer as {
              Records?: { dynamodb: { Keys: { pk: { S: string } } } }[];
              NextShardIterator?: string;
            };
            records.push(...Records.map(({ dynamodb }) => dynamodb.Keys.pk.S));
            ShardIterator = NextShardIterator;
          }
          return records;
        });
      const early = read().length;
      world.advance(30);
      return { early, names: read() };
    };
    const well = heard('calm');
    expect(well).toMatchObject({ early: 40 });
    expect(well.names).toHaveLength(40);
    const faulty = heard('stutter-1');
    expect(faulty.early).toBe(0);
    expect(new Set(faulty.names).size).toBe(40);
    expect(faulty.names.length).toBeGreaterThan(50);
  });

  it('end when the plan is cleared', () => {
    const { world } = setUp({ on: { account, region: 'us-east-1' }, fault: { quota: { name: 'vpcs', value: 0 } } });
    const where = { account, region: 'us-east-1' };
    world.settle();
    expect(world.quotas.get(where, 'vpcs')).toBe(0);
    world.plan.clear();
    expect(world.quotas.get(where, 'vpcs')).toBe(5);
    expect(world.plan.rules()).toEqual([]);
  });
});
