import { fullness } from './capacity.ts';
import { demandOf } from './demand.ts';
import type { Ledger, Site } from './ledger.ts';
import { listText } from './rejections.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import { combineDemands, type Demand, isZero } from './vector.ts';

/** Why a placement may not stay where it is. `field` is the field of the tenant's record that asks for it. */
export interface MoveReason {
  readonly placement: string;
  readonly group: string;
  readonly field: 'tier' | 'pin' | 'antiAffinity' | 'isolation' | 'placements';
  readonly text: string;
}

/** A placement that stays and whose demand changes. Both vectors are differences and never negative. */
export interface Growth {
  readonly placement: string;
  readonly group: string;
  readonly after: Demand;
  /** To be reserved before anything is changed. */
  readonly increase: Demand;
  /** To be given back only when the smaller service runs: until then the old tasks still hold it. */
  readonly decrease: Demand;
}

/** What it takes to get from a tenant's placements to what its record asks. */
export type PlacementChange =
  | { readonly kind: 'move-required'; readonly reasons: readonly MoveReason[]; readonly text: string }
  | {
      readonly kind: 'in-place';
      readonly kept: readonly Reservation[];
      /** How many placements to add (0 in tier scope, where the infra groups say it). */
      readonly add: number;
      /** Placements too many, in the order in which they should go. */
      readonly surplus: readonly Reservation[];
      readonly growth: readonly Growth[];
    };

/**
 * Compares what a tenant's record asks with what the tenant has. Placements too many are found first, those that may not stay before all
 * others, so that a move is asked for only where no reduction does it. What is leaving already plays no part.
 */
export function compareWithPlacements(request: PlacementRequest, ledger: Ledger): PlacementChange {
  const live = ledger.reservationsOf(request.tenant).filter((reservation) => reservation.leaving !== true);
  const everywhere = ledger.tier(request.tier)?.scope === 'tier';
  const surplus = everywhere ? [] : surplusOf(request, ledger, live);
  const kept = live.filter((reservation) => !surplus.includes(reservation));
  const reasons = kept.flatMap((reservation) => reasonsToMove(request, ledger, reservation, kept));
  if (reasons.length > 0) return { kind: 'move-required', reasons, text: moveText(reasons) };
  return {
    kind: 'in-place',
    kept,
    add: everywhere ? 0 : Math.max(0, request.placements - kept.length),
    surplus,
    growth: kept.flatMap((reservation) => growthOf(request, ledger, reservation)),
  };
}

function moveText(reasons: readonly MoveReason[]): string {
  return `The last accepted placement goes on serving: ${listText(reasons.map(({ text }) => text))}. Placements do not move by themselves: take the change back, or offboard the tenant and onboard it anew.`;
}

function reasonsToMove(
  request: PlacementRequest,
  ledger: Ledger,
  reservation: Reservation,
  kept: readonly Reservation[],
): readonly MoveReason[] {
  const { placement, group, cell, tenant } = reservation;
  const found: MoveReason[] = [];
  const add = (field: MoveReason['field'], text: string): void => {
    found.push({ placement, group, field, text });
  };
  if (reservation.tier !== request.tier) {
    add('tier', `${group} belongs to tier ${reservation.tier}, the record asks for ${request.tier}`);
  }
  const everywhere = ledger.tier(request.tier)?.scope === 'tier';
  if (!everywhere && request.pin.length > 0 && !request.pin.includes(group)) {
    add('pin', `${group} is not in the pin (${listText(request.pin)})`);
  }
  const label = request.antiAffinity;
  if (label !== undefined && ledger.labelHeldByOther(cell, label, tenant)) {
    add('antiAffinity', `cell ${cell} holds another tenant with antiAffinity ${label}`);
  }
  const others = ledger.site(group)?.tenants.others(tenant) ?? 0;
  if (request.isolation === 'dedicated' && others > 0) {
    const tenants = others === 1 ? '1 other tenant' : `${others} other tenants`;
    add('isolation', `${group} holds ${tenants}, isolation: dedicated wants it empty`);
  }
  if (!everywhere && isSecondIn(reservation, kept)) {
    add('placements', `cell ${cell} holds two of the tenant's placements, which have to be in distinct cells`);
  }
  return found;
}

/** Of several placements in one cell the first by id may stay. */
function isSecondIn({ cell, placement }: Reservation, kept: readonly Reservation[]): boolean {
  return kept.some((other) => other.cell === cell && other.placement < placement);
}

function surplusOf(request: PlacementRequest, ledger: Ledger, live: readonly Reservation[]): readonly Reservation[] {
  const surplus: Reservation[] = [];
  let kept = [...live];
  while (kept.length > request.placements) {
    const ranked = kept.map((reservation) => ({ reservation, rank: rankOf(request, ledger, reservation, kept) }));
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
  request: PlacementRequest,
  ledger: Ledger,
  reservation: Reservation,
  kept: readonly Reservation[],
): readonly number[] {
  const site = ledger.site(reservation.group);
  return [
    reasonsToMove(request, ledger, reservation, kept).length,
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

function growthOf(request: PlacementRequest, ledger: Ledger, reservation: Reservation): readonly Growth[] {
  const { placement, group, demand: before } = reservation;
  // An infra group that is not in the view keeps the records that it has.
  const dualstack = ledger.site(group)?.view.dualstack ?? before.zone.records > 1;
  const after = demandOf(request.size, { dualstack });
  const increase = combineDemands(after, before, (now, then) => Math.max(0, now - then));
  const decrease = combineDemands(before, after, (then, now) => Math.max(0, then - now));
  return isZero(increase) && isZero(decrease) ? [] : [{ placement, group, after, increase, decrease }];
}
