import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { listen, type SocketMount } from '../../src/simulator/mounts/socket.ts';
import { itemBehaviours } from './behaviours.ts';
import { differences } from './moto-differences.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { type StreamTarget, streamBehaviours } from './stream-behaviours.ts';
import { type StsTarget, stsBehaviours } from './sts-behaviours.ts';
import { tableBehaviours } from './table-behaviours.ts';
import { describeBy, motoServer } from './tools.ts';
import { transactionBehaviours } from './transaction-behaviours.ts';

// The same questions to the simulator and to moto, a simulation of AWS that others wrote. Where they differ, a document says who is right.

const behaviours = [...itemBehaviours, ...transactionBehaviours, ...tableBehaviours, ...streamBehaviours];
const role = { roleArn: 'arn:aws:iam::222222222222:role/judged', externalId: 'handshake' };

describe('the list of differences', () => {
  test('names behaviours of the table only', () => {
    const names = [...behaviours, ...stsBehaviours].map(({ name }) => name);
    expect(Object.keys(differences).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describeBy(motoServer, 'the simulated DynamoDB, its streams and STS')('the simulator and moto', () => {
  let moto: MotoServer;
  let simulator: SocketMount;
  let urls: readonly [simulator: string, moto: string];
  let ours: Clients;
  let theirs: Clients;

  beforeAll(async () => {
    const world = createSimulatedAws({ clock: createClock({ scale: 200, unref: true }), throttle: false });
    simulator = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    world.sts.seedRole({ arn: role.roleArn, trustedAccount: '111111111111', externalId: role.externalId });
    moto = await startMoto();
    urls = [simulator.url, moto.url];
    ours = clientsOf(simulator.url);
    theirs = clientsOf(moto.url);
  });
  afterAll(async () => {
    for (const { dynamo, streams } of [ours, theirs]) {
      dynamo?.destroy();
      streams?.destroy();
    }
    await simulator?.close();
    await moto?.stop();
  });

  it.each(behaviours.map((behaviour, index) => ({ ...behaviour, table: `table-${index}` })))(
    '$name',
    async ({ name, table, run }) => {
      judge(name, await run(await targetOf(ours, table)), await run(await targetOf(theirs, table)));
    },
  );

  it.each(stsBehaviours)('$name', async ({ name, run }) => {
    const [own, other] = urls.map(stsTarget);
    if (own === undefined || other === undefined) throw new Error('nothing to judge');
    judge(name, await run(own), await run(other));
    own.sts.destroy();
    other.sts.destroy();
  });
});

/** Both answer alike, or as the list of differences says. */
function judge(name: string, own: unknown, other: unknown): void {
  const difference = differences[name];
  if (difference === undefined) {
    expect(own).toEqual(other);
    return;
  }
  const { right, source, simulator, moto } = difference;
  expect({ answer: own }, `${source}: ${right} is right`).toMatchObject({ answer: simulator });
  expect({ answer: other }, 'moto answers otherwise than the list says').toMatchObject({ answer: moto });
  expect(own, 'the difference is gone: take it off the list').not.toEqual(other);
}

function stsTarget(endpoint: string): StsTarget {
  const as = (accessKeyId: string, secretAccessKey: string, sessionToken?: string): STSClient =>
    new STSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
      maxAttempts: 1,
    });
  return { ...role, sts: as('111111111111', 'conformance'), as };
}

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
