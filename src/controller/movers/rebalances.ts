import type { Frozen } from '../../model/records/kinds.ts';
import type { FleetSpec } from '../../model/records/schema-fleet.ts';
import type { RebalanceTier } from '../../model/reports.ts';
import type { RebalanceProgress } from '../../model/state.ts';
import { placementsOf } from '../fleet/entry.ts';
import { drainingPlaceOf } from './places.ts';
import { type Seat, type SeatDeps, seatsOf } from './seats.ts';
import type { Turns } from './turns.ts';

export type RebalanceOrder = Frozen<FleetSpec>['rebalance'][number];

/** Plans at most so many moves of a tier, among these seats. */
export type RebalancePlanner = (tier: string, seats: readonly Seat[], moves: number) => RebalanceTier;

export interface RebalanceDeps extends SeatDeps {
  readonly turns: Turns;
  /** How many placements are moved at once within one order. */
  readonly concurrent: number;
  readonly plan: RebalancePlanner;
}

/** How often a plan is made anew while there was nothing to gain, in milliseconds. */
const replanMs = 60_000;

/**
 * Carries out the Fleet's orders to rebalance. A move counts against its order from before it may begin: the count is durable first (`durable` gets what is to be written), and only then is
 * the turn given. A wave is planned when the one before it is over, so that no plan is made on a ledger in which tenants hold two places.
 */
export class Rebalances {
  readonly #plannedAt = new Map<string, number>();

  /** What the orders' progress is after looking at what became of the moves, with the next wave charged. Pure but for the time of the last plan. */
  next(
    deps: RebalanceDeps,
    orders: readonly RebalanceOrder[],
    before: readonly RebalanceProgress[],
  ): readonly RebalanceProgress[] {
    if (orders.length === 0) return [];
    const seats = seatsOf(deps, (placement) => placement.phase !== 'released');
    const byId = new Map(seats.map((seat) => [seat.placement.id, seat]));
    return orders.map((order) => {
      const known = before.find((one) => one.tier === order.tier && one.until === order.until);
      const looked = lookedAt(deps, known ?? fresh(order), byId);
      return this.#charged(deps, order, looked, seats);
    });
  }

  /** Gives the turns of what is charged and has not begun, and returns the tenants that are to be woken. Call it once the progress is durable. */
  give(deps: RebalanceDeps, progress: readonly RebalanceProgress[]): readonly string[] {
    const { turns, now } = deps;
    const lanes = progress.map(({ tier }) => laneOf(tier));
    const wanted = new Set(progress.flatMap(({ open }) => open.map(({ placement }) => placement)));
    for (const lane of lanes) for (const placement of turns.of(lane)) if (!wanted.has(placement)) turns.end(placement);
    return progress.flatMap(({ tier, open }) =>
      open.flatMap(({ tenant, placement, to, begun, why }) => {
        if (begun) {
          turns.end(placement);
          return [];
        }
        if (!turns.has(placement) && !turns.isPassedOver(placement, now))
          turns.give(placement, laneOf(tier), { cause: 'rebalance', why, to: [to] }, now);
        return [tenant];
      }),
    );
  }

  #charged(
    deps: RebalanceDeps,
    order: RebalanceOrder,
    progress: RebalanceProgress,
    seats: readonly Seat[],
  ): RebalanceProgress {
    const { now } = deps;
    const left = order.moves - progress.charged;
    if (progress.open.length > 0 || left <= 0 || Date.parse(order.until) <= now) return progress;
    if (now - (this.#plannedAt.get(order.tier) ?? Number.NEGATIVE_INFINITY) < replanMs && progress.idle === true)
      return progress;
    this.#plannedAt.set(order.tier, now);
    const able = seats.filter((seat) => isMovable(deps, order.tier, seat));
    const wave = oneOfEach(deps.plan(order.tier, able, left).moves).slice(0, Math.min(left, deps.concurrent));
    if (wave.length === 0) return { ...progress, idle: true };
    const { idle: _idle, ...rest } = progress;
    return {
      ...rest,
      charged: progress.charged + wave.length,
      open: wave.map(({ tenant, placement, from, to, why }) => ({ tenant, placement, from, to, why, begun: false })),
    };
  }
}

/** One placement of a tenant moves at a time. */
function oneOfEach<T extends { readonly tenant: string }>(moves: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return moves.filter(({ tenant }) => !seen.has(tenant) && seen.add(tenant));
}

function fresh({ tier, until }: RebalanceOrder): RebalanceProgress {
  return { tier, until, charged: 0, done: 0, open: [] };
}

function laneOf(tier: string): string {
  return `rebalance ${tier}`;
}

/** Whether rebalancing may move a placement now. */
export function isMovable(deps: SeatDeps, tier: string, { entry, placement, standing }: Seat): boolean {
  return (
    standing.kind === 'free' &&
    placement.tier === tier &&
    deps.view.spec('Tenant', entry.name)?.movable === true &&
    entry.accepted?.effective?.state === 'active' &&
    !placementsOf(entry).some((one) => drainingPlaceOf(deps.view, one) !== undefined)
  );
}

/** What became of the moves that were charged. One that never began, and cannot any more, is given back to the budget. */
function lookedAt(
  deps: RebalanceDeps,
  progress: RebalanceProgress,
  seats: ReadonlyMap<string, Seat>,
): RebalanceProgress {
  let { charged, done } = progress;
  const open: RebalanceProgress['open'][number][] = [];
  for (const one of progress.open) {
    const seat = seats.get(one.placement);
    if (seat === undefined) {
      // What it was moved from is gone: the move is done. Gone without having been seen to begin, it may have been all the same, and stays charged.
      done += 1;
    } else if (seat.standing.kind === 'moving' || seat.standing.kind === 'leaving') {
      open.push({ ...one, begun: true });
    } else if (one.begun) {
      // Begun, and neither moving nor leaving: it was taken back. It stays charged.
    } else if (seat.standing.kind === 'free' && !deps.turns.isPassedOver(one.placement, deps.now)) {
      open.push(one);
    } else {
      charged -= 1;
    }
  }
  return { ...progress, charged, done, open };
}

/** An order in words. */
export function rebalanceText(progress: RebalanceProgress, order: RebalanceOrder | undefined, now: number): string {
  const { tier, charged, done, open, idle } = progress;
  const budget = order === undefined ? '' : ` of at most ${order.moves}`;
  const parts = [`tier ${tier}: ${done}${budget} moves done`];
  if (open.length > 0) parts.push(`${open.length} under way`);
  else if (order !== undefined && charged >= order.moves) parts.push('the budget is spent');
  else if (Date.parse(progress.until) <= now) parts.push('its time is over');
  else if (idle === true) parts.push('nothing more to gain now');
  return parts.join(', ');
}

/** Whether anything of an order is still to be carried out. */
export function isUnderWay(progress: RebalanceProgress, order: RebalanceOrder | undefined, now: number): boolean {
  if (progress.open.length > 0) return true;
  return (
    order !== undefined && progress.idle !== true && progress.charged < order.moves && Date.parse(order.until) > now
  );
}
