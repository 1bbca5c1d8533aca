import { demandOf } from './demand.ts';
import type { Ledger } from './ledger.ts';
import { listText } from './rejections.ts';
import { surplusOf } from './surplus.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import { combineDemands, type Demand, isZero } from './vector.ts';

/** Why a placement may not stay where it is. `field` is the field of the tenant's record that asks for it. */
export interface MoveReason {
  readonly placement: string;
  readonly group: string;
  readonly field: 'tier' | 'pin' | 'antiAffinity' | 'isolation' | 'placements';
  readonly text: string;
}

/** A mover's order for one placement: a drain, or rebalancing. */
export interface OrderedMove {
  readonly cause: 'drain' | 'rebalance';
  readonly why: string;
  /** Infra groups that it may go to; absent: wherever it fits. */
  readonly to?: readonly string[];
}

/** What movers ask of the placements of one tenant, by placement. */
export interface MoverWishes {
  readonly orders: ReadonlyMap<string, OrderedMove>;
  /** Successors of moves that a mover ordered and that still stand. */
  readonly standing: ReadonlySet<string>;
}

export const noWishes: MoverWishes = { orders: new Map(), standing: new Set() };

/** A placement that is to be replaced by one elsewhere. */
export interface MoveNeed {
  readonly old: Reservation;
  readonly cause: 'asked' | OrderedMove['cause'];
  readonly why: string;
  readonly to?: readonly string[];
}

/** A move to be taken back: its successor leaves, the old placement stays. */
export interface MoveAbort {
  /** The successor's id. */
  readonly placement: string;
  readonly reason: string;
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
  /** In tier scope every tenant is in every infra group: what the record asks cannot be had by a move. */
  | { readonly kind: 'move-required'; readonly reasons: readonly MoveReason[]; readonly text: string }
  | {
      readonly kind: 'in-place';
      /** What stays or is being replaced. */
      readonly kept: readonly Reservation[];
      /** What will be there when all moves are done: successors in the place of what they replace. */
      readonly staying: readonly Reservation[];
      /** How many placements to add (0 in tier scope, where the infra groups say it). */
      readonly add: number;
      /** Placements too many, in the order in which they should go. */
      readonly surplus: readonly Reservation[];
      readonly growth: readonly Growth[];
      /** Placements that are to be replaced and have no successor yet. */
      readonly moves: readonly MoveNeed[];
      readonly aborts: readonly MoveAbort[];
      /** Placements in another tier than the record asks for: they go when those in the new one serve. */
      readonly foreign: readonly Reservation[];
      /** Placements that are replaced, now or already: they need not grow. */
      readonly replaced: ReadonlySet<string>;
    };

/**
 * Compares what a tenant's record asks, and movers, with what the tenant has. Placements too many are found first, those that may not stay before all others, so that a move is made only
 * where no reduction does it. What is leaving already plays no part, and a successor only the part of what it replaces.
 */
export function compareWithPlacements(
  request: PlacementRequest,
  ledger: Ledger,
  wishes: MoverWishes = noWishes,
): PlacementChange {
  const held = ledger.reservationsOf(request.tenant);
  const live = held.filter((reservation) => reservation.leaving !== true);
  const everywhere = ledger.tier(request.tier)?.scope === 'tier';
  const pairs = new Pairs(live);
  const foreign = live.filter((one) => one.tier !== request.tier && !pairs.isHeir(one));
  // A placement in the new tier counts by itself; within a tier a move counts once, by what it replaces.
  const units = live.filter((one) => one.tier === request.tier && !pairs.isHeirInTier(one));
  const aborted = abortsAmong({ request, ledger, wishes, live, pairs, everywhere });
  const counted = units.filter((unit) => !aborted.has(unit.placement));
  const surplus = everywhere ? [] : surplusOf(request, ledger, counted, (one, kept) => reasonsFor(one, kept));
  for (const one of surplus) {
    const heir = pairs.heirOf(one);
    if (heir !== undefined) aborted.set(heir.placement, 'the placement that it was to replace is one too many');
    if (pairs.isHeir(one)) aborted.set(one.placement, 'fewer placements are asked for');
  }
  const kept = counted.filter((unit) => !surplus.includes(unit));
  const heirOf = (unit: Reservation): Reservation | undefined => {
    const heir = pairs.heirOf(unit);
    return heir === undefined || aborted.has(heir.placement) ? undefined : heir;
  };
  const staying = kept.map((unit) => heirOf(unit) ?? unit);
  const single = kept.filter((unit) => pairs.heirOf(unit) === undefined && !pairs.isHeir(unit));
  const reasons = single.flatMap((unit) => reasonsFor(unit, staying));
  if (everywhere && reasons.length > 0) return { kind: 'move-required', reasons, text: stuckText(reasons) };
  const undone = new Set(
    held.flatMap(({ leaving, replaces }) => (leaving === true && replaces !== undefined ? [replaces] : [])),
  );
  const moves = everywhere
    ? []
    : single.filter((unit) => !undone.has(unit.placement)).flatMap((unit) => needFor(unit, reasons, wishes));
  const heirs = kept.flatMap((unit) => heirOf(unit) ?? []);
  return {
    kind: 'in-place',
    kept,
    staying,
    add: everywhere ? 0 : Math.max(0, request.placements - kept.length),
    surplus: surplus.filter((one) => !pairs.isHeir(one)),
    growth: [...kept, ...heirs].flatMap((reservation) => growthOf(request, ledger, reservation)),
    moves,
    aborts: [...aborted].map(([placement, reason]) => ({ placement, reason })),
    foreign,
    replaced: new Set([
      ...moves.map(({ old }) => old.placement),
      ...kept.filter((unit) => heirOf(unit) !== undefined).map((unit) => unit.placement),
    ]),
  };

  function reasonsFor(one: Reservation, others: readonly Reservation[]): readonly MoveReason[] {
    return reasonsToMove(request, ledger, one, others);
  }
}

function needFor(old: Reservation, reasons: readonly MoveReason[], wishes: MoverWishes): readonly MoveNeed[] {
  const own = reasons.filter(({ placement }) => placement === old.placement);
  if (own.length > 0) return [{ old, cause: 'asked', why: listText(own.map(({ text }) => text)) }];
  const order = wishes.orders.get(old.placement);
  return order === undefined ? [] : [{ old, ...order }];
}

/** Which successors belong to which placements. */
class Pairs {
  readonly #byId: ReadonlyMap<string, Reservation>;
  readonly #heirs = new Map<string, Reservation>();

