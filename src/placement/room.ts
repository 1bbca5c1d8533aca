import { usable } from './capacity.ts';
import { isOpen } from './filters.ts';
import type { CellSites, Ledger, Site } from './ledger.ts';
import {
  type CellDimension,
  cellDimensions,
  type Demand,
  type Dimension,
  type GroupDimension,
  groupDimensions,
  type Vector,
  vectorOf,
  zoneDimensions,
} from './vector.ts';

/** What is spare in a tier, to be altered and measured: what forecasts ask "what if" of. */
export interface RoomModel {
  readonly scope: 'tenant' | 'tier';
  readonly cells: readonly RoomCell[];
  /** Records that the zone has left. */
  readonly records: number;
}

export interface RoomCell {
  readonly name: string;
  readonly spare: Vector<CellDimension>;
  readonly groups: readonly RoomGroup[];
}

export interface RoomGroup {
  readonly name: string;
  readonly spare: Vector<GroupDimension>;
  /** Nothing new is placed in it at present: its room counts for nothing. */
  readonly closed: boolean;
}

/** A tier as it is. */
export function roomModel(ledger: Ledger, tier: string): RoomModel {
  const scope = ledger.tier(tier)?.scope ?? 'tenant';
  const cells = ledger.cellSitesOf(tier);
  const [first] = cells;
  return {
    scope,
    cells: cells.map((one) => roomCell(one, scope)),
    records: first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.zone.account.spare[0] ?? 0),
  };
}

function roomCell({ cell, sites }: CellSites, scope: 'tenant' | 'tier'): RoomCell {
  return {
    name: cell.view.name,
    spare: spareOf(cellDimensions, cell.account.spare),
    groups: sites.map((site) => ({
      name: site.view.name,
      spare: spareOf(groupDimensions, site.account.spare),
      closed: isClosed(site, scope),
    })),
  };
}

/** Whether nobody at all can be placed in an infra group at present, for whatever reason but room. */
export function isClosed(site: Site, scope: 'tenant' | 'tier'): boolean {
  return site.dedicated.size > 0 || !isOpen(site, scope === 'tenant');
}

function spareOf<D extends string>(dimensions: readonly D[], spare: Float64Array): Vector<D> {
  const indexes = new Map(dimensions.map((dimension, index) => [dimension, index]));
  return vectorOf(dimensions, (dimension) => Math.max(0, spare[indexes.get(dimension) ?? 0] ?? 0));
}

/** How often a demand fits into what is spare; infinite where nothing limits it. */
export function timesIn<D extends string>(demand: Vector<D>, spare: Vector<D>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const dimension in demand) {
    if (demand[dimension] > 0) least = Math.min(least, spare[dimension] / demand[dimension]);
  }
  return least;
}

/** Whole average placements that still fit into an infra group, by itself. */
export function roomInGroup(group: RoomGroup, mean: Demand): number {
  return group.closed ? 0 : Math.floor(timesIn(mean.group, group.spare));
}

/** Whole average placements that still fit into a cell: into its groups, and under its own limits. */
export function roomInCell(cell: RoomCell, mean: Demand): number {
  const inGroups = cell.groups.reduce((sum, group) => sum + roomInGroup(group, mean), 0);
  return Math.min(inGroups, Math.floor(timesIn(mean.cell, cell.spare)));
}

/**
 * Whole average placements that still fit into a tier. In scope `tier` every tenant takes one in every infra group: the tier is full when the
 * smallest of them is (or a cell whose groups all take one more), and closed ones take no part.
 */
export function roomInTier(model: RoomModel, mean: Demand): number {
  const inZone = mean.zone.records > 0 ? Math.floor(model.records / mean.zone.records) : Number.POSITIVE_INFINITY;
  if (model.scope === 'tenant') {
    return Math.min(
      inZone,
      model.cells.reduce((sum, cell) => sum + roomInCell(cell, mean), 0),
    );
  }
  const rooms = model.cells.flatMap((cell) => {
    const open = cell.groups.filter(({ closed }) => !closed);
    if (open.length === 0) return [];
    const ofCell = Math.floor(timesIn(mean.cell, cell.spare) / open.length);
    return [ofCell, ...open.map((group) => roomInGroup(group, mean))];
  });
  return rooms.length === 0 ? 0 : Math.min(inZone, ...rooms);
}

