import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixture, type Fixture, key, N, refusal, S, type Wire } from './fixture.ts';

interface Page {
  readonly Items: Wire[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Wire;
}

function pages({ call }: Fixture, operation: 'Query' | 'Scan', input: object, between?: () => void): Page[] {
  const all: Page[] = [];
  let page: Page | undefined;
  do {
    page = call(operation, {
      ...input,
      ...(page?.LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: page.LastEvaluatedKey }),
    });
    all.push(page);
    between?.();
  } while (page.LastEvaluatedKey !== undefined);
  return all;
}

const items = (list: readonly Page[]): Wire[] => list.flatMap((page) => page.Items);

describe('Query', () => {
  const operators: Record<string, (sort: number, a: number, b: number) => boolean> = {
    'sk = :a': (sort, a) => sort === a,
    'sk < :a': (sort, a) => sort < a,
    ':a >= sk': (sort, a) => a >= sort,
    'sk > :a': (sort, a) => sort > a,
    'sk >= :a': (sort, a) => sort >= a,
    'sk BETWEEN :a AND :b': (sort, a, b) => a <= sort && sort <= b,
  };

  it('finds what the condition says, in order, in pages of any size, forwards and backwards', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 15 }),
        fc.constantFrom(...Object.keys(operators)),
        fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 10 })),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (sorts, operator, [a, width], Limit, ScanIndexForward) => {
          const fixture = createFixture();
          fixture.table('pairs', { keys: 'SN' });
          for (const sk of sorts) fixture.put('pairs', { pk: S('mine'), sk: N(sk) });
          fixture.put('pairs', { pk: S('other'), sk: N(a) });
          const b = a + width;
          const found = pages(fixture, 'Query', {
            TableName: 'pairs',
            KeyConditionExpression: `pk = :pk AND ${operator}`,
            ExpressionAttributeValues: {
              ':pk': S('mine'),
              ':a': N(a),
              ...(operator.includes(':b') ? { ':b': N(b) } : {}),
            },
            Limit,
            ScanIndexForward,
          });
          const expected = sorts.filter((sk) => operators[operator]?.(sk, a, b)).sort((x, y) => x - y);
          if (!ScanIndexForward) expected.reverse();
          expect(items(found)).toEqual(expected.map((sk) => ({ pk: S('mine'), sk: N(sk) })));
        },
      ),
    );
  });

  it('finds prefixes of the sort key', () => {
    const fixture = createFixture();
    fixture.table('pairs');
    for (const sk of ['b', 'a/1', 'a/2', 'a', 'a/', 'c']) fixture.put('pairs', key('p', sk));
    const query = (prefix: string): string[] =>
      items(
        pages(fixture, 'Query', {
          TableName: 'pairs',
          KeyConditionExpression: 'begins_with(sk, :s) AND pk = :p',
          ExpressionAttributeValues: { ':p': S('p'), ':s': S(prefix) },
        }),
      ).map((item) => item['sk']?.S ?? '');
    expect(query('a/')).toEqual(['a/', 'a/1', 'a/2']);
    expect(query('zz')).toEqual([]);
  });

  it('limits what it reads before the filter, so a page can be empty with more to come', () => {
    const fixture = createFixture();
    fixture.table('pairs', { keys: 'SN' });
    for (let sk = 0; sk < 4; sk += 1) fixture.put('pairs', { pk: S('p'), sk: N(sk), even: { BOOL: sk % 2 === 0 } });
    const found = pages(fixture, 'Query', {
      TableName: 'pairs',
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'even = :f',
      ExpressionAttributeValues: { ':p': S('p'), ':f': { BOOL: false } },
      ProjectionExpression: 'sk',
      Limit: 1,
    });
    expect(found.map(({ Count, ScannedCount }) => [Count, ScannedCount])).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
      [1, 1],
      [0, 0],
    ]);
    expect(items(found)).toEqual([{ sk: N(1) }, { sk: N(3) }]);
  });

  it('ends a page after 1 MB', () => {
    const fixture = createFixture();
    fixture.table('pairs', { keys: 'SN' });
    const blob = S('x'.repeat(300_000));
    for (let sk = 0; sk < 6; sk += 1) fixture.put('pairs', { pk: S('p'), sk: N(sk), blob });
    const found = pages(fixture, 'Query', {
      TableName: 'pairs',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': S('p') },
      Select: 'COUNT',
    });
    expect(found.map(({ Count }) => Count)).toEqual([4, 2]);
    expect(found[0]).not.toHaveProperty('Items');
  });

  it.each<[string, object, string]>([
    ['sk = :v', {}, 'Query condition missed key schema element: pk'],
    ['attr1 = :v', {}, 'Query condition missed key schema element: pk'],
    ['pk = :v AND attr1 = :v', {}, 'Query condition missed key schema element: sk'],
    ['pk > :v', {}, 'Query key condition not supported'],
    ['pk = :v OR sk = :v', {}, 'Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR'],
    [
      'pk = :v AND contains(sk, :v)',
      {},
      'Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: contains',
    ],
    ['', {}, 'Invalid KeyConditionExpression: The expression can not be empty;'],
    [
      'pk = :v',
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    ['pk = :v', { IndexName: 'other' }, 'The table does not have the specified index: other'],
    [
      'pk = :v',
      { FilterExpression: 'sk = :v' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    [
      'pk = :v',
      { ExclusiveStartKey: key('x', 'y') },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    ['pk = :v', { ExclusiveStartKey: key('x') }, 'The provided starting key is invalid'],
    ['pk = :v AND sk = :v AND sk = :v', {}, 'Conditions can be of length 1 or 2 only'],
    [
      'pk = :v',
      { Select: 'COUNT', ProjectionExpression: 'a' },
      'Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
  ])('is refused: %s %j', (KeyConditionExpression, more, message) => {
    const { call, table } = createFixture();
    table('pairs');
    const input = { TableName: 'pairs', KeyConditionExpression, ExpressionAttributeValues: { ':v': S('v') }, ...more };
    expect(refusal(() => call('Query', input))).toBe(`ValidationException: ${message}`);
  });
});

describe('Scan', () => {
  it('visits every item once over any segments, page sizes and index of types', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 3 })), {
          maxLength: 30,
          selector: (pair) => JSON.stringify(pair),
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        (pairs, TotalSegments, Limit) => {
          const fixture = createFixture();
          fixture.table('pairs', { keys: 'SN' });
          for (const [pk, sk] of pairs) fixture.put('pairs', { pk: S(pk), sk: N(sk) });
          const segments = Array.from({ length: TotalSegments }, (_, Segment) =>
            items(pages(fixture, 'Scan', { TableName: 'pairs', TotalSegments, Segment, Limit })),
          );
          const found = segments.flat().map((item) => JSON.stringify([item['pk']?.S, Number(item['sk']?.N)]));
          expect(found.sort()).toEqual(pairs.map((pair) => JSON.stringify(pair)).sort());
          // Without segments the order is that of the segments one after another.
          expect(items(pages(fixture, 'Scan', { TableName: 'pairs' }))).toEqual(segments.flat());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on from a key that was deleted, and neither repeats nor skips what stays', () => {
    const fixture = createFixture();
    fixture.table('singles', { keys: 'S' });
    const all = Array.from({ length: 20 }, (_, index) => `k${index}`);
    for (const pk of all) fixture.put('singles', key(pk));
    const seen: string[] = [];
    let page: Page = { Items: [], Count: 0, ScannedCount: 0 };
    do {
      page = fixture.call('Scan', {
        TableName: 'singles',
        Limit: 3,
        ...(page.LastEvaluatedKey === undefined ? {} : { ExclusiveStartKey: page.LastEvaluatedKey }),
      });
      for (const item of page.Items) seen.push(item['pk']?.S ?? '');
      for (const item of page.Items) fixture.call('DeleteItem', { TableName: 'singles', Key: item });
    } while (page.LastEvaluatedKey !== undefined);
    expect(seen.sort()).toEqual(all.sort());
    expect(fixture.call('Scan', { TableName: 'singles' })).toEqual({ Items: [], Count: 0, ScannedCount: 0 });
  });

  it('stays in step with writes after its order was made', () => {
    const operations = fc.array(
      fc.tuple(
        fc.constantFrom('put', 'delete', 'scan'),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 3 }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(operations, (steps) => {
        const fixture = createFixture();
        fixture.table('pairs', { keys: 'NN' });
        const model = new Set<string>();
        for (const [kind, pk, sk] of steps) {
          const Key = { pk: N(pk), sk: N(sk) };
          if (kind === 'put') {
            fixture.put('pairs', Key);
            model.add(`${pk}/${sk}`);
          } else if (kind === 'delete') {
            fixture.call('DeleteItem', { TableName: 'pairs', Key });
            model.delete(`${pk}/${sk}`);
          } else {
            const found = items(pages(fixture, 'Scan', { TableName: 'pairs', Limit: 2 }));
            expect(found.map((item) => `${item['pk']?.N}/${item['sk']?.N}`).sort()).toEqual([...model].sort());
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each<[object, string]>([
    [
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      { TotalSegments: 4 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [
      { Segment: 5, TotalSegments: 5 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
    ],
    [{ FilterExpression: '' }, 'Invalid FilterExpression: The expression can not be empty;'],
  ])('is refused: %j', (more, message) => {
    const { call, table } = createFixture();
    table('pairs');
    expect(refusal(() => call('Scan', { TableName: 'pairs', ...more }))).toBe(`ValidationException: ${message}`);
  });
});
