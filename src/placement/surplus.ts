import { fullness } from './capacity.ts';
import type { Ledger, Site } from './ledger.ts';
import type { PlacementRequest, Reservation } from './types.ts';

/** Why a placement may not stay, among others that are kept. */
export type ReasonsOf = (reservation: Reservation, kept: readonly Reservation[]) => readonly unknown[];

/** Placements too many, in the order in which they should go. */
export function surplusOf(
  request: PlacementRequest,
  ledger: Ledger,
  live: readonly Reservation[],
  reasons: ReasonsOf,
): readonly Reservation[] {
  const surplus: Reservation[] = [];
  let kept = [...live];
  while (kept.length > request.placements) {
    const ranked = kept.map((reservation) => ({ reservation, rank: rankOf(ledger, reservation, kept, reasons) }));
    const [worst] = ranked.sort(byRank);
    if (worst === undefined) break;
    surplus.push(worst.reservation);
    kept = kept.filter((reservation) => reservation !== worst.reservation);
  }
  return surplus;
}

interface Ranked {
  readonly reservation: Reservation;
  readonly rank: readonly number[];
}

/** What should go first has the highest numbers, the first that differs deciding. */
function rankOf(
  ledger: Ledger,
  reservation: Reservation,
  kept: readonly Reservation[],
  reasons: ReasonsOf,
): readonly number[] {
  const site = ledger.site(reservation.group);
  return [
    reasons(reservation, kept).length,
    stateRank(site),
    site === undefined ? 1 : fullness(site.cell.account),
    site === undefined ? 1 : fullness(site.account),
  ];
}

/** A place that is being emptied goes before one that takes no more, and what has no accepted record before both. */
function stateRank(site: Site | undefined): number {
  if (site === undefined) return 3;
  const states = [site.view.state, site.cell.view.state];
  if (states.includes('draining')) return 2;
  return states.includes('cordoned') ? 1 : 0;
}

function byRank(a: Ranked, b: Ranked): number {
  for (const [index, value] of a.rank.entries()) {
    const other = b.rank[index] ?? 0;
    if (value !== other) return other - value;
  }
  return a.reservation.placement < b.reservation.placement ? 1 : -1;
}
