import { describe, expect, test } from 'vitest';
import { chargeLedger } from '../../src/store/removals.ts';

const windowMs = 600_000;
const charge = (placements: string[], limit: number, reason = 'offboarded') => ({
  placements,
  reason,
  limit,
  windowMs,
});

describe('the removal budget as a pure step', () => {
  test('grants as many as are left, in the order asked', () => {
    const { grant, ledger } = chargeLedger({}, charge(['a', 'b', 'c'], 2), 1_000);
    expect(grant).toEqual({ granted: ['a', 'b'], spent: 2, nextFreeAt: 601_000 });
    expect(ledger.entries).toEqual({ 'a|offboarded': 1_000, 'b|offboarded': 1_000 });
  });

  test('the same placement for the same reason costs nothing again, for another it does', () => {
    const first = chargeLedger({}, charge(['a', 'b'], 2), 1_000).ledger.entries;
    expect(chargeLedger(first, charge(['b', 'c', 'a'], 2), 2_000).grant.granted).toEqual(['b', 'a']);
    expect(chargeLedger(first, charge(['a'], 2, 'drained'), 2_000).grant.granted).toEqual([]);
    expect(chargeLedger({}, charge(['a', 'a'], 5), 1_000).grant.spent).toBe(1);
  });

  test('what leaves the window makes room', () => {
    const first = chargeLedger({}, charge(['a'], 1), 1_000).ledger.entries;
    expect(chargeLedger(first, charge(['b'], 1), 600_999).grant.granted).toEqual([]);
    const later = chargeLedger(first, charge(['b'], 1), 601_000);
    expect(later.grant.granted).toEqual(['b']);
    expect(Object.keys(later.ledger.entries)).toEqual(['b|offboarded']);
  });

  test('a clock that ran an hour ahead holds the budget up for one window at most', () => {
    const ahead = { 'a|offboarded': 3_600_000 };
    const first = chargeLedger(ahead, charge(['a', 'b'], 1), 0);
    expect(first.grant).toEqual({ granted: ['a'], spent: 1, nextFreeAt: windowMs });
    expect(chargeLedger(first.ledger.entries, charge(['b'], 1), windowMs).grant.granted).toEqual(['b']);
  });

  test('a limit of zero, or one that was lowered, grants nothing new', () => {
    const first = chargeLedger({}, charge(['a', 'b', 'c'], 3), 0).ledger.entries;
    expect(chargeLedger(first, charge(['d'], 0), 1).grant).toMatchObject({ granted: [], spent: 3 });
  });
});
