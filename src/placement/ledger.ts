import { type Account, freeOf, openAccount, take, unknownCapacity } from './capacity.ts';
import { Counter, Presence } from './presence.ts';
import { Slots } from './slots.ts';
import type { CellView, GroupView, PlacementView, Reservation, TierView, ZoneView } from './types.ts';
import {
  addTo,
  amount,
  type CellDimension,
  cellDimensions,
  combineDemands,
  type Demand,
  type Dimension,
  type GroupDimension,
  groupDimensions,
  type ZoneDimension,
  zeroDemand,
  zoneDimensions,
} from './vector.ts';

/** A cell with what is reserved in it. */
export interface CellSite {
  readonly view: CellView;
  readonly account: Account<CellDimension>;
}

/** A hosted zone with what is reserved in it. */
export interface ZoneSite {
  readonly view: ZoneView;
  readonly account: Account<ZoneDimension>;
}

/** An infra group with all that a placement in it draws on. */
export interface Site {
  readonly view: GroupView;
  readonly cell: CellSite;
  readonly zone: ZoneSite;
  readonly account: Account<GroupDimension>;
  readonly slots: Slots;
  /** tenant → how many placements it holds here. */
  readonly tenants: Counter;
  /** Tenants here whose isolation is `dedicated`. */
  readonly dedicated: Counter;
  /** Whether a plan that is being made knows already that it will be needed, though nobody is in it yet. */
  opened: boolean;
  /** What decisions found out about it that does not change while this view lasts: whether it is open at all, with and without records in its zone. */
  readonly memo: { withRecords: boolean | undefined; withoutRecords: boolean | undefined };
}

/** Whether an infra group would be opened by the next placement in it. */
export function isUnopened({ tenants, opened }: Site): boolean {
  return tenants.size === 0 && !opened;
}

/** The infra groups of one cell and tier. */
export interface CellSites {
  readonly cell: CellSite;
  readonly zone: ZoneSite;
  readonly sites: readonly Site[];
  /** What the infra groups have to spare, one after the other. */
  readonly spares: Float64Array;
}

interface Average {
  count: number;
  readonly sum: ReturnType<typeof zeroDemand>;
}

const byName = (a: GroupView, b: GroupView): number => (a.name < b.name ? -1 : 1);

/**
 * The fleet as one pass of decisions sees it: what there is, what is reserved, who is where. Decisions only read it; `reserve`, `release` and
 * `revise` carry a decision forward, so that ten thousand of them can be made over one view. The durable truth are the conditional
 * transactions of the state table.
 */
export class Ledger {
  private readonly view: PlacementView;
  private readonly tiers = new Map<string, TierView>();
  private readonly sitesByName = new Map<string, Site>();
  private sorted: readonly Site[] = [];
  private readonly sitesByTier = new Map<string, Site[]>();
  private readonly cellsByTier = new Map<string, CellSites[]>();
  private readonly zones = new Map<string, ZoneSite>();
  private readonly reservations = new Map<string, Reservation>();
  private readonly byTenant = new Map<string, Map<string, Reservation>>();
  private readonly averages = new Map<string, Average>();
  private readonly fixedMeans = new Map<string, Demand>();
  private readonly presence = new Presence();

  /**
   * @throws RangeError when two records of one kind, or two reservations, bear the same name. What is reserved already may exceed the limits (a
   * quota was lowered, strangers came): it stays, and nothing is free.
   */
  constructor(view: PlacementView) {
    this.view = view;
    for (const tier of view.tiers) putNew(this.tiers, tier.name, tier, 'tier');
    for (const zone of view.zones) {
      putNew(this.zones, zone.id, { view: zone, account: openAccount(zoneDimensions, zone.capacity) }, 'zone');
    }
    const cells = new Map<string, CellSite>();
    for (const cell of view.cells) {
      putNew(cells, cell.name, { view: cell, account: openAccount(cellDimensions, cell.capacity) }, 'cell');
    }
    const ofCells = new Map<CellSite, GroupView[]>();
    for (const group of view.groups.toSorted(byName)) {
      const cell = cells.get(group.cell) ?? missingCell(group.cell);
      cells.set(group.cell, cell);
      ofCells.set(cell, [...(ofCells.get(cell) ?? []), group]);
    }
    for (const [cell, groups] of ofCells) this.addCell(cell, groups);
    for (const sites of this.sitesByTier.values()) sites.sort((a, b) => byName(a.view, b.view));
    this.sorted = [...this.sitesByName.values()].sort((a, b) => byName(a.view, b.view));
    for (const reservation of view.reservations) this.insert(reservation);
  }

