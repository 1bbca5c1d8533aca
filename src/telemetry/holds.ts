import { guardReasons } from '../model/guard-reasons.ts';
import { resourceKinds } from '../model/resources.ts';
import { resourceLabel } from './drift-fields.ts';
import type { HeldReason } from './label-values.ts';
import type { Metrics } from './metrics.ts';
import type { Run } from './runs.ts';

/** What the engine calls a lost mark or a taken name, and the guard's word for it. */
const ownershipReasons: ReadonlySet<string> = new Set(['OwnershipLost', 'NameTaken']);

/** The label of a reason for which something is held. */
export function heldLabel(reason: string): HeldReason {
  if (ownershipReasons.has(reason)) return 'ownership';
  return guardReasons.find((known) => known === reason) ?? 'other';
}

/** What is held back at present, by object: as the last run of each left it. */
export class Holds {
  readonly #byObject = new Map<string, ReadonlyMap<string, string>>();

  /** Takes over what a run was held by. A run that broke off says nothing of what it did not come to. */
  ended(run: Run, brokeOff: boolean): void {
    const before = brokeOff ? (this.#byObject.get(run.key) ?? []) : [];
    const held = new Map([...before, ...run.held]);
    if (held.size === 0) this.#byObject.delete(run.key);
    else this.#byObject.set(run.key, held);
  }

  /** Whether this reason stood already when the object's last run ended. */
  stands(object: string, reason: string): boolean {
    return this.#byObject.get(object)?.has(reason) ?? false;
  }

  clear(): void {
    this.#byObject.clear();
  }

  /** Sets the gauge of held reasons. */
  collect(metrics: Metrics): void {
    const counts = new Map<HeldReason, number>();
    for (const held of this.#byObject.values()) {
      for (const label of new Set([...held.keys()].map(heldLabel))) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    metrics.clear('cellwright_guard_held');
    for (const [reason, count] of counts) metrics.set('cellwright_guard_held', { reason }, count);
  }

  /** How many resources lost their mark or found their name taken, by resource: the engine's message begins with it. */
  conflicts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const held of this.#byObject.values()) {
      for (const [reason, message] of held) {
        if (!ownershipReasons.has(reason)) continue;
        const kind = resourceKinds.find((candidate) => message.startsWith(`${candidate} `));
        if (kind === undefined) continue;
        const resource = resourceLabel(kind);
        counts.set(resource, (counts.get(resource) ?? 0) + 1);
      }
    }
    return counts;
  }
}
