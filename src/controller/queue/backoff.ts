/**
 * Exponential back-off with full jitter between half and the whole of the step, so that keys that failed together do not come back together.
 * `failures` counts from 1. Returns milliseconds.
 */
export function backoffMs(failures: number, random: () => number, limits = { baseMs: 1_000, maxMs: 60_000 }): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  const step = Math.min(limits.maxMs, limits.baseMs * 2 ** exponent);
  return Math.round(step * (0.5 + random() / 2));
}
