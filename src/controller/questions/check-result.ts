import type { CheckId, CheckResult } from '../../model/checks.ts';
import type { Clock } from '../../model/clock.ts';

/** A check that holds. */
export function ok(id: CheckId, found: string, about?: string): CheckResult {
  return { id, ...(about === undefined ? {} : { about }), outcome: 'ok', found };
}

/** One that does not, or of which that cannot be told. */
export function not(
  id: CheckId,
  outcome: 'failed' | 'warning' | 'unknown',
  words: { readonly found: string; readonly remedy: string },
  about?: string,
): CheckResult {
  return { id, ...(about === undefined ? {} : { about }), outcome, ...words };
}

/** One that cannot be made, because of another that does not hold. */
export function skipped(id: CheckId, found: string, about: string): CheckResult {
  return { id, about, outcome: 'skipped', found };
}

/** Roles are assumed anew where the last proof is older than this: whoever has just mended one wants to see it. */
export const rolesAgeMs = 60_000;
/** What is not answered for in this time is told as that, and holds up nobody else. */
export const patienceMs = 20_000;

/** What comes of `work` in `patienceMs`; undefined where nothing does. */
export function patiently<T>(clock: Clock, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () => resolve(undefined));
    work.then(resolve, reject).finally(cancel);
  });
}

/** That nothing came of it. */
export const noAnswer = {
  found: `no answer within ${patienceMs / 1_000} s`,
  remedy: 'see whether STS of the Region can be reached from the controller, and ask again',
} as const;
