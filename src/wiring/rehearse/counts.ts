import type { Bottleneck, CallCount, LimitReport, WaitReport } from '../../cli/rehearsal.ts';
import type { CompleteAws } from '../../simulator/index.ts';
import type { CallRecord } from '../../simulator/kernel.ts';
import type { BucketUsage } from '../../simulator/throttle.ts';
import { calling, queued } from './waits.ts';

/** How each service says that a bucket was empty. */
const throttles: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
]);

interface Count {
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  ok: number;
  throttled: number;
  readonly errors: Map<string, number>;
}

/** Calls of one caller and the draws on AWS's buckets, from a point in time on. The log is read on as it grows: it keeps only the newest calls. */
export class Meter {
  readonly #aws: CompleteAws;
  readonly #caller: string;
  readonly #counts = new Map<string, Count>();
  #read: number;
  #before = new Map<string, BucketUsage>();

  /** `caller`: what ends the principal of the calls that count. */
  constructor(aws: CompleteAws, caller: string) {
    this.#aws = aws;
    this.#caller = caller;
    this.#read = aws.log.last;
  }

  /** Everything counts from now on. */
  restart(): void {
    this.#counts.clear();
    this.#read = this.#aws.log.last;
    this.#before = new Map(this.#aws.bucketUsage().map((usage) => [keyOf(usage), usage]));
  }

  /** Counts the calls since the last look. */
  look(): void {
    for (const call of this.#aws.log.since(this.#read, Number.MAX_SAFE_INTEGER)) this.#count(call);
    this.#read = this.#aws.log.last;
  }

  /** By service and operation, the most frequent first. */
  calls(): readonly CallCount[] {
    const counts = [...this.#counts.values()].map(({ service, operation, mutating, ok, throttled, errors }) => ({
      service,
      operation,
      mutating,
      calls: [...errors.values()].reduce((sum, count) => sum + count, ok + throttled),
      ok,
      throttled,
      errors: Object.fromEntries([...errors].sort(([a], [b]) => (a < b ? -1 : 1))),
    }));
    return counts.sort((a, b) => b.calls - a.calls || (textOf(a) < textOf(b) ? -1 : 1));
  }

  /** What each bucket gave since the restart. */
  usage(): readonly BucketUsage[] {
    return this.#aws.bucketUsage().map((usage) => {
      const before = this.#before.get(keyOf(usage));
      if (before === undefined) return usage;
      const { taken, throttled, emptyMs } = before;
      return {
        ...usage,
        taken: usage.taken - taken,
        throttled: usage.throttled - throttled,
        emptyMs: usage.emptyMs - emptyMs,
      };
    });
  }

  #count({ service, operation, mutating, principal, error }: CallRecord): void {
    if (!principal.endsWith(this.#caller)) return;
    const key = `${service}/${operation}`;
    const count: Count = this.#counts.get(key) ?? {
      service,
      operation,
      mutating,
      ok: 0,
      throttled: 0,
      errors: new Map(),
    };
    this.#counts.set(key, count);
    if (error === null) count.ok += 1;
    else if (throttles.has(error)) count.throttled += 1;
    else count.errors.set(error, (count.errors.get(error) ?? 0) + 1);
  }
}

function textOf({ service, operation }: CallCount): string {
  return `${service}/${operation}`;
}

function keyOf({ account, region, service, bucket }: BucketUsage): string {
  return `${account}/${region ?? ''}/${service}/${bucket}`;
}

/** The buckets that were drawn from, the tightest first, with the floors that they set. */
export function limitsOf(
  usage: readonly BucketUsage[],
  durationSeconds: number,
  callShare: number,
): readonly LimitReport[] {
  const all = usage
    // The reader of the stream paces itself: what it draws says nothing of the change.
    .filter(({ service, taken, throttled }) => service !== 'dynamodb-streams' && (taken > 0 || throttled > 0))
    .map((one) => {
      const { account, region, bucket, capacity, refillPerSecond, taken, throttled, emptyMs } = one;
      const floor = (share: number): number => Math.max(0, taken - share * capacity) / (share * refillPerSecond);
      const floorAtCallShareSeconds = floor(callShare);
      return {
        account,
        region: region ?? null,
        bucket,
        capacity,
        refillPerSecond,
        tokens: taken,
        floorSeconds: floor(1),
        floorAtCallShareSeconds,
        shareOfDuration: durationSeconds > 0 ? floorAtCallShareSeconds / durationSeconds : 0,
        throttled,
        emptySeconds: emptyMs / 1_000,
      };
    })
    .sort((a, b) => b.shareOfDuration - a.shareOfDuration || b.tokens - a.tokens || (a.account < b.account ? -1 : 1));
  const seen = new Set<string>();
  return all.map((limit) => {
    const place = `${limit.account}/${limit.region ?? ''}`;
    const binds = limit.floorSeconds > 0 && !seen.has(place);
    seen.add(place);
    return { ...limit, binds };
  });
}

/** From this part of the duration on, a bucket's floor is what the duration is due to. */
const bindingShare = 0.75;

/**
 * What the duration is due to, by the tenant that was done last. Where that mostly waited for API calls (for the budget, for a worker that waits for it, for answers): the tightest bucket, if its floor
 * comes near the duration; else what it waited for the longest. Floors alone would not tell: looking at what is under way fills up whatever the budget has left.
 */
export function bottleneckOf(
  limits: readonly LimitReport[],
  waits: readonly WaitReport[],
  durationSeconds: number,
): Bottleneck {
  const [longest] = [...waits].sort((a, b) => b.lastTenantSeconds - a.lastTenantSeconds);
  if (durationSeconds <= 0 || longest === undefined) return { kind: 'none', text: 'nothing was waited for' };
  const isCall = ({ what }: WaitReport): boolean => what === calling || what === queued;
  const calls = waits.filter(isCall).reduce((sum, wait) => sum + wait.lastTenantSeconds, 0);
  const others = waits.filter((wait) => !isCall(wait)).map(({ lastTenantSeconds }) => lastTenantSeconds);
  const [tightest] = limits;
  if (tightest !== undefined && tightest.shareOfDuration >= bindingShare && calls >= Math.max(0, ...others)) {
    const { account, region, bucket, shareOfDuration: share } = tightest;
    const where = region === null ? `account ${account}` : `account ${account} in ${region}`;
    const text = `the token bucket ${bucket} of ${where}: its refill takes ${percent(share)} of the time`;
    return { kind: 'bucket', text, account, region, bucket, share };
  }
  const share = Math.min(1, longest.lastTenantSeconds / durationSeconds);
  const text = `no token bucket, but waiting for ${longest.what}: ${percent(share)} of the time of the tenant that was done last`;
  return { kind: 'wait', text, what: longest.what, share };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
