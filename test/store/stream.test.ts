import { describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.ts';
import { type Shard, type ShardInfo, type ShardStart, updateShards } from '../../src/store/shards.ts';
import { createStreamReader } from '../../src/store/stream.ts';
import type { RecordKey, StreamClient } from '../../src/store/stream-client.ts';
import { VirtualClock } from './virtual-clock.ts';

interface FakeShard {
  parent?: string;
  closed: boolean;
  /** Names of records; undefined where trimmed. */
  readonly records: (string | undefined)[];
}

/** A stream in memory: iterators are `shard/position/age`, so that each can be told from another. */
class FakeStream implements StreamClient {
  arn: string | undefined = 'stream-1';
  readonly table = new Map<string, FakeShard>();
  readonly calls: string[] = [];
  readonly iterators: { shard: string; start: ShardStart }[] = [];
  /** Iterators made before this count as expired. */
  generation = 0;
  fail: ((operation: string) => CallError | undefined) | undefined;

  streamArn = async (): Promise<string | undefined> => {
    this.enter('DescribeTable');
    return this.arn;
  };

  shards = async (): Promise<readonly ShardInfo[]> => {
    this.enter('DescribeStream');
    return [...this.table].map(([id, { parent, closed }]) => ({ id, parent, closed }));
  };

  iterator = async (_arn: string, id: string, start: ShardStart): Promise<string | undefined> => {
    this.enter('GetShardIterator');
    this.iterators.push({ shard: id, start });
    const { records } = this.shard(id);
    const oldest = records.findIndex((name) => name !== undefined);
    if (start.type === 'LATEST') return this.token(id, records.length);
    if (start.type === 'TRIM_HORIZON') return this.token(id, oldest < 0 ? records.length : oldest);
    return this.token(id, Number(start.sequenceNumber) + 1);
  };

  records = async (iterator: string) => {
    this.enter('GetRecords');
    const [id = '', position = '', generation = ''] = iterator.split('/');
    if (Number(generation) < this.generation) throw failure('ExpiredIteratorException');
    const { records, closed } = this.shard(id);
    const from = Number(position);
    if (from < records.length && records[from] === undefined) throw failure('TrimmedDataAccessException');
    const names = records.slice(from, from + 2);
    const end = from + names.length;
    return {
      keys: names.map((name) => ({ kind: 'Tenant', name: name ?? '' })),
      lastSequenceNumber: names.length === 0 ? undefined : String(end - 1),
      nextIterator: closed && end >= records.length ? undefined : this.token(id, end),
    };
  };

  destroy = (): void => undefined;

  shard(id: string): FakeShard {
    const shard = this.table.get(id);
    if (shard === undefined) throw failure('ResourceNotFoundException', 'not_found');
    return shard;
  }

  private token(id: string, position: number): string {
    return `${id}/${position}/${this.generation}`;
  }

  private enter(operation: string): void {
    this.calls.push(operation);
    const error = this.fail?.(operation);
    if (error !== undefined) throw error;
  }
}

function failure(code: string, errorClass: CallError['class'] = 'conflict'): CallError {
  return new CallError({ class: errorClass, service: 'dynamodb', operation: 'GetRecords', code, message: code });
}

function follow(stream: FakeStream) {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const gaps: string[] = [];
  const errors: string[] = [];
  const abort = new AbortController();
  const reader = createStreamReader({
    client: stream,
    clock,
    random: () => 1,
    onKeys: (keys: readonly RecordKey[]) => seen.push(...keys.map(({ name }) => name)),
    onGap: (reason) => gaps.push(reason),
    onError: (error) => errors.push(error.code),
  });
  let ready = false;
  void reader.ready.then(() => {
    ready = true;
  });
  const running = reader.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort(new Error('test over'));
    await clock.drive(running);
  };
  return { clock, seen, gaps, errors, stop, isReady: () => ready };
}

