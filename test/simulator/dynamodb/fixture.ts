import type {
  AttributeValue,
  BatchGetItemCommandOutput,
  BatchWriteItemCommandOutput,
  CreateTableCommandOutput,
  DescribeContinuousBackupsCommandOutput,
  DescribeLimitsCommandOutput,
  DescribeTableCommandOutput,
  DescribeTimeToLiveCommandOutput,
  GetItemCommandOutput,
  ListTablesCommandOutput,
  ListTagsOfResourceCommandOutput,
  QueryCommandOutput,
  ScanCommandOutput,
  TransactWriteItemsCommandOutput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type {
  DescribeStreamCommandOutput,
  GetRecordsCommandOutput,
  GetShardIteratorCommandOutput,
  ListStreamsCommandOutput,
} from '@aws-sdk/client-dynamodb-streams';
import { createDynamoDb, type DynamoDb } from '../../../src/simulator/dynamodb/index.ts';
import { AwsError } from '../../../src/simulator/kernel.ts';
import { createServiceQuotas } from '../../../src/simulator/quotas/index.ts';
import { SimulatedAws } from '../../../src/simulator/world.ts';

export type Wire = Record<string, AttributeValue>;
export const account = '111122223333';
export const region = 'eu-west-1';
export const start = Date.parse('2026-03-01T12:00:00Z');

/** What each operation answers, as the SDK types it. */
interface Answers {
  BatchGetItem: BatchGetItemCommandOutput;
  BatchWriteItem: BatchWriteItemCommandOutput;
  CreateTable: CreateTableCommandOutput;
  DescribeContinuousBackups: DescribeContinuousBackupsCommandOutput;
  DescribeLimits: DescribeLimitsCommandOutput;
  DescribeStream: DescribeStreamCommandOutput;
  DescribeTable: DescribeTableCommandOutput;
  DescribeTimeToLive: DescribeTimeToLiveCommandOutput;
  GetItem: GetItemCommandOutput;
  GetRecords: GetRecordsCommandOutput;
  GetShardIterator: GetShardIteratorCommandOutput;
  ListStreams: ListStreamsCommandOutput;
  ListTables: ListTablesCommandOutput;
  ListTagsOfResource: ListTagsOfResourceCommandOutput;
  Query: QueryCommandOutput;
  Scan: ScanCommandOutput;
  TransactWriteItems: TransactWriteItemsCommandOutput;
  UpdateItem: UpdateItemCommandOutput;
}

/** A type without its question marks: tests say themselves what must be there. */
type Full<T> = T extends string | number | boolean | bigint | Date | Uint8Array | AttributeValue
  ? T
  : T extends (infer E)[]
    ? Full<E>[]
    : { [K in keyof T]-?: Full<NonNullable<T[K]>> };

type Caller = <K extends string>(operation: K, input: object) => K extends keyof Answers ? Full<Answers[K]> : object;

/** A simulated DynamoDB on a clock that stands still until `advance`. */
export interface Fixture {
  readonly aws: SimulatedAws;
  readonly db: DynamoDb;
  readonly call: Caller;
  readonly streams: Caller;
  readonly advance: (seconds: number) => void;
  /** Makes a table and waits until it is ACTIVE. */
  readonly table: (name: string, options?: TableOptions) => void;
  readonly put: (table: string, item: Wire) => void;
  readonly get: (table: string, key: Wire) => Wire | undefined;
}

export interface TableOptions {
  /** Types of the keys `pk` and, where there are two letters, `sk`. */
  readonly keys?: string;
  readonly view?: string;
}

export interface FixtureOptions {
  readonly latencyFactor?: number;
  readonly throttle?: boolean;
  readonly seed?: number;
  /** Whether transactions take time for others. */
  readonly answerDelays?: boolean;
}

export function createFixture(options: FixtureOptions = {}): Fixture {
  const clock = {
    now: () => start,
    monotonic: () => 0,
    after: () => () => undefined,
    sleep: () => Promise.resolve(),
  };
  const aws = new SimulatedAws({
    clock,
    latencyFactor: options.latencyFactor ?? 0,
    throttle: options.throttle ?? false,
    seed: options.seed ?? 1,
  });
  const db = createDynamoDb(aws, { answerDelays: options.answerDelays ?? false });
  const quotas = createServiceQuotas(aws);
  aws.install([db.dynamodb, db.streams, quotas.service], { quotas: quotas.world });
  const caller = (service: 'dynamodb' | 'dynamodb-streams'): Caller =>
    ((operation: string, input: object): object =>
      aws.call({ accessKeyId: account, region, service, operation, input })) as Caller;
  const fixture: Fixture = {
    aws,
    db,
    call: caller('dynamodb'),
    streams: caller('dynamodb-streams'),
    advance: (seconds) => aws.advance(seconds),
    table: (name, { keys = 'SS', view } = {}) => {
      const names = ['pk', 'sk'].slice(0, keys.length);
      fixture.call('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map((key, index) => ({ AttributeName: key, AttributeType: keys[index] })),
        KeySchema: names.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
        ...(view === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
      });
      if ((options.latencyFactor ?? 0) > 0) aws.advance(10);
    },
    put: (table, item) => void fixture.call('PutItem', { TableName: table, Item: item }),
    get: (table, key) => fixture.call('GetItem', { TableName: table, Key: key, ConsistentRead: true }).Item,
  };
  return fixture;
}

/** What a call was refused with, as `code: message`; `accepted` when it was not. */
export function refusal(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** The error a call was refused with. */
export function refused(run: () => unknown): AwsError {
  try {
    run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('the call was accepted');
}

export const S = (text: string): AttributeValue => ({ S: text });
export const N = (value: number | string): AttributeValue => ({ N: String(value) });
export const key = (pk: string, sk?: string): Wire => (sk === undefined ? { pk: S(pk) } : { pk: S(pk), sk: S(sk) });
