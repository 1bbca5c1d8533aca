import { describe, expect, it } from 'vitest';
import { plainCopy } from '../../src/simulator/plain-copy.ts';

describe('plainCopy', () => {
  const original = () => ({
    text: 'a',
    none: undefined,
    nothing: null,
    list: [{ value: 1 }, [2], null],
    when: new Date(5),
    bytes: new Uint8Array([1, 2]),
    nested: { deep: { flag: true } },
  });

  it('gives what structuredClone gives', () => {
    expect(plainCopy(original())).toStrictEqual(structuredClone(original()));
    expect(plainCopy('text')).toBe('text');
    expect(plainCopy(undefined)).toBeUndefined();
  });

  it('shares nothing with the original', () => {
    const value = original();
    const copy = plainCopy(value);
    (copy.list[0] as { value: number }).value = 9;
    copy.list.push(null);
    copy.when.setTime(9);
    copy.bytes[0] = 9;
    copy.nested.deep.flag = false;
    expect(value).toStrictEqual(original());
  });

  it('copies a key named __proto__ like any other', () => {
    const value = JSON.parse('{"__proto__": {"a": [1]}}') as object;
    const copy = plainCopy(value);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"a":[1]}}');
  });
});
