import type { ConditionUpdate } from '../../model/conditions.ts';
import { isSuccessor } from '../../model/moves.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { Change, PlacementInventory } from '../../model/resources.ts';
import { adoptListed } from '../adopt/take.ts';
import { type ObjectEntry, placementsOf, servingSpec, specOf } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import type { Serving } from '../tier/closure.ts';
import type { Refusal } from './chain.ts';
import { isDraining, isReachable, type PlacementScope, placementScope, savePlacement } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { type Leaving, leavePlacement } from './leave.ts';
import { carries, heirsOf, type Seen, serves } from './moving.ts';
import type { Places } from './places.ts';
import { type ServeResult, servePlacement } from './serve.ts';
import { chainTypes, type TenantFindings } from './status.ts';
import { recordsBeside, steadyWeight } from './weights.ts';

/** What a run found about all placements together. */
export interface Findings {
  /** Of placements that count and could not be looked at: what their chains would say. */
  readonly unread: (readonly ConditionUpdate[])[];
  readonly outcomes: Outcome[];
  readonly changes: Change[];
  readonly notes: ConditionUpdate[];
  readonly serving: Map<string, Serving>;
  readonly seen: Map<string, Seen>;
  /** What moves wait for, by successor. */
  readonly words: Map<string, string>;
  stopped: TenantFindings['stopped'];
}

/** What the work on the placements of one tenant needs. */
export interface Work {
  readonly deps: EngineDeps;
  readonly entry: ObjectEntry;
  readonly accepted: EffectiveTenant;
  readonly wanted: Places | undefined;
  readonly trigger: Trigger;
  readonly found: Findings;
}

export function findings(): Findings {
  return {
    unread: [],
    outcomes: [],
    changes: [],
    notes: [],
    serving: new Map(),
    seen: new Map(),
    words: new Map(),
    stopped: undefined,
  };
}

/** Works on every placement: those that serve, then successors, which look at what they replace, then those that leave, which look at their successors. */
export async function workOnAll(work: Work): Promise<void> {
  const { entry } = work;
  const all = entry.inventory?.value.placements ?? {};
  const rank = (one: PlacementInventory): number => (one.phase === 'leaving' ? 2 : isSuccessor(one, all) ? 1 : 0);
  for (const { id } of [...placementsOf(entry)].sort((a, b) => rank(a) - rank(b))) await workOn(work, id, work.trigger);
}

/** One placement, as far as it can be brought now. Undefined: it does not serve, or could not be looked at. */
export async function workOn(work: Work, id: string, trigger: Trigger): Promise<Seen | undefined> {
  const { deps, entry, found } = work;
  const known = entry.inventory?.value.placements[id];
  if (known === undefined) return undefined;
  const leaving = leavingOf(work, known);
  const reached = scopeOf(work, known, leaving);
  if (reached === undefined) return undefined;
  const placement = await adoptListed(deps, entry, reached);
  const scope = { ...reached, context: { ...reached.context, placement } };
  if (leaving !== undefined) {
    if (await mustWait(work, scope, placement)) return undefined;
    await leave(work, scope, leaving);
    return undefined;
  }
  const resumed = await resume(deps, entry, placement);
  const weighed = isMoving(entry, resumed) ? resumed : await steadyWeight(deps, entry, scope, resumed);
  const context = {
    ...scope.context,
    placement: weighed,
    dns: { ...scope.context.dns, weight: weighed.weight ?? scope.context.cell.weight },
  };
  const oldServes = serves(found.seen.get(weighed.move?.from ?? ''));
  const fresh = isRelied(work, weighed) ? 'drift' : trigger;
  const served = await servePlacement(deps, entry, { ...scope, context }, fresh, oldServes);
  const seen = { scope: { ...scope, context }, served };
  found.seen.set(id, seen);
  take(work, weighed, seen);
  return seen;
}

