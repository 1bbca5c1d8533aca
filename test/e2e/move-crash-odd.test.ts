import { expect, it } from 'vitest';
import { crashEverywhere } from './move-crash.ts';

it('a controller that dies at any odd call of a move is followed by one that carries it on', {
  timeout: 900_000,
}, async () => {
  // A move takes some seventy calls; fewer would mean that the controller was not killed where it should be.
  expect(await crashEverywhere(0, 2)).toBeGreaterThan(25);
});
