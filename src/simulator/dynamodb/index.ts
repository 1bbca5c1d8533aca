/**
 * DynamoDB and DynamoDB Streams, simulated: tables without secondary indexes, the whole expression language, batches,
 * transactions, time to live, streams with shard lineage and trimming. Throughput is not limited, and every read is consistent.
 */
import { AwsError, type SimService, type World } from '../kernel.ts';
import { batchOperations } from './batch.ts';
import type { StoredItem } from './item-store.ts';
import { itemOperations } from './items.ts';
import { readOperations } from './reads.ts';
import { Registry } from './registry.ts';
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
  readonly dynamodb: SimService;
  readonly streams: SimService;
  /**
   * Closes all open shards of a table's stream now and opens one successor for each, or two where `split` is set. Without it shards roll
   * over every four hours of simulated time. Throws `Error` when the table has no enabled stream.
   */
  rollShards(place: TablePlace, options?: { readonly split?: boolean }): void;
  /** The items of a table as they stand now, in no particular order. Each is replaced, never changed. Throws `Error` when there is no such table. */
  items(place: TablePlace): Iterable<StoredItem>;
}

/** Makes both services over one state. */
export function createDynamoDb(world: World): DynamoDb {
  const registry = new Registry(world);
  const operations = new Map([
    ...tableOperations(registry),
    ...tagOperations(registry),
    ...extraOperations(registry),
    ...itemOperations(registry),
    ...readOperations(registry),
    ...batchOperations(registry),
    ...transactionOperations(registry),
  ]);
  return {
    dynamodb: {
      id: 'dynamodb',
      operations,
      throttled: () => new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
    },
    streams: {
      id: 'dynamodb-streams',
      operations: streamOperations(registry),
      throttled: () =>
        new AwsError(
          'LimitExceededException',
          'Too many reads of a stream or shard at the same time: reduce the number of readers and retry',
        ),
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
  };
}