/** The scope of a placement; undefined, and said so, where it cannot be worked on now. */
export function scopeOf(
  work: Work,
  placement: PlacementInventory,
  leaving: Leaving | undefined,
): PlacementScope | undefined {
  const { deps, entry, found, accepted } = work;
  const spec = specOf(entry, placement) ?? (leaving === undefined ? undefined : (servingSpec(entry) ?? accepted));
  if (spec === undefined) {
    const on = 'the decision that reserved it to be taken over: the record changed in between';
    found.words.set(placement.id, on);
    found.outcomes.push({ kind: 'waiting', on, checkInMs: 15_000 });
    return undefined;
  }
  const scope = placementScope(deps, entry, spec, placement);
  if (!isReachable(scope)) {
    leaveUnread(work, placement, scope.reason, scope.message);
    found.outcomes.push({ kind: 'waiting', on: scope.message, checkInMs: 15_000 });
    return undefined;
  }
  if (scope.mode === 'paused') {
    leaveUnread(work, placement, 'Paused', 'mode paused: nothing is read and nothing is changed');
    return undefined;
  }
  return scope;
}

/** What became of a placement that serves, or is to. A successor does not count as one of the tenant's before the old placement leaves. */
function take({ entry, found }: Work, placement: PlacementInventory, { scope, served }: Seen): void {
  const { effective } = scope.context;
  found.outcomes.push(served.outcome);
  found.changes.push(...served.changes);
  found.serving.set(placement.infraGroup, servingOf(served));
  if (effective.state === 'suspended')
    found.stopped = together(found.stopped, hasStopped(served) ? 'stopped' : 'under-way');
  const { outcome } = served;
  const failed = outcome.kind === 'held' || outcome.kind === 'retry' || outcome.kind === 'terminal';
  if (isSuccessor(placement, entry.inventory?.value.placements ?? {})) {
    if (failed) found.words.set(placement.id, trouble(outcome, served.held).message);
    if (served.denied !== undefined) found.words.set(placement.id, served.denied.message);
    return;
  }
  found.notes.push(...differences(entry, { scope, served }));
  if (placement.weight !== undefined && !isMoving(entry, placement) && recordsBeside(entry, placement).length > 0)
    found.outcomes.push({ kind: 'progressing', checkInMs: 10_000, what: 'its weight to follow that of its cell' });
}

/** What of a placement that counts is not as the record says, for all that this run saw. */
function differences(entry: ObjectEntry, { scope, served }: Seen): readonly ConditionUpdate[] {
  const notes: ConditionUpdate[] = [];
  const { outcome } = served;
  const failed = outcome.kind === 'held' || outcome.kind === 'retry' || outcome.kind === 'terminal';
  if (served.denied !== undefined) notes.push(served.denied);
  const changes = served.changes.filter((change) => !isShift(change));
  if (changes.length > 0) notes.push(differing(scope.mode, changes));
  if (entry.status?.value.observedGeneration !== entry.accepted?.generation) notes.push(...untold(served));
  if (failed) notes.push(trouble(outcome, served.held));
  return notes;
}

/** Not every resource has a condition of its own: while a generation is new, what keeps one from being known is said for all. */
function untold({ failure, outcome, waitingFor }: ServeResult): readonly ConditionUpdate[] {
  const notes: ConditionUpdate[] = [];
  // One that could not be looked at, or made, must not pass for one that is as the record says.
  if (failure !== undefined && outcome.kind !== 'retry' && outcome.kind !== 'terminal')
    notes.push({ type: 'Synced', status: 'Unknown', reason: 'CallFailed', message: failure });
  // A task definition that reads do not show yet is as the record says for all that they tell.
  if (waitingFor !== undefined) notes.push(unseen(waitingFor));
  return notes;
}

/** A weight that was ordered is no difference between record and live: requests are served all the while. */
function isShift(change: Change): boolean {
  return (
    change.action === 'update' &&
    change.kind === 'dns_record' &&
    change.reason === 'asked' &&
    change.fields.every(({ field }) => field === 'Weight')
  );
}

/** The conditions of a placement that counts. While its weight is shifted its record stands, and is answered as it was. */
export function countedConditions(entry: ObjectEntry, { scope, served }: Seen): readonly ConditionUpdate[] {
  const placement = entry.inventory?.value.placements[scope.context.placement.id] ?? served.placement;
  if (!isMoving(entry, placement) && placement.weight === undefined) return served.conditions;
  return served.conditions.map((one) =>
    one.reason === 'Pending' || (one.reason === 'Differs' && one.message.endsWith('differs in Weight'))
      ? {
          ...one,
          status: 'True',
          reason: 'Shifting',
          message: `${scope.context.dns.host} is answered; its weight is being shifted`,
        }
      : one,
  );
}

