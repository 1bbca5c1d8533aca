import { z } from 'zod';

/*
 * The small builders from which every record schema is made. Each takes the words for "what was expected": they become the
 * message of every zod issue, so that a refused field always says what would have been right.
 */

/** Lower-case record name: starts with a letter, no `-` at the end, no `--`, so that `--` can separate names in AWS names. */
export const namePattern = /^[a-z](?:-?[a-z0-9])*$/;

/** The longest record name, in characters. */
export const nameMaxLength = 40;

/** What a name must look like, in words. */
export const nameExpected = `a name: a-z first, then a-z, 0-9 and -, no - at the end, no --, at most ${nameMaxLength} characters`;

/** A string of `min` to `max` UTF-16 units that matches a pattern; `expected` says both in words. */
export function text(expected: string, max: number, pattern: RegExp, min = 1) {
  return z
    .string({ error: expected })
    .min(min, { error: expected })
    .max(max, { error: expected })
    .regex(pattern, { error: expected });
}

/** A record name, or a label that follows the same rule. */
export function recordName(what: string) {
  return text(`${what}, as ${nameExpected}`, nameMaxLength, namePattern);
}

/** A whole number from `min` to `max`, both included; `unit` is the plural noun it counts. */
export function whole(unit: string, min: number, max: number) {
  const expected = `a whole number of ${unit} from ${min} to ${max}`;
  return z
    .number({ error: expected })
    .int({ error: expected })
    .min(min, { error: expected })
    .max(max, { error: expected });
}

/** A number from `min` to `max`, both included; fractions are fine. */
export function amount(unit: string, min: number, max: number) {
  const expected = `a number of ${unit} from ${min} to ${max}`;
  return z.number({ error: expected }).min(min, { error: expected }).max(max, { error: expected });
}

/** True or false. */
export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** One of a closed list of strings. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

/** An object that refuses fields it does not know. */
export function fields<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `no such field; known here: ${known}` : `a map with the fields ${known}`,
  });
}

/** A list of `min` to `max` distinct elements. */
export function distinct<E extends z.ZodType<string>>(element: E, what: string, min: number, max: number) {
  const expected = `a list of ${min} to ${max} distinct ${what}`;
  return z
    .array(element, { error: expected })
    .min(min, { error: expected })
    .max(max, { error: expected })
    .refine((list) => new Set<string>(list).size === list.length, { error: expected })
    .meta({ uniqueItems: true });
}

/** Who may write: `active` acts, `observe` only looks and reports, `paused` does not even look. */
export const modes = ['active', 'observe', 'paused'] as const;

/** How far the controller goes for an object and all below it. */
export type Mode = (typeof modes)[number];

/** The `mode` field that every kind has. */
export function modeField(what: string) {
  return choice(modes)
    .default('active')
    .describe(
      `How far the controller goes for ${what} and all below: active acts, observe only reports what it would do, paused leaves it alone. The strictest level wins. Default active.`,
    );
}

/** Whether a cell or infra group takes tenants: `cordoned` takes no new ones, `draining` also wants to lose those it has. */
export const capacityStates = ['active', 'cordoned', 'draining'] as const;

/** The `state` field of cells and infra groups. */
export function capacityStateField(what: string) {
  return choice(capacityStates)
    .default('active')
    .describe(
      `Whether ${what} takes tenants: active takes them, cordoned takes no new ones, draining moves those it has elsewhere. Default active.`,
    );
}

/** An account's quota as a record may state it: a whole number of units, over what Service Quotas says. */
export function quota(unit: string, sentence: string) {
  return whole(unit, 0, 10_000_000).optional().describe(sentence);
}
