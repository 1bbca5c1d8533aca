import type { Clock } from '../../model/clock.ts';
import { CallError } from '../../model/errors.ts';
import type { DesiredTable } from '../../store/desired.ts';
import type { StateReader } from '../../store/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import { PlacementBook } from '../capacity/book.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import { FleetView } from '../fleet/view.ts';
import { inOrder, recordsPerTurn } from '../loop/raw-records.ts';

export interface StandbyDeps {
  readonly clock: Clock;
  readonly reader: Pick<StateReader, 'loadAll'>;
  readonly desired: Pick<DesiredTable, 'list'>;
  /** The process's own mode, by configuration. */
  readonly mode: Mode;
  /** Whether nobody else in this process has the fleet: while it is false nothing is read, and nothing is kept. */
  readonly isNeeded: () => boolean;
  /** Told when the tables could not be read; what was read before is kept, and its age tells. */
  readonly failed: (error: CallError) => void;
}

/** The fleet as both tables had it. Nothing of the cells is in it: their call budgets are the leader's. */
export interface StandbyViews {
  readonly view: FleetView;
  readonly book: PlacementBook;
  /** When the reading began (milliseconds since the epoch): nothing in it is older. */
  readonly readAt: number;
}

/** How often both tables are read, at most: milliseconds. */
export const standbyPollMs = 60_000;
/** A reading that takes longer makes them rarer: it may take this share of the time, one part in twenty. */
const restFactor = 20;
/** How often it is looked whether a reading is due. */
const tickMs = 1_000;

/**
 * What a standby shows: the fleet read again and again from the tables, by reads that cost half because they may be a second behind. No decision is made from it, and a term of leadership
 * takes nothing over (decision 0019).
 */
export class Standby {
  readonly #deps: StandbyDeps;
  readonly #stop = new AbortController();
  #current: StandbyViews | undefined;

  constructor(deps: StandbyDeps) {
    this.#deps = deps;
  }

  /** Undefined until both tables were read. */
  get current(): StandbyViews | undefined {
    return this.#current;
  }

  /** Reads until stopped. Resolves at the stop, or when the reading under way has ended. */
  async run(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#stop;
    let due = clock.monotonic();
    while (!signal.aborted) {
      if (!this.#deps.isNeeded()) {
        this.#current = undefined;
        due = clock.monotonic();
      } else if (clock.monotonic() >= due) {
        const began = clock.monotonic();
        await this.#read();
        due = clock.monotonic() + Math.max(standbyPollMs, restFactor * (clock.monotonic() - began));
      }
      await this.#pause();
    }
  }

  /** Ends; what is being read is dropped when it comes. */
  stop(): void {
    this.#stop.abort(new Error('the standby stops'));
  }

  async #read(): Promise<void> {
    const { clock, reader, desired, failed } = this.#deps;
    const readAt = clock.now();
    try {
      const objects = await reader.loadAll({ consistent: false });
      const records = await desired.list({ consistent: false });
      if (!this.#stop.signal.aborted) this.#current = await this.#viewsOf({ readAt, objects, records });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (!this.#stop.signal.aborted) failed(error);
    }
  }

  async #viewsOf(read: {
    readonly readAt: number;
    readonly objects: Awaited<ReturnType<StandbyDeps['reader']['loadAll']>>;
    readonly records: Awaited<ReturnType<StandbyDeps['desired']['list']>>;
  }): Promise<StandbyViews> {
    const { clock, mode } = this.#deps;
    const view = new FleetView();
    view.load(read.objects.values());
    const deps = { view, state: nothingWritten, clock };
    for (const [index, raw] of inOrder(read.records).entries()) {
      if (index % recordsPerTurn === recordsPerTurn - 1) await clock.sleep(0);
      await acceptObject(deps, String(raw.kind), String(raw.name), raw);
    }
    const book = new PlacementBook(view, () => strictest([mode, view.fleet()?.mode]));
    return { view, book, readAt: read.readAt };
  }

  async #pause(): Promise<void> {
    const { signal } = this.#stop;
    try {
      await this.#deps.clock.sleep(tickMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** What a look at a record would write is the leader's to write. */
const nothingWritten: Pick<StateWriter, 'writeSpec'> = {
  writeSpec: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
};
