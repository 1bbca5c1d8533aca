import type { ConditionUpdate } from '../../model/conditions.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { Change, PlacementInventory } from '../../model/resources.ts';
import { adoptListed } from '../adopt/take.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import type { Serving } from '../tier/closure.ts';
import type { Refusal } from './chain.ts';
import { isReachable, placementScope, worstOutcome } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { leavePlacement } from './leave.ts';
import { type Placing, placeTenant, shrinkTenant } from './placing.ts';
import { noteGone, reportInvalid, reportKept, reportTenant } from './report.ts';
import { type ServeResult, servePlacement } from './serve.ts';
import { chainTypes, type TenantFindings } from './status.ts';

/** How long a name rests after everything of a deleted tenant is gone. */
export const nameRestMs = 600_000;

/** How often the targets of a tenant with more than one placement are looked at. */
const healthLookMs = 30_000;

/** What a run found about all placements together. */
interface Findings {
  readonly chains: (readonly ConditionUpdate[])[];
  readonly outcomes: Outcome[];
  readonly changes: Change[];
  readonly notes: ConditionUpdate[];
  readonly serving: Map<string, Serving>;
  stopped: TenantFindings['stopped'];
}

/**
 * One run of a tenant's key: read the record, accept it, decide where it is to be, reserve, bring every placement in line or take it away, and say how it stands. Level-triggered:
 * it holds nothing between runs but what the state table holds too.
 */
export async function runTenant(deps: EngineDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const raw = await deps.desired.get('Tenant', name);
  const looked = await acceptObject(deps, 'Tenant', name, raw);
  if (looked === undefined) return { kind: 'settled' };
  const { entry } = looked;
  const accepted = entry.accepted?.effective;
  const done = await undriven(deps, entry, raw !== undefined);
  if (done !== undefined || accepted === undefined) return done ?? { kind: 'settled' };
  const wanted = accepted.state === 'deleted' ? undefined : await decidePlaces(deps, entry, accepted);
  if (wanted?.lost === true) return { kind: 'progressing', checkInMs: 200, what: wanted.condition.message };
  const effective = servingSpec(entry) ?? accepted;
  const found = findings();
  for (const placement of placementsOf(entry))
    await workOn(deps, entry, { placement, effective, accepted, surplus: wanted?.surplus ?? [] }, trigger, found);
  deps.noteServing(name, effective.tier, found.serving);
  deps.observer.placed(name, wanted?.unplaceable);
  await giveBack(deps, entry, accepted, wanted, found);
  await reportTenant(deps, entry, accepted, wanted, found);
  if (wanted !== undefined && wanted.unplaceable !== undefined) {
    found.outcomes.push({ kind: 'waiting', on: 'room', checkInMs: 30_000 });
  } else if (wanted?.condition.status === 'False') {
    found.outcomes.push({ kind: 'waiting', on: wanted.condition.reason, checkInMs: 30_000 });
  }
  return healthLook(effective, found, worstOutcome(found.outcomes));
}

/** A tenant of several placements is looked at often, so that its name can do without one that is down (design: two sweeps). */
function healthLook(effective: EffectiveTenant, found: Findings, outcome: Outcome): Outcome {
  const several = found.serving.size > 1 && effective.state === 'active' && effective.routing.scope === 'tenant';
  if (outcome.kind !== 'settled' || !several) return outcome;
  return { kind: 'waiting', on: 'the next look at the health of its targets', checkInMs: healthLookMs };
}

