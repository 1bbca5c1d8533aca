import type { Clock } from '../../model/clock.ts';
import type { PlacementInventory, PlacementMove } from '../../model/resources.ts';
import type { RebalanceProgress } from '../../model/state.ts';
import type { Mode } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import { type DrainProgress, Drains, drainText } from './drains.ts';
import type { MoveOrder, Movers } from './orders.ts';
import { drainingPlaceOf, placeKey, spoken } from './places.ts';
import type { DrainPlanner } from './plan-drain.ts';
import { isUnderWay, type RebalanceOrder, type RebalancePlanner, Rebalances } from './rebalances.ts';
import type { SeatDeps } from './seats.ts';
import { Turns } from './turns.ts';

export interface MoversDeps {
  readonly view: FleetView;
  readonly clock: Clock;
  /** The process's own mode. */
  readonly mode: () => Mode;
  readonly planDrain: DrainPlanner;
  readonly planRebalance: RebalancePlanner;
}

/** How many placements are moved at once out of one place, where no Fleet record says it. */
const defaultConcurrent = 10;

/**
 * What moves placements besides their tenants' own records: draining places and orders to rebalance. Driven by the runs of the Fleet's key; an order holds for a tenant's run only while it is
 * that placement's turn. Nothing but the count of what rebalancing did is kept: a restart derives all else from records and inventories.
 */
export class FleetMovers implements Movers {
  readonly #deps: MoversDeps;
  readonly #turns = new Turns();
  readonly #drains = new Drains();
  readonly #rebalances = new Rebalances();
  readonly #told = new Map<string, string>();

  constructor(deps: MoversDeps) {
    this.#deps = deps;
  }

  orderFor(tenant: string, placement: PlacementInventory): MoveOrder | undefined {
    if (this.#isOnItsWayIn(tenant, placement)) return this.#awayFrom(placement);
    const order = this.#turns.orderFor(placement.id);
    if (order === undefined) return undefined;
    // The record may have changed since the turn was given.
    return this.#holds(order.cause, placement) ? order : undefined;
  }

  stands(old: PlacementInventory, move: PlacementMove): boolean {
    return move.cause === 'asked' || this.#holds(move.cause, old);
  }

  /** A successor beside what it is to replace. */
  #isOnItsWayIn(tenant: string, { move }: PlacementInventory): boolean {
    const all = this.#deps.view.get('Tenant', tenant)?.inventory?.value.placements ?? {};
    const old = all[move?.from ?? ''];
    return old !== undefined && old.phase !== 'leaving';
  }

  /** Nobody moves into a place that drains: the order against a successor takes its move back, which waits for no turn. */
  #awayFrom(placement: PlacementInventory): MoveOrder | undefined {
    const place = drainingPlaceOf(this.#deps.view, placement);
    return place === undefined ? undefined : { cause: 'drain', why: `${spoken(place)} is drained` };
  }

  #holds(cause: MoveOrder['cause'], placement: PlacementInventory): boolean {
    if (cause === 'drain') return drainingPlaceOf(this.#deps.view, placement) !== undefined;
    // An order whose time is over lets what it began come to its end; one that was taken out of the record does not.
    return this.orders().some(({ tier }) => tier === placement.tier);
  }

  /** The Fleet's orders to rebalance. */
  orders(): readonly RebalanceOrder[] {
    return this.#deps.view.fleet()?.rebalance ?? [];
  }

  /** Gives turns to what drains. Returns the tenants to be woken, and the places of which there is something new to tell. */
  drain(): { readonly tenants: readonly string[]; readonly places: readonly string[] } {
    const deps = this.#seatDeps();
    this.#turns.expire(deps.now);
    const tenants = this.#drains.pass({
      ...deps,
      turns: this.#turns,
      concurrent: this.#concurrent(),
      plan: this.#deps.planDrain,
    });
    return { tenants, places: this.#news() };
  }

  /** What the progress of rebalancing is to be, with what may begin charged: to be made durable before `begin`. */
  charge(before: readonly RebalanceProgress[]): readonly RebalanceProgress[] {
    return this.#rebalances.next(this.#rebalanceDeps(), this.orders(), before);
  }

  /** Gives the turns of what is charged, and returns the tenants to be woken. */
  begin(progress: readonly RebalanceProgress[]): readonly string[] {
    return this.#rebalances.give(this.#rebalanceDeps(), progress);
  }

  /** How the drain of a place stands; undefined where it does not drain. */
  progress(kind: 'Cell' | 'InfraGroup', name: string): DrainProgress | undefined {
    return this.#drains.progress.find(({ place }) => place.kind === kind && place.name === name);
  }

  /** How all drains stand as of the last look. */
  get drains(): readonly DrainProgress[] {
    return this.#drains.progress;
  }

  /** When to look again, in milliseconds; undefined: when something happens. */
  lookAgainMs(progress: readonly RebalanceProgress[]): number | undefined {
    const orders = this.orders();
    const now = this.#deps.clock.now();
    const busy =
      this.#drains.progress.some(({ left, held }) => left > held.length) ||
      progress.some((one) =>
        isUnderWay(
          one,
          orders.find(({ tier }) => tier === one.tier),
          now,
        ),
      );
    if (busy) return 3_000;
    return this.#drains.progress.length > 0 || orders.length > 0 ? 30_000 : undefined;
  }

  #news(): readonly string[] {
    const texts = new Map(this.#drains.progress.map((progress) => [placeKey(progress.place), drainText(progress, 0)]));
    const changed = [...new Set([...texts.keys(), ...this.#told.keys()])].filter(
      (key) => texts.get(key) !== this.#told.get(key),
    );
    this.#told.clear();
    for (const [key, text] of texts) this.#told.set(key, text);
    return changed;
  }

  #seatDeps(): SeatDeps {
    const { view, mode, clock } = this.#deps;
    return { view, mode: mode(), now: clock.now() };
  }

  #rebalanceDeps() {
    const plan = this.#deps.planRebalance;
    return { ...this.#seatDeps(), turns: this.#turns, concurrent: this.#concurrent(), plan };
  }

  #concurrent(): number {
    // A record that an earlier version accepted has no such field.
    const fleet: { readonly moves?: { readonly concurrent: number } } | undefined = this.#deps.view.fleet();
    return fleet?.moves?.concurrent ?? defaultConcurrent;
  }
}
