import { isSuccessor, type MoveNext, type MoveSight, nextInMove, shareOf, weightSteps } from '../../model/moves.ts';
import { leastTasks } from '../../model/records/effective.ts';
import type { PlacementInventory, PlacementMove } from '../../model/resources.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { Outcome } from '../outcome.ts';
import { type PlacementScope, saveInventory } from './context.ts';
import type { EngineDeps } from './deps.ts';
import type { Leaving } from './leave.ts';
import type { ServeResult } from './serve.ts';
import { hasRecord, moveTimes, recordsBeside } from './weights.ts';

/** What this run saw of a placement that serves, or is to. */
export interface Seen {
  readonly scope: PlacementScope;
  readonly served: ServeResult;
}

/** A successor, and what it is to replace: neither has begun to leave. */
export interface MovePair {
  readonly successor: PlacementInventory;
  readonly old: PlacementInventory;
}

/** What steering the moves of one tenant needs of the run that it is part of. */
export interface MoveRun {
  readonly deps: EngineDeps;
  readonly entry: ObjectEntry;
  readonly seen: ReadonlyMap<string, Seen>;
  /** Reads a placement anew, past everything that was read before, and heals it. */
  readonly look: (placement: string) => Promise<Seen | undefined>;
  readonly leave: (placement: string, leaving: Leaving) => Promise<void>;
  readonly outcome: (outcome: Outcome) => void;
  /** Says what a move waits for, by successor. */
  readonly say: (successor: string, words: string) => void;
}

/** The moves of a tenant whose old placement has not begun to leave. */
export function pairsOf(entry: ObjectEntry): readonly MovePair[] {
  const all = entry.inventory?.value.placements ?? {};
  return placementsOf(entry).flatMap((successor) => {
    const old = all[successor.move?.from ?? ''];
    return successor.phase !== 'leaving' && old !== undefined && isSuccessor(successor, all)
      ? [{ successor, old }]
      : [];
  });
}

/** What is to take over from a placement that leaves: its successors, or where its tier was given up all placements in the new one. */
export function heirsOf(entry: ObjectEntry, old: PlacementInventory): readonly PlacementInventory[] {
  const live = placementsOf(entry).filter((one) => one.phase !== 'leaving' && one.move?.abort === undefined);
  const own = live.filter((one) => one.move?.from === old.id);
  const [first] = own;
  return first === undefined || first.tier === old.tier ? own : live.filter((one) => one.tier === first.tier);
}

/** Every condition of a chain but those of its record. */
export function isWhole({ scope, served }: Seen): boolean {
  const ofRecord = new Set(['DnsReady', 'Published']);
  if (scope.context.tasks > 0)
    return served.conditions.every(({ type, status }) => ofRecord.has(type) || status === 'True');
  const { outcome, changes, waitingFor, held } = served;
  const failed = outcome.kind === 'retry' || outcome.kind === 'terminal';
  const rule = served.conditions.find(({ type }) => type === 'RuleReady')?.status === 'True';
  const made = served.placement.resources.service?.arn !== undefined;
  return rule && made && !failed && held.length === 0 && changes.length === 0 && waitingFor === undefined;
}

/** Its record, or the shared name, leads to it by every name server. */
export function isPublished({ scope, served }: Seen): boolean {
  const { effective, tasks } = scope.context;
  // Nothing of a suspended tenant is reached through a shared name: there is nothing to wait for.
  if (effective.routing.scope === 'tier' && tasks === 0) return true;
  return ['DnsReady', 'Published'].every(
    (wanted) => served.conditions.find(({ type }) => type === wanted)?.status === 'True',
  );
}

/** Whether a placement, as it was just read, serves all that its name sends to it. */
export function serves(seen: Seen | undefined): boolean {
  if (seen === undefined || seen.scope.mode !== 'active' || !isPublished(seen)) return false;
  return seen.scope.context.tasks === 0 || (seen.served.signals.target_group?.healthyTargets ?? 0) > 0;
}

/** Whether a placement can take over altogether: as `serves`, with everything of it as it should be. */
export function carries(seen: Seen | undefined): boolean {
  return serves(seen) && seen !== undefined && isWhole(seen) && (healthyOf(seen) ?? 0) >= tasksOf(seen);
}

/** Carries every move of a tenant as far as it can be carried now. */
export async function steerMoves(run: MoveRun): Promise<void> {
  await finishMoves(run);
  for (const pair of pairsOf(run.entry)) {
    if (pair.successor.move?.abort !== undefined) await takeBack(run, pair);
    else if (pair.successor.tier === pair.old.tier) await advance(run, pair);
  }
  await changeTier(run);
}

