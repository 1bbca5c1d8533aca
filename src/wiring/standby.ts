import type { Term } from '../controller/loop/term.ts';
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';

/** The fleet as a standby knows it: by the two tables alone. */
export interface WarmView {
  readonly term: Term;
  /** Milliseconds since the epoch: when the tables began to be read. */
  readonly at: number;
}

export interface StandbyOptions {
  readonly clock: Clock;
  /** How often the tables are read while this process stands by, in milliseconds. */
  readonly intervalMs: number;
  /** Whether this process leads, or is about to: then there is nothing to be kept warm. */
  readonly leads: () => boolean;
  /** Reads both tables to their ends into a new term. Throws `CallError`. */
  readonly load: () => Promise<Term>;
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** How often it is asked whether this process still stands by. Milliseconds. */
const lookMs = 1_000;

/**
 * Keeps a view of the fleet warm while another process leads, for page, API and probes. It reads the two tables and nothing else: the stream has one reader, and the cells' calls are the
 * leader's. A term of leadership never begins with this view: what is written by has to be read anew, and consistently.
 */
export class Standby {
  readonly #options: StandbyOptions;
  readonly #stop = new AbortController();
  #view: WarmView | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();

  constructor(options: StandbyOptions) {
    this.#options = options;
  }

  /** Undefined while this process leads, and until the tables were read once. */
  get view(): WarmView | undefined {
    return this.#options.leads() ? undefined : this.#view;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends. A read under way is waited for: it writes nothing. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, leads, intervalMs } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (leads()) this.#view = undefined;
      else if (this.#view === undefined || clock.monotonic() - this.#readAt >= intervalMs) await this.#read();
      await clock.sleep(lookMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #read(): Promise<void> {
    const { clock, load, log } = this.#options;
    this.#readAt = clock.monotonic();
    const at = clock.now();
    try {
      this.#view = { term: await load(), at };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      log('the tables could not be read while standing by', { code: error.code, reason: error.message });
    }
  }
}