/** Takes a placement away, as far as it can be taken now. */
export async function leave(work: Work, scope: PlacementScope, leaving: Leaving): Promise<void> {
  const { deps, entry, accepted, trigger, found } = work;
  const { placement } = scope.context;
  const left = await leavePlacement(deps, entry, scope, leaving, trigger);
  found.outcomes.push(left.outcome);
  found.seen.delete(placement.id);
  const heirs = heirsOf(entry, placement);
  const isMove = heirs.length > 0 || placement.move?.abort !== undefined;
  if (accepted.state !== 'deleted' && isMove) {
    // The tenant serves by what takes over: that the rest goes is the move's own matter.
    const words = left.conditions.find(({ status }) => status !== 'True')?.message;
    for (const { id } of [...heirs, placement]) if (words !== undefined) found.words.set(id, words);
    return;
  }
  found.notes.push(...left.conditions);
  found.stopped = together(found.stopped, left.state);
}

type Stopped = NonNullable<TenantFindings['stopped']>;

function together(a: TenantFindings['stopped'], b: Stopped): Stopped {
  const order: readonly Stopped[] = ['under-way', 'stopped', 'gone'];
  return order.find((state) => state === a || state === b) ?? b;
}

/**
 * Whether a placement that is moved away from may not go on leaving in this run: while its name leads to it still, that takes a successor which was just seen to carry everything. One
 * that does not puts it back to serving.
 */
async function mustWait(work: Work, scope: PlacementScope, placement: PlacementInventory): Promise<boolean> {
  const { deps, entry, accepted, found } = work;
  if (accepted.state === 'deleted' || scope.mode !== 'active' || !isReversible(scope, placement)) return false;
  const heirs = heirsOf(entry, placement);
  if (placement.phase !== 'leaving' || heirs.length === 0) return false;
  const seen = heirs.map(({ id }) => found.seen.get(id));
  if (seen.every(carries)) return false;
  const on = `what replaces the placement in ${placement.infraGroup} to serve`;
  found.outcomes.push({ kind: 'progressing', checkInMs: 1_000, what: on });
  for (const { id } of heirs) found.words.set(id, on);
  if (seen.some((one) => one === undefined || one.served.outcome.kind === 'retry')) return true;
  const { removal: _taken, ...back } = placement;
  await savePlacement(deps, entry, { ...back, phase: 'serving' });
  deps.book.invalidate();
  return true;
}

/** Whether requests still come to a placement that leaves: until then it can go back to serving. */
function isReversible({ context }: PlacementScope, { removal, resources }: PlacementInventory): boolean {
  if (context.effective.routing.scope === 'tier')
    return removal?.tasksGoneAt === undefined && resources.service !== undefined;
  return removal?.dnsOutAt === undefined && resources.dns_record !== undefined;
}

/** Whether a placement that leaves relies on this one, so that only a fresh look will do. */
function isRelied({ deps, entry }: Work, placement: PlacementInventory): boolean {
  return placementsOf(entry).some((old) => {
    if (old.phase !== 'leaving' || !heirsOf(entry, old).some(({ id }) => id === placement.id)) return false;
    const spec = specOf(entry, old);
    const scope = spec === undefined ? undefined : placementScope(deps, entry, spec, old);
    return scope !== undefined && isReachable(scope) && isReversible(scope, old);
  });
}

/** Whether a placement is one of the two of a move: its weight is the move's then. */
function isMoving(entry: ObjectEntry, placement: PlacementInventory): boolean {
  const all = entry.inventory?.value.placements ?? {};
  return (
    isSuccessor(placement, all) ||
    placementsOf(entry).some((one) => one.move?.from === placement.id && one.phase !== 'leaving')
  );
}

