/**
 * How fast Fargate starts tasks: an account's launch bucket and a ceiling per service. Both are kept as the time at which the bucket
 * would be full again, so that they cost nothing while nobody launches.
 */

/** Regions with the higher rates. Source: "AWS Fargate throttling quotas", ECS developer guide. */
const fastRegions: ReadonlySet<string> = new Set([
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
]);

interface Rate {
  fullAt: number;
}

/** Takes one launch from both buckets; returns for how many milliseconds the launch has to wait. */
export function takeLaunch(region: string, account: Rate, service: Rate, now: number): number {
  const fast = fastRegions.has(region);
  const perMinute = fast ? 500 : 125;
  return Math.max(
    take(account, { capacity: fast ? 100 : 25, perSecond: fast ? 20 : 5 }, now),
    take(service, { capacity: perMinute, perSecond: perMinute / 60 }, now),
  );
}

function take(rate: Rate, bucket: { capacity: number; perSecond: number }, now: number): number {
  const interval = 1_000 / bucket.perSecond;
  const fullAt = Math.max(rate.fullAt, now) + interval;
  rate.fullAt = fullAt;
  return Math.max(0, fullAt - bucket.capacity * interval - now);
}
