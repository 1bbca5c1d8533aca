import type { BucketDraw, Call, Operation } from '../kernel.ts';

/**
 * Groups of operations that share one token bucket, capacity and refill per second, per account and Region.
 * Source: "Request throttling for the Amazon ECS API", ECS API reference.
 */
const groups = {
  'cluster-modify': [20, 1],
  'cluster-read': [50, 20],
  'task-definition-modify': [20, 1],
  'task-definition-delete': [5, 1],
  'task-definition-read': [50, 20],
  'service-modify': [50, 5],
  'service-read': [100, 20],
  'service-deployment-read': [50, 20],
  'cluster-resource-read': [100, 20],
  'cluster-resource-modify': [100, 40],
  'tag-modify': [20, 10],
  'tag-read': [50, 20],
} as const satisfies Record<string, readonly [number, number]>;

type Group = keyof typeof groups;

const draws = new Map<Group, readonly BucketDraw[]>(
  (Object.keys(groups) as Group[]).map((group) => {
    const [capacity, refillPerSecond] = groups[group];
    return [group, [{ bucket: `ecs/${group}`, capacity, refillPerSecond, tokens: 1, scope: 'account-region' }]];
  }),
);

/** One operation of ECS: its bucket follows from its group, and whether it writes from the group's name. */
export function operation<I, O extends object>(definition: {
  group: Group;
  run: (input: I, call: Call) => O;
  resources: (input: I, output: O | undefined, call: Call) => readonly (string | undefined)[];
}): Operation {
  const bucket = draws.get(definition.group) ?? [];
  return {
    mutating: !definition.group.endsWith('-read'),
    buckets: () => bucket,
    run: (input: I, call: Call) => definition.run(input, call),
    resources: (input: I, output: O | undefined, call: Call) =>
      definition.resources(input, output, call).filter((resource) => resource !== undefined),
  };
}
