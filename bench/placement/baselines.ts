/** The heuristics of the textbooks, over the same books and filters: what ours is printed beside. */
import type { PlaceOptions } from '../../src/placement/decide.ts';
import { type Choice, place } from '../../src/placement/decide.ts';
import { contextFor, type FilterContext, fits } from '../../src/placement/filters.ts';
import type { Ledger, Site } from '../../src/placement/ledger.ts';
import { Pending } from '../../src/placement/pending.ts';
import type { PlacementRequest } from '../../src/placement/types.ts';
import { cellDimensions, type Demand, groupDimensions } from '../../src/placement/vector.ts';

/** Where one placement goes. Higher is better; the name decides between equals. */
type Preference = (site: Site, demand: Demand) => number;

export type Placer = (
  request: PlacementRequest,
  ledger: Ledger,
) => readonly Pick<Choice, 'group' | 'cell' | 'slot' | 'demand'>[] | undefined;

/** Ours, as the controller uses it. */
export const ours: Placer = (request, ledger) => {
  const options: PlaceOptions = {};
  const decision = place(request, ledger, options);
  return decision.kind === 'placed' ? decision.choices : undefined;
};

const usableIn = (site: Site, index: number): number => {
  const dimension = groupDimensions[index];
  const limit = dimension === undefined ? undefined : site.account.capacity[dimension];
  return limit?.known === true ? limit.usable : 0;
};

/** Mean share of the infra group's dimensions that is free. */
const freeShare: Preference = (site) => {
  let sum = 0;
  for (let index = 0; index < groupDimensions.length; index++)
    sum += (site.account.spare[index] ?? 0) / usableIn(site, index);
  return sum;
};

/** How well what is wanted points to where there is room (Panigrahy et al.). */
const dotProduct: Preference = (site, demand) => {
  let sum = 0;
  for (const [index, dimension] of groupDimensions.entries()) {
    const usable = usableIn(site, index);
    sum += (demand.group[dimension] / usable) * ((site.account.spare[index] ?? 0) / usable);
  }
  return sum;
};

/** First fit opens the next group by name; best fit and dot product open one only where none in use has room; least allocated takes the emptiest of all. */
export const baselines: Readonly<Record<string, Placer>> = {
  'first fit': byPreference(() => 0, true),
  'best fit': byPreference((site, demand) => -freeShare(site, demand), true),
  'dot product': byPreference(dotProduct, true),
  'least allocated': byPreference(freeShare, false),
};

function byPreference(preference: Preference, usedFirst: boolean): Placer {
  return (request, ledger) => {
    let context = contextFor(request, ledger, {
      pending: new Pending(),
      cellsTaken: new Set(ledger.cellsOf(request.tenant)),
    });
    const found: Pick<Choice, 'group' | 'cell' | 'slot' | 'demand'>[] = [];
    while (found.length < request.placements) {
      const site = bestOf(context, preference, usedFirst);
      const slot = site?.slots.lowestFree();
      if (site === undefined || slot === undefined) return undefined;
      const cell = site.cell.view.name;
      const demand = context.demandAt(site);
      found.push({ group: site.view.name, cell, slot, demand });
      context.pending.add(site, demand);
      context = { ...context, cellsTaken: new Set([...context.cellsTaken, cell]) };
    }
    return found;
  };
}

function bestOf(context: FilterContext, preference: Preference, usedFirst: boolean): Site | undefined {
  let best: Site | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const site of context.ledger.sitesOf(context.request.tier)) {
    const demand = context.demandAt(site);
    if (!mayHold(site, demand)) continue;
    const value = preference(site, demand) - (usedFirst && site.tenants.size === 0 ? 1e6 : 0);
    if (value <= most || !fits(site, context)) continue;
    most = value;
    best = site;
  }
  return best;
}

/** Without what this decision took already: the filters look at that. */
function mayHold(site: Site, demand: Demand): boolean {
  return (
    groupDimensions.every((dimension, index) => demand.group[dimension] <= (site.account.spare[index] ?? 0)) &&
    cellDimensions.every((dimension, index) => demand.cell[dimension] <= (site.cell.account.spare[index] ?? 0))
  );
}
