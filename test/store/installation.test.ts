import { describe, expect, test } from 'vitest';
import { assertInstallationId, decideInstallation, newInstallationId } from '../../src/store/installation.ts';
import { randomFrom } from './virtual-clock.ts';

const nothing = {
  item: undefined,
  stateTag: undefined,
  desiredTag: undefined,
  asked: undefined,
  stateHasItems: false,
  stateTable: 'state',
  desiredTable: 'desired',
};

describe('which installation the tables belong to', () => {
  test('fresh tables get a new id, or the one asked for', () => {
    expect(decideInstallation(nothing)).toBeUndefined();
    expect(decideInstallation({ ...nothing, asked: 'mine' })).toBe('mine');
  });

  test.each(['item', 'stateTag', 'desiredTag'])('what is left in %s counts', (place) => {
    expect(decideInstallation({ ...nothing, [place]: 'abc', stateHasItems: true })).toBe('abc');
  });

  test('different ids are refused, each with its place', () => {
    expect(() => decideInstallation({ ...nothing, item: 'abc', desiredTag: 'xyz' })).toThrow(
      /state table state says "abc"; the tag of the desired table desired says "xyz"/,
    );
    expect(() => decideInstallation({ ...nothing, stateTag: 'abc', asked: 'xyz' })).toThrow(
      /--installation says "xyz"/,
    );
  });

  test('a state table in use without any id is refused unless the id is given', () => {
    expect(() => decideInstallation({ ...nothing, stateHasItems: true })).toThrow(/init --installation ID/);
    expect(decideInstallation({ ...nothing, stateHasItems: true, asked: 'abc' })).toBe('abc');
  });
});

describe('ids', () => {
  test('made ones are valid, and differ', () => {
    const random = randomFrom(7);
    const ids = Array.from({ length: 1_000 }, () => newInstallationId(random));
    for (const id of ids) expect(() => assertInstallationId(id)).not.toThrow();
    expect(new Set(ids).size).toBe(1_000);
  });

  test.each(['', 'Upper', '1abc', 'a--b', 'abc-', 'a_b', 'x'.repeat(21), 'a b'])('"%s" is refused', (id) => {
    expect(() => assertInstallationId(id)).toThrow(/cannot be an installation id: expected at most 20/);
  });
});
