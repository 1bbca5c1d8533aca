import type { Reservation } from './types.ts';

/** Counts by key, that forget a key when its count comes back to 0. */
export class Counter {
  private readonly counts = new Map<string, number>();

  /** Adds `by` (may be negative) and returns the new count. */
  add(key: string, by: number): number {
    const count = (this.counts.get(key) ?? 0) + by;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
    return count;
  }

  get(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  /** How many keys there are. */
  get size(): number {
    return this.counts.size;
  }

  /** How many keys there are, without `key`. */
  others(key: string): number {
    return this.counts.size - (this.counts.has(key) ? 1 : 0);
  }

  keys(): Iterable<string> {
    return this.counts.keys();
  }
}

function child(map: Map<string, Counter>, key: string): Counter {
  const found = map.get(key) ?? new Counter();
  map.set(key, found);
  return found;
}

/** Who is in which cell: what spreading, anti-affinity and the choice of cell pairs look at. */
export class Presence {
  /** tenant → its cells. */
  private readonly cellsOfTenant = new Map<string, Counter>();
  /** cell and anti-affinity label → tenants. */
  private readonly labels = new Map<string, Counter>();
  /** The same, without what leaves or is being replaced. */
  private readonly stayingLabels = new Map<string, Counter>();
  /** two cells → how many tenants are in both. */
  private readonly pairs = new Counter();

  /**
   * Counts a reservation in (`by` 1) or out (−1). `counted` says whether its tenant is counted for the pairs of cells: in tier scope everyone
   * is everywhere, so the figure would say nothing.
   */
  count(reservation: Reservation, by: 1 | -1, counted: boolean): void {
    const { tenant, cell, antiAffinity } = reservation;
    const cells = child(this.cellsOfTenant, tenant);
    const now = cells.add(cell, by);
    if (counted && now === (by === 1 ? 1 : 0)) {
      for (const other of cells.keys()) if (other !== cell) this.pairs.add(pairKey(cell, other), by);
    }
    if (antiAffinity === undefined) return;
    child(this.labels, labelKey(cell, antiAffinity)).add(tenant, by);
    if (reservation.leaving !== true && reservation.replaced !== true)
      child(this.stayingLabels, labelKey(cell, antiAffinity)).add(tenant, by);
  }

  /** The cells in which a tenant holds anything. */
  cellsOf(tenant: string): Iterable<string> {
    return this.cellsOfTenant.get(tenant)?.keys() ?? [];
  }

  /** Whether a cell holds another tenant than `tenant` with this label. */
  labelHeldByOther(cell: string, label: string, tenant: string): boolean {
    return (this.labels.get(labelKey(cell, label))?.others(tenant) ?? 0) > 0;
  }

  /** Whether a cell holds another tenant than `tenant` with this label, and is to go on holding it. */
  labelStaysWithOther(cell: string, label: string, tenant: string): boolean {
    return (this.stayingLabels.get(labelKey(cell, label))?.others(tenant) ?? 0) > 0;
  }

  /** How many tenants other than `tenant` two cells have in common. */
  inCommon(cell: string, other: string, tenant: string): number {
    const cells = this.cellsOfTenant.get(tenant);
    const itself = cells !== undefined && cells.get(cell) > 0 && cells.get(other) > 0 ? 1 : 0;
    return Math.max(0, this.pairs.get(pairKey(cell, other)) - itself);
  }
}

/** Record names hold no slash, so it parts them safely; a label comes last, whatever it holds. */
function labelKey(cell: string, label: string): string {
  return `${cell}/${label}`;
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}
