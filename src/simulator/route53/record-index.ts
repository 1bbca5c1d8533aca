import { nameOrder } from './names.ts';
import { groupKey, type StoredSet } from './records.ts';

/** The record sets of a zone: by key, by name and type, and in the order of the listing. */
export interface RecordIndex {
  readonly size: number;
  get(key: string): StoredSet | undefined;
  /** All sets of one name and type. */
  group(name: string, type: string): readonly StoredSet[];
  /** The types that a name has. */
  types(name: string): readonly string[];
  /** Whether the name exists in the sense of DNS: something stands at it or beneath it. */
  exists(name: string): boolean;
  put(set: StoredSet): void;
  remove(set: StoredSet): void;
  /** Sets from an order key on (that key included), at most `count`. */
  from(order: string, count: number): readonly StoredSet[];
}

/** An empty index. Listing costs the logarithm of the zone's size, whatever is written between two pages. */
export function createRecordIndex(): RecordIndex {
  const byKey = new Map<string, StoredSet>();
  const groups = new Map<string, Map<string, StoredSet>>();
  const typesByName = new Map<string, Set<string>>();
  const sorted: StoredSet[] = [];

  const position = (order: string): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle]?.order ?? '') < order) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get size() {
      return byKey.size;
    },
    get: (key) => byKey.get(key),
    group: (name, type) => [...(groups.get(groupKey(name, type))?.values() ?? [])],
    types: (name) => [...(typesByName.get(name) ?? [])],
    exists: (name) => {
      if (typesByName.has(name)) return true;
      const beneath = `${nameOrder(name)}\u0001`;
      return sorted[position(beneath)]?.order.startsWith(beneath) ?? false;
    },
    put: (set) => {
      const at = position(set.order);
      sorted.splice(at, byKey.has(set.key) ? 1 : 0, set);
      byKey.set(set.key, set);
      const group = groups.get(groupKey(set.name, set.type)) ?? new Map<string, StoredSet>();
      groups.set(groupKey(set.name, set.type), group.set(set.key, set));
      typesByName.set(set.name, (typesByName.get(set.name) ?? new Set<string>()).add(set.type));
    },
    remove: (set) => {
      if (!byKey.delete(set.key)) return;
      sorted.splice(position(set.order), 1);
      const group = groups.get(groupKey(set.name, set.type));
      group?.delete(set.key);
      if (group?.size !== 0) return;
      groups.delete(groupKey(set.name, set.type));
      const types = typesByName.get(set.name);
      types?.delete(set.type);
      if (types?.size === 0) typesByName.delete(set.name);
    },
    from: (order, count) => {
      const at = position(order);
      return sorted.slice(at, at + count);
    },
  };
}
