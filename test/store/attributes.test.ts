import { describe, expect, test } from 'vitest';
import { fromAttribute, fromItem, NumberValue, toAttribute, toItem } from '../../src/store/attributes.ts';
import { assertItemFits, itemBytes, maxItemBytes } from '../../src/store/size.ts';

describe('attributes', () => {
  test('every type comes back as it went', () => {
    const item = {
      text: 'acme',
      empty: '',
      yes: true,
      nothing: null,
      count: 42,
      share: 0.1,
      huge: new NumberValue('123456789012345678901234567890'),
      list: [1, 'two', { three: [] }],
      map: { a: { b: 'c' } },
      names: new Set(['x', 'y']),
      numbers: new Set([1, 2.5]),
      bytes: new Uint8Array([1, 2, 3]),
    };
    expect(fromItem(toItem(item))).toEqual(item);
  });

  test('members that are undefined are left out, at every depth', () => {
    expect(toItem({ a: undefined, b: { c: undefined, d: 1 } })).toEqual({ b: { M: { d: { N: '1' } } } });
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['0.1', 0.1],
    ['1.50', 1.5],
    ['1E+3', 1000],
    ['0', 0],
    ['0.00', 0],
  ])('the number %s is exact', (text, number) => {
    expect(fromAttribute({ N: text })).toBe(number);
  });

  test.each(['9007199254740992', '9007199254740993', '1E+100', '0.12345678901234567890123', '1.00000000000000000001'])(
    'the number %s keeps its digits in a wrapper',
    (text) => {
      const value = fromAttribute({ N: text });
      expect(value).toBeInstanceOf(NumberValue);
      expect(String(value)).toBe(text);
      expect(toAttribute(value)).toEqual({ N: text });
    },
  );

  test('an attribute named __proto__ stays an attribute', () => {
    const item = fromItem({ spec: { M: JSON.parse('{"__proto__":{"M":{"tier":{"S":"gold"}}}}') as never } });
    const spec = item.spec as Record<string, unknown>;
    expect(Object.keys(spec)).toEqual(['__proto__']);
    expect(spec.tier).toBeUndefined();
    expect(Object.keys(toItem(item).spec?.M ?? {})).toEqual(['__proto__']);
  });

  test('what the SDK lost of an attribute is null, not an exception', () => {
    expect(fromAttribute(undefined)).toBeNull();
    expect(fromAttribute({ $unknown: ['NEW', 1] } as never)).toBeNull();
  });

  test('what DynamoDB cannot hold is named by its path', () => {
    expect(() => toItem({ spec: { cpu: Number.NaN } })).toThrow('spec.cpu is NaN');
    expect(() => toItem({ spec: { tags: new Set() } })).toThrow('spec.tags is an empty set');
    expect(() => toItem({ spec: [{ f: () => 1 }] })).toThrow('spec[0].f is of type function');
  });
});

describe('item sizes', () => {
  test('follow the published rules', () => {
    expect(itemBytes(toItem({ pk: 'ab', n: 12345, b: true }))).toBe(2 + 2 + 1 + 4 + 1 + 1);
    expect(itemBytes(toItem({ m: { k: 'é' } }))).toBe(1 + 3 + 1 + 1 + 2);
  });

  test('an item that is too large is refused with its size and the limit', () => {
    const large = toItem({ pk: 'x'.repeat(maxItemBytes) });
    expect(() => assertItemFits(large, 'inventory of Tenant/acme')).toThrow(
      /inventory of Tenant\/acme is 409602 bytes; DynamoDB takes at most 409600/,
    );
    expect(() => assertItemFits(toItem({ pk: 'x'.repeat(maxItemBytes - 2) }), 'x')).not.toThrow();
  });
});
