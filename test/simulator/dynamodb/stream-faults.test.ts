import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, key } from './fixture.ts';

function streaming(latencyFactor = 0): Fixture {
  const fixture = createFixture({ latencyFactor });
  for (const table of ['things', 'others']) fixture.table(table, { keys: 'S', view: 'KEYS_ONLY' });
  return fixture;
}

/** A reader of a table's first shard: each call reads the next page and returns its keys. */
function reader({ call, streams }: Fixture, table: string): { next(limit?: number): string[]; ended(): boolean } {
  const StreamArn = call('DescribeTable', { TableName: table }).Table.LatestStreamArn;
  const ShardId = streams('DescribeStream', { StreamArn }).StreamDescription.Shards[0]?.ShardId;
  let iterator: string | undefined = streams('GetShardIterator', {
    StreamArn,
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  }).ShardIterator;
  return {
    next: (Limit) => {
      const page: { Records: { dynamodb: { Keys: object } }[]; NextShardIterator?: string } = streams('GetRecords', {
        ShardIterator: iterator,
        Limit,
      });
      iterator = page.NextShardIterator;
      return page.Records.map(({ dynamodb }) => (dynamodb.Keys as { pk: { S: string } }).pk.S);
    },
    ended: () => iterator === undefined,
  };
}

const write = (fixture: Fixture, table: string, ...names: string[]): void => {
  for (const name of names) fixture.put(table, key(name));
};

describe('faults of streams', () => {
  it('hand records out twice, in the next answer and in order', () => {
    const fixture = streaming();
    fixture.db.streamFaults.duplicate = 1;
    write(fixture, 'things', 'a', 'b', 'c');
    const all = reader(fixture, 'things');
    expect([all.next(), all.next(), all.next()]).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], []]);
    const paged = reader(fixture, 'things');
    expect(Array.from({ length: 5 }, () => paged.next(2))).toEqual([['a', 'b'], ['a', 'b'], ['c'], ['c'], []]);
  });

  it('do so with their probability, each record at most twice, also at the end of a closed shard', () => {
    const fixture = streaming();
    fixture.db.streamFaults.duplicate = 0.25;
    const names = Array.from({ length: 200 }, (_, index) => `k${index}`);
    write(fixture, 'things', ...names);
    fixture.advance(1);
    fixture.db.rollShards({ account: '111122223333', region: 'eu-west-1', tableName: 'things' });
    const shard = reader(fixture, 'things');
    const told: string[] = [];
    while (!shard.ended()) told.push(...shard.next(30));
    const times = names.map((name) => told.filter((one) => one === name).length);
    expect(times.every((count) => count === 1 || count === 2)).toBe(true);
    const twice = times.filter((count) => count === 2).length;
    expect(twice).toBeGreaterThan(25);
    expect(twice).toBeLessThan(75);
    const again = reader(fixture, 'things');
    const retold: string[] = [];
    while (!again.ended()) retold.push(...again.next(30));
    expect(retold).toEqual(told);
  });

  it('delay records, in their order', () => {
    const fixture = streaming();
    const shard = reader(fixture, 'things');
    fixture.db.streamFaults.delayMs = 5000;
    write(fixture, 'things', 'a');
    fixture.db.streamFaults.delayMs = 0;
    write(fixture, 'things', 'b');
    fixture.advance(4.999);
    expect(shard.next()).toEqual([]);
    fixture.advance(0.001);
    expect(shard.next()).toEqual(['a', 'b']);
  });

  it('can be one table’s, and be taken back', () => {
    const fixture = streaming();
    fixture.db.setStreamFaults([{ means: (table) => table === 'things', duplicate: 1, delayMs: 0 }]);
    write(fixture, 'things', 'a');
    write(fixture, 'others', 'a');
    const [one, other] = [reader(fixture, 'things'), reader(fixture, 'others')];
    expect([one.next(), one.next(), other.next(), other.next()]).toEqual([['a'], ['a'], ['a'], []]);
    const stopped = reader(fixture, 'things');
    expect(stopped.next()).toEqual(['a']);
    fixture.db.setStreamFaults([]);
    expect(stopped.next()).toEqual([]);
  });
});
