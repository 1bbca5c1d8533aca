import type { BucketDraw, Call } from './kernel.ts';

interface Bucket {
  tokens: number;
  /** When `tokens` was last brought up to date, in milliseconds of the simulator's clock. */
  at: number;
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
    for (const [bucket, tokens] of charges) if (bucket.tokens < tokens) return false;
    for (const [bucket, tokens] of charges) bucket.tokens -= tokens;
    return true;
  }

  private refilled(draw: BucketDraw, call: Call): Bucket {
    const owner = draw.scope === 'account' ? call.account : `${call.account}/${call.region}`;
    const key = `${owner}/${call.service}/${draw.bucket}`;
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: draw.capacity, at: call.now };
      this.buckets.set(key, bucket);
      return bucket;
    }
    const seconds = Math.max(0, call.now - bucket.at) / 1000;
    bucket.tokens = Math.min(draw.capacity, bucket.tokens + seconds * draw.refillPerSecond);
    bucket.at = Math.max(bucket.at, call.now);
    return bucket;
  }
}
