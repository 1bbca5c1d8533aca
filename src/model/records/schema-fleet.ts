import { z } from 'zod';
import { guardReasons } from '../guard-reasons.ts';
import { amount, choice, fields, modeField, recordName, whole } from './shapes.ts';
import { untilField } from './times.ts';

const allowance = fields({
  reason: choice(guardReasons).describe(
    'Which guard to lift: a label of guard_held. removal_budget and observer_suspected can be lifted; state_behind is the order to rebuild the state table from what is live (cellwright rebuild); nothing lifts the others.',
  ),
  until: untilField('When the permission ends, as RFC 3339 (2027-01-31T12:00:00Z).'),
}).describe('One permission.');

const rebalanceOrder = fields({
  tier: recordName('the name of a Tier').describe(
    'The tier whose tenants are moved; only those that say movable: true.',
  ),
  moves: whole('moves', 1, 10_000).describe(
    'The budget: at most so many moves are begun under this order, 1 to 10,000.',
  ),
  until: untilField(
    'Until when moves are begun, as RFC 3339; one that is under way is finished. Another time is another order, with a budget of its own.',
  ),
}).describe('One order to rebalance.');

const rebalanceExpected = 'a list of at most 20 {tier, moves, until}, one for each tier';

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
  moves: fields({
    concurrent: whole('moves', 1, 1_000)
      .default(10)
      .describe(
        'How many placements are moved at once out of one draining cell or infra group, and as many within one rebalancing order, 1 to 1,000. Default 10.',
      ),
  })
    .prefault({})
    .describe('How placements are moved by draining and rebalancing.'),
  rebalance: z
    .array(rebalanceOrder, { error: rebalanceExpected })
    .max(20, { error: rebalanceExpected })
    .refine((orders) => new Set(orders.map(({ tier }) => tier)).size === orders.length, { error: rebalanceExpected })
    .default([])
    .describe(
      'Orders to defragment tiers, each within its budget; taking one out takes back what it began. Default none.',
    ),
  callShare: amount('shares', 0.05, 1)
    .default(0.7)
    .describe("The share of AWS's own call buckets that the controller uses, 0.05 to 1. Default 0.7."),
});

/** The spec of the Fleet record, with defaults filled in. */
export type FleetSpec = z.output<typeof fleetSpec>;
