import { type ConditionUpdate, stateKnown } from '../../model/conditions.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { keyText } from '../keys.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { carryOutRebuild, prepareRebuild, type RebuildDeps } from './run.ts';

/** How often an order that could not be carried out in full is tried again, and how often is looked whether the table knows everything now. */
const againMs = 30_000;

export interface OrderResult {
  /** What the Fleet's status says of the state table; undefined: nothing new. */
  readonly condition: ConditionUpdate | undefined;
  readonly outcome: Outcome;
  /** An epoch above which the lease has to rise, once this is told: a zone's fence names it. */
  readonly raiseAbove?: number;
}

/**
 * Rebuilds the state table where it is behind and the Fleet record allows `state_behind`: that is the order, and it stands until its time is over, so that what could not be read is tried again and a crash loses
 * nothing. Everything is looked at anew after it.
 */
export async function rebuildIfOrdered(
  deps: RebuildDeps & { readonly enqueue: (key: string, trigger: Trigger) => void },
  entry: ObjectEntry | undefined,
): Promise<OrderResult> {
  const closed = deps.behind.closed();
  if (closed === undefined) {
    const before = entry?.status?.value.conditions.find(({ type }) => type === stateKnown);
    const known: ConditionUpdate = {
      type: stateKnown,
      status: 'True',
      reason: 'Known',
      message: 'the state table knows everything that bears our mark',
    };
    const isNews = before?.status === 'False' || (before === undefined && isOrdered(deps));
    return { condition: isNews ? known : undefined, outcome: { kind: 'settled' } };
  }
  const waiting: Outcome = { kind: 'waiting', on: closed, checkInMs: againMs };
  if (!isOrdered(deps))
    return {
      condition: { type: stateKnown, status: 'False', reason: 'StateBehind', message: closed },
      outcome: waiting,
    };
  const condition = await carryOutRebuild(deps, await prepareRebuild(deps));
  for (const kind of ['Tenant', 'Cell', 'Tier'] as const)
    for (const one of deps.view.all(kind)) deps.enqueue(keyText(kind, one.name), 'change');
  const outcome: Outcome = deps.behind.closed() === undefined ? { kind: 'settled' } : waiting;
  const fence = deps.behind.fence();
  return { condition, outcome, ...(fence === undefined ? {} : { raiseAbove: fence }) };
}

function isOrdered({ view, clock }: Pick<RebuildDeps, 'view' | 'clock'>): boolean {
  const allow = view.fleet()?.allow ?? [];
  return allow.some(({ reason, until }) => reason === 'state_behind' && Date.parse(until) > clock.now());
}
