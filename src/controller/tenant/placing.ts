import type { Clock } from '../../model/clock.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import { isSuccessor } from '../../model/moves.ts';
import { newPlacementId } from '../../model/names.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory, TenantInventory } from '../../model/resources.ts';
import type { Capacity } from '../../placement/capacity.ts';
import type { Growth, MoveAbort, MoverWishes } from '../../placement/change.ts';
import { type Choice, reservationFor } from '../../placement/decide.ts';
import type { Ledger, Site } from '../../placement/ledger.ts';
import { type Resolution, resolvePlacement } from '../../placement/resolve.ts';
import type { PlacementRequest, Reservation } from '../../placement/types.ts';
import { combineDemands, isZero } from '../../placement/vector.ts';
import type { ChangedPlacement, NewPlacement, Reservations } from '../../store/reservations.ts';
import type { BatchPlanner } from '../capacity/batch.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';

export interface PlacingDeps {
  readonly book: PlacementBook;
  readonly batch: Pick<BatchPlanner, 'first'>;
  readonly reservations: Pick<Reservations, 'reserve' | 'adjust'>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Why nothing may be placed now, in words; undefined when it may. */
  readonly closed: () => string | undefined;
  /** The accepted zone of a tier. */
  readonly zoneOf: (tier: string) => string | undefined;
  /** Why a placement may not be moved now; undefined where it may. */
  readonly held: (placement: string) => string | undefined;
}

/** What became of the question where a tenant is to be. */
export interface Placing {
  /** Whether the placements are as the spec asks, so that they may be built by it. */
  readonly follows: boolean;
  readonly condition: ConditionUpdate;
  /** Code of the commonest refusal, for the metric; only where there is no room. */
  readonly unplaceable?: string;
  /** Placements too many, in the order in which they are to go. */
  readonly surplus: readonly string[];
  /** Demand that is to be given back once the smaller service runs. */
  readonly shrink: readonly Growth[];
  /** Moves that are to be taken back, by successor. */
  readonly aborts: readonly MoveAbort[];
  /** Placements that are being replaced and stay on the spec that they have. */
  readonly frozen: readonly string[];
  /** Nothing is decided yet, because another decision got in between or others are waited for: in so many milliseconds again. */
  readonly againInMs?: number;
}

/**
 * Decides where a tenant is to be and reserves it, before anything is built: all that is asked at once, or nothing. Sticky: what has a place keeps it, unless its record or a mover says
 * otherwise; then a successor is reserved. A change that asks for more room than there is leaves the last good spec in force.
 */
export async function placeTenant(
  deps: PlacingDeps,
  entry: ObjectEntry,
  effective: EffectiveTenant,
  wishes: MoverWishes,
): Promise<Placing> {
  const request = requestOf(entry.name, effective);
  const ledger = deps.book.ledger(deps.clock.now());
  const resolution = resolvePlacement(request, ledger, { wishes });
  const { aborts } = resolution;
  switch (resolution.kind) {
    case 'move-required':
      return { ...kept('MoveRequired', resolution.text), aborts };
    case 'unplaceable': {
      deps.book.noteRoom(entry.name, placementsOf(entry).length > 0);
      const { text, reason } = resolution.explanation;
      return { ...kept('Unplaceable', text), unplaceable: reason, aborts };
    }
    case 'change': {
      const planned = withOthers(deps, entry, request, ledger, resolution);
      if ('wait' in planned) return { ...kept('Deciding', planned.wait), againInMs: planned.forMs };
      return applyResolution(deps, { entry, effective, request, ledger, epochs: epochsOf(deps, planned) }, planned);
    }
    default:
      return resolution satisfies never;
  }
}

type Change = Extract<Resolution, { kind: 'change' }>;

/** A first placement is planned together with those of others where many come at once; the rest is decided by itself. */
function withOthers(
  deps: PlacingDeps,
  entry: ObjectEntry,
  request: PlacementRequest,
  ledger: Ledger,
  resolution: Change,
): Change | { readonly wait: string; readonly forMs: number } {
  const isFirst = placementsOf(entry).length === 0 && resolution.choices.length > 0;
  if (!isFirst || deps.closed() !== undefined) return resolution;
  const first = deps.batch.first(request, ledger);
  switch (first.kind) {
    case 'wait':
      return { wait: first.message, forMs: first.forMs };
    case 'planned':
      return { ...resolution, choices: first.choices };
    case 'single':
      return resolution;
    default:
      return first satisfies never;
  }
}

function epochsOf(deps: PlacingDeps, { choices }: Change): ReadonlyMap<string, number> {
  return new Map(choices.map(({ group }) => [group, deps.book.epochOf(group)]));
}

