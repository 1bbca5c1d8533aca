/** One token bucket of ours: a share of AWS's, half of it for sweeps at most, slowed down by throttles and recovering from them. */
import type { BucketLimit } from './buckets.ts';

export interface TokenBucket {
  /** Adds what has flowed in until `now` (monotonic milliseconds). */
  refill(now: number): void;
  /** Milliseconds until `tokens` can be taken (0: now). `sweepOnly`: only the sweeps' half is short. */
  shortage(tokens: number, sweep: boolean): { readonly ms: number; readonly sweepOnly: boolean };
  take(tokens: number, sweep: boolean): void;
  /** AWS said that its bucket is empty: halves the flow, at most once a second, and starts from empty. */
  slowDown(now: number): void;
  setShare(share: number, now: number): void;
  level(): { readonly tokens: number; readonly capacity: number; readonly refillPerSecond: number };
}

const sweepPart = 0.5;
const slowest = 0.1;
/** Flow regained per second without a throttle: from half speed to full in 25 seconds. */
const recoveryPerSecond = 0.02;
const slowDownPauseMs = 1_000;
/** Smaller differences are rounding. */
const epsilon = 1e-9;

/** A full bucket of `share` times AWS's. `now`: monotonic milliseconds. */
export function createTokenBucket(limit: BucketLimit, initialShare: number, now: number): TokenBucket {
  let share = initialShare;
  let speed = 1;
  let refilledAt = now;
  let slowedAt = Number.NEGATIVE_INFINITY;
  const capacity = (): number => limit.capacity * share;
  const perMs = (): number => (limit.refillPerSecond * share * speed) / 1000;
  let tokens = capacity();
  let sweepTokens = capacity() * sweepPart;

  const refill = (at: number): void => {
    const elapsed = Math.max(0, at - refilledAt);
    refilledAt = Math.max(refilledAt, at);
    tokens = Math.min(capacity(), tokens + elapsed * perMs());
    sweepTokens = Math.min(capacity() * sweepPart, sweepTokens + elapsed * perMs() * sweepPart);
    speed = Math.min(1, speed + (elapsed / 1000) * recoveryPerSecond);
  };
  // A draw larger than the bucket waits for a full one and leaves a debt, so that the long-run rate holds all the same.
  const missing = (wanted: number, room: number, held: number): number => {
    const gap = Math.min(wanted, room) - held;
    return gap <= epsilon ? 0 : gap;
  };

  return {
    refill,
    shortage: (wanted, sweep) => {
      const own = missing(wanted, capacity(), tokens) / perMs();
      const swept = sweep ? missing(wanted, capacity() * sweepPart, sweepTokens) / (perMs() * sweepPart) : 0;
      return { ms: Math.max(own, swept), sweepOnly: own === 0 && swept > 0 };
    },
    take: (wanted, sweep) => {
      tokens -= wanted;
      if (sweep) sweepTokens -= wanted;
    },
    slowDown: (at) => {
      refill(at);
      if (at - slowedAt < slowDownPauseMs) return;
      slowedAt = at;
      speed = Math.max(slowest, speed / 2);
      tokens = Math.min(tokens, 0);
    },
    setShare: (next, at) => {
      refill(at);
      share = next;
      tokens = Math.min(tokens, capacity());
      sweepTokens = Math.min(sweepTokens, capacity() * sweepPart);
    },
    level: () => ({ tokens, capacity: capacity(), refillPerSecond: perMs() * 1000 }),
  };
}
