import { type ObjectEntry, placementsOf } from '../controller/fleet/entry.ts';
import type { FleetView } from '../controller/fleet/view.ts';
import { keyText } from '../controller/keys.ts';
import type { LoopObserver } from '../controller/loop/deps.ts';
import type { Outcome } from '../controller/outcome.ts';
import type { Clock } from '../model/clock.ts';
import { CallError, errorClassOf } from '../model/errors.ts';
import type { Change, MoveCause } from '../model/resources.ts';
import type { ObjectEvent } from '../model/state.ts';
import { type Activity, ActivityLog, type RecentActivity } from './activity.ts';
import { Decisions } from './decisions.ts';
import { resourceLabel } from './drift-fields.ts';
import { DriftEpisodes, fieldsOf } from './episodes.ts';
import { Holds } from './holds.ts';
import { controllerOf } from './label-values.ts';
import { type Logger, printable } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { type Run, RunCounter } from './runs.ts';

type NewEvent = Pick<ObjectEvent, 'type' | 'reason' | 'message'>;

export interface ObserverOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Keeps an event in an object's history. Called for the engine's own events, for drift found and healed, and when something begins to be held. */
  readonly events: (key: string, event: NewEvent) => void;
  /** The fleet as the loop sees it now; undefined while there is no loop. */
  readonly view?: () => FleetView | undefined;
  /** How many recent entries are kept of healing, and of all else (200 each). */
  readonly recent?: number;
}

/** What the loop tells, turned into metrics, log lines, events and the list of recent activity. */
export interface Observer extends LoopObserver {
  /** The last healings and changes, the newest first. */
  activity(): RecentActivity;
  /** The commonest refusal of each tenant that finds no room, by tenant. */
  refusals(): ReadonlyMap<string, string>;
  /** How many resources lost their mark or found their name taken, by resource. */
  conflicts(): ReadonlyMap<string, number>;
  /** A term of leadership ended: nothing is under way, held or drifting as far as this process knows. Counters stay. */
  termEnded(): void;
}

/** Creates the observer of a process; it outlives terms of leadership. */
export function createObserver(options: ObserverOptions): Observer {
  return new TelemetryObserver(options);
}