  constructor(live: readonly Reservation[]) {
    this.#byId = new Map(live.map((one) => [one.placement, one]));
    for (const one of live) if (one.replaces !== undefined) this.#heirs.set(one.replaces, one);
  }

  /** What a successor is to replace, as long as that has not begun to leave. */
  oldOf({ replaces }: Reservation): Reservation | undefined {
    return replaces === undefined ? undefined : this.#byId.get(replaces);
  }

  isHeir(one: Reservation): boolean {
    return this.oldOf(one) !== undefined;
  }

  isHeirInTier(one: Reservation): boolean {
    return this.oldOf(one)?.tier === one.tier;
  }

  /** The successor of a placement within its tier. */
  heirOf(one: Reservation): Reservation | undefined {
    const heir = this.#heirs.get(one.placement);
    return heir?.tier === one.tier ? heir : undefined;
  }
}

interface Comparison {
  readonly request: PlacementRequest;
  readonly ledger: Ledger;
  readonly wishes: MoverWishes;
  readonly live: readonly Reservation[];
  readonly pairs: Pairs;
  readonly everywhere: boolean;
}

/** Moves that are to be taken back: nothing asks for them any more, or their successor may not stay where it is. By successor. */
function abortsAmong({ request, ledger, wishes, live, pairs, everywhere }: Comparison): Map<string, string> {
  const aborted = new Map<string, string>();
  const staying = live.filter((one) => pairs.heirOf(one) === undefined);
  for (const heir of live) {
    const old = pairs.oldOf(heir);
    if (old === undefined) continue;
    const against = everywhere && heir.tier === request.tier ? [] : reasonsToMove(request, ledger, heir, staying);
    const drained = wishes.orders.get(heir.placement);
    if (against.length > 0) aborted.set(heir.placement, listText(against.map(({ text }) => text)));
    else if (drained?.cause === 'drain') aborted.set(heir.placement, drained.why);
    else if (
      !wishes.standing.has(heir.placement) &&
      reasonsToMove(
        request,
        ledger,
        old,
        staying.filter((one) => one !== heir),
      ).length === 0
    )
      aborted.set(heir.placement, `nothing asks any more that it leaves ${old.group}`);
  }
  return aborted;
}

function stuckText(reasons: readonly MoveReason[]): string {
  return `The last accepted placement goes on serving: ${listText(reasons.map(({ text }) => text))}. In tier scope every tenant is in every infra group, so that no move helps: take the change back.`;
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
  if (label !== undefined && ledger.labelStaysWithOther(cell, label, tenant)) {
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

/** Of several placements in one cell the first by id may stay; what it replaces does not count. */
function isSecondIn({ cell, placement, replaces }: Reservation, kept: readonly Reservation[]): boolean {
  return kept.some(
    (other) =>
      other.cell === cell &&
      other.placement < placement &&
      other.placement !== replaces &&
      other.replaces !== placement,
  );
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
