import type { EffectiveTenant } from '../../model/records/effective.ts';
import { shortRevision } from '../../model/rollout.ts';
import { type AcceptResult, acceptObject } from '../fleet/acceptor.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { worstOutcome } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { type MoveRun, pairsOf, steerMoves } from './moving.ts';
import { decidePlaces, forgetFormer, type Places, placingDeps } from './places.ts';
import { shrinkTenant } from './placing.ts';
import { reportTenant } from './report.ts';
import { undriven } from './undriven.ts';
import { countedConditions, type Findings, findings, leave, scopeOf, type Work, workOn, workOnAll } from './work.ts';

/** How often the targets of a tenant with more than one placement are looked at. */
const healthLookMs = 30_000;

/** Room may come by what nobody tells of: a slot that has rested, a quota that was raised. */
const waitsForRoom: Outcome = { kind: 'waiting', on: 'room', checkInMs: 30_000 };

/**
 * One run of a tenant's key: read the record, accept it, decide where it is to be, reserve, bring every placement in line or take it away, carry its moves on, and say how it stands.
 * Level-triggered: it holds nothing between runs but what the state table holds too.
 */
export async function runTenant(deps: EngineDeps, name: string, trigger: Trigger): Promise<Outcome> {
  // That it looks again in vain costs nothing: a change of its record, or of what it waits for besides, comes by itself.
  if (trigger === 'resync' && deps.book.lacksRoom(name, deps.clock.now())) return waitsForRoom;
  deps.book.noteRoom(name, true);
  const raw = await deps.desired.get('Tenant', name);
  const looked = await acceptObject(deps, 'Tenant', name, raw);
  if (looked === undefined) return { kind: 'settled' };
  const { entry } = looked;
  tellAdmission(deps, looked);
  const accepted = entry.accepted?.effective;
  const done = await undriven(deps, entry, raw !== undefined);
  if (done !== undefined || accepted === undefined) return done ?? { kind: 'settled' };
  const wanted = accepted.state === 'deleted' ? undefined : await decidePlaces(deps, entry, accepted);
  if (wanted?.againInMs !== undefined)
    return { kind: 'progressing', checkInMs: wanted.againInMs, what: wanted.condition.message };
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
    found.outcomes.push(waitsForRoom);
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

function tellAdmission({ observer }: EngineDeps, { entry, admitted }: AcceptResult): void {
  if (admitted === undefined) return;
  const message = `now has revision ${shortRevision(admitted)} of its tier's service`;
  observer.event(entry.key, { type: 'Normal', reason: 'Admitted', message });
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
    await shrinkTenant(
      { ...placingDeps(deps, entry, accepted), closed: () => undefined },
      entry,
      accepted,
      wanted.shrink,
    );
}
