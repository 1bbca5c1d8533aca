import { alternativeAt, byPreference, strategyOf } from './decide.ts';
import { type Alternative, choiceText } from './explain.ts';
import { contextFor, fits } from './filters.ts';
import type { Ledger } from './ledger.ts';
import { Pending } from './pending.ts';
import type { PlacementRequest, Reservation } from './types.ts';

/** Why a placement is where it is, seen from today. */
export interface PlacedExplanation {
  readonly placement: string;
  readonly group: string;
  readonly cell: string;
  readonly slot: number;
  /** The place itself and the best other one, as if the placement were to be decided now; absent for an infra group without a record. */
  readonly today?: { readonly here: Alternative; readonly candidates: number; readonly runnerUp?: Alternative };
  readonly text: string;
}

/**
 * For each placement of a tenant: what its place costs in room today, and which other infra group would be next. A placement stays where it
 * is also where the other is the better one by now: only a pin or a drain moves it.
 */
export function explainPlaced(request: PlacementRequest, ledger: Ledger): readonly PlacedExplanation[] {
  const live = ledger.reservationsOf(request.tenant).filter((reservation) => reservation.leaving !== true);
  return live.map((reservation) => explainOne(request, ledger, reservation, live));
}

function explainOne(
  request: PlacementRequest,
  ledger: Ledger,
  reservation: Reservation,
  live: readonly Reservation[],
): PlacedExplanation {
  const { placement, group, cell, slot } = reservation;
  const base = { placement, group, cell, slot };
  const site = ledger.site(group);
  if (site === undefined) {
    return { ...base, text: `${group} in cell ${cell}, slot ${slot}: the infra group has no accepted record` };
  }
  if (ledger.tier(request.tier)?.scope === 'tier') {
    const text = `${group} in cell ${cell}, slot ${slot}: tier ${request.tier} has scope tier, which puts every tenant in every active infra group`;
    return { ...base, text };
  }
  const pending = new Pending();
  pending.add(site, reservation.demand, -1);
  const cellsTaken = new Set(live.filter((other) => other !== reservation).map((other) => other.cell));
  const context = contextFor(request, ledger, { pending, cellsTaken });
  const here = alternativeAt(site, context);
  const others = ledger
    .sitesOf(request.tier)
    .filter((other) => other !== site && fits(other, context))
    .map((other) => alternativeAt(other, context))
    .sort(byPreference);
  const [runnerUp] = others;
  const candidates = others.length + 1;
  const today = runnerUp === undefined ? { here, candidates } : { here, candidates, runnerUp };
  const text = `slot ${slot} of ${choiceText(here, { strategy: strategyOf(context), candidates, runnerUp })}`;
  return { ...base, today, text };
}
