import type { BucketDraw, Call, Operation } from '../kernel.ts';
import { clientException, invalidParameter } from './errors.ts';

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
  'service-by-namespace-read': [10, 1],
  'service-deployment-read': [50, 20],
  'service-revision-read': [50, 20],
  'cluster-resource-read': [100, 20],
  'cluster-resource-modify': [100, 40],
  'capacity-provider-read': [50, 20],
  'tag-modify': [20, 10],
  'tag-read': [50, 20],
  'setting-modify': [10, 1],
  'setting-read': [50, 20],
} as const satisfies Record<string, readonly [number, number]>;

type Group = keyof typeof groups;

const draws = new Map<Group, readonly BucketDraw[]>(
  (Object.keys(groups) as Group[]).map((group) => {
    const [capacity, refillPerSecond] = groups[group];
    return [group, [{ bucket: `ecs/${group}`, capacity, refillPerSecond, tokens: 1, scope: 'account-region' }]];
  }),
);

/** How long ECS takes to answer, in milliseconds (assumed, but for CreateCluster and CreateService, which say their own). */
const answerMs = { read: 50, write: 100 };

/** The words that some members of an input may have, by path (`a.b`; lists are walked through). */
type Values = Readonly<Record<string, readonly string[]>>;

/** One operation of ECS: its bucket follows from its group, and whether it writes from the group's name. */
export function operation<I extends object, O extends object>(definition: {
  group: Group;
  takes: readonly string[];
  values?: Values;
  latencyMs?: number;
  run: (input: I, call: Call) => O;
  resources: (input: I, output: O | undefined, call: Call) => readonly (string | undefined)[];
}): Operation {
  const { group, takes, run } = definition;
  const bucket = draws.get(group) ?? [];
  const mutating = !group.endsWith('-read');
  const words = Object.entries(definition.values ?? {}).map(([path, allowed]) => ({ path: path.split('.'), allowed }));
  const refusal = group.startsWith('task-definition') ? clientException : invalidParameter;
  return {
    mutating,
    takes,
    latencyMs: definition.latencyMs ?? (mutating ? answerMs.write : answerMs.read),
    buckets: () => bucket,
    run: (input: I, call: Call) => {
      for (const { path, allowed } of words) {
        for (const found of valuesAt(input, path)) {
          if (typeof found === 'string' && !allowed.includes(found)) {
            throw refusal(
              `Invalid value for ${path.join('.')}: found ${found}, expected one of ${allowed.join(', ')}.`,
            );
          }
        }
      }
      return run(input, call);
    },
    resources: (input: I, output: O | undefined, call: Call) =>
      definition.resources(input, output, call).filter((resource) => resource !== undefined),
  };
}

function valuesAt(value: unknown, [name, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((element) => valuesAt(element, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[name], rest);
}
