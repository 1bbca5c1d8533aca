import type { CallError } from '../../model/errors.ts';

/** How long a call that AWS refused is not made again, unless what is asked for changes: at 0.3 calls a second, refusals of some would use up what all others need. */
export const refusedForMs = 600_000;

interface Refused {
  readonly hash: string;
  readonly error: CallError;
  /** On the monotonic clock. */
  readonly until: number;
}

/** Endpoints that AWS refused to make or change, in this term. */
export class RefusalBook {
  readonly #refused = new Map<string, Refused>();

  /** The refusal that still stands of what has this hash. */
  of(key: string, hash: string, now: number): CallError | undefined {
    const refused = this.#refused.get(key);
    return refused !== undefined && refused.hash === hash && now < refused.until ? refused.error : undefined;
  }

  note(key: string, hash: string, error: CallError, now: number): void {
    this.#refused.set(key, { hash, error, until: now + refusedForMs });
  }

  forget(key: string): void {
    this.#refused.delete(key);
  }
}
