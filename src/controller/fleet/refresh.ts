import type { StateReader, Stored } from '../../store/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import { acceptedOf, type ObjectEntry } from './entry.ts';

export interface RefreshDeps {
  readonly reader: Pick<StateReader, 'query'>;
  readonly state: Pick<StateWriter, 'writeSpec' | 'writeStatus' | 'writeInventory'>;
}

/**
 * Brings what the controller remembers of an object in line with the state table, after a write was refused because the item is not as it was. What the table holds counts: it is a write of
 * ours whose answer was lost. What it lacks was taken away by somebody, and is written again from memory, which while we lead is all that is left of it. Throws `CallError`.
 */
export async function refreshEntry({ reader, state }: RefreshDeps, entry: ObjectEntry): Promise<void> {
  const { key, kind, name } = entry;
  const stored = await reader.query(key);
  entry.damaged = stored.damaged;
  if (stored.damaged.length > 0) return;
  entry.spec = await restored(stored.spec, entry.spec, (value) => state.writeSpec(key, value, undefined));
  entry.status = await restored(stored.status, entry.status, (value) => state.writeStatus(key, value, undefined));
  entry.inventory = await restored(stored.inventory, entry.inventory, (value) =>
    state.writeInventory(key, value, undefined),
  );
  if (entry.spec !== undefined) entry.accepted = acceptedOf(kind, name, entry.spec.value);
}

async function restored<T>(
  stored: Stored<T> | undefined,
  remembered: Stored<T> | undefined,
  write: (value: T) => Promise<Stored<T>>,
): Promise<Stored<T> | undefined> {
  if (stored !== undefined || remembered === undefined) return stored;
  return write(remembered.value);
}