async function decidePlaces(deps: EngineDeps, entry: ObjectEntry, accepted: EffectiveTenant): Promise<Placing> {
  const spec = entry.spec?.value;
  const goneAt = spec?.goneAt === undefined ? undefined : Date.parse(spec.goneAt);
  const restUntil = goneAt === undefined ? 0 : goneAt + nameRestMs;
  if (placementsOf(entry).length === 0 && restUntil > deps.clock.now()) {
    const message = `the name rests until ${new Date(restUntil).toISOString()}: resolvers and AWS may still hold traces of the tenant that had it`;
    return {
      follows: false,
      condition: { type: 'Placed', status: 'False', reason: 'NameResting', message },
      surplus: [],
      shrink: [],
      lost: false,
    };
  }
  // An orphan is kept and healed as it is: it gets no new place and no move.
  if (!entry.present) {
    return { follows: true, condition: standing(entry, accepted), surplus: [], shrink: [], lost: false };
  }
  const closed = (): string | undefined => deps.placingClosed(accepted.tier);
  const placing = await placeTenant({ ...deps, closed }, entry, accepted);
  const { reason, message } = placing.condition;
  if (reason === 'PlacingClosed') deps.observer.held('state_behind', entry.name, message);
  if (placing.follows) await follow(deps, entry);
  return placing;
}

/** An orphan is placed as its last spec says only where that was carried out before the record vanished. */
function standing(entry: ObjectEntry, accepted: EffectiveTenant): ConditionUpdate {
  const staying = placementsOf(entry).filter((placement) => placement.phase !== 'leaving').length;
  const wanted = accepted.routing.scope === 'tier' ? Math.max(1, staying) : accepted.placements;
  if (staying === wanted && entry.spec?.value.serving === undefined) {
    const before = entry.status?.value.conditions.find((condition) => condition.type === 'Placed');
    return { type: 'Placed', status: 'True', reason: 'Orphaned', message: before?.message ?? 'as it was placed' };
  }
  const message = `the record vanished before its last spec was placed (${staying} of ${wanted} placements stand): an orphan gets no new place and loses none; write the record again`;
  return { type: 'Placed', status: 'False', reason: 'Orphaned', message };
}

/** From now on the placements are built by the accepted spec. */
async function follow(deps: EngineDeps, entry: ObjectEntry): Promise<void> {
  const spec = entry.spec?.value;
  if (spec === undefined || (spec.serving === undefined && spec.goneAt === undefined)) return;
  const { serving: _before, goneAt: _rested, ...rest } = spec;
  entry.spec = await deps.state.writeSpec(entry.key, rest, entry.spec);
  deps.view.holdClaims(entry);
}

interface Work {
  readonly placement: PlacementInventory;
  readonly effective: EffectiveTenant;
  readonly accepted: EffectiveTenant;
  /** Placements too many. The decision is made durable with the first step of leaving, so that nothing is ordered while nothing may be done. */
  readonly surplus: readonly string[];
}

async function workOn(
  deps: EngineDeps,
  entry: ObjectEntry,
  work: Work,
  trigger: Trigger,
  found: Findings,
): Promise<void> {
  const { effective } = work;
  const reached = placementScope(deps, entry, effective, work.placement);
  if (!isReachable(reached)) {
    leaveUnread(found, reached.reason, reached.message);
    found.outcomes.push({ kind: 'waiting', on: reached.message, checkInMs: 15_000 });
    return;
  }
  if (reached.mode === 'paused') {
    leaveUnread(found, 'Paused', 'mode paused: nothing is read and nothing is changed');
    return;
  }
  const placement = await adoptListed(deps, entry, reached);
  const scope = { ...reached, context: { ...reached.context, placement } };
  const leaving = leavingOf(deps, entry, work);
  if (leaving !== undefined) {
    const left = await leavePlacement(deps, entry, scope, leaving, trigger);
    found.outcomes.push(left.outcome);
    found.notes.push(...left.conditions);
    found.stopped = found.stopped === 'under-way' ? 'under-way' : left.state;
    return;
  }
  const resumed = await resume(deps, entry, placement);
  const served = await servePlacement(
    deps,
    entry,
    { ...scope, context: { ...scope.context, placement: resumed } },
    trigger,
  );
  found.chains.push(served.conditions);
  found.outcomes.push(served.outcome);
  found.changes.push(...served.changes);
  found.serving.set(placement.infraGroup, servingOf(served));
  const isNew = entry.status?.value.observedGeneration !== entry.accepted?.generation;
  // Not every resource has a condition of its own: one that could not be looked at, or made, must not pass for one that is as the record says.
  if (isNew && served.failure !== undefined && served.outcome.kind !== 'retry' && served.outcome.kind !== 'terminal')
    found.notes.push({ type: 'Synced', status: 'Unknown', reason: 'CallFailed', message: served.failure });
  if (served.changes.length > 0) found.notes.push(differing(scope.mode, served.changes));
  // Not every step has a condition of its own: a task definition that reads do not show yet is as the record says for all that they tell.
  if (isNew && served.waitingFor !== undefined) found.notes.push(unseen(served.waitingFor));
  if (served.outcome.kind === 'held' || served.outcome.kind === 'retry' || served.outcome.kind === 'terminal')
    found.notes.push(trouble(served.outcome, served.held));
  if (effective.state === 'suspended')
    found.stopped = hasStopped(served) && found.stopped !== 'under-way' ? 'stopped' : 'under-way';
}