  private addCell(cell: CellSite, groups: readonly GroupView[]): void {
    const { tier } = cell.view;
    const zoneId = this.tiers.get(tier)?.zone ?? '';
    const zone = this.zones.get(zoneId) ?? missingZone(zoneId);
    const width = groupDimensions.length;
    const spares = new Float64Array(groups.length * width);
    const sites = groups.map((view, index): Site => {
      const spare = spares.subarray(index * width, (index + 1) * width);
      return {
        view,
        cell,
        zone,
        account: openAccount(groupDimensions, view.capacity, spare),
        slots: new Slots(view.restingSlots),
        tenants: new Counter(),
        dedicated: new Counter(),
        opened: false,
        memo: { withRecords: undefined, withoutRecords: undefined },
      };
    });
    for (const site of sites) putNew(this.sitesByName, site.view.name, site, 'infra group');
    this.sitesByTier.set(tier, [...(this.sitesByTier.get(tier) ?? []), ...sites]);
    this.cellsByTier.set(tier, [...(this.cellsByTier.get(tier) ?? []), { cell, zone, sites, spares }]);
  }

  /**
   * The same books, to be written in apart: plans are made over a copy. `change` may alter what there is (a group that is to drain, one group more);
   * what is reserved stays.
   */
  copy(change: (view: PlacementView) => PlacementView = (view) => view): Ledger {
    const groups = this.view.groups.map((view) => {
      const restingSlots = this.sitesByName.get(view.name)?.slots.resting();
      return restingSlots === undefined ? view : { ...view, restingSlots };
    });
    return new Ledger(change({ ...this.view, groups, reservations: [...this.reservations.values()] }));
  }

  tier(name: string): TierView | undefined {
    return this.tiers.get(name);
  }

  site(group: string): Site | undefined {
    return this.sitesByName.get(group);
  }

  /** All infra groups, by name. */
  sites(): readonly Site[] {
    return this.sorted;
  }

  /** The infra groups of a tier, by name. */
  sitesOf(tier: string): readonly Site[] {
    return this.sitesByTier.get(tier) ?? [];
  }

  /** The same, cell by cell. */
  cellSitesOf(tier: string): readonly CellSites[] {
    return this.cellsByTier.get(tier) ?? [];
  }

  /** Every placement that holds anything. */
  allReservations(): Iterable<Reservation> {
    return this.reservations.values();
  }

  /** The names of all tiers. */
  tierNames(): Iterable<string> {
    return this.tiers.keys();
  }

  /** All that a tenant holds, what is leaving included. */
  reservationsOf(tenant: string): readonly Reservation[] {
    return [...(this.byTenant.get(tenant)?.values() ?? [])];
  }

  /** The cells in which a tenant holds anything. */
  cellsOf(tenant: string): Iterable<string> {
    return this.presence.cellsOf(tenant);
  }

  /** Whether a cell holds another tenant with this anti-affinity label. */
  labelHeldByOther(cell: string, label: string, tenant: string): boolean {
    return this.presence.labelHeldByOther(cell, label, tenant);
  }

  /** Whether a cell holds another tenant with this label that neither leaves nor is being replaced there. */
  labelStaysWithOther(cell: string, label: string, tenant: string): boolean {
    return this.presence.labelStaysWithOther(cell, label, tenant);
  }

  /** How many tenants other than `tenant` two cells have in common (tenants in tier scope are not counted). */
  inCommon(cell: string, other: string, tenant: string): number {
    return this.presence.inCommon(cell, other, tenant);
  }

  /** The mean demand of a tier's placements; the tier's `typical` demand while it has none; `undefined` where that is not given. */
  meanDemand(tier: string): Demand | undefined {
    const fixed = this.fixedMeans.get(tier);
    if (fixed !== undefined) return fixed;
    const average = this.averages.get(tier);
    if (average === undefined || average.count === 0) return this.tiers.get(tier)?.typical;
    const { count, sum } = average;
    return combineDemands(sum, sum, (value) => value / count);
  }

  /** Room in a tier is measured by this mean from now on, whoever is placed: a plan knows who is to come. */
  fixMean(tier: string, mean: Demand): void {
    this.fixedMeans.set(tier, mean);
  }

  /** How many placements of a tier the mean is taken over. */
  placementsIn(tier: string): number {
    return this.averages.get(tier)?.count ?? 0;
  }

  /**
   * Takes slot and room for a placement.
   * @throws RangeError when the infra group is unknown, the id or the slot is taken, or any dimension would be overcommitted: whoever calls, and
   * however old the decision is.
   */
  reserve(reservation: Reservation): void {
    const site = this.siteFor(reservation);
    if (this.reservations.has(reservation.placement)) {
      throw new RangeError(
        `Placement ${reservation.placement} is reserved already: give each placement an id of its own.`,
      );
    }
    if (!site.slots.isFree(reservation.slot)) {
      throw new RangeError(`Slot ${reservation.slot} of infra group ${reservation.group} is not free: decide again.`);
    }
    this.checkRoom(site, reservation.demand);
    this.insert(reservation);
  }

  /**
   * Puts back what was released, as it was: also into a place that was over its limits before, where `reserve` would refuse it.
   * @throws RangeError when the id is taken.
   */
  restore(reservation: Reservation): void {
    this.insert(reservation);
  }

