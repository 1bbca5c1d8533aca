import type { Outcome, Trigger } from '../../../src/controller/outcome.ts';
import { KeyedQueue, type KeyedQueueOptions } from '../../../src/controller/queue/keyed-queue.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

export interface Run {
  readonly key: string;
  readonly trigger: Trigger;
  readonly startedAt: number;
  endedAt?: number;
}

export const settled: Outcome = { kind: 'settled' };

/** A queue on a virtual clock that takes down every run. `work` says how long a run takes and what it comes to. */
export class QueueBench {
  readonly clock = new VirtualClock();
  readonly runs: Run[] = [];
  readonly retried: string[] = [];
  /** Keys that two workers had at once: there must never be one. */
  readonly doubled: string[] = [];
  readonly queue: KeyedQueue;
  readonly #running = new Set<string>();
  #work: (run: Run, count: number) => { ms: number; outcome: Outcome | Error };

  constructor(
    work: (run: Run, count: number) => { ms: number; outcome: Outcome | Error },
    options: Partial<KeyedQueueOptions> = {},
  ) {
    this.#work = work;
    const nothing = (): void => undefined;
    this.queue = new KeyedQueue({
      clock: this.clock,
      random: () => 0.5,
      concurrency: 1,
      run: (key, trigger) => this.#run(key, trigger),
      observer: { added: nothing, started: nothing, finished: nothing, retried: (key) => void this.retried.push(key) },
      ...options,
    });
  }

  /** `key trigger` of each run, in order. */
  get order(): readonly string[] {
    return this.runs.map((run) => `${run.key} ${run.trigger}`);
  }

  /** When the runs of a key began, in milliseconds. */
  starts(key: string): readonly number[] {
    return this.runs.filter((run) => run.key === key).map((run) => run.startedAt);
  }

  async #run(key: string, trigger: Trigger): Promise<Outcome> {
    if (this.#running.has(key)) this.doubled.push(key);
    this.#running.add(key);
    const run: Run = { key, trigger, startedAt: this.clock.monotonic() };
    this.runs.push(run);
    const { ms, outcome } = this.#work(run, this.starts(key).length);
    if (ms > 0) await this.clock.sleep(ms);
    run.endedAt = this.clock.monotonic();
    this.#running.delete(key);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }
}
