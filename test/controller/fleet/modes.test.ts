import { describe, expect, it } from 'vitest';
import { type Mode, strictest } from '../../../src/controller/fleet/modes.ts';

const modes: readonly (Mode | undefined)[] = [undefined, 'active', 'observe', 'paused'];

describe('strictest', () => {
  it('is active where nothing is set', () => {
    expect(strictest([])).toBe('active');
    expect(strictest([undefined, undefined])).toBe('active');
  });

  it.each(modes.flatMap((a) => modes.map((b) => [a, b] as const)))('of %s and %s: the more careful one', (a, b) => {
    const rank = (mode: Mode | undefined): number => Math.max(0, ['active', 'observe', 'paused'].indexOf(mode ?? ''));
    const expected = ['active', 'observe', 'paused'][Math.max(rank(a), rank(b))];
    expect(strictest([a, b])).toBe(expected);
    expect(strictest([b, undefined, a])).toBe(expected);
  });
});
