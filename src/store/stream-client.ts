/** The calls on the desired table's stream. Kept from the other files of the store, so that commands that never read it need not load its client. */
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { type AwsAccess, createCaller, type Dynamo, sdkConfig } from './client.ts';
import type { ShardInfo, ShardStart } from './shards.ts';

/** The key of a record that changed. */
export interface RecordKey {
  readonly kind: string;
  readonly name: string;
}

/** One answer of GetRecords. */
export interface StreamPage {
  readonly keys: readonly RecordKey[];
  /** Of the newest record of the page; undefined when it is empty. */
  readonly lastSequenceNumber: string | undefined;
  /** Undefined at the end of a closed shard. */
  readonly nextIterator: string | undefined;
}

/** The stream of a table. All calls throw `CallError`; each is tried once, because the reader spaces them out itself. */
export interface StreamClient {
  /** The ARN of the table's stream; undefined while it is off. It changes when the stream is switched off and on again. */
  streamArn(): Promise<string | undefined>;
  /** All shards that the stream still knows. */
  shards(streamArn: string): Promise<readonly ShardInfo[]>;
  iterator(streamArn: string, shardId: string, start: ShardStart): Promise<string | undefined>;
  records(iterator: string): Promise<StreamPage>;
  destroy(): void;
}

/** Waits between pages of DescribeStream, which AWS allows ten times a second (API reference). */
const describePauseMs = 125;

/** The stream of the desired table named `table`. */
export function createStreamClient(access: AwsAccess, dynamo: Dynamo, table: string): StreamClient {
  const sdk = new DynamoDBStreamsClient(sdkConfig(access));
  access.onClient?.(sdk);
  const caller = createCaller({ clock: dynamo.clock, random: dynamo.random });
  const info = (operation: string) => ({ operation, about: table, mutating: false, repeatable: true, attempts: 1 });
  return {
    streamArn: async () => {
      const output = await caller.call(info('DescribeTable'), (abortSignal) =>
        dynamo.sdk.send(new DescribeTableCommand({ TableName: table }), { abortSignal }),
      );
      const enabled = output.Table?.StreamSpecification?.StreamEnabled === true;
      return enabled ? output.Table?.LatestStreamArn : undefined;
    },
    shards: async (streamArn) => {
      const shards: ShardInfo[] = [];
      let from: string | undefined;
      do {
        if (from !== undefined) await dynamo.clock.sleep(describePauseMs);
        const input = { StreamArn: streamArn, ...(from === undefined ? {} : { ExclusiveStartShardId: from }) };
        const output = await caller.call(info('DescribeStream'), (abortSignal) =>
          sdk.send(new DescribeStreamCommand(input), { abortSignal }),
        );
        for (const shard of output.StreamDescription?.Shards ?? []) {
          const closed = shard.SequenceNumberRange?.EndingSequenceNumber !== undefined;
          if (shard.ShardId !== undefined) shards.push({ id: shard.ShardId, parent: shard.ParentShardId, closed });
        }
        from = output.StreamDescription?.LastEvaluatedShardId;
      } while (from !== undefined);
      return shards;
    },
    iterator: async (streamArn, shardId, start) => {
      const input = {
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: start.type,
        ...(start.type === 'AFTER_SEQUENCE_NUMBER' ? { SequenceNumber: start.sequenceNumber } : {}),
      };
      const output = await caller.call(info('GetShardIterator'), (abortSignal) =>
        sdk.send(new GetShardIteratorCommand(input), { abortSignal }),
      );
      return output.ShardIterator;
    },
    records: async (iterator) => {
      const output = await caller.call(info('GetRecords'), (abortSignal) =>
        sdk.send(new GetRecordsCommand({ ShardIterator: iterator }), { abortSignal }),
      );
      const records = output.Records ?? [];
      const keys = new Map<string, RecordKey>();
      for (const { dynamodb } of records) {
        const kind = dynamodb?.Keys?.kind?.S;
        const name = dynamodb?.Keys?.name?.S;
        if (kind !== undefined && name !== undefined) keys.set(`${kind}/${name}`, { kind, name });
      }
      return {
        keys: [...keys.values()],
        lastSequenceNumber: records.at(-1)?.dynamodb?.SequenceNumber,
        nextIterator: output.NextShardIterator,
      };
    },
    destroy: () => sdk.destroy(),
  };
}
