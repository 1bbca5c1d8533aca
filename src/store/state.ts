/** Reading the state table: what the controller remembers of each object. */
import type { TenantInventory } from '../model/resources.ts';
import type { AcceptedSpec, ObjectEvent, ObjectStatus } from '../model/state.ts';
import type { Item } from './attributes.ts';
import { type CapacityItem, parseCapacity } from './capacity.ts';
import type { Dynamo } from './client.ts';
import { queryItems, type ScanOptions, scanItems } from './items.ts';
import { eventPrefix, sortKeys, splitObjectKey } from './keys.ts';

/** A value of the state table with what a later write of it compares with. */
export interface Stored<T> {
  readonly value: T;
  /** +1 with each write of this item. */
  readonly rev: number;
  /** Of the leader that wrote it. */
  readonly epoch: number;
}

/** All that the state table holds of one object. */
export interface StoredObject {
  readonly pk: string;
  readonly kind: string;
  readonly name: string;
  readonly status?: Stored<ObjectStatus>;
  readonly spec?: Stored<AcceptedSpec>;
  readonly inventory?: Stored<TenantInventory>;
  readonly capacity?: CapacityItem;
  /** Oldest first; those past their time are left out. */
  readonly events: readonly ObjectEvent[];
  /** Sort keys of items that could not be read: what they held is unknown, so the object must not be acted on. */
  readonly damaged: readonly string[];
}

/** Reads the state table. All reads are consistent (unless told otherwise) and complete, or throw `CallError`. */
export interface StateReader {
  /** Everything, by a parallel scan. History is left out unless `events` is true: it is most of the table and no decision needs it. */
  loadAll(options?: ScanOptions & { events?: boolean }): Promise<ReadonlyMap<string, StoredObject>>;
  /** One object with its history; an object that nothing is known of comes back empty. */
  query(pk: string): Promise<StoredObject>;
  /** The highest leader epoch that any item bears, 0 for an empty table: where a lease that was lost has to go on from. */
  highestEpoch(): Promise<number>;
}

const scanSegments = 4;

/** Reads the state table named `table`; `now` (milliseconds since the epoch) tells which events have expired. */
export function createStateReader(dynamo: Dynamo, table: string): StateReader {
  return {
    loadAll: async (options = {}) => {
      const partitions = new Map<string, Item[]>();
      const filter =
        options.events === true
          ? {}
          : {
              filter: {
                text: 'NOT begins_with(#sk, :events)',
                names: { '#sk': 'sk' },
                values: { ':events': eventPrefix },
              },
            };
      const scan = { table, segments: scanSegments, consistent: options.consistent ?? true };
      await scanItems(dynamo, { ...scan, ...filter }, (items) => {
        for (const item of items) {
          const pk = String(item.pk);
          const partition = partitions.get(pk);
          if (partition === undefined) partitions.set(pk, [item]);
          else partition.push(item);
        }
      });
      const now = dynamo.clock.now();
      return new Map([...partitions].map(([pk, items]) => [pk, assemble(pk, items, now)]));
    },
    query: async (pk) => {
      const condition = { text: '#pk = :pk', names: { '#pk': 'pk' }, values: { ':pk': pk } };
      return assemble(pk, await queryItems(dynamo, { table, condition }), dynamo.clock.now());
    },
    highestEpoch: async () => {
      let highest = 0;
      await scanItems(dynamo, { table, segments: scanSegments }, (items) => {
        for (const item of items) if (typeof item.epoch === 'number') highest = Math.max(highest, item.epoch);
      });
      return highest;
    },
  };
}

/** Reads one stored value; undefined when the item is not one. */
export function parseStored<T extends object>(item: Item): Stored<T> | undefined {
  const { value, rev, epoch } = item;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (typeof rev !== 'number' || typeof epoch !== 'number') return undefined;
  // Only the state writer makes these items, from a value of this very type.
  return { value: value as T, rev, epoch };
}

/** An event of an object's history; undefined when the item is not one, or its time is over. */
export function parseEvent(item: Item, now: number): ObjectEvent | undefined {
  const { event, expiresAt } = item;
  if (typeof event !== 'object' || event === null) return undefined;
  if (typeof expiresAt === 'number' && expiresAt * 1_000 <= now) return undefined;
  return event as ObjectEvent;
}

function assemble(pk: string, items: readonly Item[], now: number): StoredObject {
  const found: { status?: Stored<ObjectStatus>; spec?: Stored<AcceptedSpec>; inventory?: Stored<TenantInventory> } = {};
  let capacity: CapacityItem | undefined;
  const events: { sk: string; event: ObjectEvent }[] = [];
  const damaged: string[] = [];
  const keep = <K extends keyof typeof found>(key: K, item: Item): void => {
    const stored = parseStored<NonNullable<(typeof found)[K]>['value']>(item);
    if (stored === undefined) damaged.push(key);
    else Object.assign(found, { [key]: stored });
  };
  for (const item of items) {
    const sk = String(item.sk);
    if (sk === sortKeys.status || sk === sortKeys.spec || sk === sortKeys.inventory) keep(sk, item);
    else if (sk === sortKeys.capacity) capacity = parseCapacity(item);
    else if (sk.startsWith(eventPrefix)) {
      const event = parseEvent(item, now);
      if (event !== undefined) events.push({ sk, event });
    }
  }
  events.sort((a, b) => (a.sk < b.sk ? -1 : 1));
  return {
    pk,
    ...splitObjectKey(pk),
    ...found,
    ...(capacity === undefined ? {} : { capacity }),
    events: events.map(({ event }) => event),
    damaged,
  };
}
