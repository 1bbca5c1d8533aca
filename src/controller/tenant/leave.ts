import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError, failureText } from '../../model/errors.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { slotRestMs } from '../../store/reservations.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { hasServed, type PlacementScope, savePlacement } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { siteOf } from './placing.ts';
import { type RemovalStep, removalConditions, removePlacement } from './removal.ts';
import { chargeRemoval, freshnessOf } from './serve.ts';

export interface LeaveResult {
  readonly conditions: readonly ConditionUpdate[];
  readonly outcome: Outcome;
  readonly state: 'under-way' | 'stopped' | 'gone';
}

/** Why a placement leaves, and how far. */
export interface Leaving {
  readonly reason: string;
  readonly goal: 'stop' | 'remove';
  /** It costs no removal budget: the finished half of a move, or one that is taken back, or what route closure covers. */
  readonly free?: boolean;
}

/** Takes a placement away as far as it can be taken now; what has gone altogether gives its slot and capacity back. */
export async function leavePlacement(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  leaving: Leaving,
  trigger: Trigger,
): Promise<LeaveResult> {
  if (scope.mode !== 'active') return observed(scope.context.placement, leaving);
  const wait = deps.removalsFrom() - deps.clock.now();
  if (wait > 0) return held(`calls of an earlier leader to be over`, wait);
  const placement = await begin(deps, entry, scope, leaving);
  try {
    return await removed(deps, entry, scope, placement, { leaving, trigger });
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'denied') throw error;
    deps.observer.callFailed(entry.key, error);
    const message = failureText(error);
    return {
      conditions: [{ type: 'Synced', status: 'False', reason: 'AccessDenied', message }],
      state: 'under-way',
      outcome: { kind: 'waiting', on: message, checkInMs: 60_000 },
    };
  }
}

async function removed(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  placement: PlacementInventory,
  { leaving, trigger }: { readonly leaving: Leaving; readonly trigger: Trigger },
): Promise<LeaveResult> {
  const step = await removePlacement(
    {
      reconcilers: deps.reconcilers,
      clock: deps.clock,
      save: (next) => savePlacement(deps, entry, next),
      charge: () => chargeRemoval(deps, placement.id, leaving.reason, entry.name),
      report: (kind, name) =>
        deps.observer.change(
          { action: 'delete', kind, placement: placement.id, name, reason: 'removal' },
          'applied',
          entry.name,
        ),
      ...freshnessOf(trigger === 'resync' ? 'progress' : trigger),
    },
    scope.access,
    { ...scope.context, placement },
    leaving.goal,
  );
  const released = step.state !== 'gone' || (await release(deps, entry, step.placement, scope.access.zone.id));
  return resultOf(step, released);
}

async function begin(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  leaving: Leaving,
): Promise<PlacementInventory> {
  const { placement } = scope.context;
  const phase = leaving.goal === 'stop' ? 'retained' : 'leaving';
  if (placement.removal !== undefined && placement.phase === phase) return placement;
  const startedAt = placement.removal?.startedAt ?? new Date(deps.clock.now()).toISOString();
  // A placement that never served costs no removal budget.
  const charged = leaving.free !== true && hasServed(scope.context);
  const budgetedAt = placement.removal?.budgetedAt ?? (charged ? undefined : startedAt);
  const removal = {
    ...placement.removal,
    startedAt,
    reason: leaving.reason,
    ...(budgetedAt === undefined ? {} : { budgetedAt }),
  };
  const next: PlacementInventory = { ...placement, phase, removal };
  await savePlacement(deps, entry, next);
  deps.book.invalidate();
  return next;
}

/** Slot, totals and the inventory entry go in one transaction. False: somebody got in between; it is tried again. */
async function release(
  deps: EngineDeps,
  entry: ObjectEntry,
  placement: PlacementInventory,
  zone: string,
): Promise<boolean> {
  const { [placement.id]: _gone, ...placements } = entry.inventory?.value.placements ?? {};
  const result = await deps.reservations.release({
    tenant: entry.name,
    inventory: { placements },
    previous: entry.inventory,
    placements: [{ ...siteOf(placement, zone), demand: placement.demand }],
  });
  if (!result.ok) return false;
  entry.inventory = result.inventory;
  deps.health.forget(placement.id);
  deps.book.rest(placement.infraGroup, placement.slot, deps.clock.now() + slotRestMs);
  deps.observer.event(entry.key, {
    type: 'Normal',
    reason: 'Released',
    message: `placement ${placement.id} has left ${placement.infraGroup}; its slot ${placement.slot} rests for ${slotRestMs / 1000} s`,
  });
  return true;
}

function resultOf(step: RemovalStep, released: boolean): LeaveResult {
  const conditions = removalConditions(step);
  switch (step.state) {
    case 'busy':
      return {
        conditions,
        state: 'under-way',
        outcome: { kind: 'progressing', checkInMs: step.checkInMs, what: step.on },
      };
    case 'held':
      return {
        conditions,
        state: 'under-way',
        outcome: { kind: 'held', reason: step.refusal.reason, checkInMs: step.refusal.checkInMs ?? 30_000 },
      };
    case 'stopped':
      return { conditions, state: 'stopped', outcome: { kind: 'settled' } };
    case 'gone':
      if (released) return { conditions, state: 'gone', outcome: { kind: 'settled' } };
      return {
        conditions,
        state: 'under-way',
        outcome: { kind: 'progressing', checkInMs: 1_000, what: 'the slot to be given back' },
      };
    default:
      return step satisfies never;
  }
}

/** Mode observe; a paused placement is not even looked at. */
function observed(placement: PlacementInventory, { goal, reason }: Leaving): LeaveResult {
  const what = goal === 'stop' ? 'take out of DNS and stop' : 'remove';
  const message = `mode observe; would: ${what} placement ${placement.id} in ${placement.infraGroup} (${reason})`;
  return {
    conditions: [{ type: 'Synced', status: 'False', reason: 'Observing', message }],
    state: 'under-way',
    outcome: { kind: 'settled' },
  };
}

function held(on: string, checkInMs: number): LeaveResult {
  return {
    conditions: [{ type: 'Synced', status: 'False', reason: 'Removing', message: `waiting for ${on}` }],
    state: 'under-way',
    outcome: { kind: 'waiting', on, checkInMs },
  };
}
