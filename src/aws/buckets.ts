/**
 * AWS's documented token buckets for the operations that we call, and which of them one call draws from. Sources: "Request throttling for the Amazon ECS
 * API", "Request throttling for the Elastic Load Balancing API", "Amazon Route 53 API throttling", "Request throttling for the
 * Amazon EC2 API", "Quotas" of AWS Certificate Manager. For Service Quotas and Application Auto Scaling AWS documents no rate; the numbers here are
 * cautious ones of ours.
 */
import type { CellService } from './operations.ts';

/** One bucket as AWS gives it to an account: `capacity` tokens at most, refilled by `refillPerSecond`. */
export interface BucketLimit {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** A number of tokens out of one bucket. */
export interface BucketDraw {
  readonly bucket: string;
  readonly tokens: number;
}

const limits: Readonly<Record<string, readonly [capacity: number, refillPerSecond: number]>> = {
  'ecs:clusterModify': [20, 1],
  'ecs:clusterRead': [50, 20],
  'ecs:taskDefModify': [20, 1],
  'ecs:taskDefRead': [50, 20],
  'ecs:taskDefDelete': [5, 1],
  'ecs:serviceModify': [50, 5],
  'ecs:serviceRead': [100, 20],
  'ecs:clusterResourceRead': [100, 20],
  'ecs:tagModify': [20, 10],
  'elbv2:account': [40, 10],
  'elbv2:read': [40, 10],
  'elbv2:mutate': [20, 3],
  'elbv2:register': [20, 4],
  'ec2:describe': [100, 20],
  'ec2:mutate': [50, 5],
  'ec2:createVpcEndpoint': [4, 0.3],
  'ec2:modifyVpcEndpoint': [4, 0.3],
  'ec2:deleteVpcEndpoints': [4, 0.3],
  'acm:read': [10, 10],
  'application-autoscaling:read': [10, 5],
  'application-autoscaling:modify': [10, 5],
  'service-quotas:read': [10, 5],
  'route53:account': [50, 10],
  'route53:change': [1500, 100],
};
/** "Any single action" of Route 53 that has no bucket of its own. */
const route53Action: readonly [number, number] = [50, 10];

/** AWS's limit for a bucket. Throws when the bucket is not in the table: a fault of ours. */
export function bucketLimit(bucket: string): BucketLimit {
  const found = limits[bucket] ?? (bucket.startsWith('route53:') ? route53Action : undefined);
  if (found === undefined) throw new Error(`no limit is known for the token bucket "${bucket}"`);
  return { capacity: found[0], refillPerSecond: found[1] };
}

/** Elastic Load Balancing draws from its category and from the account's bucket; Route 53 from the account's, the action's, and for changes by their number. */
export function drawsOf(
  service: CellService,
  operation: string,
  bucket: string,
  changeTokens = 0,
): readonly BucketDraw[] {
  if (service === 'elbv2') {
    return [
      { bucket, tokens: 1 },
      { bucket: 'elbv2:account', tokens: 1 },
    ];
  }
  if (service !== 'route53') return [{ bucket, tokens: 1 }];
  const draws = [
    { bucket: `route53:${operation}`, tokens: 1 },
    { bucket: 'route53:account', tokens: 1 },
  ];
  return changeTokens > 0 ? [...draws, { bucket: 'route53:change', tokens: changeTokens }] : draws;
}

/** The buckets of an account that calls to this service share, as one pool: Route 53's are global, all others per Region. */
export function poolOf(service: CellService, accountId: string, region: string): string {
  return service === 'route53' ? `${accountId}/global/route53` : `${accountId}/${region}/${service}`;
}
