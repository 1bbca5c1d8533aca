import { type ConditionUpdate, mergeConditions } from '../../model/conditions.ts';
import type { RolloutStatus } from '../../model/rollout.ts';
import type { ObjectStatus } from '../../model/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import type { Told } from '../movers/conditions.ts';

/** What is told beside the conditions that decide whether an object is ready: none of it makes the object less Ready. */
export interface Besides {
  /** Conditions of its parts: something among the others speaks for them. */
  readonly parts?: readonly ConditionUpdate[];
  /** How far a change of a tier's service has gone out. */
  readonly rollout?: RolloutStatus | undefined;
  /** Work of movers, and room. */
  readonly told?: Omit<Told, 'events'>;
}

/** Writes the status of a Fleet, Tier, Cell or InfraGroup: whether it is accepted, and what else was found. An unchanged status is not written. */
export async function writeInfraStatus(
  state: Pick<StateWriter, 'writeStatus'>,
  entry: ObjectEntry,
  {
    found,
    parts = [],
    rollout,
    told = { conditions: [], dropped: [] },
  }: Besides & { readonly found: readonly ConditionUpdate[] },
  now: string,
): Promise<void> {
  const accepted = entry.condition ?? {
    type: 'Accepted',
    status: 'Unknown',
    reason: 'NotRead',
    message: 'not read yet',
  };
  const updates = [accepted, ...found];
  const bad = updates.find((condition) => condition.status !== 'True');
  const isOut = rollout === undefined || rollout.state === 'RolledOut';
  const generation = entry.accepted?.generation ?? 0;
  const phase = phaseOf(entry, bad !== undefined || rollout?.state === 'Halted', isOut);
  const ready: ConditionUpdate =
    bad === undefined
      ? { type: 'Ready', status: 'True', reason: 'Ready', message: 'in use' }
      : { type: 'Ready', status: 'False', reason: bad.reason, message: `${bad.type}: ${bad.message}` };
  const before = entry.status?.value;
  const status: ObjectStatus = {
    phase,
    generation,
    observedGeneration: bad === undefined && isOut ? generation : (before?.observedGeneration ?? 0),
    ...(entry.accepted === undefined ? {} : { observedHash: entry.accepted.hash }),
    conditions: mergeConditions(
      (before?.conditions ?? []).filter(({ type }) => !told.dropped.includes(type)),
      [...updates, ...parts, ...told.conditions, ready],
      { now, generation },
    ),
    ...progressOf(rollout, told),
  };
  entry.status = await state.writeStatus(entry.key, status, entry.status);
}

function progressOf(
  rollout: RolloutStatus | undefined,
  { drain, rebalance }: NonNullable<Besides['told']>,
): Pick<ObjectStatus, 'rollout' | 'drain' | 'rebalance'> {
  return {
    ...(rollout === undefined ? {} : { rollout }),
    ...(drain === undefined ? {} : { drain }),
    ...(rebalance === undefined ? {} : { rebalance }),
  };
}

function phaseOf(entry: ObjectEntry, isBad: boolean, isOut: boolean): string {
  if (entry.accepted === undefined) return 'Invalid';
  if (!entry.present) return 'Orphaned';
  if (isBad) return 'Degraded';
  return isOut ? 'Ready' : 'Updating';
}