/** Marks moves as taken back: the old placements have their full weight again first. */
export async function abortMoves(
  deps: EngineDeps,
  entry: ObjectEntry,
  aborts: readonly { readonly placement: string; readonly reason: string }[],
): Promise<void> {
  const placements: Record<string, PlacementInventory> = { ...entry.inventory?.value.placements };
  const at = new Date(deps.clock.now()).toISOString();
  let changed = false;
  for (const { placement, reason } of aborts) {
    const successor = placements[placement];
    if (successor?.move === undefined || successor.move.abort !== undefined) continue;
    placements[placement] = { ...successor, move: { ...successor.move, abort: { at, reason } } };
    const old = placements[successor.move.from];
    if (old !== undefined) placements[old.id] = withWeight(old, undefined);
    changed = true;
    tell(deps, entry, successor.move, 'aborted', `the move to ${successor.infraGroup} is taken back: ${reason}`);
  }
  if (!changed) return;
  await saveInventory(deps, entry, { placements });
  deps.book.invalidate();
}

/** A move is over when what it replaced is released. */
async function finishMoves({ deps, entry }: MoveRun): Promise<void> {
  const placements: Record<string, PlacementInventory> = { ...entry.inventory?.value.placements };
  const done = placementsOf(entry).filter(
    ({ move }) => move !== undefined && move.abort === undefined && placements[move.from] === undefined,
  );
  if (done.length === 0) return;
  for (const one of done) {
    const { move: _done, weight: _shifted, ...rest } = one;
    placements[one.id] = rest;
  }
  await saveInventory(deps, entry, { placements });
  deps.book.invalidate();
  for (const { move, infraGroup } of done) {
    if (move === undefined) continue;
    const seconds = Math.round((deps.clock.now() - Date.parse(move.startedAt)) / 1_000);
    tell(deps, entry, move, 'done', `moved to ${infraGroup} in ${seconds} s: ${move.why}`);
  }
}

function tell(deps: EngineDeps, entry: ObjectEntry, move: PlacementMove, what: 'done' | 'aborted', text: string): void {
  deps.observer.moved(entry.name, what, move.cause, deps.clock.now() - Date.parse(move.startedAt));
  const reason = what === 'done' ? 'Moved' : 'MoveAborted';
  deps.observer.event(entry.key, { type: what === 'done' ? 'Normal' : 'Warning', reason, message: text });
}

/** The successor's record goes only while the old placement, by a fresh look, serves all requests again with its full weight. */
async function takeBack(run: MoveRun, { successor, old }: MovePair): Promise<void> {
  const reason = successor.move?.abort?.reason ?? '';
  if (serves(await run.look(old.id))) {
    await run.leave(successor.id, { reason: `move taken back: ${reason}`, goal: 'remove', free: true });
    return;
  }
  const on = `the old placement in ${old.infraGroup} to serve all requests again`;
  run.say(successor.id, on);
  run.outcome({ kind: 'progressing', checkInMs: 5_000, what: on });
}

async function advance(run: MoveRun, pair: MovePair): Promise<void> {
  const next = nextFor(run, pair, run.seen.get(pair.successor.id));
  if (next?.do !== 'drain') return follow(run, pair, next);
  const again = nextFor(run, current(run, pair), await run.look(pair.successor.id));
  if (again?.do !== 'drain') return follow(run, pair, again);
  await drain(run, [pair.successor], [pair.old]);
}

/**
 * What is in another tier has another name: its placements leave together, when all those in the new tier have been published for the grace that the old tier gives.
 */
async function changeTier(run: MoveRun): Promise<void> {
  const { entry } = run;
  const pairs = pairsOf(entry).filter(
    ({ successor, old }) => successor.tier !== old.tier && successor.move?.abort === undefined,
  );
  const [first] = pairs;
  if (first === undefined) return;
  let ready = true;
  for (const pair of pairs) {
    const next = nextFor(run, pair, run.seen.get(pair.successor.id));
    if (next?.do === 'drain') continue;
    ready = false;
    await follow(run, pair, next);
  }
  const heirs = heirsOf(entry, first.old);
  if (!ready) return;
  for (const heir of heirs) ready = carries(await run.look(heir.id)) && ready;
  if (!ready) return run.outcome({ kind: 'progressing', checkInMs: 2_000, what: 'the new placements to serve' });
  const olds = placementsOf(entry).filter((one) => one.tier === first.old.tier && one.phase !== 'leaving');
  await drain(run, heirs, olds);
}