/** Why nothing is concluded from what the state table says of the tenant; undefined where it says all there is. */
function leftAlone(deps: EngineDeps, entry: ObjectEntry): string | undefined {
  const unknown = deps.leftAlone(entry.name);
  if (unknown !== undefined) return unknown;
  // That nothing of a deleted tenant is left is no more certain than the table itself.
  const accepted = entry.accepted?.effective;
  const isGone = accepted?.state === 'deleted' && entry.spec?.value.goneAt === undefined;
  return isGone && placementsOf(entry).length === 0 ? deps.placingClosed(accepted.tier) : undefined;
}

/** Not placed, not healed, not removed: what is known of the tenant is not all that there is of it. */
async function leaveAlone(deps: EngineDeps, entry: ObjectEntry, message: string): Promise<Outcome> {
  deps.observer.held('state_behind', entry.name, message);
  const accepted = entry.accepted?.effective;
  const found = { ...findings(), stopped: accepted?.state === 'active' ? undefined : ('under-way' as const) };
  leaveUnread(found, 'StateBehind', message);
  const condition: ConditionUpdate = { type: 'Placed', status: 'False', reason: 'PlacingClosed', message };
  if (accepted !== undefined) await reportTenant(deps, entry, accepted, { condition }, found);
  else if (entry.present) await reportInvalid(deps, entry);
  return { kind: 'held', reason: 'state_behind', checkInMs: 30_000 };
}

/** A tenant that is not to be driven: its items cannot be read, or lack something that is live; nothing says how it is to be; or nothing of it is left. Undefined: it is. */
async function undriven(deps: EngineDeps, entry: ObjectEntry, recorded: boolean): Promise<Outcome | undefined> {
  if (entry.damaged.length > 0) return damaged(deps, entry);
  const unknown = leftAlone(deps, entry);
  if (unknown !== undefined) return leaveAlone(deps, entry, unknown);
  const [accepted, isPlaced] = [entry.accepted?.effective, placementsOf(entry).length > 0];
  if (accepted === undefined && isPlaced) return keep(deps, entry);
  if (accepted === undefined) return recorded ? invalid(deps, entry) : forget(deps, entry);
  return accepted.state === 'deleted' && !isPlaced ? deleted(deps, entry) : undefined;
}

/** What is live of the tenant is counted, and nothing says how it is to be: it serves on as it is, until its record is there (and accepted). */
async function keep(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  await reportKept(deps, entry);
  return { kind: 'settled' };
}

function unseen(what: string): ConditionUpdate {
  return { type: 'Synced', status: 'False', reason: 'Waiting', message: `waiting for ${what}` };
}

