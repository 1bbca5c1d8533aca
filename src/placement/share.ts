import type { Ledger } from './ledger.ts';
import { cellDimensions, type Demand, groupDimensions, type Vector } from './vector.ts';

/** The largest usable capacity that a tier's infra groups and cells have, by dimension; 0 where nothing is known. */
export interface Largest {
  readonly group: Vector<string>;
  readonly cell: Vector<string>;
}

/** The largest infra group and the largest cell of a tier, dimension by dimension. */
export function largestOf(ledger: Ledger, tier: string): Largest {
  const group: Record<string, number> = {};
  const cell: Record<string, number> = {};
  for (const site of ledger.sitesOf(tier)) {
    for (const dimension of groupDimensions) raise(group, dimension, site.account.capacity[dimension]);
    for (const dimension of cellDimensions) raise(cell, dimension, site.cell.account.capacity[dimension]);
  }
  return { group, cell };
}

function raise(
  most: Record<string, number>,
  dimension: string,
  limit: { readonly known: true; readonly usable: number } | { readonly known: false },
): void {
  most[dimension] = Math.max(most[dimension] ?? 0, limit.known ? limit.usable : 0);
}

/** The share of the largest infra group (or cell) that a demand takes in the dimension in which it takes most: how hard it is to place. */
export function dominantShare(demand: Demand, largest: Largest): number {
  return Math.max(shareOf(demand.group, largest.group), shareOf(demand.cell, largest.cell));
}

function shareOf<D extends string>(demand: Vector<D>, most: Vector<string>): number {
  let share = 0;
  for (const dimension in demand) {
    const usable = most[dimension] ?? 0;
    if (usable > 0 && demand[dimension] / usable > share) share = demand[dimension] / usable;
  }
  return share;
}
