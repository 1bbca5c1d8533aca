/**
 * How fast Fargate starts tasks: an account's launch bucket and a ceiling per service, as the account's quotas have them in its Region. Both are kept as the time at which the bucket
 * would be full again, so that they cost nothing while nobody launches.
 */

interface Rate {
  fullAt: number;
}

/** What the buckets hold, and how fast they fill. */
interface Limits {
  readonly burst: number;
  readonly perSecond: number;
  /** For one service. */
  readonly perMinute: number;
}

/** Takes one launch from both buckets; returns for how many milliseconds the launch has to wait. */
export function takeLaunch(limits: Limits, account: Rate, service: Rate, now: number): number {
  const { burst, perSecond, perMinute } = limits;
  return Math.max(
    take(account, { capacity: burst, perSecond }, now),
    take(service, { capacity: perMinute, perSecond: perMinute / 60 }, now),
  );
}

function take(rate: Rate, bucket: { capacity: number; perSecond: number }, now: number): number {
  const interval = 1_000 / bucket.perSecond;
  const fullAt = Math.max(rate.fullAt, now) + interval;
  rate.fullAt = fullAt;
  return Math.max(0, fullAt - bucket.capacity * interval - now);
}
