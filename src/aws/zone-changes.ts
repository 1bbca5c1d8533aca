/** Follows Route 53's changes until they are INSYNC, with at most one question per change in five seconds, whoever asks. */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';

export interface ChangeTracker {
  /** Notes a change that Route 53 acknowledged. Returns its id, or one of ours where the answer had none. */
  made(changeId: string | undefined): string;
  /** The id of a change that was found applied although its answer was lost. */
  lost(): string;
  insync(changeId: string): Promise<boolean>;
}

interface Tracked {
  insync: boolean;
  askedAt: number;
  /** Monotonic milliseconds when we saw it made; undefined for a change of an earlier process. */
  readonly madeAt: number | undefined;
  pending?: Promise<boolean> | undefined;
}

const askEveryMs = 5_000;
/** Twice what AWS calls the general case ("generally within 60 seconds"). */
const lostInsyncMs = 120_000;
/** A change that Route 53 does not know yet. */
const freshMs = 3_600_000;
const keptChanges = 2_000;
const lostPrefix = 'lost-answer/';

/** Creates a tracker. `status` asks Route 53 and throws `CallError`. */
export function createChangeTracker(deps: {
  readonly clock: Clock;
  readonly status: (changeId: string) => Promise<string | undefined>;
}): ChangeTracker {
  const { clock } = deps;
  const changes = new Map<string, Tracked>();
  const track = (changeId: string, madeAt: number | undefined): Tracked => {
    const tracked: Tracked = { insync: false, askedAt: Number.NEGATIVE_INFINITY, madeAt };
    changes.set(changeId, tracked);
    const [oldest] = changes.keys();
    if (changes.size > keptChanges && oldest !== undefined) changes.delete(oldest);
    return tracked;
  };
  // The time stands in the id, so that it means the same after a restart.
  const lost = (): string => `${lostPrefix}${clock.now()}`;

  const ask = async (changeId: string, tracked: Tracked): Promise<boolean> => {
    try {
      tracked.insync = (await deps.status(changeId)) === 'INSYNC';
    } catch (error) {
      // Route 53 forgets changes that were finished long ago. One that we have only just made it may not know yet.
      const fresh = tracked.madeAt !== undefined && clock.monotonic() - tracked.madeAt < freshMs;
      if (!(error instanceof CallError) || error.class !== 'not_found' || fresh) throw error;
      tracked.insync = true;
    }
    return tracked.insync;
  };

  return {
    made: (changeId) => {
      if (changeId === undefined || changeId === '') return lost();
      track(changeId, clock.monotonic());
      return changeId;
    },
    lost,
    insync: async (changeId) => {
      if (changeId.startsWith(lostPrefix))
        return clock.now() - Number(changeId.slice(lostPrefix.length)) >= lostInsyncMs;
      const tracked = changes.get(changeId) ?? track(changeId, undefined);
      if (tracked.insync) return true;
      if (tracked.pending !== undefined) return tracked.pending;
      if (clock.monotonic() - tracked.askedAt < askEveryMs) return false;
      tracked.askedAt = clock.monotonic();
      tracked.pending = ask(changeId, tracked).finally(() => {
        tracked.pending = undefined;
      });
      return tracked.pending;
    },
  };
}
