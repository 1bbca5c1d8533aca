import type { PlacementInventory, PlacementMove } from './resources.ts';

/**
 * Moves, make before break: a placement is replaced by another one of the same tenant. Where a move stands follows from the inventory and from what was read of the live resources; only
 * times that nothing shows are remembered (`PlacementMove`). So a move goes on after a crash at any call.
 *
 *   Reserve    the successor has its place, nothing is built
 *   Provision  its chain is built
 *   Warm       all its tasks are healthy, but not for `startupSeconds` yet: the tenant's data is being loaded
 *   Canary     its record stands with a twentieth of its weight beside the old one
 *   Ramp       its weight goes up, then that of the old one down, step by step
 *   Drain      the old record is withdrawn; resolvers forget it
 *   Remove     the old placement's resources go
 *   Release    its slot and room are given back
 */
export const movePhases = ['Reserve', 'Provision', 'Warm', 'Canary', 'Ramp', 'Drain', 'Remove', 'Release'] as const;
export type MovePhase = (typeof movePhases)[number];

/** Weights of the two records at each step, in percent of their cells' weights. */
export const weightSteps = [
  { successor: 5, old: 100 },
  { successor: 50, old: 100 },
  { successor: 100, old: 100 },
  { successor: 100, old: 50 },
  { successor: 100, old: 5 },
] as const;

/** The step at which both records have their full weight: where nothing has to be shifted, the successor begins there. */
export const fullStep = 2;
const lastStep = weightSteps.length - 1;

