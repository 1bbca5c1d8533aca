import { CallError } from '../../model/errors.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import type { KeyedQueue } from '../queue/keyed-queue.ts';
import { detailPeriodMs } from '../sweeps/periods.ts';
import { suspicious } from '../sweeps/probe.ts';
import type { EngineDeps } from '../tenant/deps.ts';
import type { LoopObserver, TermDeps } from './deps.ts';
import { fleetKey } from './run-deps.ts';

export interface SweepsDeps {
  readonly term: Pick<TermDeps, 'clock' | 'random' | 'config'> & {
    readonly observer: Pick<LoopObserver, 'swept' | 'detailPeriod' | 'callFailed' | 'failed'>;
  };
  readonly engine: EngineDeps;
  readonly queue: KeyedQueue;
  readonly view: FleetView;
  readonly list: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A list that failed is tried again after this long. */
const listAgainMs = 5_000;

/** Tenants that a probe looks at side by side, so that their reads share calls: a call reads up to a hundred clusters. */
const probedTogether = 200;

/**
 * The two sweeps. The probe comes round each resync: it lists the desired table, has every cell, tier and infra group looked at anew, and looks at every settled tenant by scoped reads. The
 * detail sweep takes one tenant after the other through a full pass, evenly over its period.
 */
export class Sweeps {
  readonly #deps: SweepsDeps;
  #running: Promise<void>[] = [];
  #wakeList: () => void = () => undefined;
  /** Asked for while nobody waited to be woken: before the start, or in the midst of a sweep. */
  #listDue = false;

  constructor(deps: SweepsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = [this.#probes(), this.#details()];
  }

  async stopped(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** The next list does not wait for the resync. */
  listSoon(): void {
    this.#listDue = true;
    this.#wakeList();
  }

  async #probes(): Promise<void> {
    const { term, signal } = this.#deps;
    // A list that is asked for in between never puts the probe off.
    let due = this.#nextProbe();
    while (!signal.aborted) {
      await this.#pause(due - term.clock.monotonic());
      if (signal.aborted) return;
      this.#listDue = false;
      if (!(await this.#guarded('list', () => this.#deps.list()))) {
        this.#listDue = true;
        await this.#sleep(listAgainMs);
      }
      if (term.clock.monotonic() < due) continue;
      const began = term.clock.monotonic();
      await this.#guarded('probe', () => this.#probe());
      if (!signal.aborted) term.observer.swept('probe', term.clock.monotonic() - began);
      due = this.#nextProbe();
    }
  }

  /** A tenth of jitter, so that several installations do not sweep in step. */
  #nextProbe(): number {
    const { term } = this.#deps;
    return term.clock.monotonic() + term.config.resyncMs * (0.9 + term.random() / 10);
  }

  async #probe(): Promise<void> {
    const { term, queue, view, signal } = this.#deps;
    for (const kind of ['Tier', 'Cell', 'InfraGroup'] as const)
      for (const entry of view.all(kind)) queue.add(entry.key, 'resync');
    queue.add(fleetKey, 'resync');
    const began = term.clock.monotonic();
    const tenants = view.all('Tenant');
    for (let from = 0; from < tenants.length && !signal.aborted; from += probedTogether) {
      await Promise.all(tenants.slice(from, from + probedTogether).map((entry) => this.#look(entry, began)));
    }
  }

  async #look(entry: ObjectEntry, began: number): Promise<void> {
    const { term, queue, engine } = this.#deps;
    try {
      // Only what was read since this sweep began counts.
      if (await suspicious(engine, entry, Math.max(0, term.clock.monotonic() - began))) queue.add(entry.key, 'drift');
    } catch (error) {
      if (!(error instanceof CallError) || error.class === 'fenced') throw error;
      term.observer.callFailed(entry.key, error);
      queue.add(entry.key, 'drift');
    }
  }

  async #details(): Promise<void> {
    const { term, queue, view, signal } = this.#deps;
    while (!signal.aborted) {
      const began = term.clock.monotonic();
      const names = view.all('Tenant').map((entry) => entry.key);
      const periodMs = this.#detailPeriod();
      term.observer.detailPeriod(periodMs);
      for (const [index, key] of names.entries()) {
        const due = began + (periodMs * (index + 1)) / (names.length + 1);
        await this.#sleep(Math.max(0, due - term.clock.monotonic()));
        if (signal.aborted) return;
        queue.add(key, 'detail');
      }
      await this.#sleep(Math.max(0, began + periodMs - term.clock.monotonic()));
      if (!signal.aborted) term.observer.swept('detail', term.clock.monotonic() - began);
    }
  }

  #detailPeriod(): number {
    const { term, view } = this.#deps;
    const byCell = new Map<string, number>();
    for (const entry of view.all('Tenant')) {
      for (const placement of placementsOf(entry)) byCell.set(placement.cell, (byCell.get(placement.cell) ?? 0) + 1);
    }
    return detailPeriodMs(term.config.detailMs, Math.max(0, ...byCell.values()), view.fleet()?.callShare ?? 0.7);
  }

  /** Ends before the time when a list is asked for. */
  async #pause(ms: number): Promise<void> {
    if (this.#listDue) return;
    const woken = new Promise<void>((resolve) => {
      this.#wakeList = resolve;
    });
    await Promise.race([woken, this.#sleep(Math.max(0, ms))]);
  }

  async #sleep(ms: number): Promise<void> {
    const { term, signal } = this.#deps;
    try {
      await term.clock.sleep(ms, signal);
    } catch (error) {
      // The sleep ends early by our own stop, and by nothing else.
      if (!signal.aborted) throw error;
    }
  }

  /** Whether it went well. A sweep that fails is tried again at the next round: it never ends the loop. */
  async #guarded(what: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      if (!this.#deps.signal.aborted)
        this.#deps.term.observer.failed(what, error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }
}
