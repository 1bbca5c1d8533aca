import type { Outcome } from '../controller/outcome.ts';
import type { QueueObserver } from '../controller/queue/keyed-queue.ts';
import type { Clock } from '../model/clock.ts';
import { controllerLabels, controllerOf, type RunResult } from './label-values.ts';
import type { Metrics } from './metrics.ts';

/** The queue's name in metrics: there is one, of keys. */
const name = 'keys';

/** A run under way. */
export interface Run {
  readonly key: string;
  /** Monotonic. */
  readonly since: number;
  /** Changes that AWS took during it. */
  applied: number;
  /** Why the guard held something back during it, with the message of each reason. */
  readonly held: Map<string, string>;
}

/** Told when a run of a key ended. */
export type RunEnded = (run: Run, outcome: Outcome) => void;

/** Counts and times the runs of the queue, in the field's own metrics. */
export class RunCounter implements QueueObserver {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #ended: RunEnded;
  readonly #running = new Map<string, Run>();

  constructor(metrics: Metrics, clock: Clock, ended: RunEnded) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#ended = ended;
    metrics.beforeScrape(() => this.#collect());
  }

  /** The run of a key that is under way. */
  run(key: string): Run | undefined {
    return this.#running.get(key);
  }

  added(key: string): void {
    this.#metrics.inc('workqueue_adds_total', { name, controller: controllerOf(key) });
  }

  started(key: string, _trigger: unknown, waitedMs: number): void {
    this.#running.set(key, { key, since: this.#clock.monotonic(), applied: 0, held: new Map() });
    const controller = controllerOf(key);
    this.#metrics.observe('workqueue_queue_duration_seconds', { name, controller }, waitedMs / 1_000);
  }

  finished(key: string, outcome: Outcome, tookMs: number): void {
    const run = this.#running.get(key);
    this.#running.delete(key);
    const controller = controllerOf(key);
    const result = resultOf(outcome);
    this.#metrics.inc('controller_runtime_reconcile_total', { controller, result });
    if (result === 'error') this.#metrics.inc('controller_runtime_reconcile_errors_total', { controller });
    if (outcome.kind === 'terminal')
      this.#metrics.inc('controller_runtime_terminal_reconcile_errors_total', { controller });
    if (outcome.kind === 'retry' && outcome.class === 'bug')
      this.#metrics.inc('controller_runtime_reconcile_panics_total', { controller });
    this.#metrics.observe('controller_runtime_reconcile_time_seconds', { controller }, tookMs / 1_000);
    this.#metrics.observe('workqueue_work_duration_seconds', { name, controller }, tookMs / 1_000);
    this.#metrics.set('cellwright_last_reconcile_timestamp_seconds', { controller }, this.#clock.now() / 1_000);
    if (run === undefined) return;
    if (outcome.kind === 'settled' && run.applied === 0)
      this.#metrics.inc('cellwright_noop_reconciles_total', { controller });
    this.#ended(run, outcome);
  }

  retried(key: string): void {
    this.#metrics.inc('workqueue_retries_total', { name, controller: controllerOf(key) });
  }

  /** Runs of a term that ended: their `finished` may never come. */
  clear(): void {
    this.#running.clear();
  }

  #collect(): void {
    const now = this.#clock.monotonic();
    const totals = new Map(controllerLabels.map((label) => [label, { count: 0, sum: 0, longest: 0 }]));
    for (const { key, since } of this.#running.values()) {
      const controller = controllerOf(key);
      const total = totals.get(controller) ?? { count: 0, sum: 0, longest: 0 };
      const seconds = (now - since) / 1_000;
      totals.set(controller, {
        count: total.count + 1,
        sum: total.sum + seconds,
        longest: Math.max(total.longest, seconds),
      });
    }
    for (const [controller, { count, sum, longest }] of totals) {
      if (controller === 'other') continue;
      this.#metrics.set('controller_runtime_active_workers', { controller }, count);
      this.#metrics.set('workqueue_unfinished_work_seconds', { name, controller }, sum);
      this.#metrics.set('workqueue_longest_running_processor_seconds', { name, controller }, longest);
    }
  }
}

/** An outcome in the field's words. Waiting, for whatever, is no error. */
export function resultOf(outcome: Outcome): RunResult {
  switch (outcome.kind) {
    case 'settled':
      return 'success';
    case 'progressing':
    case 'waiting':
    case 'held':
      return 'requeue_after';
    case 'retry':
    case 'terminal':
      return 'error';
    default:
      return outcome satisfies never;
  }
}
