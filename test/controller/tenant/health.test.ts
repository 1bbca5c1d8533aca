import { describe, expect, it } from 'vitest';
import { downAfterMs, HealthBook } from '../../../src/controller/tenant/health.ts';

const tierOf = (size: number) => (): number => size;
const at = (placement: string, cell: string) => ({ placement, tier: 'standard', cell });
const sick = { healthyTargets: 0, steady: false };
const well = { healthyTargets: 2, steady: true };

/** `a` is down since 0, `b` of the same tenant serves. */
function bookAt(now: number, reading = sick): HealthBook {
  const book = new HealthBook();
  book.note(at('a', 'one'), sick, 0);
  book.note(at('a', 'one'), reading, now);
  book.note(at('b', 'two'), well, now);
  return book;
}

describe('whether a record is withdrawn for the health of its targets', () => {
  it('is, after a minute without one that is healthy, while another placement serves', () => {
    expect(bookAt(downAfterMs - 1).verdict('a', ['b'], tierOf(10), downAfterMs - 1)).toEqual({ kind: 'keep' });
    expect(bookAt(downAfterMs).verdict('a', ['b'], tierOf(10), downAfterMs)).toEqual({ kind: 'withdraw' });
  });

  it('is not, when a healthy one was seen in between', () => {
    const book = bookAt(30_000, well);
    book.note(at('a', 'one'), sick, downAfterMs);
    book.note(at('b', 'two'), well, downAfterMs);
    expect(book.verdict('a', ['b'], tierOf(10), downAfterMs + 1)).toEqual({ kind: 'keep' });
  });

  it('is not for the last one: no other, none that serves, or none that was looked at lately', () => {
    const now = downAfterMs;
    expect(bookAt(now).verdict('a', [], tierOf(10), now)).toEqual({ kind: 'keep' });
    expect(bookAt(now).verdict('a', ['unseen'], tierOf(10), now)).toEqual({ kind: 'keep' });
    expect(bookAt(now).verdict('a', ['b'], tierOf(10), 2 * now + 1)).toEqual({ kind: 'keep' });
    const both = bookAt(now);
    both.note(at('b', 'two'), sick, now);
    expect(both.verdict('a', ['b'], tierOf(10), now)).toEqual({ kind: 'keep' });
  });

  it('is not while ECS contradicts', () => {
    const now = downAfterMs;
    const verdict = bookAt(now, { healthyTargets: 0, steady: true }).verdict('a', ['b'], tierOf(10), now);
    expect(verdict.kind).toBe('suspected');
  });

  it('is not when more than two and more than a fifth of the tier look so, in more than one cell', () => {
    const now = downAfterMs;
    const verdictWith = (others: readonly string[], size: number): string => {
      const book = bookAt(now);
      for (const [index, cell] of others.entries()) book.note(at(`other${index}`, cell), sick, now);
      return book.verdict('a', ['b'], tierOf(size), now).kind;
    };
    expect(verdictWith(['two'], 3)).toBe('withdraw');
    expect(verdictWith(['two', 'two'], 10)).toBe('suspected');
    expect(verdictWith(['one', 'one'], 10)).toBe('withdraw');
    expect(verdictWith(['two', 'two'], 15)).toBe('withdraw');
    expect(verdictWith(['two', 'two', 'two'], 15)).toBe('suspected');
  });

  it('forgets what is gone', () => {
    const book = bookAt(downAfterMs);
    book.forget('a');
    expect(book.verdict('a', ['b'], tierOf(10), downAfterMs)).toEqual({ kind: 'keep' });
  });
});
