import type { ConditionUpdate } from '../../model/conditions.ts';
import type { ObjectEvent, ObjectStatus, RebalanceProgress } from '../../model/state.ts';
import { type DrainProgress, drainText } from './drains.ts';
import { isUnderWay, type RebalanceOrder, rebalanceText } from './rebalances.ts';

type NewEvent = Pick<ObjectEvent, 'type' | 'reason' | 'message'>;

/** What a status says besides whether the object is in use: none of it makes it less Ready. */
export interface Told {
  readonly conditions: readonly ConditionUpdate[];
  /** Conditions that say nothing any more. */
  readonly dropped: readonly string[];
  readonly drain?: ObjectStatus['drain'];
  readonly rebalance?: ObjectStatus['rebalance'];
  readonly events: readonly NewEvent[];
}

/** What the status of a cell or infra group says of its drain; `progress` is undefined where the movers have not looked at it yet. */
export function drainTold(
  before: ObjectStatus | undefined,
  at: { readonly draining: boolean; readonly progress: DrainProgress | undefined; readonly now: string },
): Told {
  const { progress, now } = at;
  const known = before?.drain;
  if (at.draining && progress === undefined)
    return { conditions: [], dropped: [], ...(known === undefined ? {} : { drain: known }), events: [] };
  if (!at.draining || progress === undefined) {
    const events: NewEvent[] =
      known === undefined || drainedOf(before)?.status === 'True'
        ? []
        : [{ type: 'Normal', reason: 'DrainEnded', message: 'its record does not say state: draining any more' }];
    return { conditions: [], dropped: ['Drained'], events };
  }
  const drain = { since: known?.since ?? now, total: Math.max(known?.total ?? 0, progress.left) };
  const condition = drainedCondition(progress, drain.total);
  return { conditions: [condition], dropped: [], drain, events: drainEvents(before, condition) };
}

function drainedCondition(progress: DrainProgress, total: number): ConditionUpdate {
  const { left, held } = progress;
  if (left === 0) return { type: 'Drained', status: 'True', reason: 'Drained', message: 'no tenant is left' };
  const reason = held.length === left ? 'Held' : 'Draining';
  return { type: 'Drained', status: 'False', reason, message: drainText(progress, total) };
}

/** An event where the drain begins, ends, or comes to a halt. */
function drainEvents(before: ObjectStatus | undefined, after: ConditionUpdate): readonly NewEvent[] {
  if (drainedOf(before)?.reason === after.reason) return [];
  const type = after.reason === 'Held' ? 'Warning' : 'Normal';
  return [{ type, reason: after.reason === 'Held' ? 'DrainHeld' : after.reason, message: after.message }];
}

function drainedOf(status: ObjectStatus | undefined) {
  return status?.conditions.find(({ type }) => type === 'Drained');
}

/** What the Fleet's status says of rebalancing. */
export function rebalanceTold(
  before: ObjectStatus | undefined,
  progress: readonly RebalanceProgress[],
  orders: readonly RebalanceOrder[],
  now: number,
): Told {
  if (progress.length === 0) return { conditions: [], dropped: ['Rebalancing'], events: [] };
  const orderOf = ({ tier }: RebalanceProgress) => orders.find((one) => one.tier === tier);
  const busy = progress.some((one) => isUnderWay(one, orderOf(one), now));
  const message = progress.map((one) => rebalanceText(one, orderOf(one), now)).join('; ');
  const condition: ConditionUpdate = busy
    ? { type: 'Rebalancing', status: 'True', reason: 'Moving', message }
    : { type: 'Rebalancing', status: 'False', reason: 'Idle', message };
  const last = before?.conditions.find(({ type }) => type === 'Rebalancing');
  const events: NewEvent[] =
    last?.reason === condition.reason
      ? []
      : [{ type: 'Normal', reason: busy ? 'Rebalancing' : 'RebalancingEnded', message }];
  return { conditions: [condition], dropped: [], rebalance: progress, events };
}

/** What two parts tell, together; the first one's progress counts. */
export function together(a: Told, b: Pick<Told, 'conditions' | 'dropped' | 'events'>): Told {
  return {
    ...a,
    conditions: [...a.conditions, ...b.conditions],
    dropped: [...a.dropped, ...b.dropped],
    events: [...a.events, ...b.events],
  };
}
