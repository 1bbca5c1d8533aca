import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { account, createFixture, type Fixture, key, N, refusal, region, S, type Wire } from './fixture.ts';

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string };
}
interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly Keys: Wire;
    readonly NewImage?: Wire;
    readonly OldImage?: Wire;
  };
}

const arnOf = ({ call }: Fixture, table = 'things'): string =>
  call('DescribeTable', { TableName: table }).Table.LatestStreamArn;
const shardsOf = (fixture: Fixture, StreamArn = arnOf(fixture), more: object = {}): Shard[] =>
  fixture.streams('DescribeStream', { StreamArn, ...more }).StreamDescription.Shards;
const iteratorOf = (fixture: Fixture, ShardId: string, ShardIteratorType = 'TRIM_HORIZON', more: object = {}): string =>
  fixture.streams('GetShardIterator', { StreamArn: arnOf(fixture), ShardId, ShardIteratorType, ...more }).ShardIterator;
const read = (
  fixture: Fixture,
  ShardIterator: string,
  Limit?: number,
): { Records: StreamRecord[]; NextShardIterator?: string } => fixture.streams('GetRecords', { ShardIterator, Limit });

/** Everything in a shard from the trim horizon on, by pages. */
function readAll(fixture: Fixture, ShardId: string, Limit?: number): StreamRecord[] {
  const records: StreamRecord[] = [];
  let iterator: string | undefined = iteratorOf(fixture, ShardId);
  for (;;) {
    const page = read(fixture, iterator, Limit);
    records.push(...page.Records);
    iterator = page.NextShardIterator;
    if (iterator === undefined || page.Records.length === 0) return records;
  }
}

function streaming(view = 'NEW_AND_OLD_IMAGES', keys = 'S'): Fixture {
  const fixture = createFixture();
  fixture.table('things', { keys, view });
  return fixture;
}

/** What a consumer sees of each item that reads every parent before its children. */
function consume(fixture: Fixture): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  const done = new Set<string>();
  for (let left = shardsOf(fixture); left.length > 0; left = left.filter(({ ShardId }) => !done.has(ShardId))) {
    for (const { ShardId, ParentShardId } of left) {
      if (ParentShardId !== undefined && !done.has(ParentShardId)) continue;
      done.add(ShardId);
      for (const { dynamodb } of readAll(fixture, ShardId, 3)) {
        const pk = dynamodb.Keys['pk']?.S ?? '';
        seen.set(pk, [...(seen.get(pk) ?? []), Number(dynamodb.NewImage?.['v']?.N)]);
      }
    }
  }
  return seen;
}

