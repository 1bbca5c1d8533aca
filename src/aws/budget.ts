/**
 * Client-side call budgets: for each of AWS's token buckets one of ours that holds a share of it, so that we never use up what people and other
 * programs in the account need, and are hardly ever throttled. Calls wait here by purpose, with ageing, before they are signed and sent.
 */
import type { Clock } from '../model/clock.ts';
import { type BucketDraw, bucketLimit } from './buckets.ts';
import { type CallPurpose, callPurposes } from './ports.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface BudgetRequest {
  /** The buckets that share calls: see `poolOf`. */
  readonly pool: string;
  readonly draws: readonly BucketDraw[];
  readonly purpose: CallPurpose;
  readonly signal?: AbortSignal | undefined;
}

/** How full a budget is, for metrics. Tokens may be below 0 after a draw larger than the whole bucket, or after a throttle. */
export interface BudgetLevel {
  readonly pool: string;
  readonly bucket: string;
  readonly tokens: number;
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** Calls that wait for this bucket. */
  readonly waiting: number;
}

export interface CallBudgets {
  /** Resolves when the call may be made; its tokens are taken. Rejects with the signal's reason when that aborts first. */
  acquire(request: BudgetRequest): Promise<void>;
  /** AWS answered that the call was one too many: the buckets named slow down, and recover with time. */
  throttled(pool: string, draws: readonly BucketDraw[]): void;
  /** The share of AWS's buckets to use, above 0 and at most 1 (Fleet.callShare). */
  setShare(share: number): void;
  /** The most tokens that one call should ask of a bucket: what our share of it holds. */
  largestDraw(bucket: string): number;
  levels(): readonly BudgetLevel[];
}

interface Waiter {
  readonly request: BudgetRequest;
  readonly since: number;
  readonly order: number;
  cancelled: boolean;
  readonly grant: () => void;
}

interface Pool {
  readonly buckets: Map<string, TokenBucket>;
  /** First come, first served within a purpose and a set of buckets. */
  readonly queues: Map<string, Waiter[]>;
  cancelTimer: (() => void) | undefined;
}

/** A waiter rises by one purpose for each of these. */
const ageingMs = 20_000;

/** Creates the budgets of all accounts. `share` defaults to 0.7. */
export function createCallBudgets(deps: { readonly clock: Clock; readonly share?: number }): CallBudgets {
  const { clock } = deps;
  const pools = new Map<string, Pool>();
  let share = checkedShare(deps.share ?? 0.7);
  let order = 0;

  const poolNamed = (name: string): Pool => {
    const found = pools.get(name);
    if (found !== undefined) return found;
    const pool: Pool = { buckets: new Map(), queues: new Map(), cancelTimer: undefined };
    pools.set(name, pool);
    return pool;
  };
  const bucketOf = (pool: Pool, name: string): TokenBucket => {
    const found = pool.buckets.get(name);
    if (found !== undefined) return found;
    const bucket = createTokenBucket(bucketLimit(name), share, clock.monotonic());
    pool.buckets.set(name, bucket);
    return bucket;
  };

  const pump = (pool: Pool): void => {
    pool.cancelTimer?.();
    pool.cancelTimer = undefined;
    const now = clock.monotonic();
    for (const bucket of pool.buckets.values()) bucket.refill(now);
    let wait = grantNext(pool, now);
    while (wait === 0) wait = grantNext(pool, now);
    if (Number.isFinite(wait)) pool.cancelTimer = clock.after(Math.max(1, Math.ceil(wait)), () => pump(pool));
  };

  /** Grants at most one call. Returns 0 when it did, else the milliseconds until the first could be granted (infinite when none waits). */
  const grantNext = (pool: Pool, now: number): number => {
    const short = new Set<string>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const { queue, head } of headsInOrder(pool, now)) {
      const sweep = head.request.purpose === 'sweep';
      if (head.request.draws.some(({ bucket }) => short.has(bucket) || (sweep && short.has(`${bucket}#sweep`))))
        continue;
      const shortages = head.request.draws.map((draw) => ({
        bucket: draw.bucket,
        ...bucketOf(pool, draw.bucket).shortage(draw.tokens, sweep),
      }));
      const wait = Math.max(...shortages.map(({ ms }) => ms));
      if (wait === 0) {
        queue.shift();
        for (const draw of head.request.draws) bucketOf(pool, draw.bucket).take(draw.tokens, sweep);
        head.grant();
        return 0;
      }
      soonest = Math.min(soonest, wait);
      // What this call lacks is saved up for it: whoever is less urgent may not take it away in front of it.
      for (const { bucket, ms, sweepOnly } of shortages) if (ms > 0) short.add(sweepOnly ? `${bucket}#sweep` : bucket);
    }
    return soonest;
  };

  const acquire = async (request: BudgetRequest): Promise<void> => {
    request.signal?.throwIfAborted();
    const pool = poolNamed(request.pool);
    for (const draw of request.draws) bucketOf(pool, draw.bucket);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        waiter.cancelled = true;
        reject(reasonOf(request.signal));
        pump(pool);
      };
      const waiter: Waiter = {
        request,
        since: clock.monotonic(),
        order: order++,
        cancelled: false,
        grant: () => {
          request.signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      request.signal?.addEventListener('abort', onAbort, { once: true });
      const key = `${request.purpose} ${request.draws.map(({ bucket }) => bucket).join(' ')}`;
      const queue = pool.queues.get(key);
      if (queue === undefined) pool.queues.set(key, [waiter]);
      else queue.push(waiter);
      pump(pool);
    });
  };

  return {
    acquire,
    throttled: (name, draws) => {
      const pool = poolNamed(name);
      for (const { bucket } of draws) bucketOf(pool, bucket).slowDown(clock.monotonic());
      pump(pool);
    },
    setShare: (next) => {
      share = checkedShare(next);
      for (const pool of pools.values()) {
        for (const bucket of pool.buckets.values()) bucket.setShare(share, clock.monotonic());
        pump(pool);
      }
    },
    largestDraw: (bucket) => Math.max(1, Math.floor(bucketLimit(bucket).capacity * share)),
    levels: () => [...pools].flatMap(([name, pool]) => levelsOf(name, pool, clock.monotonic())),
  };
}

function headsInOrder(pool: Pool, now: number): { queue: Waiter[]; head: Waiter }[] {
  const heads: { queue: Waiter[]; head: Waiter; rank: number }[] = [];
  for (const [key, queue] of pool.queues) {
    while (queue[0]?.cancelled === true) queue.shift();
    const head = queue[0];
    if (head === undefined) pool.queues.delete(key);
    else heads.push({ queue, head, rank: callPurposes.indexOf(head.request.purpose) - (now - head.since) / ageingMs });
  }
  return heads.sort((a, b) => a.rank - b.rank || a.head.order - b.head.order);
}

function levelsOf(name: string, pool: Pool, now: number): BudgetLevel[] {
  const waiting = [...pool.queues.values()].flat().filter((waiter) => !waiter.cancelled);
  return [...pool.buckets].map(([bucket, tokens]) => {
    tokens.refill(now);
    return {
      pool: name,
      bucket,
      ...tokens.level(),
      waiting: waiting.filter((waiter) => waiter.request.draws.some((draw) => draw.bucket === bucket)).length,
    };
  });
}

function checkedShare(share: number): number {
  if (share > 0 && share <= 1) return share;
  throw new RangeError(`callShare is ${share}; expected a number above 0 and at most 1`);
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('the wait for a call budget was aborted');
}