/**
 * The dimension that binds: the one that would give the most room if nothing limited it. Where no single one would (two bind together), the one that
 * leaves the least by itself.
 */
export function bindingOf(
  model: RoomModel,
  mean: Demand,
  measure: (model: RoomModel) => number,
): Dimension | undefined {
  const now = measure(model);
  if (!Number.isFinite(now)) return undefined;
  let best: { readonly dimension: Dimension; readonly gain: number } | undefined;
  for (const dimension of [...groupDimensions, ...cellDimensions, ...zoneDimensions]) {
    const gain = measure(unlimited(model, dimension)) - now;
    if (gain > (best?.gain ?? 0)) best = { dimension, gain };
  }
  return best?.dimension ?? tightest(model, mean);
}

/** What it would be without a limit in one dimension. A name that groups and cells share (target groups) is lifted in both. */
function unlimited(model: RoomModel, dimension: Dimension): RoomModel {
  const none = Number.POSITIVE_INFINITY;
  const lift = <V extends object>(spare: V): V => (dimension in spare ? { ...spare, [dimension]: none } : spare);
  return {
    ...model,
    records: dimension === 'records' ? none : model.records,
    cells: model.cells.map((cell) => ({
      ...cell,
      spare: lift(cell.spare),
      groups: cell.groups.map((group) => ({ ...group, spare: lift(group.spare) })),
    })),
  };
}

function tightest(model: RoomModel, mean: Demand): Dimension | undefined {
  let least: { readonly dimension: Dimension; readonly times: number } | undefined;
  for (const dimension of groupDimensions) {
    if (mean.group[dimension] <= 0) continue;
    const spare = model.cells.flatMap(({ groups }) => groups).reduce((sum, group) => sum + group.spare[dimension], 0);
    const times = spare / mean.group[dimension];
    if (Number.isFinite(times) && times < (least?.times ?? Number.POSITIVE_INFINITY)) least = { dimension, times };
  }
  return least?.dimension;
}

/** The model with one cell replaced (or, where `change` gives nothing, without it). */
export function withCell(model: RoomModel, name: string, change: (cell: RoomCell) => RoomCell | undefined): RoomModel {
  const cells = model.cells.flatMap((cell) => (cell.name === name ? (change(cell) ?? []) : cell));
  return { ...model, cells };
}

/** An infra group with nobody in it, like those there are: in each dimension what the middle one has to give, strangers left off. */
export function typicalGroup(sites: readonly Site[]): RoomGroup {
  const spare = vectorOf(groupDimensions, (dimension) =>
    middle(sites.map(({ account }) => account.capacity[dimension]).flatMap(givesWhenEmpty)),
  );
  return { name: 'one more', spare, closed: false };
}

/** A cell with nobody in it, like those there are, with as many infra groups as the middle one has. */
export function typicalCell(cells: readonly CellSites[]): RoomCell {
  const spare = vectorOf(cellDimensions, (dimension) =>
    middle(cells.map(({ cell }) => cell.account.capacity[dimension]).flatMap(givesWhenEmpty)),
  );
  const group = typicalGroup(cells.flatMap(({ sites }) => sites));
  const count = middle(cells.map(({ sites }) => sites.length));
  return { name: 'one more', spare, groups: Array.from({ length: count }, () => group) };
}

function givesWhenEmpty(limit: Site['account']['capacity'][GroupDimension]): readonly number[] {
  return limit.known ? [usable(limit.quota, limit.reservePercent, 0)] : [];
}

/** The middle of some numbers (the lower of two); 0 of none. */
function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1] ?? 0;
}
