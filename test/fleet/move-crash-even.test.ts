import { describe, expect, it } from 'vitest';
import { crashEverywhere, parts } from './move-crash.ts';

// Two files share the calls of a move, so that two cores do.
describe('a controller that dies in the midst of a move', () => {
  it.each(parts.filter((part) => part % 2 === 1))(
    'at every call of part %i is followed by one that carries it on',
    {
      timeout: 600_000,
    },
    async (part) => {
      // A move takes some seventy calls; fewer would mean that the controller was not killed where it should be.
      expect(await crashEverywhere(part, parts.length)).toBeGreaterThan(5);
    },
  );
});