  /**
   * Gives back what a placement held; returns what that was, `undefined` if it held nothing. With `rest`, the slot cannot be given away again
   * over this view (a slot rests after a removal, so that late traffic meets nobody else).
   */
  release(placement: string, rest: boolean): Reservation | undefined {
    const reservation = this.reservations.get(placement);
    if (reservation === undefined) return undefined;
    this.remove(reservation);
    this.sitesByName.get(reservation.group)?.slots.give(reservation.slot, rest);
    return reservation;
  }

  /**
   * Changes what a placement holds, in place: its demand, label, isolation, or that it leaves.
   * @throws RangeError when the placement is unknown, or when a dimension that grows would be overcommitted; nothing is changed then.
   */
  revise(
    placement: string,
    changes: Partial<Pick<Reservation, 'demand' | 'antiAffinity' | 'isolation' | 'leaving' | 'replaced'>>,
  ): void {
    const before = this.reservations.get(placement);
    if (before === undefined) throw new RangeError(`Placement ${placement} is not reserved: nothing to revise.`);
    const after: Reservation = { ...before, ...changes };
    const site = this.siteFor(after);
    this.checkRoom(
      site,
      combineDemands(after.demand, before.demand, (now, then) => now - then),
    );
    this.remove(before);
    site.slots.give(before.slot, false);
    this.insert(after);
  }

  private siteFor(reservation: Reservation): Site {
    const site = this.sitesByName.get(reservation.group);
    if (site !== undefined) return site;
    throw new RangeError(
      `Infra group ${reservation.group} of placement ${reservation.placement} is not in the view: expected one of its ${this.sitesByName.size} groups.`,
    );
  }

  private checkRoom(site: Site, more: Demand): void {
    checkAccount(site.account, more.group, `infra group ${site.view.name}`);
    checkAccount(site.cell.account, more.cell, `cell ${site.cell.view.name}`);
    checkAccount(site.zone.account, more.zone, `hosted zone ${site.zone.view.id}`);
  }

  private insert(reservation: Reservation): void {
    putNew(this.reservations, reservation.placement, reservation, 'placement');
    const ofTenant = this.byTenant.get(reservation.tenant) ?? new Map<string, Reservation>();
    ofTenant.set(reservation.placement, reservation);
    this.byTenant.set(reservation.tenant, ofTenant);
    this.sitesByName.get(reservation.group)?.slots.take(reservation.slot);
    this.count(reservation, 1);
  }

  private remove(reservation: Reservation): void {
    this.reservations.delete(reservation.placement);
    this.byTenant.get(reservation.tenant)?.delete(reservation.placement);
    this.count(reservation, -1);
  }

  private count(reservation: Reservation, by: 1 | -1): void {
    const { tenant, tier, demand } = reservation;
    const scope = this.tiers.get(tier)?.scope;
    this.presence.count(reservation, by, scope !== 'tier');
    const average = this.averages.get(tier) ?? { count: 0, sum: zeroDemand() };
    average.count += by;
    addTo(average.sum.group, demand.group, by);
    addTo(average.sum.cell, demand.cell, by);
    addTo(average.sum.zone, demand.zone, by);
    this.averages.set(tier, average);
    const site = this.sitesByName.get(reservation.group);
    if (site === undefined) return;
    take(site.account, demand.group, by);
    take(site.cell.account, demand.cell, by);
    take(site.zone.account, demand.zone, by);
    site.tenants.add(tenant, by);
    if (reservation.isolation === 'dedicated') site.dedicated.add(tenant, by);
  }
}

function checkAccount<D extends Dimension>(
  account: Account<D>,
  more: Readonly<Record<D, number>>,
  where: string,
): void {
  for (const dimension of account.dimensions) {
    const need = more[dimension];
    const free = freeOf(account, dimension);
    if (need > 0 && need > free) {
      throw new RangeError(
        `${where} would be overcommitted: asked for ${amount(dimension, need)}, free ${amount(dimension, free)}. Decide again.`,
      );
    }
  }
}

function putNew<T>(map: Map<string, T>, key: string, value: T, what: string): void {
  if (map.has(key)) throw new RangeError(`The view names ${what} ${key} twice: names must be unique.`);
  map.set(key, value);
}

/** A group whose cell has no accepted record belongs to no tier that is known, and can take nothing. */
function missingCell(name: string): CellSite {
  const capacity = unknownCapacity(cellDimensions);
  const notReady = 'it has no accepted record';
  return {
    view: { name, tier: '', state: 'active', notReady, capacity },
    account: openAccount(cellDimensions, capacity),
  };
}

function missingZone(id: string): ZoneSite {
  const capacity = unknownCapacity(zoneDimensions);
  return {
    view: { id, incomplete: 'it has not been read', capacity },
    account: openAccount(zoneDimensions, capacity),
  };
}
