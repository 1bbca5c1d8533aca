import type { BucketDraw, Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';

// Sizes: EC2 API throttling page. Every action has a bucket of its own in each account and Region.
const sizes = {
  describe: { capacity: 100, refillPerSecond: 20 },
  /** DescribeNetworkInterfaces and DescribeSecurityGroups without filter or pagination. */
  unfiltered: { capacity: 50, refillPerSecond: 10 },
  mutate: { capacity: 50, refillPerSecond: 5 },
  tags: { capacity: 100, refillPerSecond: 10 },
  /** CreateVpcEndpoint, ModifyVpcEndpoint, DeleteVpcEndpoints. */
  endpoint: { capacity: 4, refillPerSecond: 0.3 },
  /** AcceptVpcEndpointConnections, RejectVpcEndpointConnections. */
  connection: { capacity: 10, refillPerSecond: 1 },
} as const;

/** What one EC2 action is made of. */
interface OperationParts<I, O extends object> {
  readonly name: string;
  readonly size: keyof typeof sizes;
  /** `Operation.takes`, without `DryRun`, which all actions take. */
  readonly takes: readonly string[];
  /** Such a call draws from the smaller bucket of unfiltered calls. */
  unfiltered?(input: I): boolean;
  run(input: I, call: Call): O;
  resources?(input: I, output: O | undefined): readonly (string | undefined)[];
}

/** An EC2 action with its bucket. A dry run ends where the action would begin. */
export function operation<I extends { readonly DryRun?: boolean | undefined }, O extends object>(
  parts: OperationParts<I, O>,
): [string, Operation] {
  const draw = (size: keyof typeof sizes): readonly BucketDraw[] => [
    {
      bucket: size === 'unfiltered' ? `${parts.name} unfiltered` : parts.name,
      ...sizes[size],
      tokens: 1,
      scope: 'account-region',
    },
  ];
  const normal = draw(parts.size);
  const small = draw('unfiltered');
  return [
    parts.name,
    {
      mutating: parts.size !== 'describe',
      takes: ['DryRun', ...parts.takes],
      buckets: (input: I) => (parts.unfiltered?.(input) === true ? small : normal),
      run: (input: I, call: Call) => {
        if (input.DryRun === true) {
          const message = 'Request would have succeeded, but DryRun flag is set.';
          throw new AwsError('DryRunOperation', message, { status: 412 });
        }
        return parts.run(input, call);
      },
      resources: (input: I, output: O | undefined) =>
        (parts.resources?.(input, output) ?? []).filter((id) => id !== undefined),
    },
  ];
}
