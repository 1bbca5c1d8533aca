/** One table's state, and the single place where items are written. */
import type { World } from '../kernel.ts';
import { hashKey, ItemStore, type StoredItem } from './item-store.ts';
import { type KeySchema, keyItem, type PrimaryKey } from './key-schema.ts';
import { Stream, type ViewType } from './stream.ts';
import type { StreamFaults } from './stream-faults.ts';
import { equalItems, type Item, itemSize } from './values.ts';

export type TableStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';

export interface Throughput {
  readonly read: number;
  readonly write: number;
}

/** What CreateTable fixed for good. */
export interface TableIdentity {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly schema: KeySchema;
  readonly createdAt: number;
}

/** What may change later. */
export interface TableSettings {
  billing: 'PROVISIONED' | 'PAY_PER_REQUEST';
  throughput: Throughput;
  deletionProtection: boolean;
  tableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
  /** As given; encryption itself changes nothing that a client sees. */
  sse: { readonly type: string; readonly key?: string } | undefined;
  onDemandLimits: Throughput | undefined;
}

/** Time to live as it was set last. */
export interface TimeToLive {
  readonly attribute: string;
  readonly enabled: boolean;
  /** Until then it is ENABLING or DISABLING. */
  readonly settledAt: number;
  /** Until then it cannot be changed again. */
  readonly changeableAt: number;
}

export class Table {
  readonly identity: TableIdentity;
  readonly settings: TableSettings;
  readonly items = new ItemStore();
  readonly tags = new Map<string, string>();
  /** The tags as ListTagsOfResource shows them, which trail the truth. */
  visibleTags: ReadonlyMap<string, string> = new Map();
  tagsVisibleAt = Number.NEGATIVE_INFINITY;
  status: TableStatus = 'CREATING';
  stream: Stream | undefined;
  /** The stream that was enabled last, which DescribeTable goes on naming. */
  latestStream: Stream | undefined;
  timeToLive: TimeToLive | undefined;
  recovery: { readonly since: number; readonly days: number } | undefined;
  /** ItemCount and TableSizeBytes as DescribeTable shows them: up to six hours old. */
  statistics = { count: 0, bytes: 0 };
  readonly #world: World;
  readonly #streamFaults: StreamFaults;

  constructor(identity: TableIdentity, settings: TableSettings, world: World, streamFaults: StreamFaults) {
    this.identity = identity;
    this.settings = settings;
    this.#world = world;
    this.#streamFaults = streamFaults;
  }

  /** Brings the statistics up to date. */
  count(): void {
    this.statistics = { count: this.items.count, bytes: this.items.bytes };
  }

  /** Starts a new stream. `now` becomes its label, moved on where the last stream has the same. */
  enableStream(view: ViewType, now: number): Stream {
    const at = Math.max(now, (this.latestStream?.identity.createdAt ?? Number.NEGATIVE_INFINITY) + 1);
    const label = new Date(at).toISOString().slice(0, -1);
    const { name, region, schema, arn } = this.identity;
    this.stream = new Stream(
      { arn: `${arn}/stream/${label}`, label, tableName: name, region, view, schema, createdAt: at },
      this.#world,
      this.#streamFaults,
    );
    this.latestStream = this.stream;
    return this.stream;
  }

  disableStream(now: number): void {
    this.stream?.disable(now);
    this.stream = undefined;
  }

  /** Puts an item in the place of `before`, or takes `before` away where `after` is undefined. A write that changes nothing leaves no record. */
  write(key: PrimaryKey, before: StoredItem | undefined, after: Item | undefined, now: number, byTtl = false): void {
    if (after !== undefined) this.items.put({ key, attributes: after, size: itemSize(after) });
    else if (before !== undefined) this.items.delete(key);
    if (this.stream !== undefined) this.#record(this.stream, { key, before, after, now, byTtl });
  }

  #record(stream: Stream, write: Write): void {
    const { key, before, after, now, byTtl } = write;
    if (before === undefined && after === undefined) return;
    if (before !== undefined && after !== undefined && equalItems(before.attributes, after)) return;
    const keys = keyItem(this.identity.schema, key);
    const shownBefore = showsOld(stream.identity.view) ? before?.attributes : undefined;
    const shownAfter = showsNew(stream.identity.view) ? after : undefined;
    const size =
      itemSize(keys) +
      (shownBefore === undefined ? 0 : itemSize(shownBefore)) +
      (shownAfter === undefined ? 0 : itemSize(shownAfter));
    stream.append(
      {
        hash: hashKey(key.partitionText),
        keys,
        ...(before === undefined ? {} : { before: before.attributes }),
        ...(after === undefined ? {} : { after }),
        ...(byTtl ? { byTtl } : {}),
      },
      size,
      now,
    );
  }
}

interface Write {
  readonly key: PrimaryKey;
  readonly before: StoredItem | undefined;
  readonly after: Item | undefined;
  readonly now: number;
  readonly byTtl: boolean;
}

/** Whether records of this view carry the item as it was. */
export function showsOld(view: ViewType): boolean {
  return view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES';
}

/** Whether records of this view carry the item as it became. */
export function showsNew(view: ViewType): boolean {
  return view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES';
}
