import type { EffectiveTenant } from '../../model/records/effective.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { worstOutcome } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { type MoveRun, pairsOf, steerMoves } from './moving.ts';
import { decidePlaces, forgetFormer, nameRestMs, type Places, placingDeps } from './places.ts';
import { shrinkTenant } from './placing.ts';
import { noteGone, reportInvalid, reportTenant } from './report.ts';
import { countedConditions, type Findings, findings, leave, scopeOf, type Work, workOn, workOnAll } from './work.ts';

/** How often the targets of a tenant with more than one placement are looked at. */
const healthLookMs = 30_000;

/**
 * One run of a tenant's key: read the record, accept it, decide where it is to be, reserve, bring every placement in line or take it away, carry its moves on, and say how it stands.
 * Level-triggered: it holds nothing between runs but what the state table holds too.
 */
export async function runTenant(deps: EngineDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const raw = await deps.desired.get('Tenant', name);
  const looked = await acceptObject(deps, 'Tenant', name, raw);
  if (looked === undefined) return { kind: 'settled' };
  const { entry } = looked;
  if (entry.damaged.length > 0) return damaged(deps, entry);
  const accepted = entry.accepted?.effective;
  if (accepted === undefined) return raw === undefined ? forget(deps, entry) : invalid(deps, entry);
  if (accepted.state === 'deleted' && placementsOf(entry).length === 0) return deleted(deps, entry);
  const wanted = accepted.state === 'deleted' ? undefined : await decidePlaces(deps, entry, accepted);
  if (wanted?.lost === true) return { kind: 'progressing', checkInMs: 200, what: wanted.condition.message };
  const found = findings();
  const tiers = new Set([accepted.tier, ...placementsOf(entry).map(({ tier }) => tier)]);
  const work: Work = { deps, entry, accepted, wanted, trigger, found };
  await workOnAll(work);
  if (accepted.state !== 'deleted') await steerMoves(moveRun(work));
  await forgetFormer(deps, entry);
  deps.noteServing(name, tiers, found.serving);
  deps.observer.placed(name, wanted?.unplaceable);
  await giveBack(deps, entry, accepted, wanted, found);
  await report(deps, entry, accepted, wanted, found);
  if (wanted !== undefined && wanted.unplaceable !== undefined) {
    found.outcomes.push({ kind: 'waiting', on: 'room', checkInMs: 30_000 });
  } else if (wanted?.condition.status === 'False') {
    found.outcomes.push({ kind: 'waiting', on: wanted.condition.reason, checkInMs: 30_000 });
  }
  return healthLook(servingSpec(entry) ?? accepted, found, worstOutcome(found.outcomes));
}

function moveRun(work: Work): MoveRun {
  const { deps, entry, found } = work;
  return {
    deps,
    entry,
    seen: found.seen,
    look: (placement) => workOn(work, placement, 'drift'),
    leave: async (id, leaving) => {
      const placement = entry.inventory?.value.placements[id];
      if (placement === undefined) return;
      const scope = found.seen.get(id)?.scope ?? scopeOf(work, placement, leaving);
      if (scope === undefined) return;
      await leave(work, { ...scope, context: { ...scope.context, placement } }, leaving);
    },
    outcome: (outcome) => void found.outcomes.push(outcome),
    say: (successor, words) => void found.words.set(successor, words),
  };
}

/** A tenant of several placements is looked at often, so that its name can do without one that is down (design: two sweeps). */
function healthLook(effective: EffectiveTenant, found: Findings, outcome: Outcome): Outcome {
  const several = found.serving.size > 1 && effective.state === 'active' && effective.routing.scope === 'tenant';
  if (outcome.kind !== 'settled' || !several) return outcome;
  return { kind: 'waiting', on: 'the next look at the health of its targets', checkInMs: healthLookMs };
}

/** Successors count from when the old placement leaves. */
async function report(
  deps: EngineDeps,
  entry: ObjectEntry,
  accepted: EffectiveTenant,
  wanted: Places | undefined,
  found: Findings,
): Promise<void> {
  const coming = new Set(pairsOf(entry).map(({ successor }) => successor.id));
  const counted = [...found.seen].filter(([id]) => !coming.has(id)).map(([, seen]) => countedConditions(entry, seen));
  await reportTenant(deps, entry, accepted, wanted, { ...found, chains: [...found.unread, ...counted] });
}

/** What a smaller service no longer needs is given back once it runs. */
async function giveBack(
  deps: EngineDeps,
  entry: ObjectEntry,
  accepted: EffectiveTenant,
  wanted: Places | undefined,
  found: Findings,
): Promise<void> {
  if (wanted === undefined || wanted.shrink.length === 0) return;
  if (found.outcomes.every((outcome) => outcome.kind === 'settled'))
    await shrinkTenant(placingDeps(deps, entry), entry, accepted, wanted.shrink);
}

/** A deleted tenant of which nothing is left: its finished status stays until its record is removed and its name has rested. */
async function deleted(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  const accepted = entry.accepted?.effective;
  if (accepted === undefined) return { kind: 'settled' };
  await noteGone(deps, entry);
  if (entry.present) {
    const found = { ...findings(), stopped: 'gone' as const };
    await report(deps, entry, accepted, undefined, found);
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