function oneShard(...records: string[]): FakeStream {
  const stream = new FakeStream();
  stream.table.set('s1', { closed: false, records });
  return stream;
}

describe('lineage', () => {
  test('on the first listing only open shards are read, later ones after their parents', () => {
    const shards = new Map<string, Shard>();
    updateShards(
      shards,
      [
        { id: 'old', parent: undefined, closed: true },
        { id: 'a', parent: 'old', closed: false },
      ],
      true,
    );
    expect([...shards.values()].map(({ id, phase, start }) => [id, phase, start.type])).toEqual([
      ['old', 'done', 'LATEST'],
      ['a', 'reading', 'LATEST'],
    ]);
    updateShards(
      shards,
      [
        { id: 'a', parent: 'old', closed: true },
        { id: 'b', parent: 'a', closed: false },
      ],
      false,
    );
    expect([...shards.values()].map(({ id, phase, start }) => [id, phase, start.type])).toEqual([
      ['a', 'reading', 'LATEST'],
      ['b', 'waiting', 'TRIM_HORIZON'],
    ]);
  });
});

describe('the reader', () => {
  test('leaves out what is older than its start and tells what comes after, within about a second', async () => {
    const stream = oneShard('before');
    const { clock, seen, gaps, stop, isReady } = follow(stream);
    await clock.advance(10);
    expect(isReady()).toBe(true);
    stream.shard('s1').records.push('one', 'two', 'three');
    await clock.advance(1_300);
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(gaps).toEqual([]);
    await stop();
  });

  test('an idle shard costs one GetRecords a second', async () => {
    const stream = oneShard();
    const { clock, stop } = follow(stream);
    await clock.advance(60_000);
    const reads = stream.calls.filter((call) => call === 'GetRecords').length;
    expect(reads).toBeGreaterThanOrEqual(59);
    expect(reads).toBeLessThanOrEqual(61);
    expect(stream.calls.filter((call) => call === 'DescribeStream').length).toBeLessThanOrEqual(3);
    await stop();
  });

  test('a busy shard is read at most five times a second', async () => {
    const stream = oneShard();
    const { clock, seen, stop } = follow(stream);
    await clock.advance(10);
    stream.shard('s1').records.push(...Array.from({ length: 200 }, (_, index) => `t${index}`));
    const before = stream.calls.length;
    await clock.advance(10_000);
    expect(stream.calls.length - before).toBeLessThanOrEqual(51);
    expect(seen.length).toBeGreaterThan(80);
    await stop();
  });

  test('after a split the parent is read to its end before the children, and nothing is lost', async () => {
    const stream = oneShard();
    const { clock, seen, gaps, stop } = follow(stream);
    await clock.advance(10);
    stream.shard('s1').records.push('p1', 'p2', 'p3');
    stream.shard('s1').closed = true;
    stream.table.set('s2', { parent: 's1', closed: true, records: ['c1'] });
    stream.table.set('s3', { parent: 's2', closed: false, records: ['g1'] });
    await clock.advance(3_000);
    expect(seen).toEqual(['p1', 'p2', 'p3', 'c1', 'g1']);
    expect(gaps).toEqual([]);
    await stop();
  });

  test('a child that is listed late is still found soon', async () => {
    const stream = oneShard();
    const { clock, seen, stop } = follow(stream);
    await clock.advance(10);
    stream.shard('s1').closed = true;
    await clock.advance(5_000);
    stream.table.set('s2', { parent: 's1', closed: false, records: ['late'] });
    await clock.advance(3_000);
    expect(seen).toEqual(['late']);
    await stop();
  });

  test('an expired iterator goes on after the last record seen', async () => {
    const stream = oneShard();
    const { clock, seen, gaps, stop } = follow(stream);
    await clock.advance(10);
    stream.shard('s1').records.push('one');
    await clock.advance(1_500);
    stream.generation += 1;
    stream.shard('s1').records.push('two');
    await clock.advance(3_000);
    expect(seen).toEqual(['one', 'two']);
    expect(gaps).toEqual([]);
    expect(stream.iterators.at(-1)?.start).toEqual({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '0' });
    await stop();
  });

  test('one that expired before any record is a gap, told once the end is held again', async () => {
    const stream = oneShard();
    const { clock, gaps, stop } = follow(stream);
    await clock.advance(10);
    stream.generation += 1;
    await clock.advance(3_000);
    expect(gaps).toEqual(['the iterator of shard s1 expired before its first record']);
    expect(stream.iterators.length).toBe(2);
    await stop();
  });

  test('trimmed records are a gap, and reading goes on with the oldest that is left', async () => {
    const stream = oneShard();
    const { clock, seen, gaps, stop } = follow(stream);
    await clock.advance(10);
    stream.shard('s1').records.push(undefined, undefined, 'kept');
    await clock.advance(3_000);
    expect(gaps).toEqual(['records of shard s1 were trimmed before they were read']);
    expect(seen).toEqual(['kept']);
    await stop();
  });

  test('a stream that was replaced is a gap', async () => {
    const stream = oneShard();
    const { clock, seen, gaps, stop } = follow(stream);
    await clock.advance(10);
    stream.arn = 'stream-2';
    stream.table.clear();
    stream.table.set('n1', { closed: false, records: [] });
    await clock.advance(5_000);
    expect(gaps).toEqual(['shard s1 is gone', 'the stream of the desired table was replaced']);
    stream.shard('n1').records.push('new');
    await clock.advance(2_000);
    expect(seen).toEqual(['new']);
    await stop();
  });

  test('a stream that is off holds nobody up, and switching it on is a gap', async () => {
    const stream = oneShard('x');
    stream.arn = undefined;
    const { clock, seen, gaps, stop, isReady } = follow(stream);
    await clock.advance(10);
    expect([isReady(), gaps]).toEqual([true, []]);
    stream.arn = 'stream-1';
    await clock.advance(31_000);
    expect(gaps).toEqual(['the stream of the desired table is off']);
    stream.shard('s1').records.push('y');
    await clock.advance(2_000);
    expect(seen).toEqual(['y']);
    await stop();
  });

  test('a shard that may not be held holds nobody up, is told, and is a gap once it may be', async () => {
    const stream = oneShard('x');
    const { clock, seen, gaps, errors, stop, isReady } = follow(stream);
    stream.fail = (operation) =>
      operation === 'GetShardIterator' ? failure('AccessDeniedException', 'denied') : undefined;
    await clock.advance(10);
    expect([isReady(), gaps, errors]).toEqual([true, [], ['AccessDeniedException']]);
    stream.fail = undefined;
    await clock.advance(15_000);
    expect(gaps).toEqual(['shard s1 could not be held']);
    stream.shard('s1').records.push('y');
    await clock.advance(2_000);
    expect(seen).toEqual(['y']);
    await stop();
  });

  test('throttles are met with ever longer waits, and reading goes on after them', async () => {
    const stream = oneShard();
    const { clock, seen, errors, stop } = follow(stream);
    await clock.advance(10);
    stream.fail = (operation) =>
      operation === 'GetRecords' ? failure('LimitExceededException', 'throttled') : undefined;
    const before = stream.calls.length;
    await clock.advance(60_000);
    expect(stream.calls.filter((call) => call === 'GetRecords').length).toBeLessThan(15);
    expect(stream.calls.length - before).toBeLessThan(25);
    expect(new Set(errors)).toEqual(new Set(['LimitExceededException']));
    stream.fail = undefined;
    stream.shard('s1').records.push('after');
    await clock.advance(11_000);
    expect(seen).toEqual(['after']);
    await stop();
  });

  test('stops at once, also in the middle of a wait', async () => {
    const stream = oneShard();
    const { clock, stop } = follow(stream);
    await clock.advance(500);
    const calls = stream.calls.length;
    await stop();
    await clock.advance(60_000);
    expect(stream.calls.length).toBe(calls);
  });
});
