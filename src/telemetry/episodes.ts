import type { Clock } from '../model/clock.ts';
import type { Change } from '../model/resources.ts';
import { wholeFields } from './drift-fields.ts';

interface Episode {
  /** Monotonic. */
  readonly since: number;
  seenAt: number;
}

/** What an applied change put right. */
export interface Healed {
  readonly fields: readonly string[];
  /** From the first sight of the oldest of the fields, in seconds. */
  readonly seconds: number;
}

const [missing, extra] = wholeFields;

/** The fields that a change puts right, each once: what the label `field` says. */
export function fieldsOf(change: Change): readonly string[] {
  switch (change.action) {
    case 'create':
      return [missing];
    case 'delete':
      return [extra];
    case 'update':
    case 'replace':
      return [...new Set(change.fields.map((field) => field.field))];
    default:
      return change satisfies never;
  }
}

/**
 * Drift that lasts. Each field of each resource of an object is an episode from when it is first seen until it is healed, or until a run of the object finds everything in
 * order without us (somebody put it right): so a difference that many passes see is counted once, and its healing is measured from the first.
 */
export class DriftEpisodes {
  readonly #clock: Clock;
  readonly #most: number;
  /** By object, then by resource and field. */
  readonly #open = new Map<string, Map<string, Episode>>();
  #count = 0;

  /** `most`: how many episodes are remembered; the oldest give way, and would be counted again. */
  constructor(clock: Clock, most = 20_000) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Fields of the change that were not known to have drifted. */
  seen(object: string, change: Change): readonly string[] {
    const now = this.#clock.monotonic();
    const open = this.#open.get(object) ?? new Map<string, Episode>();
    this.#open.set(object, open);
    const fresh = fieldsOf(change).filter((field) => {
      const known = open.get(keyOf(change, field));
      if (known !== undefined) known.seenAt = now;
      return known === undefined;
    });
    for (const field of fresh) open.set(keyOf(change, field), { since: now, seenAt: now });
    this.#count += fresh.length;
    this.#dropOldest();
    return fresh;
  }

  /** Ends the episodes that the change put right. What was never seen took no time. */
  applied(object: string, change: Change): Healed {
    const now = this.#clock.monotonic();
    const fields = fieldsOf(change);
    let since = now;
    for (const field of fields) {
      const key = keyOf(change, field);
      since = Math.min(since, this.#open.get(object)?.get(key)?.since ?? now);
      this.#end(object, key);
    }
    return { fields, seconds: (now - since) / 1_000 };
  }

  /** A run of the object that began at `since` (monotonic) found everything in order: what it did not see any more is over. */
  settled(object: string, since: number): void {
    for (const [key, episode] of this.#open.get(object) ?? []) if (episode.seenAt < since) this.#end(object, key);
  }

  clear(): void {
    this.#open.clear();
    this.#count = 0;
  }

  #end(object: string, key: string): void {
    const open = this.#open.get(object);
    if (open?.delete(key) === true) this.#count -= 1;
    if (open?.size === 0) this.#open.delete(object);
  }

  #dropOldest(): void {
    for (const [object, open] of this.#open) {
      if (this.#count <= this.#most) return;
      for (const key of [...open.keys()]) if (this.#count > this.#most) this.#end(object, key);
    }
  }
}

function keyOf(change: Change, field: string): string {
  return [change.placement, change.kind, field].join('\n');
}
