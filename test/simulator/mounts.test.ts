import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateSubnetCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeRulesCommand, DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { installBeneathSend } from '../../src/simulator/mounts/beneath-send.ts';
import type { SocketMount } from '../../src/simulator/mounts/socket.ts';
import { listen } from '../../src/simulator/mounts/socket.ts';
import type { SimulatedAws } from '../../src/simulator/world.ts';
import { serverFault } from '../support/faults.ts';
import type { CallerOptions } from './support/clients.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

function worldOf(clock = new HandClock()) {
  return createSimulatedAws({ clock, throttle: false, latencyFactor: 0 });
}

/** Injects each fault once, in order, in the phase. */
function inOrder(phase: 'before' | 'after', faults: Fault[]) {
  return { [phase]: () => faults.shift() };
}

const mounts: SocketMount[] = [];
afterEach(async () => {
  for (const mount of mounts.splice(0)) await mount.close();
});

const kinds: Record<string, (world: SimulatedAws, options?: CallerOptions) => Promise<ReturnType<typeof clientsOf>>> = {
  'request handler': async (world, options) => clientsOf(world, options),
  'beneath send': async (world, options) => {
    const clients = clientsOf(undefined, options);
    installBeneathSend(clients.ecs, world);
    installBeneathSend(clients.elbv2, world);
    installBeneathSend(clients.ec2, world);
    installBeneathSend(clients.route53, world);
    installBeneathSend(clients.sts, world);
    installBeneathSend(clients['service-quotas'], world);
    installBeneathSend(clients.dynamodb, world);
    return clients;
  },
  socket: async (world, options) => {
    const mount = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    mounts.push(mount);
    return clientsOf(undefined, { ...options, endpoint: mount.url });
  },
};

describe.each(Object.keys(kinds))('the mount "%s"', (kind) => {
  const mount = kinds[kind] as (typeof kinds)[string];

  it('carries calls, and says who they are from', async () => {
    const world = worldOf();
    const clients = await mount(world, { accessKeyId: '222222222222', region: 'eu-west-1', appId: 'me' });
    const created = await clients.ecs.send(new CreateClusterCommand({ clusterName: 'one' }));
    expect(created.cluster?.clusterArn).toBe('arn:aws:ecs:eu-west-1:222222222222:cluster/one');
    expect(created.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    expect(created.$metadata.requestId).toMatch(/^[0-9a-f]{8}-/);
    expect(world.log.since(0, 1)[0]).toMatchObject({
      principal: '222222222222/me',
      account: '222222222222',
      region: 'eu-west-1',
      operation: 'CreateCluster',
    });
  });

  it('throws the modelled exceptions of each service', async () => {
    const world = worldOf();
    const { ecs, elbv2, ec2, route53, dynamodb } = await mount(world);
    await expect(ecs.send(new CreateServiceCommand({ serviceName: 's', cluster: 'none' }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(elbv2.send(new DescribeTargetGroupsCommand({ Names: ['none'] }))).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
      Code: 'TargetGroupNotFound',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(elbv2.send(new DescribeRulesCommand({ ListenerArn: 'x', RuleArns: ['y'] }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-1'] }))).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
      Code: 'InvalidVpcID.NotFound',
    });
    await expect(route53.send(new GetHostedZoneCommand({ Id: 'ZNONE' }))).rejects.toMatchObject({
      name: 'NoSuchHostedZone',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(
      dynamodb.send(new CreateTableCommand({ TableName: 'a', KeySchema: [], AttributeDefinitions: [] })),
    ).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
  });

  it('answers exceptions that are instances of the classes that clients export', async () => {
    const { ClusterNotFoundException } = await import('@aws-sdk/client-ecs');
    const { ecs } = await mount(worldOf());
    await expect(ecs.send(new CreateServiceCommand({ serviceName: 's', cluster: 'none' }))).rejects.toBeInstanceOf(
      ClusterNotFoundException,
    );
  });

  it('refuses an input that lacks what the model requires', async () => {
    const { ec2 } = await mount(worldOf());
    await expect(ec2.send(new CreateSubnetCommand({ CidrBlock: '10.0.0.0/24' } as never))).rejects.toMatchObject({
      name: 'MissingParameter',
    });
  });
});

describe('the request handler', () => {
  it('leaves retries to the client: throttles and 5xx are tried again', async () => {
    const world = worldOf();
    world.faults = inOrder('before', [serverFault('ecs'), { kind: 'throttle' }]);
    const { ecs } = clientsOf(world, { maxAttempts: 3 });
    const { $metadata } = await ecs.send(new DescribeClustersCommand({}));
    expect($metadata.attempts).toBe(3);
    expect(world.faultCounts).toMatchObject({ serverError: 1, throttle: 1 });
  });

  it('ends lost answers as Node does: time-outs by name, resets by code, with or without effect', async () => {
    const world = worldOf();
    const { ecs } = clientsOf(world);
    world.faults = inOrder('before', [{ kind: 'lost', how: 'timeout' }]);
    const lost = ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    await answered(world, lost);
    await expect(lost).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }))).failures).toHaveLength(1);

    world.faults = inOrder('after', [{ kind: 'lost', how: 'reset' }]);
    const reset = ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    await answered(world, reset);
    await expect(reset).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }))).clusters).toHaveLength(1);
  });

  it('keeps a lost answer waiting for its time, and lets the caller give up before', async () => {
    const clock = new HandClock();
    const world = createSimulatedAws({ clock, throttle: false });
    const { ecs } = clientsOf(world);
    world.faults = inOrder('before', [{ kind: 'lost', how: 'timeout', afterMs: 5_000 }]);
    const abort = new AbortController();
    const slow = ecs.send(new DescribeClustersCommand({}), { abortSignal: abort.signal });
    slow.catch(() => undefined);
    await expect.poll(() => clock.waiting).toBe(1);
    clock.tick(4_999);
    expect(clock.waiting).toBe(1);
    abort.abort();
    await expect(slow).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.waiting).toBe(0);
  });

  it('does not make a call that was given up before', async () => {
    const world = worldOf();
    const { ecs } = clientsOf(world);
    await expect(
      ecs.send(new CreateClusterCommand({ clusterName: 'a' }), { abortSignal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.log.last).toBe(0);
  });

  it('never answers a caller that crashed, but ends its request by its signal', async () => {
    const world = worldOf();
    const { ecs } = clientsOf(world);
    const abort = new AbortController();
    let settled = false;
    let killed = false;
    world.faults = inOrder('after', [
      {
        kind: 'crash',
        kill: () => {
          killed = true;
        },
      },
    ]);
    const dead = ecs.send(new CreateClusterCommand({ clusterName: 'a' }), { abortSignal: abort.signal }).finally(() => {
      settled = true;
    });
    dead.catch(() => undefined);
    await expect.poll(() => killed).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    abort.abort();
    await expect(dead).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.log.last).toBe(1);
  });
});

