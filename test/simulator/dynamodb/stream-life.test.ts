import { describe, expect, it } from 'vitest';
import { account, createFixture, type Fixture, key, refusal, region } from './fixture.ts';

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

function streaming(options: { latencyFactor?: number; seed?: number } = {}): Fixture {
  const fixture = createFixture(options);
  fixture.table('things', { keys: 'S', view: 'KEYS_ONLY' });
  return fixture;
}

const arnOf = ({ call }: Fixture): string => call('DescribeTable', { TableName: 'things' }).Table.LatestStreamArn;
const describeStream = ({ streams }: Fixture, StreamArn: string, more: object = {}) =>
  streams('DescribeStream', { StreamArn, ...more }).StreamDescription;
const shardsOf = (fixture: Fixture): Shard[] => describeStream(fixture, arnOf(fixture)).Shards;
const iteratorOf = (fixture: Fixture, ShardId: string | undefined, more: object = {}): string =>
  fixture.streams('GetShardIterator', {
    StreamArn: arnOf(fixture),
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
    ...more,
  }).ShardIterator;

describe('shards', () => {
  it('roll over and split by themselves, though nobody writes or looks', () => {
    const lineages = Array.from({ length: 12 }, (_, seed) => {
      const fixture = streaming({ seed });
      fixture.advance(23 * 3600);
      return shardsOf(fixture);
    });
    for (const shards of lineages) {
      const ids = shards.map(({ ShardId }) => ShardId);
      const open = shards.filter((shard) => shard.SequenceNumberRange.EndingSequenceNumber === undefined);
      expect(ids.length).toBeGreaterThanOrEqual(6);
      expect(open.length).toBeLessThanOrEqual(4);
      // Every shard but the first names a parent that is listed and closed.
      for (const { ParentShardId } of shards.slice(1)) {
        const parent = shards.find(({ ShardId }) => ShardId === ParentShardId);
        expect(parent?.SequenceNumberRange.EndingSequenceNumber).toBeDefined();
      }
    }
    expect(lineages.some((shards) => shards.length > 6)).toBe(true);
    expect(lineages.some((shards) => shards.length === 6)).toBe(true);
  });

  it('roll over at the same instants whether reads look on or not', () => {
    const watched = streaming();
    const alone = streaming();
    for (let hour = 0; hour < 20; hour += 1) {
      watched.advance(3600);
      shardsOf(watched);
      alone.advance(3600);
    }
    expect(shardsOf(watched)).toEqual(shardsOf(alone));
  });

  it('are told a hundred at a time', () => {
    const fixture = streaming();
    const place = { account, region, tableName: 'things' };
    for (let index = 0; index < 120; index += 1) {
      fixture.advance(1);
      fixture.db.rollShards(place);
    }
    const StreamArn = arnOf(fixture);
    const first = describeStream(fixture, StreamArn);
    expect(first.Shards).toHaveLength(100);
    const rest = describeStream(fixture, StreamArn, { ExclusiveStartShardId: first.LastEvaluatedShardId });
    expect(rest.Shards).toHaveLength(21);
    expect(rest.LastEvaluatedShardId).toBeUndefined();
    expect(refusal(() => describeStream(fixture, StreamArn, { Limit: 101 }))).toContain(
      'Member must have value less than or equal to 100',
    );
  });
});

describe('a stream', () => {
  it('is ENABLING and DISABLING as long as its table is on the way', () => {
    const fixture = createFixture({ latencyFactor: 1 });
    const turn = (StreamEnabled: boolean): unknown =>
      fixture.call('UpdateTable', {
        TableName: 'things',
        StreamSpecification: { StreamEnabled, ...(StreamEnabled ? { StreamViewType: 'KEYS_ONLY' } : {}) },
      });
    fixture.table('things', { keys: 'S' });
    const status = (): string => describeStream(fixture, arnOf(fixture)).StreamStatus;
    turn(true);
    expect(status()).toBe('ENABLING');
    fixture.advance(10);
    expect(status()).toBe('ENABLED');
    turn(false);
    expect(status()).toBe('DISABLING');
    fixture.advance(10);
    expect(status()).toBe('DISABLED');
  });

  it('keeps its view: another one takes another stream', () => {
    const fixture = streaming();
    expect(
      refusal(() =>
        fixture.call('UpdateTable', {
          TableName: 'things',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        }),
      ),
    ).toBe('ValidationException: Table already has an enabled stream: TableName: things');
  });

  it('can be read for a day after its table is gone', () => {
    const fixture = streaming();
    fixture.put('things', key('a'));
    const StreamArn = arnOf(fixture);
    fixture.call('DeleteTable', { TableName: 'things' });
    fixture.advance(23 * 3600);
    const { Shards, StreamStatus } = describeStream(fixture, StreamArn);
    expect(StreamStatus).toBe('DISABLED');
    expect(Shards).toHaveLength(1);
    expect(fixture.streams('ListStreams', { TableName: 'things' }).Streams).toHaveLength(1);
    fixture.advance(3600);
    expect(refusal(() => describeStream(fixture, StreamArn))).toContain('ResourceNotFoundException');
  });

  it('is listed 5 times a second and described 10 times', () => {
    const fixture = createFixture({ throttle: true });
    fixture.table('things', { keys: 'S', view: 'KEYS_ONLY' });
    const StreamArn = arnOf(fixture);
    const count = (run: () => unknown): number => {
      let calls = 0;
      while (refusal(run) === 'accepted') calls += 1;
      return calls;
    };
    expect(count(() => fixture.streams('ListStreams', {}))).toBe(5);
    expect(count(() => describeStream(fixture, StreamArn))).toBe(10);
    expect(refusal(() => describeStream(fixture, StreamArn))).toContain('LimitExceededException');
  });

  it('gives 1,000 records or 1 MB in one answer, and refuses to be asked for more', () => {
    const fixture = streaming();
    for (let index = 0; index < 1100; index += 1) fixture.put('things', key(`k${index}`));
    const ShardIterator = iteratorOf(fixture, shardsOf(fixture)[0]?.ShardId);
    const read = (more: object = {}) => fixture.streams('GetRecords', { ShardIterator, ...more });
    expect(read().Records).toHaveLength(1000);
    expect(refusal(() => read({ Limit: 1001 }))).toContain('LimitExceededException');
    const large = createFixture();
    large.table('things', { keys: 'S', view: 'NEW_IMAGE' });
    for (let index = 0; index < 5; index += 1) {
      large.put('things', { ...key(`k${index}`), v: { S: 'x'.repeat(400_000) } });
    }
    const of = iteratorOf(large, shardsOf(large)[0]?.ShardId);
    expect(large.streams('GetRecords', { ShardIterator: of }).Records).toHaveLength(2);
  });

  it.each<[string, object, string]>([
    ['DescribeStream', { StreamArn: 'arn:short' }, "at 'streamArn'"],
    ['ListStreams', { TableName: 'ab' }, "at 'tableName'"],
    ['GetRecords', { ShardIterator: 'x'.repeat(2049) }, "at 'shardIterator'"],
  ])('refuses lengths that the model does not have: %s %j', (operation, input, where) => {
    expect(refusal(() => streaming().streams(operation, input))).toContain(where);
  });

  it('refuses sequence numbers of less than 21 digits', () => {
    const fixture = streaming();
    const ShardId = shardsOf(fixture)[0]?.ShardId;
    expect(
      refusal(() => iteratorOf(fixture, ShardId, { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '5' })),
    ).toContain('Member must have length greater than or equal to 21');
  });
});