/** Whether this placement is to go, and how far; undefined: it is to serve. */
function leavingOf({ deps, entry, accepted, wanted }: Work, placement: PlacementInventory): Leaving | undefined {
  const { id, phase, removal, move } = placement;
  if (phase === 'leaving') return { reason: removal?.reason ?? 'leaving', goal: 'remove' };
  const all = entry.inventory?.value.placements ?? {};
  if (move?.abort !== undefined && goesAtOnce(placement, all[move.from]))
    return { reason: `move taken back: ${move.abort.reason}`, goal: 'remove', free: true };
  if (wanted?.surplus.includes(id) === true) return { reason: 'fewer placements', goal: 'remove' };
  if (wanted?.left.includes(id) === true) return { reason: 'the infra group is emptied', goal: 'remove', free: true };
  if (accepted.state !== 'deleted') return undefined;
  // The tenant is what its old placement is, until that one leaves.
  if (isSuccessor(placement, all)) return { reason: 'deleted', goal: 'remove', free: true };
  const deletedAt = Date.parse(entry.spec?.value.acceptedAt ?? '');
  const keepUntil = deletedAt + accepted.retentionDays * 86_400_000;
  const isKept = deps.clock.now() < keepUntil && !isDraining(deps, placement);
  return { reason: 'deleted', goal: isKept ? 'stop' : 'remove' };
}

/** A successor that is given up need not wait for the old placement where no request comes to it, or none that the other could take. */
function goesAtOnce(successor: PlacementInventory, old: PlacementInventory | undefined): boolean {
  if (old === undefined || old.phase === 'leaving' || old.tier !== successor.tier) return true;
  return successor.resources.dns_record === undefined;
}

/** `active` again within the retention: the same placement comes back. */
async function resume(
  deps: EngineDeps,
  entry: ObjectEntry,
  placement: PlacementInventory,
): Promise<PlacementInventory> {
  if (placement.phase !== 'retained') return placement;
  const { removal: _undone, ...rest } = placement;
  const next: PlacementInventory = { ...rest, phase: 'serving' };
  await savePlacement(deps, entry, next);
  return next;
}

/** Nothing was looked at: no condition of the placement says anything but that. */
function leaveUnread({ entry, found }: Work, placement: PlacementInventory, reason: string, message: string): void {
  found.words.set(placement.id, message);
  if (isSuccessor(placement, entry.inventory?.value.placements ?? {})) return;
  const unknown = (type: string): ConditionUpdate => ({ type, status: 'Unknown', reason, message });
  found.unread.push(chainTypes.map(unknown));
  found.notes.push(unknown('Synced'));
}

function unseen(what: string): ConditionUpdate {
  return { type: 'Synced', status: 'False', reason: 'Waiting', message: `waiting for ${what}` };
}

/** Whether nothing of a suspended placement runs any more. A service that reads do not show yet is no proof of that: then the outcome says that there is more to come. */
function hasStopped({ outcome, signals, changes }: ServeResult): boolean {
  const isKnown = outcome.kind === 'settled' || outcome.kind === 'held' || outcome.kind === 'terminal';
  return isKnown && changes.length === 0 && (signals.service?.runningTasks ?? 0) === 0;
}

function servingOf(served: ServeResult): Serving {
  const rule = served.conditions.find((condition) => condition.type === 'RuleReady')?.status === 'True';
  return { rule, healthy: (served.signals.target_group?.healthyTargets ?? 0) > 0 };
}

function differing(mode: string, changes: readonly Change[]): ConditionUpdate {
  const list = changes.map((change) => `${change.action} ${change.kind}`).join(', ');
  if (mode === 'observe')
    return { type: 'Synced', status: 'False', reason: 'Observing', message: `mode observe; would: ${list}` };
  return { type: 'Synced', status: 'False', reason: 'Applying', message: `just done: ${list}` };
}

function trouble(
  outcome: Extract<Outcome, { kind: 'held' | 'retry' | 'terminal' }>,
  held: readonly Refusal[],
): ConditionUpdate {
  switch (outcome.kind) {
    case 'held':
      return { type: 'Synced', status: 'False', reason: outcome.reason, message: held[0]?.message ?? outcome.reason };
    case 'retry':
      return { type: 'Synced', status: 'False', reason: 'CallFailed', message: outcome.error.message };
    case 'terminal':
      return {
        type: 'Synced',
        status: 'False',
        reason: outcome.reason,
        message: outcome.error?.message ?? outcome.reason,
      };
    default:
      return outcome satisfies never;
  }
}
