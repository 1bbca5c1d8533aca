import type { BucketDraw, Call, Operation } from '../kernel.ts';

/**
 * Actions with a bucket other than the usual 50 tokens, 10 a second, of those that are simulated. Source: "Throttling of Route 53 API requests",
 * developer guide.
 */
const actionBuckets: Readonly<Record<string, { capacity: number; refillPerSecond: number }>> = {
  CreateHostedZone: { capacity: 40, refillPerSecond: 2 },
  DeleteHostedZone: { capacity: 40, refillPerSecond: 5 },
};

/** A batch that costs more is too large in other ways, and is refused for those. */
const changeCapacity = 1_500;

/** How long answers take (assumed). */
const readMs = 50;
const writeMs = 150;

/** What one Route 53 operation is made of. */
interface OperationParts<I, O extends object> {
  readonly mutating: boolean;
  readonly takes: readonly string[];
  /** How long AWS takes to answer, where it is not the usual time. */
  readonly latencyMs?: number;
  /** Change tokens that a call costs besides its request. */
  readonly changeTokens?: (input: I) => number;
  readonly run: (input: I, call: Call) => O;
  readonly resources?: (input: I, output: O | undefined) => readonly (string | undefined)[];
}

/** A Route 53 operation that draws from the account's buckets: for all requests, for this action, and for changes. */
export function operation<I, O extends object>(name: string, parts: OperationParts<I, O>): Operation {
  const requests: readonly BucketDraw[] = [
    { bucket: 'route53/account', capacity: 50, refillPerSecond: 10, tokens: 1, scope: 'account' },
    {
      bucket: `route53/${name}`,
      ...(actionBuckets[name] ?? { capacity: 50, refillPerSecond: 10 }),
      tokens: 1,
      scope: 'account',
    },
  ];
  const { changeTokens, resources } = parts;
  return {
    mutating: parts.mutating,
    takes: parts.takes,
    latencyMs: parts.latencyMs ?? (parts.mutating ? writeMs : readMs),
    buckets: (input: I) => {
      const tokens = Math.min(changeTokens?.(input) ?? 0, changeCapacity);
      if (tokens === 0) return requests;
      const changes = { bucket: 'route53/changes', capacity: changeCapacity, refillPerSecond: 100, tokens } as const;
      return [...requests, { ...changes, scope: 'account' }];
    },
    run: (input: I, call: Call) => parts.run(input, call),
    resources: (input: I, output: O | undefined) =>
      resources === undefined ? [] : resources(input, output).filter((name) => name !== undefined),
  };
}
