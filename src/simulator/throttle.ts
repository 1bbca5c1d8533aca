import type { BucketDraw, Call, ServiceId } from './kernel.ts';

interface Bucket {
  readonly account: string;
  /** Undefined: the bucket is the account's, whatever the Region. */
  readonly region: string | undefined;
  readonly service: ServiceId;
  readonly name: string;
  capacity: number;
  refillPerSecond: number;
  tokens: number;
  /** When `tokens` was last brought up to date, in milliseconds of the simulator's clock. */
  at: number;
  taken: number;
  throttled: number;
  emptyMs: number;
}

/** What a token bucket has given so far. */
export interface BucketUsage {
  readonly account: string;
  /** Undefined: the bucket is the account's, whatever the Region. */
  readonly region: string | undefined;
  readonly service: ServiceId;
  readonly bucket: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** Tokens taken by calls that were let through. */
  readonly taken: number;
  /** Calls that were refused because this bucket could not pay. */
  readonly throttled: number;
  /** For how long it held less than one token, in milliseconds. */
  readonly emptyMs: number;
}

/** AWS's token buckets: one per account and Region (or per account alone), service and bucket name. They start full. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * Takes all draws of a call, or none: when one bucket cannot pay, the call is throttled and costs nothing
   * (documented for ECS and ELBv2; assumed elsewhere). Several draws from one bucket add up.
   */
  take(draws: readonly BucketDraw[], call: Call): boolean {
    if (draws.length === 0) return true;
    const charges = new Map<Bucket, number>();
    for (const draw of draws) {
      const bucket = this.refilled(draw, call);
      charges.set(bucket, (charges.get(bucket) ?? 0) + draw.tokens);
    }
    let pays = true;
    for (const [bucket, tokens] of charges) {
      if (bucket.tokens >= tokens) continue;
      bucket.throttled += 1;
      pays = false;
    }
    if (!pays) return false;
    for (const [bucket, tokens] of charges) {
      bucket.tokens -= tokens;
      bucket.taken += tokens;
    }
    return true;
  }

  /** What every bucket that was ever drawn from has given until `now`, in the order of first use. */
  usage(now: number): readonly BucketUsage[] {
    return [...this.buckets.values()].map((bucket) => {
      refill(bucket, now);
      const { account, region, service, name, capacity, refillPerSecond, taken, throttled, emptyMs } = bucket;
      return { account, region, service, bucket: name, capacity, refillPerSecond, taken, throttled, emptyMs };
    });
  }

  private refilled(draw: BucketDraw, call: Call): Bucket {
    const { account, service } = call;
    const region = draw.scope === 'account' ? undefined : call.region;
    const key = `${account}/${region ?? ''}/${service}/${draw.bucket}`;
    const { capacity, refillPerSecond } = draw;
    const known = this.buckets.get(key);
    if (known === undefined) {
      const spent = { taken: 0, throttled: 0, emptyMs: 0 };
      const place = { account, region, service, name: draw.bucket };
      const bucket: Bucket = { ...place, capacity, refillPerSecond, tokens: capacity, at: call.now, ...spent };
      this.buckets.set(key, bucket);
      return bucket;
    }
    known.capacity = capacity;
    known.refillPerSecond = refillPerSecond;
    refill(known, call.now);
    return known;
  }
}

function refill(bucket: Bucket, now: number): void {
  const elapsed = Math.max(0, now - bucket.at);
  const perMs = bucket.refillPerSecond / 1000;
  if (bucket.tokens < 1) bucket.emptyMs += Math.min(elapsed, (1 - bucket.tokens) / perMs);
  bucket.tokens = Math.min(bucket.capacity, bucket.tokens + elapsed * perMs);
  bucket.at = Math.max(bucket.at, now);
}
