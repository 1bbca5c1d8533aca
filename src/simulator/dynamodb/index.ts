/**
 * DynamoDB and DynamoDB Streams, simulated: tables without secondary indexes, the whole expression language, batches,
 * transactions, time to live, throughput of tables and partitions, streams with shard lineage and trimming. Reads that lag behind are the world's
 * business (consistency.ts tells it which may).
 */
import { AwsError, type Operation, type SimService, type World } from '../kernel.ts';
import { batchOperations } from './batch.ts';
import { isConsistentRead } from './consistency.ts';
import { invalidParameter } from './errors.ts';
import type { StoredItem } from './item-store.ts';
import { itemOperations } from './items.ts';
import { answerMs } from './operation.ts';
import { readOperations } from './reads.ts';
import { Registry } from './registry.ts';
import type { StreamFaults, TableStreamFault } from './stream-faults.ts';
import { streamOperations } from './streams.ts';
import { extraOperations } from './table-extras.ts';
import { tableOperations } from './tables.ts';
import { tagOperations } from './tags.ts';
import { transactionOperations } from './transactions.ts';

/** Where a table is. */
export interface TablePlace {
  readonly account: string;
  readonly region: string;
  readonly tableName: string;
}

export interface DynamoDb {
  /** What exists, for those who have to know of tables (iam/). */
  readonly registry: Registry;
  readonly dynamodb: SimService;
  readonly streams: SimService;
  /**
   * Closes all open shards of a table's stream now and opens one successor for each, or two where `split` is set. Without it shards roll
   * over every four hours of simulated time. Throws `Error` when the table has no enabled stream.
   */
  rollShards(place: TablePlace, options?: { readonly split?: boolean }): void;
  /** The items of a table as they stand now, in no particular order. Each is replaced, never changed. Throws `Error` when there is no such table. */
  items(place: TablePlace): Iterable<StoredItem>;
  /** Faults of the streams, which may be set at any time. */
  readonly streamFaults: StreamFaults;
  /** Sets the faults of the streams by table, in the place of those that were set so before. */
  setStreamFaults(faults: readonly TableStreamFault[]): void;
}

/** How the two services are set up. */
export interface DynamoDbOptions {
  /**
   * Whether callers wait for their answers as long as AWS takes (false). Only then is a transaction still going on for others after it was
   * carried out, until its caller has the answer.
   */
  readonly answerDelays?: boolean;
}

/** Makes both services over one state. */
export function createDynamoDb(world: World, options: DynamoDbOptions = {}): DynamoDb {
  const overlapMs = options.answerDelays === true ? answerMs.transaction * world.latencyFactor : 0;
  const registry = new Registry(world, overlapMs);
  const operations = new Map<string, Operation>();
  for (const [name, operation] of [
    ...tableOperations(registry),
    ...tagOperations(registry),
    ...extraOperations(registry),
    ...itemOperations(registry),
    ...readOperations(registry),
    ...batchOperations(registry),
    ...transactionOperations(registry),
  ]) {
    operations.set(name, { ...operation, consistent: (input: object) => isConsistentRead(name, input) });
  }
  return {
    registry,
    dynamodb: {
      id: 'dynamodb',
      operations,
      throttled: () => new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
      untaken,
    },
    streams: {
      id: 'dynamodb-streams',
      operations: streamOperations(registry),
      throttled: () =>
        new AwsError(
          'LimitExceededException',
          'Too many reads of a stream or shard at the same time: reduce the number of readers and retry',
        ),
      untaken,
    },
    rollShards: (place, options) => {
      const stream = registry.region(place).tables.get(place.tableName)?.stream;
      if (stream === undefined) {
        throw new Error(
          `rollShards: table ${place.tableName} in ${place.account}/${place.region} has no enabled stream`,
        );
      }
      stream.roll(world.now(), options?.split ?? false);
    },
    items: (place) => {
      const table = registry.region(place).tables.get(place.tableName);
      if (table === undefined)
        throw new Error(`items: no table ${place.tableName} in ${place.account}/${place.region}`);
      return table.items.all();
    },
    streamFaults: registry.streamFaults,
    setStreamFaults: (faults) => {
      registry.streamFaults.tables = [...faults];
    },
  };
}

/** AWS's code for what a request cannot ask for. */
function untaken(member: string): AwsError {
  return invalidParameter(`${member} is not supported`);
}
