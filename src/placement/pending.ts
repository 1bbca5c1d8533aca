import type { Site } from './ledger.ts';
import {
  addTo,
  type CellDimension,
  cellDimensions,
  type Demand,
  type GroupDimension,
  groupDimensions,
  type Vector,
  vectorOf,
  type ZoneDimension,
  zoneDimensions,
} from './vector.ts';

/**
 * What a decision in the making has taken (or, with `times` −1, would give back) on top of the ledger: several placements of one tenant can
 * draw on the same cell or zone before any of them is reserved.
 */
export class Pending {
  private readonly groups = new Map<string, Record<GroupDimension, number>>();
  private readonly cells = new Map<string, Record<CellDimension, number>>();
  private readonly zones = new Map<string, Record<ZoneDimension, number>>();

  /** Takes `times * demand` at a site: in its group, its cell and its zone. */
  add(site: Site, demand: Demand, times = 1): void {
    addTo(slotIn(this.groups, site.view.name, groupDimensions), demand.group, times);
    addTo(slotIn(this.cells, site.cell.view.name, cellDimensions), demand.cell, times);
    addTo(slotIn(this.zones, site.zone.view.id, zoneDimensions), demand.zone, times);
  }

  /** The same takings, to be added to apart. */
  copy(): Pending {
    const copy = new Pending();
    for (const [name, taken] of this.groups) copy.groups.set(name, { ...taken });
    for (const [name, taken] of this.cells) copy.cells.set(name, { ...taken });
    for (const [id, taken] of this.zones) copy.zones.set(id, { ...taken });
    return copy;
  }

  /** Whether anything was taken in a cell (so also: in any of its groups). */
  touchesCell(cell: string): boolean {
    return this.cells.size > 0 && this.cells.has(cell);
  }

  /** What was taken in a zone. */
  zoneOf(id: string): Vector<ZoneDimension> | undefined {
    return this.zones.size === 0 ? undefined : this.zones.get(id);
  }

  /** What was taken in the site's group. */
  group(site: Site): Vector<GroupDimension> | undefined {
    return this.groups.size === 0 ? undefined : this.groups.get(site.view.name);
  }

  /** What was taken in the site's cell. */
  cell(site: Site): Vector<CellDimension> | undefined {
    return this.cells.size === 0 ? undefined : this.cells.get(site.cell.view.name);
  }

  /** What was taken in the site's zone. */
  zone(site: Site): Vector<ZoneDimension> | undefined {
    return this.zones.size === 0 ? undefined : this.zones.get(site.zone.view.id);
  }
}

function slotIn<D extends string>(
  map: Map<string, Record<D, number>>,
  key: string,
  dimensions: readonly D[],
): Record<D, number> {
  const found = map.get(key) ?? vectorOf(dimensions, () => 0);
  map.set(key, found);
  return found;
}
