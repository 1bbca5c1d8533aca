import type { Clock } from '../../model/clock.ts';
import type { HeldTenant } from '../../model/reports.ts';
import { alternativeAt, byPreference } from '../../placement/decide.ts';
import { explainUnplaceable } from '../../placement/explain.ts';
import { contextFor, type FilterContext, fits } from '../../placement/filters.ts';
import type { Ledger, Site } from '../../placement/ledger.ts';
import { Pending } from '../../placement/pending.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { requestOf } from '../tenant/placing.ts';
import type { DrainingPlace } from './places.ts';
import type { Seat } from './seats.ts';

/** Who has somewhere to go, by placement with the infra group; and who has not. */
export interface DrainPlan {
  readonly going: ReadonlyMap<string, string>;
  readonly held: readonly HeldTenant[];
}

export type DrainPlanner = (seats: readonly Seat[]) => DrainPlan;

/** The planner over the books as they are when it is asked. */
export function drainPlanner(book: PlacementBook, clock: Pick<Clock, 'now'>): DrainPlanner {
  return (seats) => planDrain(book.ledger(clock.now()), seats, undefined);
}

/**
 * Finds a place for each seat in turn, by the filters and the preference of every decision, taking into account what those before it take. `closed` is a place that is to count as
 * draining although its record does not say so yet. Reads the ledger, changes nothing.
 */
export function planDrain(ledger: Ledger, seats: readonly Seat[], closed: DrainingPlace | undefined): DrainPlan {
  const going = new Map<string, string>();
  const held: HeldTenant[] = [];
  const pending = new Pending();
  for (const seat of seats) {
    const { entry, placement } = seat;
    const effective = entry.accepted?.effective;
    if (effective === undefined) continue;
    const others = [...ledger.reservationsOf(entry.name)].filter((one) => one.placement !== placement.id);
    const cellsTaken = new Set(others.map(({ cell }) => cell));
    const context = contextFor(requestOf(entry.name, effective), ledger, { pending, cellsTaken });
    const site = bestSite(context, closed);
    if (site === undefined) held.push(heldBecause(context, seat, closed));
    else {
      going.set(placement.id, site.view.name);
      pending.add(site, context.demandAt(site));
    }
  }
  return { going, held };
}

function bestSite(context: FilterContext, closed: DrainingPlace | undefined): Site | undefined {
  const candidates = context.ledger
    .sitesOf(context.request.tier)
    .filter((site) => !isClosed(site, closed) && fits(site, context))
    .map((site) => ({ site, ...alternativeAt(site, context) }));
  return candidates.sort(byPreference)[0]?.site;
}

function isClosed({ view, cell }: Site, closed: DrainingPlace | undefined): boolean {
  if (closed === undefined) return false;
  return closed.name === (closed.kind === 'Cell' ? cell.view.name : view.name);
}

function heldBecause(
  context: FilterContext,
  { entry, placement }: Seat,
  closed: DrainingPlace | undefined,
): HeldTenant {
  const { ledger, request } = context;
  const base = { tenant: entry.name, placement: placement.id, from: placement.infraGroup };
  const skip = new Set(
    ledger.sitesOf(request.tier).flatMap((site) => (isClosed(site, closed) ? [site.view.name] : [])),
  );
  skip.add(placement.infraGroup);
  const elsewhere = request.pin.filter((group) => !skip.has(group));
  if (request.pin.length > 0 && elsewhere.length === 0) {
    return {
      ...base,
      reason: 'Pinned',
      text: `pinned to ${request.pin.join(', ')}`,
      remedies: [`widen or lift its pin (cellwright pin tenant ${entry.name} GROUP[,GROUP...], or --none)`],
    };
  }
  const { reason, text, remedies } = explainUnplaceable(context, { needed: 1, found: 0, skip });
  return {
    ...base,
    reason,
    text: text.split(' What would help:')[0] ?? text,
    remedies: remedies.map((one) => one.text),
  };
}
