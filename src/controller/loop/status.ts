import { type ConditionUpdate, mergeConditions } from '../../model/conditions.ts';
import type { ObjectStatus } from '../../model/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { ObjectEntry } from '../fleet/entry.ts';

/** Writes the status of a Fleet, Tier, Cell or InfraGroup: whether it is accepted, and what else was found. An unchanged status is not written. */
export async function writeInfraStatus(
  state: Pick<StateWriter, 'writeStatus'>,
  entry: ObjectEntry,
  { found, parts }: { readonly found: readonly ConditionUpdate[]; readonly parts: readonly ConditionUpdate[] },
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
    conditions: mergeConditions(before?.conditions ?? [], [...updates, ...parts, ready], { now, generation }),
  };
  entry.status = await state.writeStatus(entry.key, status, entry.status);
}
