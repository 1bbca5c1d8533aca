import { refusalCodes } from './label-values.ts';
import type { Metrics } from './metrics.ts';

/** Counts decisions of placement: only those that say something new of a tenant, since every run asks again. */
export class Decisions {
  readonly #metrics: Metrics;
  /** Refusals that stand, by tenant. */
  readonly #refused = new Map<string, string>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** A run's answer. `isNew`: before this run the tenant had no place. True when it is a decision. */
  placed(tenant: string, refusal: string | undefined, isNew: boolean): boolean {
    const before = this.#refused.get(tenant);
    if (refusal === undefined) {
      this.#refused.delete(tenant);
      if (before === undefined && !isNew) return false;
      this.#metrics.inc('cellwright_placement_decisions_total', { outcome: 'placed', reason: 'Fits' });
      return true;
    }
    if (before === refusal) return false;
    this.#refused.set(tenant, refusal);
    const reason = refusalCodes.includes(refusal) ? refusal : 'other';
    this.#metrics.inc('cellwright_placement_decisions_total', { outcome: 'unplaceable', reason });
    return true;
  }

  /** The tenant is to go: what it lacked does not matter any more. */
  forget(tenant: string): void {
    this.#refused.delete(tenant);
  }

  /** The commonest refusal of each tenant that finds no room. */
  refusals(): ReadonlyMap<string, string> {
    return this.#refused;
  }

  clear(): void {
    this.#refused.clear();
  }
}
