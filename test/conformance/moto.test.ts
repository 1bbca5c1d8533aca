import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { listen, type SocketMount } from '../../src/simulator/mounts/socket.ts';
import { itemBehaviours } from './behaviours.ts';
import { differences } from './moto-differences.ts';
import { type StreamTarget, streamBehaviours } from './stream-behaviours.ts';
import { describeBy, motoServer } from './tools.ts';

// The same questions to the simulator and to moto, a simulation of AWS that others wrote. Where they differ, a document says who is right.

const behaviours = [...itemBehaviours, ...streamBehaviours];

describe('the list of differences', () => {
  test('names behaviours of the table only', () => {
    const names = behaviours.map(({ name }) => name);
    expect(Object.keys(differences).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describeBy(motoServer, 'the simulated DynamoDB and its streams')('the simulator and moto', () => {
  let moto: ChildProcess;
  let simulator: SocketMount;
  let ours: Clients;
  let theirs: Clients;

  beforeAll(async () => {
    const world = createSimulatedAws({ clock: createClock({ scale: 200, unref: true }), throttle: false });
    simulator = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    const port = await freePort();
    moto = spawn(motoServer.program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    ours = clientsOf(simulator.url);
    theirs = clientsOf(`http://127.0.0.1:${port}`);
    await vi.waitUntil(() => answers(`http://127.0.0.1:${port}/moto-api/`), { timeout: 60_000, interval: 200 });
  });
  afterAll(async () => {
    for (const { dynamo, streams } of [ours, theirs]) {
      dynamo?.destroy();
      streams?.destroy();
    }
    await simulator?.close();
    if (moto?.exitCode === null) {
      moto.kill();
      await once(moto, 'exit');
    }
  });

  it.each(behaviours.map((behaviour, index) => ({ ...behaviour, table: `table-${index}` })))(
    '$name',
    async ({ name, table, run }) => {
      const own = await run(await targetOf(ours, table));
      const other = await run(await targetOf(theirs, table));
      const difference = differences[name];
      if (difference === undefined) {
        expect(own).toEqual(other);
        return;
      }
      expect(own, `${difference.source}: ${difference.right} is right`).toMatchObject(difference.simulator);
      expect(other, 'moto answers otherwise than the list of differences says').toMatchObject(difference.moto);
      expect(own, 'the difference is gone: take it off the list').not.toEqual(other);
    },
  );
});

interface Clients {
  readonly dynamo: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
}

function clientsOf(endpoint: string): Clients {
  const credentials = { accessKeyId: '111111111111', secretAccessKey: 'conformance' };
  const config = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  return { dynamo: new DynamoDBClient(config), streams: new DynamoDBStreamsClient(config) };
}

/** A new table, ready for use. */
async function targetOf(clients: Clients, table: string): Promise<StreamTarget> {
  await clients.dynamo.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const status = async (): Promise<string | undefined> =>
    (await clients.dynamo.send(new DescribeTableCommand({ TableName: table }))).Table?.TableStatus;
  await expect.poll(status, { timeout: 20_000, interval: 20 }).toBe('ACTIVE');
  return { ...clients, table };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}
