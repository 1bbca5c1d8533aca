import { z } from 'zod';
import { guardReasons } from '../guard-reasons.ts';
import { amount, choice, fields, modeField, whole } from './shapes.ts';
import { untilField } from './times.ts';

const allowance = fields({
  reason: choice(guardReasons).describe(
    'Which guard to lift: a label of guard_held. removal_budget, mass_change and observer_suspected can be lifted; state_behind is the order to rebuild the state table from what is live (cellwright rebuild); the others protect what is not ours and stay.',
  ),
  until: untilField('When the permission ends, as RFC 3339 (2027-01-31T12:00:00Z).'),
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