/** A tenant's effective spec as placement asks for it. */
export function requestOf(tenant: string, effective: EffectiveTenant): PlacementRequest {
  const { service, routing } = effective;
  const { scaling } = service;
  return {
    tenant,
    tier: effective.tier,
    placements: effective.placements,
    pin: effective.pin,
    ...(effective.antiAffinity === undefined ? {} : { antiAffinity: effective.antiAffinity }),
    isolation: effective.isolation,
    size: {
      cpu: service.cpu,
      tasks: service.tasks,
      scaling: scaling.mode === 'fixed' ? { mode: 'fixed' } : { mode: scaling.mode, max: scaling.max },
      expectedRps: effective.expectedRps,
      ownRecords: routing.scope === 'tenant',
    },
  };
}

interface Question {
  readonly entry: ObjectEntry;
  readonly effective: EffectiveTenant;
  readonly request: PlacementRequest;
  readonly ledger: Ledger;
  /** The capacity epochs of the infra groups that were chosen, as the decision was made: a cordon in between undoes it. */
  readonly epochs: ReadonlyMap<string, number>;
}

async function applyResolution(
  deps: PlacingDeps,
  question: Question,
  resolution: Extract<Resolution, { kind: 'change' }>,
): Promise<Placing> {
  const resting = resolution.choices.find(({ replaces }) => replaces !== undefined && deps.held(replaces.placement));
  if (resting?.replaces !== undefined) {
    const why = deps.held(resting.replaces.placement) ?? '';
    return { ...kept('MoveHeld', `${why}; would: ${resting.why}`), aborts: resolution.aborts };
  }
  const growing = resolution.growth.filter((growth) => !isZero(growth.increase));
  const shrink = resolution.growth.filter((growth) => isZero(growth.increase) && !isZero(growth.decrease));
  const surplus = resolution.surplus.map((reservation) => reservation.placement);
  if (resolution.choices.length > 0 || growing.length > 0) {
    const closed = deps.closed();
    if (closed !== undefined) return { ...kept('PlacingClosed', closed), aborts: resolution.aborts };
  }
  if (growing.length > 0 && !(await grow(deps, question, growing))) return lostRace();
  if (resolution.choices.length > 0 && !(await reserve(deps, question, resolution.choices))) return lostRace();
  const shortfall = resolution.shortfall;
  const condition =
    shortfall === undefined ? placed(question.entry) : { ...placed(question.entry), message: shortfall.text };
  const { aborts, frozen } = resolution;
  return { follows: true, condition, surplus, shrink, aborts, frozen };
}

async function reserve(deps: PlacingDeps, question: Question, choices: readonly Choice[]): Promise<boolean> {
  const { entry, request } = question;
  const now = deps.clock.now();
  const reserved = choices.map((choice) => ({
    choice,
    reservation: reservationFor(request, choice, newPlacementId(deps.random)),
  }));
  const reservations = reserved.map(({ reservation }) => reservation);
  const placements = { ...entry.inventory?.value.placements };
  for (const { choice, reservation } of reserved)
    placements[reservation.placement] = placementOf(reservation, choice, now);
  const items = reservations.map((reservation) => newPlacement(reservation, question));
  deps.book.begin(reservations, now);
  let done = false;
  try {
    const move = { tenant: entry.name, inventory: { placements }, previous: entry.inventory };
    const result = await deps.reservations.reserve({ ...move, placements: items });
    done = result.ok;
    if (result.ok) entry.inventory = result.inventory;
    return result.ok;
  } finally {
    deps.book.end(reservations, done);
  }
}

/** Reserves the difference of placements that stay. */
async function grow(deps: PlacingDeps, question: Question, growth: readonly Growth[]): Promise<boolean> {
  const { entry, effective } = question;
  const added = new Map(growth.map((one) => [one.placement, one.increase]));
  return adjust(deps, entry, effective, (placement) => {
    const increase = added.get(placement.id);
    return increase === undefined
      ? undefined
      : combineDemands(placement.demand, increase, (before, more) => before + more);
  });
}

/** Gives back the demand that a smaller service no longer needs: only once it runs. */
export async function shrinkTenant(
  deps: PlacingDeps,
  entry: ObjectEntry,
  effective: EffectiveTenant,
  shrink: readonly Growth[],
): Promise<void> {
  const after = new Map(shrink.map((one) => [one.placement, one.after]));
  await adjust(deps, entry, effective, (placement) => after.get(placement.id));
}

