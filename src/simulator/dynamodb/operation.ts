/** How this folder states its operations to the kernel. */
import type { BucketDraw, Call, Operation } from '../kernel.ts';

interface Definition<I, O> {
  readonly mutating: boolean;
  readonly takes: readonly string[];
  readonly latencyMs: number;
  buckets?(input: I, call: Call): readonly BucketDraw[];
  run(input: I, call: Call): O;
  resources?(input: I, output: O | undefined, call: Call): readonly string[];
}

/**
 * How long AWS takes to answer, in milliseconds. Assumed: the documents promise "single-digit milliseconds" for items and say nothing of the rest.
 */
export const answerMs = { item: 5, transaction: 15, control: 50, records: 10, streams: 20 } as const;

/** An operation with its input's and output's types; the kernel knows neither. */
export function operation<I, O extends object>(definition: Definition<I, O>): Operation {
  return definition;
}

/** One token of a bucket of the account and Region that holds one second's worth. */
export function perSecond(bucket: string, rate: number): readonly BucketDraw[] {
  return [{ bucket, capacity: rate, refillPerSecond: rate, tokens: 1, scope: 'account-region' }];
}

/** Control-plane limits: 2,500 calls a second each for reading and for changing (developer guide, "Quotas"). */
export const controlRead = (): readonly BucketDraw[] => perSecond('dynamodb:control-read', 2500);
export const controlWrite = (): readonly BucketDraw[] => perSecond('dynamodb:control-write', 2500);

/** DescribeLimits is throttled when it is called "more than once in a minute" (API reference). */
export const oncePerMinute = (): readonly BucketDraw[] => [
  { bucket: 'dynamodb:DescribeLimits', capacity: 1, refillPerSecond: 1 / 60, tokens: 1, scope: 'account-region' },
];
