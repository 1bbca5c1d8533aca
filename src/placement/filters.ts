import { type Account, freeOf } from './capacity.ts';
import { demandOf } from './demand.ts';
import type { CellSite, Ledger, Site } from './ledger.ts';
import type { Pending } from './pending.ts';
import type { PlaceKind, Rejection } from './rejections.ts';
import type { PlacementRequest } from './types.ts';
import type { Demand, Dimension, Vector } from './vector.ts';

/** What the filters look at besides the infra group. */
export interface FilterContext {
  readonly request: PlacementRequest;
  readonly scope: 'tenant' | 'tier';
  readonly ledger: Ledger;
  readonly pending: Pending;
  /** What a placement takes at a site. */
  readonly demandAt: (site: Site) => Demand;
  /** The same, by whether the site's ALB is dual-stack. */
  readonly demandOf: (dualstack: boolean) => Demand;
  /** What an average placement of the tier takes: the unit in which room is measured. */
  readonly mean: Demand;
  /** The cells that hold, or in this decision just got, a placement of the tenant; those that leave or are replaced do not count. */
  readonly cellsTaken: ReadonlySet<string>;
}

type Filter = (site: Site, context: FilterContext) => readonly Rejection[];

const none: readonly Rejection[] = [];

const tierMatches: Filter = ({ cell }, { request }) =>
  cell.view.tier === request.tier
    ? none
    : [{ code: 'TierMismatch', wanted: request.tier, found: cell.view.tier === '' ? 'unknown' : cell.view.tier }];

const inPin: Filter = ({ view }, { request, scope }) =>
  scope === 'tier' || request.pin.length === 0 || request.pin.includes(view.name)
    ? none
    : [{ code: 'NotInPin', pin: request.pin }];

/** The cell's state comes first: it is the wider reason. */
const isActive = ({ view, cell }: Site): readonly Rejection[] => {
  if (cell.view.state !== 'active') {
    return [{ code: 'NotActive', state: cell.view.state, kind: 'cell', name: cell.view.name }];
  }
  return view.state === 'active'
    ? none
    : [{ code: 'NotActive', state: view.state, kind: 'infra-group', name: view.name }];
};

const modeIsActive = ({ view }: Site): readonly Rejection[] =>
  view.mode === 'active' ? none : [{ code: 'ModeNotActive', mode: view.mode }];

const isReady = ({ view, cell }: Site): readonly Rejection[] => {
  if (cell.view.notReady !== undefined) {
    return [{ code: 'NotReady', kind: 'cell', name: cell.view.name, detail: cell.view.notReady }];
  }
  return view.notReady === undefined
    ? none
    : [{ code: 'NotReady', kind: 'infra-group', name: view.name, detail: view.notReady }];
};

const viewIsComplete: Filter = (site, { request }) => blindSpots(site, request.size.ownRecords);

/** The zone matters only to those who put records into it. */
function blindSpots({ cell, zone }: Site, withZone: boolean): readonly Rejection[] {
  if (cell.view.incomplete !== undefined) {
    return [{ code: 'ViewIncomplete', kind: 'cell', name: cell.view.name, detail: cell.view.incomplete }];
  }
  if (!withZone || zone.view.incomplete === undefined) return none;
  return [{ code: 'ViewIncomplete', kind: 'zone', name: zone.view.id, detail: zone.view.incomplete }];
}

/** Any unknown quota closes the place, also one in a dimension that this placement takes nothing of: a limit that nobody knows is a fault to see. */
const quotasAreKnown: Filter = (site, { request }) => anyUnknown(site, request.size.ownRecords);

function anyUnknown(site: Site, withZone: boolean): readonly Rejection[] {
  return unknownQuotas(site, (level) => level !== 'zone' || withZone);
}

