/** What a term is given that reads and never writes. */
import type { LoopObserver } from '../controller/loop/deps.ts';
import type { StateWriter } from '../store/state-writer.ts';

/** Takes every write as done, and keeps it to itself. */
export const nothingWritten: StateWriter = {
  writeStatus: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  writeSpec: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  writeInventory: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  appendEvent: async () => undefined,
  remove: async () => undefined,
};

const nothing = (): void => undefined;

/** Tells nobody. */
export const silent: LoopObserver = {
  change: nothing,
  shared: nothing,
  wired: nothing,
  groupHeld: nothing,
  held: nothing,
  event: nothing,
  callFailed: nothing,
  moved: () => undefined,
  placed: nothing,
  swept: nothing,
  synced: nothing,
  detailPeriod: nothing,
  failed: nothing,
  queue: { added: nothing, started: nothing, finished: nothing, retried: nothing },
};
