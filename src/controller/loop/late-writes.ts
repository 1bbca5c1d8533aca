import type { Clock } from '../../model/clock.ts';
import { CallError } from '../../model/errors.ts';
import { isKind } from '../../model/records/kinds.ts';
import type { StateReader, Stored, StoredObject } from '../../store/state.ts';
import type { FleetView } from '../fleet/view.ts';

export interface LateWritesDeps {
  readonly clock: Clock;
  readonly reader: Pick<StateReader, 'loadAll'>;
  /** Until when (clock.now()) a write of the leader before may still land. */
  readonly removalsFrom: number;
  readonly view: FleetView;
  readonly signal: AbortSignal;
  readonly failed: (what: string, error: Error) => void;
}

/** How long to wait before the table is asked again that could not be read. */
const againMs = 10_000;

/**
 * Waits until no write of an earlier leader can land in the state table any more, then reads it once and names the objects of which something stands there that we do not know: what a dead
 * leader had on the wire when we loaded. Nobody would meet it otherwise until the next term. Nothing where the lease was handed over.
 */
export async function lateWrites(deps: LateWritesDeps): Promise<readonly string[]> {
  const { clock, removalsFrom, signal } = deps;
  let wait = removalsFrom - clock.now();
  if (wait <= 0) return [];
  for (;;) {
    try {
      await clock.sleep(wait, signal);
      return [...(await deps.reader.loadAll())].filter(([, stored]) => isNews(deps.view, stored)).map(([key]) => key);
    } catch (error) {
      if (signal.aborted) return [];
      if (!(error instanceof CallError)) throw error;
      deps.failed('late writes', error);
      wait = againMs;
    }
  }
}

/** Whether an item of the object has a later revision than we know. Ours may be later: the reading takes a while, and we go on. */
function isNews(view: FleetView, stored: StoredObject): boolean {
  if (!isKind(stored.kind)) return false;
  const entry = view.get(stored.kind, stored.name);
  const later = (found: Stored<object> | undefined, known: Stored<object> | undefined): boolean =>
    found !== undefined && (known === undefined || found.rev > known.rev);
  return (
    later(stored.spec, entry?.spec) || later(stored.status, entry?.status) || later(stored.inventory, entry?.inventory)
  );
}
