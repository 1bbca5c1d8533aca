import type { BucketDraw, Call, Operation } from '../kernel.ts';

/** Categories of ELBv2's request throttling. Source: "Request throttling for the ELB API", ELB user guide. */
type Category = 'read' | 'mutate' | 'register' | 'resource-intensive';

const categories: Readonly<Record<Category, { capacity: number; refillPerSecond: number }>> = {
  read: { capacity: 40, refillPerSecond: 10 },
  mutate: { capacity: 20, refillPerSecond: 3 },
  register: { capacity: 20, refillPerSecond: 4 },
  'resource-intensive': { capacity: 10, refillPerSecond: 0.2 },
};

const draws: Readonly<Record<Category, readonly BucketDraw[]>> = {
  read: drawsOf('read'),
  mutate: drawsOf('mutate'),
  register: drawsOf('register'),
  'resource-intensive': drawsOf('resource-intensive'),
};

/** How long a call takes (assumed; whole tests of other tools bound it): a read and a write. */
const readMs = 50;
const writeMs = 150;

/** Every action takes a token of the account's bucket for all actions besides that of its category. */
function drawsOf(category: Category): readonly BucketDraw[] {
  return [
    { bucket: 'elbv2/account', capacity: 40, refillPerSecond: 10, tokens: 1, scope: 'account-region' },
    { bucket: `elbv2/${category}`, ...categories[category], tokens: 1, scope: 'account-region' },
  ];
}

/** What one ELBv2 operation is made of. */
interface OperationParts<I, O extends object> {
  readonly category: Category;
  readonly takes: readonly string[];
  /** Where it is not that of any read or write. */
  readonly latencyMs?: number;
  readonly run: (input: I, call: Call) => O;
  readonly resources?: (input: I, output: O | undefined) => readonly (string | undefined)[];
}

/** An ELBv2 operation that draws from the buckets of its category. */
export function operation<I, O extends object>(parts: OperationParts<I, O>): Operation {
  const resources = parts.resources;
  return {
    mutating: parts.category !== 'read',
    takes: parts.takes,
    latencyMs: parts.latencyMs ?? (parts.category === 'read' ? readMs : writeMs),
    buckets: () => draws[parts.category],
    run: (input: I, call: Call) => parts.run(input, call),
    resources: (input: I, output: O | undefined) =>
      resources === undefined ? [] : resources(input, output).filter((arn) => arn !== undefined),
  };
}