function unknownQuotas(
  { view, cell, zone, account }: Site,
  counts: (level: 'group' | 'cell' | 'zone', dimension: Dimension) => boolean,
): readonly Rejection[] {
  if (cell.account.unknown.length + account.unknown.length + zone.account.unknown.length === 0) return none;
  const found: Rejection[] = [];
  const look = (kind: PlaceKind, name: string, dimensions: readonly Dimension[]): void => {
    if (dimensions.length > 0) found.push({ code: 'QuotaUnknown', kind, name, dimensions });
  };
  const filter = <D extends Dimension>(level: 'group' | 'cell' | 'zone', of: Account<D>): readonly D[] =>
    of.unknown.filter((dimension) => counts(level, dimension));
  look('cell', cell.view.name, filter('cell', cell.account));
  look('infra-group', view.name, filter('group', account));
  look('zone', zone.view.id, filter('zone', zone.account));
  return found;
}

/** A dedicated tenant takes only an empty group, and nobody joins it there. */
const isolationHolds: Filter = (site, { request }) => {
  if (site.dedicated.others(request.tenant) > 0) return [{ code: 'DedicatedOccupied' }];
  const others = request.isolation === 'dedicated' ? site.tenants.others(request.tenant) : 0;
  return others === 0 ? none : [{ code: 'IsolationClass', tenants: others }];
};

/**
 * In tier scope a tenant is in every group, so also twice in one cell. A group that holds anything of the tenant, be it leaving, takes no second placement: two rules on one listener would
 * have the same condition.
 */
const cellsDiffer: Filter = ({ cell, tenants }, { scope, cellsTaken, request }) =>
  scope === 'tenant' && (cellsTaken.has(cell.view.name) || tenants.get(request.tenant) > 0)
    ? [{ code: 'SpreadConflict', cell: cell.view.name }]
    : none;

const labelsDiffer: Filter = ({ cell }, context) => {
  const label = context.request.antiAffinity;
  return label === undefined || labelIsFree(cell, context)
    ? none
    : [{ code: 'AntiAffinity', label, cell: cell.view.name }];
};

/** Whether a cell holds no other tenant with the request's anti-affinity label. */
export function labelIsFree(
  { view }: CellSite,
  { request, ledger }: Pick<FilterContext, 'request' | 'ledger'>,
): boolean {
  const label = request.antiAffinity;
  return label === undefined || !ledger.labelHeldByOther(view.name, label, request.tenant);
}

const slotIsFree: Filter = ({ slots }) =>
  slots.lowestFree() === undefined ? [{ code: 'Insufficient', dimension: 'slots', need: 1, free: 0 }] : none;

/** What the filters look at, for a request that has `cellsTaken` already and draws on `pending`. */
export function contextFor(
  request: PlacementRequest,
  ledger: Ledger,
  start: Pick<FilterContext, 'pending' | 'cellsTaken'>,
): FilterContext {
  // Made once: there are only these two demands, however many infra groups are looked at.
  const plain = demandOf(request.size, { dualstack: false });
  const dualstack = demandOf(request.size, { dualstack: true });
  return {
    request,
    scope: ledger.tier(request.tier)?.scope ?? 'tenant',
    ledger,
    pending: start.pending,
    demandAt: (site) => (site.view.dualstack ? dualstack : plain),
    demandOf: (both) => (both ? dualstack : plain),
    mean: ledger.meanDemand(request.tier) ?? plain,
    cellsTaken: start.cellsTaken,
  };
}

/** Nothing is allocated for a site that has room: this runs for every infra group of a tier in every decision. */
const hasRoom: Filter = (site, { demandAt, pending }) => shortages(site, demandAt(site), pending);

/** What a demand lacks at a site. Only dimensions that it takes something of count, and those whose quota is known. */
export function shortages(site: Site, demand: Demand, pending: Pending): readonly Rejection[] {
  const { cell, zone } = site;
  const inGroup = pending.group(site);
  const inCell = pending.cell(site);
  const inZone = pending.zone(site);
  const enough =
    holds(site.account, demand.group, inGroup) &&
    holds(cell.account, demand.cell, inCell) &&
    holds(zone.account, demand.zone, inZone);
  if (enough) return none;
  return [
    ...lacking(site.account, demand.group, inGroup).map((lack) => ({ code: 'Insufficient' as const, ...lack })),
    ...lacking(cell.account, demand.cell, inCell).map((lack) => ({
      code: 'ParentInsufficient' as const,
      cell: cell.view.name,
      ...lack,
    })),
    ...lacking(zone.account, demand.zone, inZone).map((lack) => ({
      code: 'ZoneInsufficient' as const,
      zone: zone.view.id,
      ...lack,
    })),
  ];
}

