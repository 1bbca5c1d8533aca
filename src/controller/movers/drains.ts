import type { HeldTenant } from '../../model/reports.ts';
import { type DrainingPlace, drainingPlaceOf, drainingPlaces, isIn, placeKey, spoken } from './places.ts';
import type { DrainPlanner } from './plan-drain.ts';
import { type Seat, type SeatDeps, seatsOf } from './seats.ts';
import type { Turns } from './turns.ts';

/** How a drain stands. */
export interface DrainProgress {
  readonly place: DrainingPlace;
  /** Placements that are still there, whatever they are at. */
  readonly left: number;
  readonly moving: number;
  /** They go without a move: retained ones, those of deleted tenants, and those that leave already. */
  readonly leaving: number;
  /** Of tiers in scope `tier`: they go by closure. */
  readonly closure: number;
  /** Those whose turn has not come, or whose tenant is at something else. */
  readonly waiting: number;
  readonly held: readonly HeldTenant[];
}

export interface DrainDeps extends SeatDeps {
  readonly turns: Turns;
  /** How many placements are moved at once out of one draining place. */
  readonly concurrent: number;
  readonly plan: DrainPlanner;
}

/** What of the held is found anew only this often while nobody's turn can come anyway. */
const planMs = 30_000;

/**
 * Gives turns to the placements of draining places: in the order in which they are sure to fit, as many at once as the bound of the place lets, and only to those that have somewhere to go. All
 * of it follows from records, inventories and the ledger.
 */
export class Drains {
  readonly #held = new Map<string, HeldTenant>();
  readonly #plannedAt = new Map<string, number>();
  #progress: readonly DrainProgress[] = [];

  /** How the drains stand as of the last pass. */
  get progress(): readonly DrainProgress[] {
    return this.#progress;
  }

  /** Gives turns, and returns the tenants that are to be woken because of it. */
  pass(deps: DrainDeps): readonly string[] {
    const places = drainingPlaces(deps.view);
    const seats = places.length === 0 ? [] : seatsOf(deps, (placement) => isDrained(deps, placement));
    const woken = places.flatMap((place) => this.#turnsOf(deps, place, seats));
    const ids = new Set(seats.map(({ placement }) => placement.id));
    for (const id of [...this.#held.keys()]) if (!ids.has(id)) this.#held.delete(id);
    this.#progress = places.map((place) =>
      progressOf(
        place,
        seats.filter(({ placement }) => isIn(place, placement)),
        this.#held,
      ),
    );
    return woken;
  }

  #turnsOf(deps: DrainDeps, place: DrainingPlace, all: readonly Seat[]): readonly string[] {
    const { turns, now } = deps;
    const lane = placeKey(place);
    const seats = all.filter(({ placement }) => laneOf(deps, placement) === lane);
    const free = seats.filter(({ standing }) => standing.kind === 'free');
    const byId = new Map(free.map((seat) => [seat.placement.id, seat]));
    for (const placement of turns.of(lane)) if (!byId.has(placement)) turns.end(placement);
    const moving = seats.filter(({ standing }) => standing.kind === 'moving' && !standing.stuck).length;
    const room = deps.concurrent - moving - turns.of(lane).length;
    const candidates = free.filter(({ placement }) => !turns.has(placement.id));
    if (candidates.length === 0) return this.#wake(deps, lane, byId);
    if (room > 0 || now - (this.#plannedAt.get(lane) ?? Number.NEGATIVE_INFINITY) >= planMs) {
      this.#plannedAt.set(lane, now);
      const plan = deps.plan(place, seats);
      for (const { placement } of seats) this.#held.delete(placement.id);
      // What is reserved for one whose turn it is stands in the ledger before its inventory says so, and would be in its own way.
      for (const held of plan.held) if (!turns.has(held.placement)) this.#held.set(held.placement, held);
      const able = [...plan.going.keys()].filter(
        (id) => byId.has(id) && !turns.has(id) && !turns.isPassedOver(id, now),
      );
      for (const placement of able.slice(0, Math.max(0, room)))
        turns.give(placement, lane, { cause: 'drain', why: `${spoken(place)} is drained` }, now);
    }
    return this.#wake(deps, lane, byId);
  }

  /** All whose turn it is, each time: a run that could not begin yet begins with the next. */
  #wake({ turns }: DrainDeps, lane: string, free: ReadonlyMap<string, Seat>): readonly string[] {
    return turns.of(lane).flatMap((placement) => free.get(placement)?.entry.name ?? []);
  }
}

function isDrained(deps: SeatDeps, placement: Seat['placement']): boolean {
  return placement.phase !== 'released' && drainingPlaceOf(deps.view, placement) !== undefined;
}

function laneOf(deps: SeatDeps, placement: Seat['placement']): string | undefined {
  const place = drainingPlaceOf(deps.view, placement);
  return place === undefined ? undefined : placeKey(place);
}

function progressOf(
  place: DrainingPlace,
  seats: readonly Seat[],
  planned: ReadonlyMap<string, HeldTenant>,
): DrainProgress {
  const count = (kind: Seat['standing']['kind']): number =>
    seats.filter(({ standing }) => standing.kind === kind).length;
  const held = seats.flatMap((seat) => heldOf(seat) ?? planned.get(seat.placement.id) ?? []);
  const names = new Set(held.map(({ placement }) => placement));
  const waiting = seats.filter(
    ({ standing, placement }) => (standing.kind === 'free' || standing.kind === 'waiting') && !names.has(placement.id),
  ).length;
  return {
    place,
    left: seats.length,
    moving: count('moving'),
    leaving: count('leaving'),
    closure: count('closure'),
    waiting,
    held,
  };
}

/** What a seat itself says of why nobody takes it. */
export function heldOf({ entry, placement, standing }: Seat): HeldTenant | undefined {
  if (standing.kind !== 'held') return undefined;
  const { reason, text, remedies } = standing;
  return { tenant: entry.name, placement: placement.id, from: placement.infraGroup, reason, text, remedies };
}

/** A drain in words. What changes from second to second is not in it, so that a status is not written anew all the time. */
export function drainText(progress: DrainProgress, total: number): string {
  const { left, moving, held, closure, leaving } = progress;
  const parts = [`${left} of ${total} placements left`];
  if (moving > 0) parts.push(`${moving} moving`);
  if (leaving > 0) parts.push(`${leaving} leaving`);
  if (closure > 0) parts.push(`${closure} go by closure of their tier's shared name`);
  if (held.length > 0) parts.push(`held: ${heldText(held)}`);
  return parts.join('; ');
}

function heldText(held: readonly HeldTenant[]): string {
  const shown = held.slice(0, 3).map(({ tenant, text, remedies }) => {
    const [help] = remedies;
    return `${tenant} (${text}${help === undefined ? '' : `; would help: ${help}`})`;
  });
  return `${shown.join(', ')}${held.length > 3 ? ` and ${held.length - 3} more` : ''}`;
}
