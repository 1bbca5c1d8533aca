/** Fault plans as people write them: in a file (`sim --fault-file`), to the door (`POST /_sim/fault`), or in a test. */
import { z } from 'zod';
import { serviceIds } from '../kernel.ts';
import { type QuotaName, simulatedQuotas } from '../quotas/definitions.ts';

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const seconds = z.number().min(0);
const probability = z.number().min(0).max(1);

/** Which calls, tasks or streams a rule is for. All that is given must match; `*` stands for anything in a text. */
const on = z
  .strictObject({
    service: z.union([z.enum(serviceIds), z.array(z.enum(serviceIds)).min(1)]).optional(),
    operation: texts.optional(),
    account: texts.optional(),
    region: texts.optional(),
    principal: texts.optional(),
    /** Any text in the call's input; a task's family; a table's name. */
    resource: texts.optional(),
  })
  .default({});

/** Faults of which the name says all. */
const plainFaults = [
  'throttle',
  'server-error',
  'timeout',
  'reset',
  'garbage',
  'access-denied',
  'partial-page',
  'unreachable',
  'sick-tasks',
] as const;

const faults = z.union([
  z.enum(plainFaults),
  z.strictObject({
    error: z.strictObject({
      code: z.string().min(1),
      message: z.string().optional(),
      status: z.int().min(400).max(599).optional(),
    }),
  }),
  z.strictObject({ 'server-error': z.union([z.literal(500), z.literal(503)]) }),
  z.strictObject({ garbage: z.int().min(200).max(599) }),
  /** Seconds of the simulator's clock until the caller's connection ends; without, until the caller gives up. */
  z.strictObject({ timeout: seconds }),
  z.strictObject({ stale: z.number().positive() }),
  z.strictObject({
    quota: z.strictObject({
      name: z.enum(Object.keys(simulatedQuotas) as [QuotaName, ...QuotaName[]]),
      value: z.number().min(0),
    }),
  }),
  z.strictObject({
    stream: z.strictObject({ duplicate: probability.optional(), delay: seconds.optional() }),
  }),
]);

const ruleSchema = z.strictObject({
  on,
  /** Whether the call runs before it meets the fault. */
  when: z.enum(['before', 'after']).default('before'),
  /** So many matching calls pass first. */
  skip: z.int().min(0).default(0),
  /** The rule is spent after so many. */
  times: z.int().min(1).optional(),
  probability: probability.default(1),
  /** From when and until when the rule holds, in seconds of the simulator's clock after it was added. */
  from: seconds.default(0),
  until: seconds.optional(),
  fault: faults,
});

/** One rule of a fault plan. */
export type FaultRule = z.output<typeof ruleSchema>;
/** What befalls a call, or holds in the world. */
export type FaultSpec = FaultRule['fault'];

/** A plan that cannot be read; the message names each rule and field, what was found there and what was expected. */
export class FaultPlanError extends Error {
  override readonly name = 'FaultPlanError';
}

/**
 * Reads a plan: `{faults: [rule, ...]}`, a list of rules, or one rule. Throws `FaultPlanError` with everything that is wrong.
 */
export function parseFaultPlan(value: unknown): readonly FaultRule[] {
  const list = listOf(value);
  const rules: FaultRule[] = [];
  const wrong: string[] = [];
  list.forEach((entry, index) => {
    const parsed = ruleSchema.safeParse(entry);
    if (!parsed.success) wrong.push(...parsed.error.issues.map(nearest).map((issue) => problem(index, entry, issue)));
    else {
      const misfit = misfitOf(parsed.data);
      if (misfit === undefined) rules.push(parsed.data);
      else wrong.push(`faults[${index}]: ${misfit}`);
    }
  });
  if (wrong.length > 0) throw new FaultPlanError(wrong.join('\n'));
  return rules;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'object' && value !== null) {
    if (!('faults' in value)) return [value];
    if (Array.isArray(value.faults) && Object.keys(value).length === 1) return value.faults as unknown[];
  }
  throw new FaultPlanError(`found ${typeof value}, expected {"faults": [...]}, a list of rules, or one rule`);
}

/** Of the forms that a value could have had, what is wrong with the one that it has nearly. */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inside = issue.errors.find((issues) => issues.every(({ path }) => path.length > 0))?.[0];
  return inside === undefined ? issue : nearest({ ...inside, path: [...issue.path, ...inside.path] });
}

function problem(index: number, entry: unknown, issue: z.core.$ZodIssue): string {
  const strangers = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const steps = [...issue.path, ...strangers.slice(0, 1)];
  const path = steps.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const found = steps.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    entry,
  );
  const shown = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80);
  return `faults[${index}]${path}: found ${shown}, expected ${expectedBy(issue)}`;
}

function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'no such field';
  if (issue.path[0] === 'fault' && issue.code === 'invalid_union') return `one of ${faultNames.join(', ')}`;
  return issue.message.replace(/^.*expected /, '');
}

const faultNames = [
  ...plainFaults,
  '{error: {code, message, status}}',
  '{server-error: 500|503}',
  '{garbage: status}',
  '{timeout: seconds}',
  '{stale: seconds}',
  '{quota: {name, value}}',
  '{stream: {duplicate: probability, delay: seconds}}',
];

/** What a rule says that does not go together. */
function misfitOf(rule: FaultRule): string | undefined {
  const { fault, when, on: matches } = rule;
  const only = onlyBefore(fault);
  if (when === 'after' && only !== undefined) {
    return `when: found after, expected before: ${only} decides how a call runs`;
  }
  if (rule.until !== undefined && rule.until <= rule.from) {
    return `until: found ${rule.until}, expected more than from (${rule.from})`;
  }
  if (
    typeof fault === 'object' &&
    'quota' in fault &&
    (typeof matches.account !== 'string' || typeof matches.region !== 'string')
  ) {
    return 'on: a quota is lowered for one account and region; give on.account and on.region';
  }
  if (fault === 'unreachable' && matches.account === undefined) {
    return 'on.account: found nothing, expected the account that is unreachable';
  }
  return undefined;
}

function onlyBefore(fault: FaultSpec): string | undefined {
  if (fault === 'partial-page' || fault === 'unreachable' || fault === 'sick-tasks') return fault;
  if (typeof fault === 'string') return undefined;
  return ['stale', 'quota', 'stream'].find((name) => name in fault);
}

/** The distances, in milliseconds, at which a plan's rules answer reads from the past: what `staleMs` of a new simulated AWS has to have. */
export function staleDistances(rules: readonly FaultRule[]): readonly number[] {
  const distances = rules.flatMap(({ fault }) =>
    typeof fault === 'object' && 'stale' in fault ? [fault.stale * 1_000] : [],
  );
  return [...new Set(distances)];
}