function lacks<D extends string>(
  account: Account<D>,
  dimension: D,
  need: number,
  pending: Vector<D> | undefined,
): boolean {
  return need > 0 && account.capacity[dimension].known && need > freeOf(account, dimension, pending);
}

/** Whether an account has room for a demand, beside what the decision took already. */
export function holds<D extends string>(
  account: Account<D>,
  demand: Vector<D>,
  pending: Vector<D> | undefined,
): boolean {
  for (const dimension of account.dimensions) {
    if (lacks(account, dimension, demand[dimension], pending)) return false;
  }
  return true;
}

function lacking<D extends string>(
  account: Account<D>,
  demand: Vector<D>,
  pending: Vector<D> | undefined,
): readonly { readonly dimension: D; readonly need: number; readonly free: number }[] {
  return account.dimensions
    .filter((dimension) => lacks(account, dimension, demand[dimension], pending))
    .map((dimension) => ({ dimension, need: demand[dimension], free: freeOf(account, dimension, pending) }));
}

/** From the most fundamental reason to the least: the first that applies is the one that is counted. */
const filters: readonly Filter[] = [
  tierMatches,
  inPin,
  isActive,
  modeIsActive,
  isReady,
  viewIsComplete,
  quotasAreKnown,
  isolationHolds,
  cellsDiffer,
  labelsDiffer,
  slotIsFree,
  hasRoom,
];

/** The filters whose answer stays the same as long as the view does, whoever asks (but for whether the zone matters). */
const lasting: readonly ((site: Site, withZone: boolean) => readonly Rejection[])[] = [
  isActive,
  modeIsActive,
  isReady,
  blindSpots,
  anyUnknown,
];

/** Whether a site takes any placement at present: the filters that do not depend on who asks. Asked once for each view. */
export function isOpen(site: Site, ownRecords: boolean): boolean {
  const kind = ownRecords ? 'withRecords' : 'withoutRecords';
  site.memo[kind] ??= lasting.every((filter) => filter(site, ownRecords).length === 0);
  return site.memo[kind];
}

/** Whether isolation lets the tenant join those who are at the site, and nothing of its own is there. */
export function tenantsAllow(site: Site, context: FilterContext): boolean {
  const { request, scope } = context;
  if (scope === 'tenant' && site.tenants.get(request.tenant) > 0) return false;
  if (request.isolation === 'shared' && site.dedicated.size === 0) return true;
  return isolationHolds(site, context).length === 0;
}

/** Whether a site takes the placement: the filters up to the first that refuses. */
export function fits(site: Site, context: FilterContext): boolean {
  return filters.every((filter) => filter(site, context).length === 0);
}

/** Every reason for which a site does not take the placement, the most fundamental first; empty if it does. */
export function rejectionsOf(site: Site, context: FilterContext): readonly Rejection[] {
  return filters.flatMap((filter) => filter(site, context));
}

/**
 * Why more demand cannot be taken by a placement that is there already. State, mode, pin and spread play no part, since nothing moves; an
 * unknown quota or an incomplete view does, since against them nothing can be promised.
 */
export function growthRejections(site: Site, increase: Demand, pending: Pending): readonly Rejection[] {
  const grows: Readonly<Record<'group' | 'cell' | 'zone', Readonly<Record<string, number>>>> = increase;
  return [
    ...blindSpots(site, increase.zone.records > 0),
    ...unknownQuotas(site, (level, dimension) => (grows[level][dimension] ?? 0) > 0),
    ...shortages(site, increase, pending),
  ];
}