/** What a run saw of a move before the old placement leaves. */
export interface MoveSight {
  readonly move: PlacementMove;
  /** Tasks that shall run; 0 while the tenant is suspended. */
  readonly tasks: number;
  /** Targets of the successor that pass health checks; undefined where they were not read. */
  readonly healthy: number | undefined;
  /** Everything of the successor's chain but its record is as it should be. */
  readonly whole: boolean;
  /** The records of both stand as ordered, and every name server has them. */
  readonly insync: boolean;
  /** Both are reached by one name (false: the tier changes, and the name with it). */
  readonly sameName: boolean;
  /** Records of other placements stand under the successor's name. */
  readonly shared: boolean;
  /** The old placement's record stands. */
  readonly oldStands: boolean;
  /** The old placement is published and healthy: it can take all requests back. */
  readonly oldServes: boolean;
  readonly startupSeconds: number;
  readonly stepSeconds: number;
  readonly graceSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What comes next in a move. */
export type MoveNext =
  | { readonly do: 'wait'; readonly on: string; readonly checkInMs: number }
  /** To be made durable; the weights of both follow from its step. */
  | { readonly do: 'note'; readonly move: PlacementMove; readonly what: string }
  /** The old placement may leave, if a fresh look at the successor says the same. */
  | { readonly do: 'drain' };

const lookMs = 5_000;

/** The next thing to do in a move whose old placement has not begun to leave. Pure. */
export function nextInMove(sight: MoveSight): MoveNext {
  if (sight.tasks === 0) return nextAtRest(sight);
  if (sight.healthy === undefined) return wait('the health of its targets to be read');
  return sight.move.step === undefined
    ? nextBeforeTraffic(sight, sight.healthy)
    : nextUnderTraffic(sight, sight.healthy);
}

/** A suspended tenant has no task to warm and no request to shift: the new record stands, then the old one goes. */
function nextAtRest(sight: MoveSight): MoveNext {
  const { move, whole } = sight;
  if (!whole) return wait('the chain of the new placement to be built');
  if ((move.step ?? 0) < fullStep) return order(sight, fullStep, 'the new record is published');
  if (!sight.insync) return wait('every name server to have the new record');
  return sight.sameName ? { do: 'drain' } : afterGrace(sight);
}

function nextBeforeTraffic(sight: MoveSight, healthy: number): MoveNext {
  const { move, tasks, whole, now, startupSeconds } = sight;
  const { healthySince, ...cold } = move;
  if (!whole || healthy < tasks) {
    return healthySince === undefined
      ? wait('its tasks to run and all its targets to be healthy')
      : { do: 'note', move: cold, what: 'not all its targets are healthy any more: its time to warm begins anew' };
  }
  if (healthySince === undefined)
    return { do: 'note', move: { ...move, healthySince: iso(now) }, what: 'all its targets are healthy' };
  const warmAt = Date.parse(healthySince) + startupSeconds * 1_000;
  if (now < warmAt) return wait(`${startupSeconds} s of health, at ${iso(warmAt)}`, warmAt - now);
  const step = sight.sameName && sight.shared ? 0 : fullStep;
  return order(sight, step, step === 0 ? 'it takes the first requests' : 'it is published');
}

function nextUnderTraffic(sight: MoveSight, healthy: number): MoveNext {
  const { move, tasks, whole, sameName, oldServes, now } = sight;
  const { healthySince, step = 0, stepAt, ...base } = move;
  const cold = healthySince === undefined;
  if ((healthy === 0 || cold) && sameName && oldServes)
    return {
      do: 'note',
      move: base,
      what: 'it fell ill: the old placement takes all requests back, and it begins anew',
    };
  if (healthy === 0 && !sameName && stepAt !== undefined)
    return { do: 'note', move: { ...base, step, ...since(healthySince) }, what: 'it fell ill: the grace begins anew' };
  if (!whole || healthy < tasks) return wait('all its targets to be healthy');
  if (cold) return { do: 'note', move: { ...move, healthySince: iso(now) }, what: 'all its targets are healthy' };
  if (!sight.insync) return wait('every name server to have the records as ordered');
  return sameName ? afterStep(sight, step) : afterGrace(sight);
}

function since(healthySince: string | undefined): Pick<PlacementMove, 'healthySince'> {
  return healthySince === undefined ? {} : { healthySince };
}

/** The next weights, once resolvers have had their time with these. */
function afterStep(sight: MoveSight, step: number): MoveNext {
  const { move, shared, oldStands, stepSeconds, now } = sight;
  // Nothing else stands under the name: there are no requests to shift.
  if (!shared) return step < fullStep ? order(sight, fullStep, 'it has the name to itself') : { do: 'drain' };
  if (move.stepAt === undefined)
    return { do: 'note', move: { ...move, stepAt: iso(now) }, what: 'every name server has the weights' };
  const at = Date.parse(move.stepAt) + stepSeconds * 1_000;
  if (now < at) return wait(`resolvers to follow, at ${iso(at)}`, at - now);
  const last = oldStands ? lastStep : fullStep;
  return step >= last ? { do: 'drain' } : order(sight, step + 1, 'more requests go to it');
}

/** The old name of a tier change stays for a while. */
function afterGrace(sight: MoveSight): MoveNext {
  const { move, graceSeconds, now } = sight;
  if (move.stepAt === undefined)
    return { do: 'note', move: { ...move, stepAt: iso(now) }, what: 'the new name is answered everywhere' };
  const at = Date.parse(move.stepAt) + graceSeconds * 1_000;
  return now < at ? wait(`the old name to be given up, at ${iso(at)}`, at - now) : { do: 'drain' };
}

function order({ move }: MoveSight, step: number, what: string): MoveNext {
  const { stepAt: _over, ...rest } = move;
  return { do: 'note', move: { ...rest, step }, what };
}

function wait(on: string, checkInMs = lookMs): MoveNext {
  return { do: 'wait', on, checkInMs: Math.max(500, Math.min(checkInMs, 10_000)) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A share of a cell's weight as a record has it: never 0, which is not "off" in Route 53. */
export function shareOf(weight: number, percent: number): number {
  return Math.max(1, Math.round((weight * percent) / 100));
}

/** The next weight on the way to `target`: 25 points or a quarter of the target nearer, whichever is more. */
export function nextWeight(live: number, target: number): number {
  const most = Math.max(25, Math.ceil(target / 4));
  return Math.abs(target - live) <= most ? target : live + Math.sign(target - live) * most;
}

/** Whether a placement is to replace another one that has not begun to leave: until then it counts as none of the tenant's. */
export function isSuccessor(placement: PlacementInventory, all: Readonly<Record<string, PlacementInventory>>): boolean {
  const old = placement.move === undefined ? undefined : all[placement.move.from];
  return old !== undefined && old.phase !== 'leaving';
}

/** Where a move stands, by the inventory. */
export function movePhase(successor: PlacementInventory, old: PlacementInventory): MovePhase {
  if (old.phase === 'leaving') return leavingPhase(old);
  const { step, healthySince } = successor.move ?? {};
  if (step !== undefined) return step === 0 ? 'Canary' : 'Ramp';
  if (healthySince !== undefined) return 'Warm';
  return Object.keys(successor.resources).length === 0 ? 'Reserve' : 'Provision';
}

function leavingPhase({ resources, retired, removal }: PlacementInventory): MovePhase {
  if (removal?.tasksGoneAt === undefined) return 'Drain';
  return Object.keys(resources).length + retired.length > 0 ? 'Remove' : 'Release';
}
