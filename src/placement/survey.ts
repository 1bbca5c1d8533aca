import { fullness } from './capacity.ts';
import { type FilterContext, fits, holds, isOpen, labelIsFree, tenantsAllow } from './filters.ts';
import { type CellSites, isUnopened, type Site } from './ledger.ts';
import { lossOf, scoreSite, scoreValue } from './score.ts';
import type { Strategy } from './types.ts';
import { cellDimensions, groupDimensions, type Vector } from './vector.ts';

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
  readonly strategy: Strategy;
  /** Infra groups to look at besides what the filters say; all where absent. */
  readonly among?: (site: Site) => boolean;
}

/**
 * Finds the infra groups of the tier that fit, and the best of them: few tenants in common first, then the score, then the name. It finds what the
 * filters and `scoreSite` say of each group by itself (a property test compares them); what is the same for a whole cell is looked at once,
 * and next to nothing is allocated for a group that is not among the best: this is where ten thousand decisions spend their time.
 */
export function survey(context: FilterContext, options: SurveyOptions): Survey {
  const found: Found = { fitting: 0, best: [], options };
  // What a placement takes of group and cell is the same at all sites: only the records of its zone differ.
  const { group, cell } = context.demandOf(false);
  fill(takings.group, group, groupDimensions);
  fill(takings.cell, cell, cellDimensions);
  fill(takings.meanGroup, context.mean.group, groupDimensions);
  fill(takings.meanCell, context.mean.cell, cellDimensions);
  for (const cellSites of context.ledger.cellSitesOf(context.request.tier)) surveyCell(cellSites, context, found);
  return found;
}

interface Found {
  fitting: number;
  readonly best: Prospect[];
  readonly options: SurveyOptions;
}

/** Demand and mean in the order of the accounts' dimensions, for the survey that is under way: made once, since a survey runs to its end before the next begins. */
const takings = {
  group: new Float64Array(groupDimensions.length),
  cell: new Float64Array(cellDimensions.length),
  meanGroup: new Float64Array(groupDimensions.length),
  meanCell: new Float64Array(cellDimensions.length),
};

function fill<D extends string>(array: Float64Array, vector: Vector<D>, dimensions: readonly D[]): void {
  for (let index = 0; index < dimensions.length; index++) array[index] = vector[dimensions[index] as D];
}

/** How many average tenants fit, before and after the placement. */
interface Room {
  before: number;
  after: number;
}

function surveyCell(cellSites: CellSites, context: FilterContext, found: Found): void {
  const { cell, zone, sites, spares } = cellSites;
  const { scope, cellsTaken, pending, demandOf, request } = context;
  const { name } = cell.view;
  if (scope === 'tenant' && cellsTaken.has(name)) return;
  if (!labelIsFree(cell, context)) return;
  const inCommon = tenantsInCommon(name, context);
  if (pending.touchesCell(name)) {
    for (const site of sites) offerSlowly(site, inCommon, context, found);
    return;
  }
  const ofCell: Room = { before: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY };
  if (!narrow(ofCell, takings.cell, takings.meanCell, cell.account.spare, 0)) return;
  const inZone = pending.zoneOf(zone.view.id);
  const oneRecord = holds(zone.account, demandOf(false).zone, inZone);
  const twoRecords = holds(zone.account, demandOf(true).zone, inZone);
  const cellFullness = fullness(cell.account);
  const { strategy, among } = found.options;
  const room: Room = { before: 0, after: 0 };
  for (let index = 0; index < sites.length; index++) {
    room.before = ofCell.before;
    room.after = ofCell.after;
    if (!narrow(room, takings.group, takings.meanGroup, spares, index * takings.group.length)) continue;
    const site = sites[index];
    if (site === undefined || !isAsked(site, context, among)) continue;
    if (!(site.view.dualstack ? twoRecords : oneRecord) || !isOpen(site, request.size.ownRecords)) continue;
    if (!tenantsAllow(site, context) || site.slots.lowestFree() === undefined) continue;
    const loss = lossOf(room.before, room.after);
    const opens = isUnopened(site);
    const value = scoreValue({ opens, loss, group: fullness(site.account), cell: cellFullness, strategy });
    offer(found, site, inCommon, value);
  }
}

/** Whether the request may go there at all, room aside. */
function isAsked(site: Site, { scope, request }: FilterContext, among: SurveyOptions['among']): boolean {
  if (among !== undefined && !among(site)) return false;
  if (scope !== 'tenant') return true;
  const { pin, tenant } = request;
  // Two rules on one listener would have the same condition.
  return (pin.length === 0 || pin.includes(site.view.name)) && site.tenants.get(tenant) === 0;
}

function tenantsInCommon(cell: string, { cellsTaken, ledger, request }: FilterContext): number {
  let inCommon = 0;
  for (const other of cellsTaken) inCommon += ledger.inCommon(cell, other, request.tenant);
  return inCommon;
}

/** Where the decision in the making took something already, what is spare is not what the account says. */
function offerSlowly(site: Site, inCommon: number, context: FilterContext, found: Found): void {
  const { strategy, among } = found.options;
  if ((among !== undefined && !among(site)) || !fits(site, context)) return;
  const { demandAt, mean, pending } = context;
  offer(found, site, inCommon, scoreSite(site, { demand: demandAt(site), mean, strategy, pending }).value);
}

/** Narrows a room to what an account has to spare, whose figures begin at `from`; false where the demand does not fit. */
function narrow(room: Room, demand: Float64Array, mean: Float64Array, spares: Float64Array, from: number): boolean {
  let { before, after } = room;
  for (let index = 0; index < demand.length; index++) {
    const has = spares[from + index] as number;
    const need = demand[index] as number;
    if (need > 0 && need > has) return false;
    const each = mean[index] as number;
    if (each <= 0) continue;
    const free = has > 0 ? has : 0;
    const roomBefore = free / each;
    const roomAfter = (free - need) / each;
    if (roomBefore < before) before = roomBefore;
    if (roomAfter < after) after = roomAfter;
  }
  room.before = before;
  room.after = after;
  return true;
}

/** Takes a site in among the best, if it is. */
function offer(found: Found, site: Site, inCommon: number, value: number): void {
  found.fitting += 1;
  const { best, options } = found;
  const last = best.length - 1;
  const isFull = best.length === options.keep;
  if (isFull && !isBefore(site, inCommon, value, best[last], options)) return;
  // The last one falls out, or the list grows by one.
  let at = isFull ? last : last + 1;
  for (; at > 0; at--) {
    const other = best[at - 1];
    if (other === undefined || !isBefore(site, inCommon, value, other, options)) break;
    best[at] = other;
  }
  best[at] = { site, inCommon, value };
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