class TelemetryObserver implements Observer {
  readonly queue: RunCounter;
  readonly #options: ObserverOptions;
  readonly #activity: ActivityLog;
  readonly #episodes: DriftEpisodes;
  readonly #holds = new Holds();
  readonly #decisions: Decisions;
  /** The last failure of each object, until it settles: one that repeats is told once. */
  readonly #failures = new Map<string, string>();

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#activity = new ActivityLog(options.recent);
    this.#episodes = new DriftEpisodes(options.clock);
    this.#decisions = new Decisions(options.metrics);
    this.queue = new RunCounter(options.metrics, options.clock, (run, outcome) => this.#ended(run, outcome));
    options.metrics.beforeScrape(() => this.#holds.collect(options.metrics));
  }

  change(change: Change, what: 'seen' | 'applied', tenant: string): void {
    this.#change(change, what, keyText('Tenant', tenant), { tenant });
  }

  shared(change: Change, what: 'seen' | 'applied', tier: string): void {
    this.#change(change, what, keyText('Tier', tier), { tier });
  }

  wired(change: Change, what: 'seen' | 'applied', infraGroup: string): void {
    this.#change(change, what, keyText('InfraGroup', infraGroup), { infraGroup });
  }

  held(reason: string, tenant: string, message: string): void {
    this.#held(keyText('Tenant', tenant), { tenant }, reason, message);
  }

  groupHeld(reason: string, infraGroup: string, message: string): void {
    this.#held(keyText('InfraGroup', infraGroup), { infraGroup }, reason, message);
  }

  #held(object: string, whose: Readonly<Record<string, string>>, reason: string, message: string): void {
    const run = this.queue.run(object);
    const known = run?.held.has(reason) ?? false;
    run?.held.set(reason, message);
    if (known || this.#holds.stands(object, reason)) return;
    this.#options.logger.warn({ ...whose, reason, detail: message }, 'a change is held back');
    this.#activity.add({ what: 'held', at: this.#now(), object, reason, message: printable(message) });
    this.#options.events(object, { type: 'Warning', reason: heldEvent(reason), message: printable(message) });
  }

  event(key: string, event: NewEvent): void {
    const { logger, events } = this.#options;
    const fields = { object: key, reason: event.reason, detail: event.message };
    if (event.type === 'Warning') logger.warn(fields, 'event');
    else logger.info(fields, 'event');
    this.#activity.add({
      what: 'event',
      at: this.#now(),
      object: printable(key, 120),
      reason: event.reason,
      message: printable(event.message),
    });
    events(key, event);
  }

  callFailed(key: string, error: Error): void {
    const { metrics, logger } = this.#options;
    metrics.inc('cellwright_call_failures_total', { controller: controllerOf(key), class: errorClassOf(error) });
    const fields = errorFields(error);
    const text = `${fields.code}: ${fields.detail}`;
    if (this.#failures.get(key) === text) {
      logger.debug({ object: key, ...fields }, 'a call failed again');
      return;
    }
    this.#failures.set(key, text);
    logger.warn({ object: key, ...fields }, 'a call failed');
    this.#activity.add({
      what: 'failed',
      at: this.#now(),
      object: printable(key, 120),
      reason: fields.code,
      message: printable(fields.detail),
    });
  }

  placed(tenant: string, refusal: string | undefined): void {
    const entry = this.#options.view?.()?.get('Tenant', tenant);
    if (entry !== undefined && isLeaving(entry)) {
      this.#decisions.forget(tenant);
      return;
    }
    const isNew = entry !== undefined && isNewlyPlaced(entry);
    if (this.#decisions.placed(tenant, refusal, isNew))
      this.#options.logger.info({ tenant, refusal: refusal ?? null }, 'placement decided');
  }

  moved(_tenant: string, what: 'done' | 'aborted', cause: MoveCause, tookMs: number): void {
    const { metrics } = this.#options;
    metrics.inc('cellwright_moves_total', { cause, result: what });
    if (what === 'done') metrics.observe('cellwright_move_duration_seconds', { cause }, tookMs / 1_000);
  }

  swept(kind: 'probe' | 'detail', tookMs: number): void {
    const { metrics, logger } = this.#options;
    metrics.inc('cellwright_sweeps_total', { kind });
    metrics.observe('cellwright_sweep_duration_seconds', { kind }, tookMs / 1_000);
    logger.debug({ sweep: kind, tookMs: Math.round(tookMs) }, 'a sweep ended');
  }

  synced(at: number): void {
    this.#options.metrics.set('cellwright_last_sync_timestamp_seconds', {}, at / 1_000);
  }

  detailPeriod(ms: number): void {
    this.#options.metrics.set('cellwright_detail_period_seconds', {}, ms / 1_000);
  }

  failed(what: string, error: Error): void {
    const { metrics, logger } = this.#options;
    metrics.inc('cellwright_loop_failures_total', { class: errorClassOf(error) });
    logger.error({ what, ...errorFields(error) }, 'part of the loop failed');
  }

  activity(): RecentActivity {
    return this.#activity.recent();
  }

  refusals(): ReadonlyMap<string, string> {
    return this.#decisions.refusals();
  }

  conflicts(): ReadonlyMap<string, number> {
    return this.#holds.conflicts();
  }

  termEnded(): void {
    this.queue.clear();
    this.#episodes.clear();
    this.#holds.clear();
    this.#decisions.clear();
    this.#failures.clear();
  }

  #change(change: Change, what: 'seen' | 'applied', object: string, whose: Readonly<Record<string, string>>): void {
    const { logger } = this.#options;
    const fields = { ...whose, resource: change.kind, name: change.name, action: change.action, reason: change.reason };
    if (what === 'seen') {
      logger.debug({ ...fields, fields: fieldsOf(change) }, 'change seen');
      if (change.reason === 'drift') this.#drift(change, object);
      return;
    }
    const run = this.queue.run(object);
    if (run !== undefined) run.applied += 1;
    const { kind, action, reason } = change;
    this.#options.metrics.inc('cellwright_changes_total', { resource: resourceLabel(kind), action, reason });
    logger.info({ ...fields, fields: fieldsOf(change) }, 'change applied');
    if (reason === 'drift') this.#heal(change, object);
    else this.#activity.add({ what: 'change', action, reason, ...this.#subject(change, object) });
  }

  #drift(change: Change, object: string): void {
    const { metrics, events } = this.#options;
    const fresh = this.#episodes.seen(object, change);
    if (fresh.length === 0) return;
    const resource = resourceLabel(change.kind);
    for (const field of fresh) metrics.inc('cellwright_drift_detected_total', { resource, field });
    this.#activity.add({ what: 'drift', ...this.#subject(change, object), fields: fresh });
    events(object, {
      type: 'Warning',
      reason: 'DriftDetected',
      message: `${change.kind} ${change.name}: ${driftText(fresh)}`,
    });
  }

  #heal(change: Change, object: string): void {
    const { metrics, events } = this.#options;
    const { fields, seconds } = this.#episodes.applied(object, change);
    const resource = resourceLabel(change.kind);
    for (const field of fields) metrics.inc('cellwright_drift_healed_total', { resource, field });
    metrics.observe('cellwright_heal_duration_seconds', { resource }, seconds);
    this.#activity.add({ what: 'healed', ...this.#subject(change, object), fields, seconds });
    const message = `${change.kind} ${change.name}: put right (${fields.join(', ')})`;
    events(object, { type: 'Normal', reason: 'DriftHealed', message });
  }

  #subject(
    change: Change,
    object: string,
  ): Pick<Extract<Activity, { what: 'change' }>, 'at' | 'object' | 'resource' | 'name' | 'fields'> {
    return {
      at: this.#now(),
      object,
      resource: change.kind,
      name: printable(change.name, 200),
      fields: fieldsOf(change),
    };
  }

  #ended(run: Run, outcome: Outcome): void {
    this.#holds.ended(run, outcome.kind === 'retry');
    if (outcome.kind === 'retry' && !(outcome.error instanceof CallError))
      this.#options.logger.error(
        { object: run.key, ...errorFields(outcome.error) },
        'a run ended with a fault of ours',
      );
    if (outcome.kind !== 'settled') return;
    this.#episodes.settled(run.key, run.since);
    this.#failures.delete(run.key);
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

