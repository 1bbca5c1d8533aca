/** A placement as its health is looked at. */
export interface HealthSubject {
  readonly placement: string;
  readonly tier: string;
  readonly cell: string;
}

/** What one pass read. A read that failed is no reading. */
export interface HealthReading {
  readonly healthyTargets: number;
  /** ECS calls the service steady with all the tasks that are wanted. */
  readonly steady: boolean;
}

/** Whether a placement's record is to be taken out of its name. `suspected`: it looks as if, but what says so is not to be trusted. */
export type HealthVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'suspected'; readonly message: string };

interface Seen extends HealthSubject, HealthReading {
  readonly at: number;
  /** Since when no healthy target was seen; undefined while there is one. */
  readonly downSince: number | undefined;
}

/** After so long without a healthy target a placement counts as down; a reading older than this says nothing about another. Milliseconds. */
export const downAfterMs = 60_000;

/**
 * What the passes of this term saw of the placements' targets. A name keeps the record of a placement that is down unless another of the same tenant serves, and unless so many look
 * down at once, not all of them in one cell, that the observer is the likelier fault.
 */
export class HealthBook {
  readonly #seen = new Map<string, Seen>();

  /** Takes down what was read at `now` (milliseconds, monotonic). */
  note(subject: HealthSubject, reading: HealthReading, now: number): void {
    const before = this.#seen.get(subject.placement);
    const downSince = reading.healthyTargets > 0 ? undefined : (before?.downSince ?? now);
    this.#seen.set(subject.placement, { ...subject, ...reading, at: now, downSince });
  }

  forget(placement: string): void {
    this.#seen.delete(placement);
  }

  /** `others`: placements of the same tenant whose records stand and are answered everywhere. `placementsOf`: how many a tier has. */
  verdict(
    placement: string,
    others: readonly string[],
    placementsOf: (tier: string) => number,
    now: number,
  ): HealthVerdict {
    const seen = this.#seen.get(placement);
    if (seen === undefined || !isDown(seen, now)) return { kind: 'keep' };
    if (!others.some((other) => this.#serves(other, now))) return { kind: 'keep' };
    if (seen.steady) {
      const message = `placement ${placement} has no healthy target, and ECS calls its service steady: its record stays`;
      return { kind: 'suspected', message };
    }
    const fresh = [...this.#seen.values()].filter((one) => now - one.at <= downAfterMs);
    const down = fresh.filter((one) => one.tier === seen.tier && one.downSince !== undefined);
    const all = placementsOf(seen.tier);
    if (down.length > Math.max(2, all / 5) && new Set(down.map((one) => one.cell)).size > 1) {
      const message = `${down.length} of ${all} placements of tier ${seen.tier}, in several cells, look as if they had no healthy target: no record is withdrawn`;
      return { kind: 'suspected', message };
    }
    return { kind: 'withdraw' };
  }

  #serves(placement: string, now: number): boolean {
    const seen = this.#seen.get(placement);
    return seen !== undefined && seen.downSince === undefined && now - seen.at <= downAfterMs;
  }
}

function isDown({ downSince }: Seen, now: number): boolean {
  return downSince !== undefined && now - downSince >= downAfterMs;
}
