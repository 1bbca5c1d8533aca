import { z } from 'zod';
import { choice, distinct, fields, text, whole } from './shapes.ts';

/** Variables that every tenant's task gets from the controller; no record may set them. */
export const reservedEnvironment = ['TENANT_ID', 'TIER', 'CELL', 'INFRA_GROUP'] as const;

/** Fargate's CPU sizes in CPU units (1024 = 1 vCPU), each with the memory sizes in MiB that go with it: from, to, step. */
export const fargateSizes: ReadonlyMap<number, { readonly from: number; readonly to: number; readonly step: number }> =
  new Map([
    [256, { from: 512, to: 2048, step: 512 }],
    [512, { from: 1024, to: 4096, step: 1024 }],
    [1024, { from: 2048, to: 8192, step: 1024 }],
    [2048, { from: 4096, to: 16_384, step: 1024 }],
    [4096, { from: 8192, to: 30_720, step: 1024 }],
    [8192, { from: 16_384, to: 61_440, step: 4096 }],
    [16_384, { from: 32_768, to: 122_880, step: 8192 }],
  ]);

/** Whether Fargate runs a task of this size (CPU units, MiB). 256 units take 512, 1024 and 2048 MiB, but not 1536. */
export function isFargateSize(cpu: number, memoryMiB: number): boolean {
  const size = fargateSizes.get(cpu);
  if (size === undefined || (cpu === 256 && memoryMiB === 1536)) return false;
  return memoryMiB >= size.from && memoryMiB <= size.to && (memoryMiB - size.from) % size.step === 0;
}

/** The memory sizes that Fargate has for a CPU size, in words. */
export function memoryExpected(cpu: number): string {
  const size = fargateSizes.get(cpu);
  if (size === undefined) return `a cpu that Fargate has: ${[...fargateSizes.keys()].join(', ')}`;
  if (cpu === 256) return '512, 1024 or 2048 MiB, which go with 256 CPU units';
  return `${size.from} to ${size.to} MiB in steps of ${size.step}, which go with ${cpu} CPU units`;
}

const cpuExpected = `one of ${[...fargateSizes.keys()].join(', ')} CPU units (1024 = 1 vCPU)`;

