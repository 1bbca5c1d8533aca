import { z } from 'zod';
import { guardReasons } from '../guard-reasons.ts';
import { amount, choice, fields, modeField, whole } from './shapes.ts';

const untilExpected = 'a time as RFC 3339 has it, such as 2027-01-31T12:00:00Z';
const rfc3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))$/;

/** Whether a text is a time of RFC 3339 that exists in the calendar (31 February does not, nor does hour 24). */
export function isRfc3339(value: string): boolean {
  const match = rfc3339.exec(value);
  if (match === null) return false;
  const parts = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  // Highest values of month, hour, minute, second and of the offset's hour and minute; the day's follows from the month.
  const highest = [9999, 12, 31, 23, 59, 59, 23, 59];
  if (parts.some((part, index) => part > (highest[index] ?? 0))) return false;
  const [year = 0, month = 0, day = 0] = parts;
  // Day 0 of the next month is the last day of this one. The calendar repeats every 400 years.
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && day >= 1 && day <= lastDay;
}

const allowance = fields({
  reason: choice(guardReasons).describe(
    'Which guard to lift: a label of guard_held. removal_budget, mass_change and observer_suspected can be lifted; state_behind is the order to rebuild the state table from what is live (cellwright rebuild); the others protect what is not ours and stay.',
  ),
  until: z
    .string({ error: untilExpected })
    .max(40, { error: untilExpected })
    .refine(isRfc3339, { error: untilExpected })
    .meta({ format: 'date-time' })
    .describe('When the permission ends, as RFC 3339 (2027-01-31T12:00:00Z).'),
}).describe('One permission.');

/** The one Fleet record, named `default`: what holds for everything. */
export const fleetSpec = fields({
  mode: modeField('the fleet'),
  removals: fields({
    perTenMinutes: whole('serving placements', 0, 1_000_000)
      .optional()
      .describe(
        'How many serving placements may be taken away (deleted, scaled to nothing, out of DNS) in any ten minutes. Default the greater of 5 and 1 % of the tenants.',
      ),
  })
    .prefault({})
    .describe('The removal budget.'),
  allow: z
    .array(allowance, { error: 'a list of {reason, until}' })
    .max(20, { error: 'a list of at most 20 {reason, until}' })
    .default([])
    .describe('What an operator lets pass for a while. Default none.'),
  callShare: amount('shares', 0.05, 1)
    .default(0.7)
    .describe("The share of AWS's own call buckets that the controller uses, 0.05 to 1. Default 0.7."),
});

/** The spec of the Fleet record, with defaults filled in. */
export type FleetSpec = z.output<typeof fleetSpec>;
