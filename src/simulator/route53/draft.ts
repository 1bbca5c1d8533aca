import type { RecordIndex } from './record-index.ts';
import { groupKey, type StoredSet } from './records.ts';

/** A zone's records with some changes on top that are not made yet: a batch is evaluated on it, and made only when all of it holds. */
export interface Draft {
  get(key: string): StoredSet | undefined;
  group(name: string, type: string): readonly StoredSet[];
  types(name: string): readonly string[];
  put(set: StoredSet): void;
  remove(set: StoredSet): void;
  /** What changes in all: each key's set before and after. */
  changes(): readonly RecordChange[];
  /** Sets in the zone once the changes are made. */
  size(): number;
}

export interface RecordChange {
  readonly before: StoredSet | undefined;
  readonly after: StoredSet | undefined;
}

/** A draft on top of an index, which stays as it is. */
export function createDraft(base: RecordIndex): Draft {
  const overlay = new Map<string, RecordChange>();
  /** Sets of the overlay by group and by name, so that looking at a group does not look at the whole batch. */
  const touched = new Map<string, Set<string>>();
  const typesTouched = new Map<string, Set<string>>();

  const note = (set: StoredSet, after: StoredSet | undefined): void => {
    overlay.set(set.key, { before: base.get(set.key), after });
    const group = groupKey(set.name, set.type);
    touched.set(group, (touched.get(group) ?? new Set<string>()).add(set.key));
    typesTouched.set(set.name, (typesTouched.get(set.name) ?? new Set<string>()).add(set.type));
  };

  const group = (name: string, type: string): readonly StoredSet[] => {
    const keys = touched.get(groupKey(name, type)) ?? new Set<string>();
    const kept = base.group(name, type).filter((set) => !keys.has(set.key));
    const changed = [...keys].map((key) => overlay.get(key)?.after).filter((set) => set !== undefined);
    return [...kept, ...changed];
  };

  return {
    get: (key) => {
      const change = overlay.get(key);
      return change === undefined ? base.get(key) : change.after;
    },
    group,
    types: (name) => {
      const types = new Set([...base.types(name), ...(typesTouched.get(name) ?? [])]);
      return [...types].filter((type) => group(name, type).length > 0);
    },
    put: (set) => note(set, set),
    remove: (set) => note(set, undefined),
    changes: () => [...overlay.values()],
    size: () => {
      let size = base.size;
      for (const { before, after } of overlay.values()) {
        size += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
      }
      return size;
    },
  };
}
