import type { ConditionUpdate } from '../../model/conditions.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { Outcome } from '../outcome.ts';
import type { EngineDeps } from './deps.ts';
import { nameRestMs } from './places.ts';
import { noteGone, reportInvalid, reportKept, reportTenant } from './report.ts';
import { chainTypes } from './status.ts';

const nothingSeen = { chains: [], notes: [], words: new Map<string, string>(), stopped: undefined } as const;

/**
 * The run of a tenant that is not to be driven: its items cannot be read, or lack something that is live; nothing says how it is to be; or nothing of it is left. Undefined: it is to be
 * driven.
 */
export async function undriven(deps: EngineDeps, entry: ObjectEntry, recorded: boolean): Promise<Outcome | undefined> {
  if (entry.damaged.length > 0) return damaged(deps, entry);
  const unknown = leftAlone(deps, entry);
  if (unknown !== undefined) return leaveAlone(deps, entry, unknown);
  const [accepted, isPlaced] = [entry.accepted?.effective, placementsOf(entry).length > 0];
  if (accepted === undefined && isPlaced) return keep(deps, entry);
  if (accepted === undefined) return recorded ? invalid(deps, entry) : forget(deps, entry);
  return accepted.state === 'deleted' && !isPlaced ? deleted(deps, entry) : undefined;
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
  const unknown = (type: string): ConditionUpdate => ({ type, status: 'Unknown', reason: 'StateBehind', message });
  const placed: ConditionUpdate = { type: 'Placed', status: 'False', reason: 'PlacingClosed', message };
  if (accepted !== undefined) {
    const stopped = accepted.state === 'active' ? undefined : 'under-way';
    const found = { ...nothingSeen, chains: [chainTypes.map(unknown)], notes: [unknown('Synced')], stopped } as const;
    await reportTenant(deps, entry, accepted, { condition: placed }, found);
  } else if (entry.present) await reportInvalid(deps, entry);
  return { kind: 'held', reason: 'state_behind', checkInMs: 30_000 };
}

/** What is live of the tenant is counted, and nothing says how it is to be: it serves on as it is, until its record is there (and accepted). */
async function keep(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  await reportKept(deps, entry);
  return { kind: 'settled' };
}

/** A deleted tenant of which nothing is left: its finished status stays until its record is removed and its name has rested. */
async function deleted(deps: EngineDeps, entry: ObjectEntry): Promise<Outcome> {
  const accepted = entry.accepted?.effective;
  if (accepted === undefined) return { kind: 'settled' };
  await noteGone(deps, entry);
  if (entry.present) {
    await reportTenant(deps, entry, accepted, undefined, { ...nothingSeen, stopped: 'gone' });
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
