import { fullness } from './capacity.ts';
import { type FilterContext, fits, holds as hasRoom, isOpen, labelIsFree, tenantsAllow } from './filters.ts';
import type { CellSites, Site } from './ledger.ts';
import { lossOf, scoreSite, scoreValue } from './score.ts';
import { cellDimensions, type Demand, groupDimensions, type Vector } from './vector.ts';

/** An infra group that fits, with what it is compared by. */
export interface Prospect {
  readonly site: Site;
  /** Tenants that its cell shares with the other cells of the tenant. */
  readonly inCommon: number;
  /** `value` of its score. */
  readonly value: number;
}

export interface Survey {
  /** How many infra groups fit. */
  readonly fitting: number;
  /** The few best, best first. */
  readonly best: readonly Prospect[];
}

export interface SurveyOptions {
  /** How many of the best are kept. */
  readonly keep: number;
  /** Whether places without AAAA records go before all others. */
  readonly thrifty: boolean;
  readonly strategy: 'pack' | 'spread';
}

/**
 * Finds the infra groups of the tier that fit, and the best of them: few tenants in common first, then the score, then the name. It finds what the
 * filters and `scoreSite` say of each group by itself (a property test compares them); what is the same for a whole cell is looked at once,
 * and nothing is allocated for a group that is not among the best: this is where ten thousand decisions spend their time.
 */
export function survey(context: FilterContext, options: SurveyOptions): Survey {
  const found: Found = { fitting: 0, best: [], options };
  const takings = { plain: takingsOf(context, false), dualstack: takingsOf(context, true) };
  for (const cellSites of sitesToLookAt(context)) surveyCell(cellSites, context, takings, found);
  return found;
}

interface Found {
  fitting: number;
  readonly best: Prospect[];
  readonly options: SurveyOptions;
}

/** Demand and mean as arrays, in the order of the accounts' dimensions. */
interface Takings {
  readonly demand: Demand;
  readonly group: Float64Array;
  readonly cell: Float64Array;
  readonly meanGroup: Float64Array;
  readonly meanCell: Float64Array;
}

function takingsOf({ demandOf, mean }: FilterContext, dualstack: boolean): Takings {
  const demand = demandOf(dualstack);
  return {
    demand,
    group: asArray(demand.group, groupDimensions),
    cell: asArray(demand.cell, cellDimensions),
    meanGroup: asArray(mean.group, groupDimensions),
    meanCell: asArray(mean.cell, cellDimensions),
  };
}

function asArray<D extends string>(vector: Vector<D>, dimensions: readonly D[]): Float64Array {
  const array = new Float64Array(dimensions.length);
  for (let index = 0; index < dimensions.length; index++) {
    const dimension = dimensions[index];
    if (dimension !== undefined) array[index] = vector[dimension];
  }
  return array;
}

function sitesToLookAt({ ledger, request, scope }: FilterContext): readonly CellSites[] {
  const all = ledger.cellSitesOf(request.tier);
  if (scope === 'tier' || request.pin.length === 0) return all;
  return all.map((cell) => ({ ...cell, sites: cell.sites.filter(({ view }) => request.pin.includes(view.name)) }));
}

function surveyCell(
  { cell, zone, sites }: CellSites,
  context: FilterContext,
  takings: { readonly plain: Takings; readonly dualstack: Takings },
  found: Found,
): void {
  const { scope, cellsTaken, ledger, request, pending } = context;
  const name = cell.view.name;
  if (scope === 'tenant' && cellsTaken.has(name)) return;
  if (!labelIsFree(cell, context)) return;
  let inCommon = 0;
  for (const other of cellsTaken) inCommon += ledger.inCommon(name, other, request.tenant);
  // What a cell takes does not depend on the records, so it is the same for all its groups.
  const { cell: demand, meanCell: mean } = takings.plain;
  const touched = pending.touchesCell(name);
  const spare = cell.account.spare;
  if (!touched && !holds(spare, demand)) return;
  const before = roomOf(spare, mean, undefined);
  const after = roomOf(spare, mean, demand);
  const inZone = pending.zoneOf(zone.view.id);
  const room = {
    plain: hasRoom(zone.account, takings.plain.demand.zone, inZone),
    dualstack: hasRoom(zone.account, takings.dualstack.demand.zone, inZone),
  };
  for (const site of sites) {
    const kind = site.view.dualstack ? 'dualstack' : 'plain';
    if (touched || pending.touchesGroup(site.view.name)) {
      if (fits(site, context)) offer(found, site, inCommon, slowValue(site, context, found.options));
      continue;
    }
    const account = site.account.spare;
    const taking = takings[kind];
    if (!room[kind] || !holds(account, taking.group)) continue;
    if (!isOpen(site, context) || !tenantsAllow(site, context) || site.slots.lowestFree() === undefined) continue;
    const roomBefore = Math.min(before, roomOf(account, taking.meanGroup, undefined));
    const roomAfter = Math.min(after, roomOf(account, taking.meanGroup, taking.group));
    const value = scoreValue({
      opens: site.tenants.size === 0,
      loss: lossOf(roomBefore, roomAfter),
      group: fullness(site.account),
      cell: fullness(cell.account),
      strategy: found.options.strategy,
    });
    offer(found, site, inCommon, value);
  }
}

function slowValue(site: Site, { demandAt, mean, pending }: FilterContext, { strategy }: SurveyOptions): number {
  return scoreSite(site, { demand: demandAt(site), mean, strategy, pending }).value;
}

function holds(spare: Float64Array, demand: Float64Array): boolean {
  for (let index = 0; index < demand.length; index++) {
    const need = demand[index] ?? 0;
    if (need > 0 && need > (spare[index] ?? 0)) return false;
  }
  return true;
}

/** How many average tenants fit into what is spare, after `taken`. */
function roomOf(spare: Float64Array, mean: Float64Array, taken: Float64Array | undefined): number {
  let room = Number.POSITIVE_INFINITY;
  for (let index = 0; index < mean.length; index++) {
    const each = mean[index] ?? 0;
    if (each <= 0) continue;
    const free = Math.max(0, spare[index] ?? 0) - (taken === undefined ? 0 : (taken[index] ?? 0));
    if (free / each < room) room = free / each;
  }
  return room;
}

/** Takes a site in among the best, if it is. */
function offer(found: Found, site: Site, inCommon: number, value: number): void {
  found.fitting += 1;
  const { best, options } = found;
  let at = best.length;
  while (at > 0 && isBefore(site, inCommon, value, best[at - 1], options)) at -= 1;
  if (at >= options.keep) return;
  best.splice(at, 0, { site, inCommon, value });
  if (best.length > options.keep) best.pop();
}

function isBefore(
  site: Site,
  inCommon: number,
  value: number,
  other: Prospect | undefined,
  { thrifty }: SurveyOptions,
): boolean {
  if (other === undefined) return false;
  if (thrifty && site.view.dualstack !== other.site.view.dualstack) return other.site.view.dualstack;
  if (inCommon !== other.inCommon) return inCommon < other.inCommon;
  if (value !== other.value) return value > other.value;
  return site.view.name < other.site.view.name;
}