/** Runs the clock of a world until a call has its answer. */
async function answered(world: SimulatedAws, call: Promise<unknown>): Promise<void> {
  let done = false;
  call.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  const clock = world.clock as HandClock;
  await expect
    .poll(() => {
      clock.tick(1);
      return done;
    })
    .toBe(true);
}

describe('beneath send', () => {
  it('copies inputs and outputs, so that neither side can reach into the other', async () => {
    const world = worldOf();
    const ecs = new ECSClient({ region: 'us-east-1', credentials: { accessKeyId: '1', secretAccessKey: 's' } });
    installBeneathSend(ecs, world);
    const tags = [{ key: 'a', value: 'b' }];
    await ecs.send(new CreateClusterCommand({ clusterName: 'one', tags }));
    tags[0] = { key: 'changed', value: 'from outside' };
    const describe = new DescribeClustersCommand({ clusters: ['one'], include: ['TAGS'] });
    const first = await ecs.send(describe);
    first.clusters?.[0]?.tags?.push({ key: 'also', value: 'changed' });
    expect((await ecs.send(describe)).clusters?.[0]?.tags).toEqual([{ key: 'a', value: 'b' }]);
  });

  it('serves the document client, and can be taken out again', async () => {
    const world = createSimulatedAws({ clock: new HandClock(), throttle: false, latencyFactor: 0 });
    const client = new DynamoDBClient({
      region: 'us-east-1',
      maxAttempts: 1,
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: '1', secretAccessKey: 's' },
    });
    const remove = installBeneathSend(client, world);
    await client.send(
      new CreateTableCommand({
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
    world.advance(60);
    const documents = DynamoDBDocumentClient.from(client);
    const put = new PutCommand({
      TableName: 'things',
      Item: { pk: 'a', list: [1, { deep: true }] },
      ReturnValues: 'ALL_OLD',
    });
    await documents.send(put);
    expect((await documents.send(put)).Attributes).toEqual({ pk: 'a', list: [1, { deep: true }] });
    remove();
    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the socket', () => {
  it('breaks the connection for a reset, so that a client may retry', async () => {
    const world = createSimulatedAws({ clock: systemClock, throttle: false });
    const mount = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    mounts.push(mount);
    world.faults = inOrder('after', [{ kind: 'lost', how: 'reset' }]);
    const { ec2 } = clientsOf(undefined, { endpoint: mount.url, maxAttempts: 2 });
    const { $metadata } = await ec2.send(new DescribeSubnetsCommand({}));
    expect($metadata.attempts).toBe(2);
    expect(world.log.last).toBe(2);
  });

  it('answers 500 for a fault of its own, and tells its owner', async () => {
    const world = createSimulatedAws({ clock: systemClock });
    const told: unknown[] = [];
    const mount = await listen(world, { port: 0, onFault: (error) => told.push(error) });
    mounts.push(mount);
    const bug = new TypeError('a bug');
    world.faults = {
      before: () => {
        throw bug;
      },
    };
    const { ecs } = clientsOf(undefined, { endpoint: mount.url });
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    expect(told).toEqual([bug]);
  });

  it('says that the port is taken', async () => {
    const world = createSimulatedAws({ clock: systemClock });
    const first = await listen(world, { port: 0, onFault: () => undefined });
    mounts.push(first);
    await expect(listen(world, { port: first.port, onFault: () => undefined })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('refuses what no service serves, and unsigned requests', async () => {
    const mount = await listen(worldOf(), { port: 0, onFault: () => undefined });
    mounts.push(mount);
    expect((await fetch(`${mount.url}/bucket/key`)).status).toBe(404);
    const unsigned = await fetch(mount.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' },
      body: '{}',
    });
    expect(unsigned.status).toBe(400);
    expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});