describe('streams', () => {
  it('tell every change, and no write that changed nothing', () => {
    const fixture = streaming();
    fixture.put('things', { ...key('a'), v: N(1) });
    fixture.put('things', { ...key('a'), v: N('1.0') });
    fixture.put('things', { ...key('a'), v: N(2) });
    fixture.call('UpdateItem', {
      TableName: 'things',
      Key: key('a'),
      UpdateExpression: 'SET v = :v',
      ExpressionAttributeValues: { ':v': N(2) },
    });
    fixture.call('DeleteItem', { TableName: 'things', Key: key('a') });
    fixture.call('DeleteItem', { TableName: 'things', Key: key('a') });
    const [shard] = shardsOf(fixture);
    const records = readAll(fixture, shard?.ShardId ?? '');
    expect(
      records.map(({ eventName, dynamodb }) => [eventName, dynamodb.OldImage?.['v'], dynamodb.NewImage?.['v']]),
    ).toEqual([
      ['INSERT', undefined, N(1)],
      ['MODIFY', N(1), N(2)],
      ['REMOVE', N(2), undefined],
    ]);
    expect(records[0]).toMatchObject({
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      dynamodb: { Keys: key('a'), StreamViewType: 'NEW_AND_OLD_IMAGES', SizeBytes: 3 + 3 + 3 },
    });
  });

  it.each([
    ['KEYS_ONLY', false, false],
    ['NEW_IMAGE', true, false],
    ['OLD_IMAGE', false, true],
  ])('show with view %s only what it says', (view, fresh, old) => {
    const fixture = streaming(view);
    fixture.put('things', { ...key('a'), v: N(1) });
    fixture.put('things', { ...key('a'), v: N(2) });
    const [, record] = readAll(fixture, shardsOf(fixture)[0]?.ShardId ?? '');
    expect([record?.dynamodb.NewImage !== undefined, record?.dynamodb.OldImage !== undefined]).toEqual([fresh, old]);
  });

  it('number records upwards, with more digits as time goes on', () => {
    const fixture = streaming();
    for (let index = 0; index < 400; index += 1) fixture.put('things', key(`k${index}`));
    const numbers = readAll(fixture, shardsOf(fixture)[0]?.ShardId ?? '', 90).map(
      ({ dynamodb }) => dynamodb.SequenceNumber,
    );
    expect(numbers).toHaveLength(400);
    expect(numbers.every((number, index) => index === 0 || BigInt(number) > BigInt(numbers[index - 1] ?? 0))).toBe(
      true,
    );
    expect(new Set(numbers.map((number) => number.length)).size).toBe(2);
  });

  it('go on in a child shard every four hours; the parent ends and stays readable', () => {
    const fixture = streaming();
    fixture.put('things', key('a'));
    const [parent] = shardsOf(fixture);
    const waiting = iteratorOf(fixture, parent?.ShardId ?? '', 'LATEST');
    expect(read(fixture, waiting).NextShardIterator).toBeDefined();
    fixture.advance(4 * 3600);
    fixture.put('things', key('b'));
    const [closed, child] = shardsOf(fixture);
    expect(closed?.ShardId).toBe(parent?.ShardId);
    expect(closed?.SequenceNumberRange.EndingSequenceNumber).toMatch(/^\d+$/);
    expect(child?.ParentShardId).toBe(parent?.ShardId);
    expect(child?.SequenceNumberRange.EndingSequenceNumber).toBeUndefined();
    const page = read(fixture, iteratorOf(fixture, closed?.ShardId ?? ''));
    expect(page.Records.map(({ dynamodb }) => dynamodb.Keys)).toEqual([key('a')]);
    expect(page.NextShardIterator).toBeUndefined();
    expect(readAll(fixture, child?.ShardId ?? '').map(({ dynamodb }) => dynamodb.Keys)).toEqual([key('b')]);
  });

  it('lose nothing over rolls and splits, and keep the order of each item', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), pk: fc.integer({ min: 0, max: 9 }) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('roll' as const, 'split' as const) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const fixture = streaming();
        const written: [string, number][] = [];
        for (const step of list) {
          if (step.kind === 'put') {
            written.push([`k${step.pk}`, written.length]);
            fixture.put('things', { ...key(`k${step.pk}`), v: N(written.length) });
          } else if (step.kind === 'wait') fixture.advance(3600);
          else fixture.db.rollShards({ account, region, tableName: 'things' }, { split: step.kind === 'split' });
        }
        const seen = consume(fixture);
        const expected = new Map<string, number[]>();
        for (const [pk, index] of written) expected.set(pk, [...(expected.get(pk) ?? []), index + 1]);
        expect([...seen].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('list shards in pages, and the children of one shard', () => {
    const fixture = streaming();
    const place = { account, region, tableName: 'things' };
    const [root] = shardsOf(fixture);
    fixture.advance(1);
    fixture.db.rollShards(place, { split: true });
    fixture.advance(1);
    fixture.db.rollShards(place);
    const StreamArn = arnOf(fixture);
    const all = shardsOf(fixture);
    expect(all).toHaveLength(5);
    const first = fixture.streams('DescribeStream', { StreamArn, Limit: 2 }).StreamDescription;
    expect(first.LastEvaluatedShardId).toBe(all[1]?.ShardId);
    const rest = shardsOf(fixture, StreamArn, { ExclusiveStartShardId: first.LastEvaluatedShardId });
    expect([...first.Shards, ...rest]).toEqual(all);
    const children = shardsOf(fixture, StreamArn, { ShardFilter: { Type: 'CHILD_SHARDS', ShardId: root?.ShardId } });
    expect(children.map(({ ParentShardId }) => ParentShardId)).toEqual([root?.ShardId, root?.ShardId]);
  });

  it('trim records after 24 hours, and shards with nothing left', () => {
    const fixture = streaming();
    fixture.put('things', key('a'));
    const [shard] = shardsOf(fixture);
    const ShardId = shard?.ShardId ?? '';
    const [record] = readAll(fixture, ShardId);
    const SequenceNumber = record?.dynamodb.SequenceNumber;
    fixture.advance(3600);
    fixture.put('things', key('b'));
    fixture.advance(23 * 3600 - 600);
    const before = iteratorOf(fixture, ShardId);
    fixture.advance(601);
    // The record is gone; an iterator that would have shown it says so, one from the horizon goes on after it.
    expect(refusal(() => read(fixture, before))).toContain('TrimmedDataAccessException');
    expect(readAll(fixture, ShardId).map(({ dynamodb }) => dynamodb.Keys)).toEqual([key('b')]);
    expect(refusal(() => iteratorOf(fixture, ShardId, 'AFTER_SEQUENCE_NUMBER', { SequenceNumber }))).toContain(
      'TrimmedDataAccessException',
    );
    fixture.advance(4 * 3600);
    expect(shardsOf(fixture).map((left) => left.ShardId)).not.toContain(ShardId);
    expect(refusal(() => iteratorOf(fixture, ShardId))).toContain('ResourceNotFoundException');
    expect(shardsOf(fixture).length).toBeLessThanOrEqual(8);
  });

  it('start where they are told to', () => {
    const fixture = streaming();
    const [shard] = shardsOf(fixture);
    const ShardId = shard?.ShardId ?? '';
    for (const pk of ['a', 'b', 'c']) fixture.put('things', key(pk));
    const latest = iteratorOf(fixture, ShardId, 'LATEST');
    fixture.put('things', key('d'));
    const names = (iterator: string): string =>
      read(fixture, iterator)
        .Records.map(({ dynamodb }) => dynamodb.Keys['pk']?.S)
        .join('');
    const middle = readAll(fixture, ShardId)[1]?.dynamodb.SequenceNumber;
    expect(names(iteratorOf(fixture, ShardId))).toBe('abcd');
    expect(names(latest)).toBe('d');
    expect(names(iteratorOf(fixture, ShardId, 'AT_SEQUENCE_NUMBER', { SequenceNumber: middle }))).toBe('bcd');
    expect(names(iteratorOf(fixture, ShardId, 'AFTER_SEQUENCE_NUMBER', { SequenceNumber: middle }))).toBe('cd');
    expect(refusal(() => iteratorOf(fixture, ShardId, 'AT_SEQUENCE_NUMBER'))).toContain('Invalid SequenceNumber');
    expect(
      refusal(() => iteratorOf(fixture, ShardId, 'AT_SEQUENCE_NUMBER', { SequenceNumber: '9'.repeat(40) })),
    ).toContain('Invalid SequenceNumber');
  });

  it('end iterators after fifteen minutes', () => {
    const fixture = streaming();
    const iterator = iteratorOf(fixture, shardsOf(fixture)[0]?.ShardId ?? '');
    fixture.advance(15 * 60);
    expect(refusal(() => read(fixture, iterator))).toBe('accepted');
    fixture.advance(1);
    expect(refusal(() => read(fixture, iterator))).toContain('ExpiredIteratorException');
    expect(refusal(() => read(fixture, 'nonsense'))).toBe('ValidationException: Invalid ShardIterator');
  });

  it('get another ARN when they are switched off and on; the old one stays readable for a day', () => {
    const fixture = streaming();
    fixture.put('things', key('a'));
    const old = arnOf(fixture);
    const turn = (StreamEnabled: boolean): unknown =>
      fixture.call('UpdateTable', {
        TableName: 'things',
        StreamSpecification: { StreamEnabled, ...(StreamEnabled ? { StreamViewType: 'KEYS_ONLY' } : {}) },
      });
    expect(refusal(() => turn(true))).toContain('Table already has an enabled stream');
    turn(false);
    fixture.put('things', key('unseen'));
    turn(true);
    fixture.put('things', key('b'));
    const fresh = arnOf(fixture);
    expect(fresh).not.toBe(old);
    expect(fixture.streams('DescribeStream', { StreamArn: old }).StreamDescription.StreamStatus).toBe('DISABLED');
    const iterator = fixture.streams('GetShardIterator', {
      StreamArn: old,
      ShardId: shardsOf(fixture, old)[0]?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }).ShardIterator;
    const page = read(fixture, iterator);
    expect([page.Records.length, page.NextShardIterator]).toEqual([1, undefined]);
    expect(readAll(fixture, shardsOf(fixture)[0]?.ShardId ?? '').map(({ dynamodb }) => dynamodb.Keys)).toEqual([
      key('b'),
    ]);
    const listed = (): string[] =>
      fixture.streams('ListStreams', { TableName: 'things' }).Streams.map((it: { StreamArn: string }) => it.StreamArn);
    expect(listed().sort()).toEqual([old, fresh].sort());
    fixture.advance(24 * 3600);
    expect(listed()).toEqual([fresh]);
    expect(refusal(() => shardsOf(fixture, old))).toContain('ResourceNotFoundException');
  });

  it('show records a little after the write, and now and then nothing at all', () => {
    const fixture = createFixture({ latencyFactor: 1 });
    fixture.table('things', { keys: 'S', view: 'KEYS_ONLY' });
    const ShardId = shardsOf(fixture)[0]?.ShardId ?? '';
    let iterator: string | undefined = iteratorOf(fixture, ShardId);
    for (let index = 0; index < 200; index += 1) fixture.put('things', key(`k${index}`));
    expect(read(fixture, iterator).Records).toEqual([]);
    fixture.advance(1);
    let empty = 0;
    let count = 0;
    while (count < 200 && iterator !== undefined) {
      const page = read(fixture, iterator, 1);
      iterator = page.NextShardIterator;
      count += page.Records.length;
      if (page.Records.length === 0) empty += 1;
    }
    expect(count).toBe(200);
    expect(empty).toBeGreaterThan(0);
  });

  it('throttle more than two readers of a shard', () => {
    const fixture = createFixture({ throttle: true });
    fixture.table('things', { keys: 'S', view: 'KEYS_ONLY' });
    const ShardId = shardsOf(fixture)[0]?.ShardId ?? '';
    const iterator = iteratorOf(fixture, ShardId);
    const answers = Array.from({ length: 11 }, () => refusal(() => read(fixture, iterator)));
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'accepted'));
    expect(answers[10]).toContain('LimitExceededException');
    fixture.advance(1);
    expect(refusal(() => read(fixture, iterator))).toBe('accepted');
  });

  it('record transactions and batches item by item', () => {
    const fixture = streaming('KEYS_ONLY', 'SS');
    fixture.call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'things', Item: key('t', '1') } },
        {
          ConditionCheck: { TableName: 'things', Key: key('t', '2'), ConditionExpression: 'attribute_not_exists(pk)' },
        },
        { Put: { TableName: 'things', Item: key('t', '3') } },
      ],
    });
    fixture.call('BatchWriteItem', {
      RequestItems: {
        things: [{ PutRequest: { Item: { ...key('t', '4'), v: S('x') } } }, { DeleteRequest: { Key: key('t', '1') } }],
      },
    });
    const records = readAll(fixture, shardsOf(fixture)[0]?.ShardId ?? '');
    expect(records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys['sk']?.S}`)).toEqual([
      'INSERT 1',
      'INSERT 3',
      'INSERT 4',
      'REMOVE 1',
    ]);
  });
});
