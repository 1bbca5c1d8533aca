import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base32,
  base32Alphabet,
  base32Hash,
  canonicalHash,
  canonicalJson,
} from '../../../src/model/records/canonical.ts';

/** The same value with all keys in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('canonicalJson', () => {
  it('sorts keys, leaves out undefined, keeps lists', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: undefined, c: 'x' } })).toBe('{"a":{"c":"x"},"b":[2,1]}');
    expect(canonicalJson(-0)).toBe('0');
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, () => 1, new Date(0), new Set()])(
    'refuses %s',
    (value) => {
      expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
    },
  );
  it('says the same for every order of keys, and means the value it was made from', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe('canonicalHash', () => {
  it('is versioned, fits a tag, and never changes unnoticed', () => {
    expect(canonicalHash({ b: 1, a: [true] })).toBe(canonicalHash({ a: [true], b: 1 }));
    expect(canonicalHash([1, 2])).not.toBe(canonicalHash([2, 1]));
    expect(canonicalHash({})).toBe('v1:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

describe('base32', () => {
  it('is that of RFC 4648, in lower case and without padding', () => {
    const vectors: [string, string][] = [
      ['', ''],
      ['f', 'my'],
      ['fo', 'mzxq'],
      ['foo', 'mzxw6'],
      ['foob', 'mzxw6yq'],
      ['fooba', 'mzxw6ytb'],
      ['foobar', 'mzxw6ytboi'],
    ];
    for (const [text, expected] of vectors) expect(base32(Buffer.from(text))).toBe(expected);
  });
  it('gives hashes of the length asked for', () => {
    expect(base32Hash('x', 26)).toHaveLength(26);
    expect([...base32Hash('x', 51)].every((character) => base32Alphabet.includes(character))).toBe(true);
    expect(base32Hash('x', 26)).not.toBe(base32Hash('y', 26));
  });
});