/** Whether nothing of a suspended placement runs any more. A service that reads do not show yet is no proof of that: then the outcome says that there is more to come. */
function hasStopped({ outcome, signals, changes }: ServeResult): boolean {
  const isKnown = outcome.kind === 'settled' || outcome.kind === 'held' || outcome.kind === 'terminal';
  return isKnown && changes.length === 0 && (signals.service?.runningTasks ?? 0) === 0;
}

/** Nothing was looked at: no condition of the placement says anything but that. */
function leaveUnread(found: Findings, reason: string, message: string): void {
  const unknown = (type: string): ConditionUpdate => ({ type, status: 'Unknown', reason, message });
  found.chains.push(chainTypes.map(unknown));
  found.notes.push(unknown('Synced'));
}

function findings(): Findings {
  return { chains: [], outcomes: [], changes: [], notes: [], serving: new Map(), stopped: undefined };
}

function servingOf(served: ServeResult): Serving {
  const rule = served.conditions.find((condition) => condition.type === 'RuleReady')?.status === 'True';
  return { rule, healthy: (served.signals.target_group?.healthyTargets ?? 0) > 0 };
}

/** Whether this placement is to go, and how far; undefined: it is to serve. */
function leavingOf(deps: EngineDeps, entry: ObjectEntry, { placement, accepted, surplus }: Work) {
  if (placement.phase === 'leaving') return { reason: placement.removal?.reason ?? 'leaving', goal: 'remove' } as const;
  if (surplus.includes(placement.id)) return { reason: 'fewer placements', goal: 'remove' } as const;
  if (accepted.state !== 'deleted') return undefined;
  const deletedAt = Date.parse(entry.spec?.value.acceptedAt ?? '');
  const keepUntil = deletedAt + accepted.retentionDays * 86_400_000;
  return { reason: 'deleted', goal: deps.clock.now() < keepUntil ? 'stop' : 'remove' } as const;
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
  entry.inventory = await deps.state.writeInventory(
    entry.key,
    { placements: { ...entry.inventory?.value.placements, [placement.id]: next } },
    entry.inventory,
  );
  return next;
}

/** What a smaller service no longer needs is given back once it runs. */
async function giveBack(
  deps: EngineDeps,
  entry: ObjectEntry,
  accepted: EffectiveTenant,
  wanted: Placing | undefined,
  found: Findings,
): Promise<void> {
  if (wanted === undefined || wanted.shrink.length === 0) return;
  if (found.outcomes.every((outcome) => outcome.kind === 'settled'))
    await shrinkTenant({ ...deps, closed: () => undefined }, entry, accepted, wanted.shrink);
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

/** A deleted tenant of which nothing is left: its finished status stays until its record is removed and its name has rested. */
async function deleted(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  const accepted = entry.accepted?.effective;
  if (accepted === undefined) return { kind: 'settled' };
  await noteGone(deps, entry);
  if (entry.present) {
    const found = { ...findings(), stopped: 'gone' as const };
    await reportTenant(deps, entry, accepted, undefined, found);
    return { kind: 'settled' };
  }
  const rest = Date.parse(entry.spec?.value.goneAt ?? '') + nameRestMs - deps.clock.now();
  if (rest > 0) return { kind: 'waiting', on: 'the name to have rested', checkInMs: rest };
  return forget(deps, entry);
}

/** Neither a record nor anything that was ever accepted. */
async function forget(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  if (entry.status !== undefined || entry.spec !== undefined || entry.inventory !== undefined)
    await deps.state.remove(entry.key);
  deps.view.forget(entry);
  return { kind: 'settled' };
}

/** A record of which nothing was ever accepted. */
async function invalid(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  await reportInvalid(deps, entry);
  return { kind: 'settled' };
}

function damaged(deps: EngineDeps, entry: ObjectEntry): Outcome {
  const items = entry.damaged.join(', ');
  const message = `the state table's ${items} of ${entry.key} cannot be read: nothing is done about it until it is restored`;
  deps.observer.held('incomplete_view', entry.name, message);
  return { kind: 'held', reason: 'incomplete_view', checkInMs: 300_000 };
}