/** Changes what placements hold, in one transaction; `demandOf` gives a placement's new demand, or undefined to leave it. False: lost a race. */
async function adjust(
  deps: PlacingDeps,
  entry: ObjectEntry,
  effective: EffectiveTenant,
  demandOf: (placement: PlacementInventory) => Growth['after'] | undefined,
): Promise<boolean> {
  const ledger = deps.book.ledger(deps.clock.now());
  const next: Record<string, PlacementInventory> = { ...entry.inventory?.value.placements };
  const placements: ChangedPlacement[] = [];
  for (const placement of placementsOf(entry)) {
    const demand = demandOf(placement);
    if (demand === undefined) continue;
    next[placement.id] = { ...placement, demand };
    const limits = limitsOf(ledger.site(placement.infraGroup));
    placements.push({
      ...siteOf(placement, deps.zoneOf(placement.tier) ?? effective.zone.id),
      before: placement.demand,
      demand,
      limits,
    });
  }
  const move = { tenant: entry.name, inventory: { placements: next }, previous: entry.inventory };
  const result = await deps.reservations.adjust({ ...move, placements });
  if (result.ok) entry.inventory = result.inventory;
  deps.book.invalidate();
  return result.ok;
}

/** Where a placement draws its capacity from. `zone`: the hosted zone of its own tier, which need not be the one that its tenant's record names now. */
export function siteOf(placement: PlacementInventory, zone: string) {
  const { id, infraGroup: group, cell, slot } = placement;
  return { id, group, cell, zone, slot };
}

function placementOf(reservation: Reservation, choice: Choice, now: number): PlacementInventory {
  return {
    id: reservation.placement,
    tier: reservation.tier,
    cell: reservation.cell,
    infraGroup: reservation.group,
    slot: reservation.slot,
    phase: 'reserved',
    demand: reservation.demand,
    why: choice.why,
    reservedAt: new Date(now).toISOString(),
    resources: {},
    retired: [],
    ...moveOf(choice, now),
  };
}

function moveOf({ replaces }: Choice, now: number): Pick<PlacementInventory, 'move'> {
  if (replaces === undefined) return {};
  const { placement: from, cause, why } = replaces;
  return { move: { from, cause, why, startedAt: new Date(now).toISOString() } };
}

function newPlacement(reservation: Reservation, { effective, ledger, epochs }: Question): NewPlacement {
  const { placement: id, group, cell, slot, demand } = reservation;
  const limits = limitsOf(ledger.site(group));
  return { id, group, cell, zone: effective.zone.id, slot, demand, limits, capacityEpoch: epochs.get(group) ?? 0 };
}

/** The usable capacity of everything that a placement in this group draws on. Unknown means nothing may be taken. */
function limitsOf(site: Site | undefined): NewPlacement['limits'] {
  return {
    group: usableOf(site?.account.capacity),
    cell: usableOf(site?.cell.account.capacity),
    zone: usableOf(site?.zone.account.capacity),
  };
}

function usableOf(capacity: Capacity<string> | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(capacity ?? {}).map(([dimension, limit]) => [
      dimension,
      // A number that DynamoDB can hold stands for "unlimited".
      limit.known ? Math.min(limit.usable, Number.MAX_SAFE_INTEGER) : 0,
    ]),
  );
}

function placed(entry: ObjectEntry): ConditionUpdate {
  const all = entry.inventory?.value.placements ?? {};
  const live = placementsOf(entry).filter((placement) => placement.phase !== 'leaving');
  const places = (of: readonly PlacementInventory[]): string =>
    of.map((placement) => `${placement.infraGroup} (${placement.cell})`).join(', ');
  const coming = live.filter((placement) => isSuccessor(placement, all) && placement.move?.abort === undefined);
  const where = places(live.filter((placement) => !isSuccessor(placement, all)));
  const message = coming.length === 0 ? `in ${where}` : `in ${where}; moving to ${places(coming)}`;
  return { type: 'Placed', status: 'True', reason: 'Placed', message };
}

/** Nothing is reserved, and what there is goes on as it is. */
export function kept(reason: string, message: string): Placing {
  const condition: ConditionUpdate = { type: 'Placed', status: 'False', reason, message };
  return { follows: false, condition, surplus: [], shrink: [], aborts: [], frozen: [] };
}

/** How soon a decision is made anew that another one got in the way of. Milliseconds. */
const lostMs = 200;

function lostRace(): Placing {
  return { ...kept('Deciding', 'another decision took the room in between: deciding again'), againInMs: lostMs };
}

/** The tenant's inventory with one placement as it is now. */
export function withPlacement(inventory: TenantInventory | undefined, placement: PlacementInventory): TenantInventory {
  return { placements: { ...inventory?.placements, [placement.id]: placement } };
}
