import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternativeAt, byPreference, strategyOf } from '../../src/placement/decide.ts';
import { contextFor, fits } from '../../src/placement/filters.ts';
import { Pending } from '../../src/placement/pending.ts';
import { survey } from '../../src/placement/survey.ts';
import { fleets, options, requests, titled } from './random-fleets.ts';

describe('the survey of a decision', () => {
  it(titled('finds what filters and scores say of each infra group by itself'), () => {
    fc.assert(
      fc.property(fleets, requests, fc.boolean(), fc.nat(6), (fleet, asked, thrifty, taken) => {
        const { ledger } = fleet;
        const pending = new Pending();
        const site = ledger.sites()[taken];
        if (site !== undefined) {
          const held = ledger.reservationsOf('t0')[0];
          if (held !== undefined) pending.add(site, held.demand, taken % 2 === 0 ? 1 : -1);
        }
        const context = contextFor(asked, ledger, { pending, cellsTaken: new Set(ledger.cellsOf(asked.tenant)) });
        const strategy = strategyOf(context);
        const found = survey(context, { keep: 4, thrifty, strategy });
        const plain = ledger
          .sitesOf(asked.tier)
          .filter((one) => fits(one, context))
          .map((one) => ({ ...alternativeAt(one, context), dualstack: one.view.dualstack }))
          .sort((a, b) => (thrifty ? Number(a.dualstack) - Number(b.dualstack) : 0) || byPreference(a, b));
        expect(found.fitting).toBe(plain.length);
        expect(found.best.map((one) => [one.site.view.name, one.inCommon, one.value])).toEqual(
          plain.slice(0, 4).map((one) => [one.group, one.inCommon, one.score.value]),
        );
      }),
      { ...options, numRuns: 1000 },
    );
  });
});
