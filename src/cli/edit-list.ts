/** Adding to a list in a record's spec (`allow`, `adopt`) without losing what else it says, or what somebody else writes at the same time. */
import { CallError } from '../model/errors.ts';
import type { Kind } from '../model/records/kinds.ts';
import type { Session } from './session.ts';

const attempts = 5;

/** An entry that holds until a time (RFC 3339). */
export interface TimedEntry {
  readonly until: string;
}

/**
 * Adds `entry` to the list in `spec.<field>`, in the place of entries that `replaces` names, and leaves out those whose time is over. Where there is no record, `make` says whether one is made of the entry alone.
 * Throws `CallError`: `not_found` where there is none and none is made.
 */
export async function addTimedEntry<T extends TimedEntry>(
  session: Session,
  at: { readonly kind: Kind; readonly name: string; readonly field: string; readonly make: boolean },
  entry: T,
  options: { readonly now: number; readonly replaces: (other: Readonly<Record<string, unknown>>) => boolean },
): Promise<void> {
  const { kind, name, field } = at;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const raw = await session.desired.get(kind, name);
      if (raw === undefined && at.make) {
        await session.desired.put({ kind, name, spec: { [field]: [entry] } }, { ifAbsent: true });
        return;
      }
      const was = fieldOf(raw?.spec, field);
      const list: readonly unknown[] = Array.isArray(was) ? was : [];
      const kept = list.filter((other) => stays(other, options));
      await session.desired.updateSpecField(kind, name, field, [...kept, entry], { was });
      return;
    } catch (error) {
      if (!(error instanceof CallError) || error.class !== 'conflict' || attempt >= attempts) throw error;
    }
  }
}

/** What cannot be read stays: only its writer knows what it is for. */
function stays(
  other: unknown,
  options: { readonly now: number; readonly replaces: (other: Readonly<Record<string, unknown>>) => boolean },
): boolean {
  if (typeof other !== 'object' || other === null) return true;
  const entry: Readonly<Record<string, unknown>> = { ...other };
  const until = typeof entry['until'] === 'string' ? Date.parse(entry['until']) : Number.NaN;
  return !(until <= options.now) && !options.replaces(entry);
}

function fieldOf(spec: unknown, field: string): unknown {
  if (typeof spec !== 'object' || spec === null) return undefined;
  return Object.getOwnPropertyDescriptor(spec, field)?.value;
}