/** An image reference: `[registry[:port]/]path[:tag][@sha256:digest]`. Bounded and unambiguous, so it matches in linear time. */
export const imagePattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:[./-]|__?|--)[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

const matcherExpected = 'HTTP codes from 200 to 499, as 200 or 200,204 or 200-299';
const matcherPattern = /^[2-4][0-9]{2}(?:-[2-4][0-9]{2}|(?:,[2-4][0-9]{2}){0,20})$/;
const pathExpected = 'a path from / on, 1 to 1024 printable ASCII characters without spaces';

/** The health check's fields, without defaults: a tier fills them in, a tenant overrides single ones. */
export const healthCheckFields = {
  path: text(pathExpected, 1024, /^\/[!-~]*$/).describe(
    'The path that the load balancer asks for. In a tier default /healthz; in a tenant what its tier has.',
  ),
  intervalSeconds: whole('seconds', 5, 300).describe(
    'Seconds between two checks of a target, 5 to 300. In a tier default 30; in a tenant what its tier has.',
  ),
  timeoutSeconds: whole('seconds', 2, 120).describe(
    'Seconds to wait for an answer, 2 to 120, less than intervalSeconds. In a tier default 5; in a tenant what its tier has.',
  ),
  healthyThreshold: whole('checks', 2, 10).describe(
    'Passed checks until a sick target is healthy, 2 to 10. In a tier default 5; in a tenant what its tier has.',
  ),
  unhealthyThreshold: whole('checks', 2, 10).describe(
    'Failed checks until a target is unhealthy, 2 to 10. In a tier default 2; in a tenant what its tier has.',
  ),
  matcher: z
    .string({ error: matcherExpected })
    .min(3, { error: matcherExpected })
    .max(87, { error: matcherExpected })
    .regex(matcherPattern, { error: matcherExpected })
    .refine((value) => !value.includes('-') || value.slice(0, 3) <= value.slice(4), { error: matcherExpected })
    .describe(
      'The HTTP codes that count as healthy: 200, or 200,204, or 200-299. In a tier default 200; in a tenant what its tier has.',
    ),
};

/** Who decides how many tasks run. */
export const scalingModes = ['fixed', 'external', 'target-tracking'] as const;

/** What target tracking may follow. */
export const scalingMetrics = ['cpu', 'memory', 'requests'] as const;

/** How the number of tasks is decided. */
export const scaling = fields({
  mode: choice(scalingModes)
    .default('fixed')
    .describe(
      'fixed: the controller keeps the count at tasks. external: another hand owns the desired count and it is left alone. target-tracking: Application Auto Scaling keeps metric at target, with min to max tasks. Default fixed.',
    ),
  min: whole('tasks', 1, 1000).optional().describe('The fewest tasks under target-tracking, 1 to 1000. Default 1.'),
  max: whole('tasks', 1, 1000)
    .optional()
    .describe(
      'The most tasks that another hand or target-tracking may ask for, not less than tasks; capacity is kept for them. Default tasks.',
    ),
  metric: choice(scalingMetrics)
    .optional()
    .describe(
      'What target-tracking follows: cpu or memory, the average of all tasks in percent of what they have, or requests per target and minute.',
    ),
  target: z
    .number({ error: 'a number above 0' })
    .gt(0, { error: 'a number above 0' })
    .max(1_000_000_000, { error: 'a number up to 1000000000' })
    .optional()
    .describe(
      "The value that target-tracking aims at, in the metric's unit: percent up to 100, or requests per target and minute.",
    ),
})
  .superRefine((value, context) => {
    const tracking = value.mode === 'target-tracking';
    for (const field of ['metric', 'target'] as const) {
      if (tracking && value[field] === undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'a value, which mode target-tracking needs' });
      }
    }
    for (const field of ['min', 'metric', 'target'] as const) {
      if (tracking || value[field] === undefined) continue;
      const message = `nothing, as only mode target-tracking knows ${field}`;
      context.addIssue({ code: 'custom', path: [field], message, input: value[field] });
    }
    const isPercent = value.metric === 'cpu' || value.metric === 'memory';
    if (tracking && isPercent && value.target !== undefined && value.target > 100) {
      const message = `a percentage above 0 and up to 100, as the metric is ${value.metric}`;
      context.addIssue({ code: 'custom', path: ['target'], message, input: value.target });
    }
    if (value.max !== undefined && (value.min ?? 1) > value.max) {
      context.addIssue({ code: 'custom', path: ['max'], message: 'a number that is not below min', input: value.max });
    }
  })
  .describe('How the number of tasks is decided. A tenant replaces it as a whole.');

const variableExpected = 'a variable name: a letter or _ first, then letters, digits and _.-, at most 128 characters';
const reservedExpected = `a name other than ${reservedEnvironment.join(', ')}, which the controller sets itself`;
const variableName = text(variableExpected, 128, /^[A-Za-z_][A-Za-z0-9_.-]*$/).refine(
  (name) => !reservedEnvironment.some((reserved) => reserved === name.toUpperCase()),
  { error: reservedExpected },
);
const valueExpected = 'a string of at most 4096 characters without control characters other than tab and line ends';

/** Environment variables: name to value. */
export const environment = z
  .record(
    variableName,
    z
      .string({ error: valueExpected })
      .max(4096, { error: valueExpected })
      // Control characters other than tab and line ends are what is refused.
      .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, { error: valueExpected }),
    { error: 'a map from variable name to string' },
  )
  .refine((map) => Object.keys(map).length <= 200, { error: 'at most 200 variables' })
  .meta({ writeOnly: true });

/** Where a secret is kept. */
export const secretStores = ['ssm', 'secretsmanager'] as const;

