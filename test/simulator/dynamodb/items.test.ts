import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixture, key, N, refusal, refused, S, type Wire } from './fixture.ts';

const enveloped = (message: string): string => `ValidationException: 1 validation error detected: ${message}`;

const leaf: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((S) => ({ S })),
  fc.integer().map((value) => ({ N: String(value) })),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ B: Uint8Array.from(bytes) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true as const }),
  fc
    .uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 4 })
    .map((set) => ({ NS: set.map(String) })),
);
const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b.c'),
  fc.string({ minLength: 1 }),
);
const documents = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'document' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((entries) => ({ M: Object.fromEntries(entries) })),
  ),
})).value;

describe('items', () => {
  it('come back as they were put, whatever their attributes are called', () => {
    const { table, put, get } = createFixture();
    table('things', { keys: 'S' });
    fc.assert(
      fc.property(fc.array(fc.tuple(names, documents), { maxLength: 5 }), (entries) => {
        const item: Wire = { ...Object.fromEntries(entries.filter(([name]) => name !== 'pk')), ...key('one') };
        for (const [name, value] of entries) {
          if (name === '__proto__') Object.defineProperty(item, name, { value, enumerable: true, configurable: true });
        }
        put('things', item);
        const back = get('things', key('one'));
        expect(Object.keys(back ?? {}).sort()).toEqual(Object.keys(item).sort());
        expect(JSON.stringify(sorted(back))).toBe(JSON.stringify(sorted(item)));
      }),
    );
  });

  it('share nothing with the caller', () => {
    const { table, put, get } = createFixture();
    table('things', { keys: 'S' });
    const bytes = Uint8Array.from([1]);
    const list: AttributeValue = { L: [S('a')] };
    put('things', { ...key('one'), list, bytes: { B: bytes } });
    bytes[0] = 9;
    list.L?.push(S('b'));
    const first = get('things', key('one'));
    first?.['list']?.L?.push(S('c'));
    expect(get('things', key('one'))).toEqual({
      ...key('one'),
      list: { L: [S('a')] },
      bytes: { B: Uint8Array.from([1]) },
    });
  });

  it('normalise numbers, also in keys and sets', () => {
    const { table, put, get } = createFixture();
    table('numbers', { keys: 'N' });
    put('numbers', { pk: N('1.0'), set: { NS: ['2e1', '0.50'] } });
    put('numbers', { pk: N('01'), set: { NS: ['2e1', '0.50'] } });
    expect(get('numbers', { pk: N('1e0') })).toEqual({ pk: N('1'), set: { NS: ['20', '0.5'] } });
  });

  it.each<[string, Wire, string]>([
    [
      'an empty string set',
      { v: { SS: [] } },
      'One or more parameter values were invalid: An string set  may not be empty',
    ],
    [
      'an empty number set',
      { v: { NS: [] } },
      'One or more parameter values were invalid: An number set  may not be empty',
    ],
    [
      'an empty binary set',
      { v: { BS: [] } },
      'One or more parameter values were invalid: Binary sets should not be empty',
    ],
    [
      'duplicate strings',
      { v: { SS: ['b', 'a', 'b'] } },
      'One or more parameter values were invalid: Input collection ["a", "b", "b"] contains duplicates.',
    ],
    [
      'equal numbers written differently',
      { v: { NS: ['1', '1.0'] } },
      'One or more parameter values were invalid: Input collection contains duplicates.',
    ],
    [
      'a false NULL',
      { v: { NULL: false } },
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    ],
    [
      'a nested bad number',
      { v: { L: [{ M: { x: N('one') } }] } },
      'The parameter cannot be converted to a numeric value: one',
    ],
    [
      'a value without a type',
      { v: {} as never },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
    [
      'a value with two types',
      { v: { S: 'a', N: '1' } as never },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
  ])('refuse %s', (_name, attributes, message) => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const Item = { ...key('one'), ...attributes };
    expect(refusal(() => call('PutItem', { TableName: 'things', Item }))).toBe(enveloped(message));
  });

  it('may be nested 32 levels deep, not 33', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const deep = (wraps: number): AttributeValue => (wraps === 0 ? S('leaf') : { M: { n: deep(wraps - 1) } });
    const put = (wraps: number): string =>
      refusal(() => call('PutItem', { TableName: 'things', Item: { ...key('one'), deep: deep(wraps) } }));
    expect(put(31)).toBe('accepted');
    expect(put(32)).toContain('Nesting Levels have exceeded supported limits');
  });

  it('may have 409,600 bytes with the names of their attributes, not one more', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    // pk + one + p = 6 bytes beside the padding.
    const put = (bytes: number): string =>
      refusal(() => call('PutItem', { TableName: 'things', Item: { ...key('one'), p: S('x'.repeat(bytes - 6)) } }));
    expect(put(409_600)).toBe('accepted');
    expect(put(409_601)).toBe(enveloped('Item size has exceeded the maximum allowed size'));
    const grow = (): unknown =>
      call('UpdateItem', {
        TableName: 'things',
        Key: key('one'),
        UpdateExpression: 'SET q = :q',
        ExpressionAttributeValues: { ':q': S('y') },
      });
    expect(refusal(grow)).toBe('ValidationException: Item size to update has exceeded the maximum allowed size');
  });

  it.each<[string, string, Wire, string]>([
    ['PutItem', 'Item', { sk: S('x') }, 'One or more parameter values were invalid: Missing the key pk in the item'],
    [
      'PutItem',
      'Item',
      { pk: N(1), sk: S('x') },
      'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
    ],
    [
      'PutItem',
      'Item',
      key('', 'x'),
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    ['GetItem', 'Key', key('a'), 'The provided key element does not match the schema'],
    ['GetItem', 'Key', { ...key('a', 'b'), c: S('d') }, 'The provided key element does not match the schema'],
    ['GetItem', 'Key', { pk: S('a'), sk: N(1) }, 'The provided key element does not match the schema'],
    [
      'DeleteItem',
      'Key',
      key('a', 'x'.repeat(1025)),
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ],
    [
      'DeleteItem',
      'Key',
      key('x'.repeat(2049), 'a'),
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
  ])('%s refuses a %s that does not fit the table: %j', (operation, member, given, message) => {
    const { call, table } = createFixture();
    table('pairs');
    expect(refusal(() => call(operation, { TableName: 'pairs', [member]: given }))).toBe(
      `ValidationException: ${message}`,
    );
  });

  it('are written on a condition, and the error can show what was there', () => {
    const { call, table, get } = createFixture();
    table('things', { keys: 'S' });
    const put = (value: string, more: object = {}): unknown =>
      call('PutItem', {
        TableName: 'things',
        Item: { ...key('one'), v: S(value) },
        ConditionExpression: 'attribute_not_exists(pk)',
        ...more,
      });
    put('first');
    const plain = refused(() => put('second'));
    expect([plain.code, plain.message, plain.details.fields]).toEqual([
      'ConditionalCheckFailedException',
      'The conditional request failed',
      undefined,
    ]);
    const shown = refused(() => put('third', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
    expect(shown.details.fields).toEqual({ Item: { ...key('one'), v: S('first') } });
    expect(get('things', key('one'))?.['v']).toEqual(S('first'));
  });

  it('return what was asked for', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const put = (v: string, ReturnValues?: string): object =>
      call('PutItem', { TableName: 'things', Item: { ...key('one'), v: S(v) }, ReturnValues });
    expect(put('1', 'ALL_OLD')).toEqual({});
    expect(put('2', 'ALL_OLD')).toEqual({ Attributes: { ...key('one'), v: S('1') } });
    expect(refusal(() => put('3', 'ALL_NEW'))).toBe(enveloped('ReturnValues can only be ALL_OLD or NONE'));
    expect(call('DeleteItem', { TableName: 'things', Key: key('one'), ReturnValues: 'ALL_OLD' })).toEqual({
      Attributes: { ...key('one'), v: S('2') },
    });
    expect(call('DeleteItem', { TableName: 'things', Key: key('one'), ReturnValues: 'ALL_OLD' })).toEqual({});
  });

  it('cost capacity by their size', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const Item = { ...key('one'), p: S('x'.repeat(5000)) };
    const ReturnConsumedCapacity = 'TOTAL';
    expect(call('PutItem', { TableName: 'things', Item, ReturnConsumedCapacity })).toEqual({
      ConsumedCapacity: { TableName: 'things', CapacityUnits: 5 },
    });
    const get = (ConsistentRead: boolean): number =>
      call('GetItem', { TableName: 'things', Key: key('one'), ConsistentRead, ReturnConsumedCapacity }).ConsumedCapacity
        .CapacityUnits;
    expect([get(true), get(false)]).toEqual([2, 1]);
    expect(call('DeleteItem', { TableName: 'things', Key: key('one'), ReturnConsumedCapacity: 'INDEXES' })).toEqual({
      ConsumedCapacity: { TableName: 'things', CapacityUnits: 5, Table: { CapacityUnits: 5 } },
    });
  });

  it('are read in part by a projection', () => {
    const { call, table, put } = createFixture();
    table('things', { keys: 'S' });
    put('things', { ...key('one'), a: { M: { b: S('x'), c: { L: [N(0), N(1), N(2)] } } }, d: S('y') });
    const read = (ProjectionExpression: string): unknown =>
      call('GetItem', { TableName: 'things', Key: key('one'), ProjectionExpression }).Item;
    expect(read('a.b, a.c[2], a.c[0], absent, a.b2')).toEqual({ a: { M: { b: S('x'), c: { L: [N(0), N(2)] } } } });
    expect(read('d, pk')).toEqual({ d: S('y'), pk: S('one') });
    expect(refusal(() => read('a, a.b'))).toBe(
      'ValidationException: Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    );
    expect(refusal(() => read('a.b, a[1]'))).toContain('Two document paths conflict with each other');
    expect(refusal(() => read('name'))).toBe(
      'ValidationException: Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name',
    );
  });

  it('know no legacy parameters', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const Expected = { pk: { Exists: false } };
    expect(refusal(() => call('PutItem', { TableName: 'things', Item: key('a'), Expected }))).toContain('{Expected}');
    expect(
      refusal(() =>
        call('PutItem', { TableName: 'things', Item: key('a'), Expected, ConditionExpression: 'attribute_exists(pk)' }),
      ),
    ).toBe(
      enveloped(
        'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
      ),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Uint8Array) return [...value];
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