/** The old placements begin to leave, and their records go in this very run. Those that have a successor cost no removal budget. */
async function drain(
  run: MoveRun,
  successors: readonly PlacementInventory[],
  olds: readonly PlacementInventory[],
): Promise<void> {
  const { deps, entry } = run;
  // A suspended tenant never becomes Ready in its new place: from here on that is where it is.
  const placements = { ...entry.inventory?.value.placements };
  for (const { id } of successors) {
    const now = placements[id];
    if (now?.phase === 'reserved' && now.resources.service?.arn !== undefined)
      placements[id] = { ...now, phase: 'serving' };
  }
  await saveInventory(deps, entry, { placements });
  const replaced = new Set(placementsOf(entry).flatMap(({ move }) => (move === undefined ? [] : [move.from])));
  const to = successors.map(({ infraGroup }) => infraGroup).join(', ');
  for (const { id } of olds) {
    await run.leave(id, { reason: `moved to ${to}`, goal: 'remove', free: replaced.has(id) });
  }
}

function current({ entry }: MoveRun, { successor, old }: MovePair): MovePair {
  const all = entry.inventory?.value.placements ?? {};
  return { successor: all[successor.id] ?? successor, old: all[old.id] ?? old };
}

/** Undefined: something of it was not looked at, or is not to be touched. */
function nextFor(run: MoveRun, { successor, old }: MovePair, seen: Seen | undefined): MoveNext | undefined {
  const { deps, entry } = run;
  const oldSeen = run.seen.get(old.id);
  const { move } = successor;
  if (seen === undefined || seen.scope.mode !== 'active' || move === undefined) return undefined;
  const sameName = successor.tier === old.tier;
  const oldStands = hasRecord(old);
  if (sameName && oldSeen?.scope.mode !== 'active') return undefined;
  const sight: MoveSight = {
    move,
    tasks: tasksOf(seen),
    healthy: healthyOf(seen),
    whole: isWhole(seen),
    insync: isPublished(seen) && (!sameName || !oldStands || (oldSeen !== undefined && isPublished(oldSeen))),
    sameName,
    shared: recordsBeside(entry, successor).length > 0,
    oldStands,
    oldServes: serves(oldSeen),
    startupSeconds: seen.scope.context.effective.service.startupSeconds,
    stepSeconds: moveTimes(deps, successor.tier).step,
    graceSeconds: moveTimes(deps, old.tier).grace,
    now: deps.clock.now(),
  };
  return nextInMove(sight);
}

/** Makes durable what comes next; the weights that go with it are ordered in the same write, and set by the next pass. */
async function follow(run: MoveRun, pair: MovePair, next: MoveNext | undefined): Promise<void> {
  const { deps, entry } = run;
  const { successor, old } = current(run, pair);
  if (next === undefined) {
    run.say(successor.id, 'both places to be read, in mode active');
    return;
  }
  if (next.do === 'drain') return;
  if (next.do === 'wait') {
    run.say(successor.id, next.on);
    run.outcome({
      kind: 'progressing',
      checkInMs: next.checkInMs,
      what: `the move to ${successor.infraGroup}: ${next.on}`,
    });
    return;
  }
  const placements: Record<string, PlacementInventory> = { ...entry.inventory?.value.placements };
  placements[successor.id] = { ...weighed(deps, successor, next.move), move: next.move };
  if (successor.tier === old.tier) {
    const percent = next.move.step === undefined ? 100 : (weightSteps[next.move.step]?.old ?? 100);
    placements[old.id] = withWeight(old, percent === 100 ? undefined : shareOf(cellWeight(deps, old), percent));
  }
  await saveInventory(deps, entry, { placements });
  run.say(successor.id, next.what);
  run.outcome({ kind: 'progressing', checkInMs: 500, what: `the move to ${successor.infraGroup}: ${next.what}` });
}

/** One that begins anew keeps the least weight, until its record is gone. */
function weighed(deps: EngineDeps, successor: PlacementInventory, { step }: PlacementMove): PlacementInventory {
  const percent = weightSteps[step ?? 0]?.successor ?? 100;
  return withWeight(successor, shareOf(cellWeight(deps, successor), percent));
}

function withWeight(placement: PlacementInventory, weight: number | undefined): PlacementInventory {
  const { weight: _before, ...rest } = placement;
  return weight === undefined ? rest : { ...rest, weight };
}

function cellWeight({ view }: EngineDeps, { cell }: PlacementInventory): number {
  return view.spec('Cell', cell)?.weight ?? 100;
}

function tasksOf({ scope }: Seen): number {
  const { tasks, effective } = scope.context;
  // Where another hand decides how many run, the fewest that it may choose is what can be asked for.
  return Math.min(tasks, leastTasks(effective.service));
}

function healthyOf({ scope, served }: Seen): number | undefined {
  return scope.context.tasks === 0 ? 0 : served.signals.target_group?.healthyTargets;
}