const secretNameExpected =
  'a name under /cellwright/<tenant>/, relative (db/password) or, in a Tenant, in full; letters, digits and _.- between single slashes; never a value or an ARN';

/** `db/password` or `/cellwright/acme/db/password`; no `..`, no empty part, no `:` (so no ARN), no variables. */
const secretNamePattern = /^\/?[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*){0,12}$/;

/** Secrets: environment variable name to the place that ECS reads the value from when a task starts. */
export const secrets = z
  .record(
    variableName,
    fields({
      from: choice(secretStores)
        .default('ssm')
        .describe('ssm (Parameter Store) or secretsmanager (Secrets Manager). Default ssm.'),
      name: text(secretNameExpected, 512, secretNamePattern).describe(
        'The name under /cellwright/<tenant>/: relative (db/password), which is resolved for each tenant, or in a Tenant also in full.',
      ),
    }).describe('One secret.'),
    { error: 'a map from variable name to {from, name}' },
  )
  .refine((map) => Object.keys(map).length <= 100, { error: 'at most 100 secrets' })
  .meta({ writeOnly: true });

const roleExpected =
  "the name of an IAM role, with or without a path (team/app), not an ARN: it is one of the cell's account";

/** A role's name, 64 characters at most after its path. */
export function roleName(sentence: string) {
  return text(roleExpected, 512, /^\/?(?:[A-Za-z0-9_+=,.@-]{1,128}\/){0,20}[A-Za-z0-9_+=,.@-]{1,64}$/)
    .optional()
    .describe(sentence);
}

const image = text(
  'an image reference, as registry/name:tag or registry/name@sha256:<64 hex digits>, at most 512 characters',
  512,
  imagePattern,
);

/** The fields of `service` that a tier sets and a tenant may override, without defaults. */
export const overridableFields = {
  image: image.describe('The container image: registry/name:tag or registry/name@sha256:digest. A tier needs one.'),
  cpu: z
    .number({ error: cpuExpected })
    .refine((value) => fargateSizes.has(value), { error: cpuExpected })
    .meta({ enum: [...fargateSizes.keys()] })
    .describe(
      'CPU units of a task, 1024 = 1 vCPU: one of the sizes of Fargate. In a tier default 512; in a tenant what its tier has.',
    ),
  memoryMiB: whole('MiB', 512, 122_880).describe(
    'Memory of a task in MiB, as Fargate combines it with cpu. In a tier default 1024; in a tenant what its tier has.',
  ),
  tasks: whole('tasks', 1, 1000).describe(
    'Tasks of each placement; under target-tracking the count to start with, at least min. In a tier default 1; in a tenant what its tier has.',
  ),
  scaling,
  environment: environment.describe(
    "Environment variables: name to value. A tenant's are merged with its tier's by name, the tenant's win. Shown as hashes only. Default none.",
  ),
  secrets: secrets.describe(
    "Secrets: variable name to {from, name}, a name under /cellwright/<tenant>/. A tenant's are merged with its tier's by name, the tenant's win. Default none.",
  ),
  startupSeconds: whole('seconds', 0, 21_600).describe(
    'Seconds that a task may take to load its data before failed health checks count, 0 to 21600. In a tier default 60; in a tenant what its tier has.',
  ),
  drainSeconds: whole('seconds', 0, 3600).describe(
    'Seconds that a target keeps its open connections after it was taken out, 0 to 3600. In a tier default 60; in a tenant what its tier has.',
  ),
};

/** Names of the `service` fields that a tenant may set where its tier lets it. */
export const overridable = [
  'image',
  'cpu',
  'memoryMiB',
  'tasks',
  'scaling',
  'environment',
  'secrets',
  'startupSeconds',
  'drainSeconds',
  'healthCheck',
] as const;

/** One name of a `service` field that a tenant may set. */
export type OverridableField = (typeof overridable)[number];

/** The tier's `overridable` field. */
export const overridableList = distinct(choice(overridable), 'names of service fields', 0, overridable.length);