function isLeaving(entry: ObjectEntry): boolean {
  return entry.accepted?.effective?.state === 'deleted';
}

/** Whether the inventory has placements of which the status, written at the end of each run, does not tell yet. */
function isNewlyPlaced(entry: ObjectEntry): boolean {
  const told = entry.status?.value.placements?.length ?? 0;
  return told === 0 && placementsOf(entry).length > 0;
}

/** The reason of an event is CamelCase: `removal_budget` becomes HeldByRemovalBudget. */
function heldEvent(reason: string): string {
  const words = reason.split('_').map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return `HeldBy${words.join('')}`;
}

function driftText(fields: readonly string[]): string {
  if (fields.includes('_missing')) return 'not there any more, and nobody asked for that';
  if (fields.includes('_extra')) return 'there, and nobody asked for it';
  return `${fields.join(', ')} changed, and nobody asked for that`;
}

interface ErrorFields {
  readonly class: string;
  readonly code: string;
  readonly detail: string;
  readonly call?: string;
  readonly requestId?: string;
  readonly stack?: string;
}

/** What a failure says. A fault of ours shows where it comes from; what AWS refused needs no stack. */
function errorFields(error: Error): ErrorFields {
  const common = { class: errorClassOf(error), detail: error.message };
  if (!(error instanceof CallError))
    return { ...common, code: error.name, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  const { code, service, operation, requestId } = error;
  return { ...common, code, call: `${service}:${operation}`, ...(requestId === undefined ? {} : { requestId }) };
}
