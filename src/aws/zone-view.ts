/** Complete reads of a hosted zone, kept up to date with what our own writer changes, so that a change does not cost another read of the whole zone. */
import type { R53, ZoneChange, ZoneRecord, ZoneView } from './ports.ts';
import { asReturned, canonicalName, recordKey, zoneRecord } from './zone-names.ts';

/** A zone as it was read, and as we changed it since. */
export interface ZoneImage {
  /** What stands now. The view stays as it is when the image changes. */
  view(): ZoneView;
  apply(changes: readonly ZoneChange[]): void;
}

/** An image of these records; `at`: milliseconds since the epoch when their read began. */
export function createZoneImage(at: number, sets: readonly R53.ResourceRecordSet[]): ZoneImage {
  let records: ReadonlyMap<string, ZoneRecord> = new Map(sets.map((raw) => [recordKey(raw), zoneRecord(raw)]));
  let view: ZoneView | undefined;
  return {
    view: () => {
      view ??= viewOf(at, [...records.values()]);
      return view;
    },
    apply: (changes) => {
      const next = new Map(records);
      for (const { action, record } of changes) {
        if (action === 'DELETE') next.delete(recordKey(record));
        else next.set(recordKey(record), zoneRecord(asReturned(record)));
      }
      records = next;
      view = undefined;
    },
  };
}

function viewOf(at: number, all: readonly ZoneRecord[]): ZoneView {
  const byName = new Map<string, ZoneRecord[]>();
  for (const record of all) {
    const named = byName.get(record.name);
    if (named === undefined) byName.set(record.name, [record]);
    else named.push(record);
  }
  return { at, all: () => all, named: (name) => byName.get(canonicalName(name)) ?? [] };
}
