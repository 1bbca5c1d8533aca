import { type ConditionUpdate, mergeConditions } from '../../model/conditions.ts';
import type { ObjectStatus } from '../../model/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import type { Told } from '../movers/conditions.ts';

/** What a run found. */
interface InfraFindings {
  readonly found: readonly ConditionUpdate[];
  readonly parts: readonly ConditionUpdate[];
  readonly told: Told;
}

/**
 * Writes the status of a Fleet, Tier, Cell or InfraGroup: whether it is accepted, what else was found, and `told`, which tells of work and of room and makes nothing less Ready. An
 * unchanged status is not written.
 */
export async function writeInfraStatus(
  state: Pick<StateWriter, 'writeStatus'>,
  entry: ObjectEntry,
  { found, parts, told }: InfraFindings,
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
  const generation = entry.accepted?.generation ?? 0;
  const phase =
    entry.accepted === undefined ? 'Invalid' : entry.present ? (bad === undefined ? 'Ready' : 'Degraded') : 'Orphaned';
  const ready: ConditionUpdate =
    bad === undefined
      ? { type: 'Ready', status: 'True', reason: 'Ready', message: 'in use' }
      : { type: 'Ready', status: 'False', reason: bad.reason, message: `${bad.type}: ${bad.message}` };
  const before = entry.status?.value;
  const status: ObjectStatus = {
    phase,
    generation,
    observedGeneration: bad === undefined ? generation : (before?.observedGeneration ?? 0),
    ...(entry.accepted === undefined ? {} : { observedHash: entry.accepted.hash }),
    conditions: mergeConditions(
      (before?.conditions ?? []).filter(({ type }) => !told.dropped.includes(type)),
      [...updates, ...parts, ...told.conditions, ready],
      { now, generation },
    ),
    ...(told.drain === undefined ? {} : { drain: told.drain }),
    ...(told.rebalance === undefined ? {} : { rebalance: told.rebalance }),
  };
  entry.status = await state.writeStatus(entry.key, status, entry.status);
}
