/** The items of one table: partitions by key, each sorted by its sort key, all partitions in the order of their hash. */
import type { PrimaryKey } from './key-schema.ts';
import { compareText, compareValues, type Item, type Value } from './values.ts';

/** An item with its key taken out and its size measured. Immutable: a write puts another one in its place. */
export interface StoredItem {
  readonly key: PrimaryKey;
  readonly attributes: Item;
  /** Bytes. */
  readonly size: number;
}

export interface Partition {
  readonly text: string;
  /** Where the partition key falls in the key space, from 0 to 2^32 - 1. */
  readonly hash: number;
  readonly items: Map<string, StoredItem>;
  /** Items in order of the sort key; made when first asked for, kept in order from then on. */
  sorted: StoredItem[] | undefined;
}

/** FNV-1a with a final mix: stable over runs, and close keys fall far apart as in DynamoDB. */
export function hashKey(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The first index, at `from` or later, of a sorted array at which `before` no longer holds. */
export function lowerBound<T>(sorted: readonly T[], before: (entry: T) => boolean, from = 0): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[middle];
    if (entry !== undefined && before(entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function comparePositions(a: { hash: number; text: string }, b: { hash: number; text: string }): number {
  return a.hash - b.hash || compareText(a.text, b.text);
}

export class ItemStore {
  readonly #partitions = new Map<string, Partition>();
  #ordered: Partition[] | undefined;
  #count = 0;
  #bytes = 0;

  /** The number of items. */
  get count(): number {
    return this.#count;
  }

  /** The sum of the items' sizes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: PrimaryKey): StoredItem | undefined {
    return this.#partitions.get(key.partitionText)?.items.get(key.sortText);
  }

  put(item: StoredItem): void {
    const partition = this.#partitionFor(item.key.partitionText);
    const old = partition.items.get(item.key.sortText);
    partition.items.set(item.key.sortText, item);
    this.#count += old === undefined ? 1 : 0;
    this.#bytes += item.size - (old?.size ?? 0);
    if (partition.sorted === undefined) return;
    const index = sortIndex(partition.sorted, item.key.sort);
    partition.sorted.splice(index, old === undefined ? 0 : 1, item);
  }

  delete(key: PrimaryKey): void {
    const partition = this.#partitions.get(key.partitionText);
    const old = partition?.items.get(key.sortText);
    if (partition === undefined || old === undefined) return;
    partition.items.delete(key.sortText);
    this.#count -= 1;
    this.#bytes -= old.size;
    partition.sorted?.splice(sortIndex(partition.sorted, key.sort), 1);
    if (partition.items.size > 0) return;
    this.#partitions.delete(partition.text);
    this.#ordered?.splice(
      lowerBound(this.#ordered, (other) => comparePositions(other, partition) < 0),
      1,
    );
  }

  /** The items of one partition in order of the sort key. */
  partition(partitionText: string): readonly StoredItem[] {
    const partition = this.#partitions.get(partitionText);
    return partition === undefined ? [] : sortedItems(partition);
  }

  /** All items from hash `from` up to but without `to`, in scan order, those after `start` only. */
  *scan(from: number, to: number, start: PrimaryKey | undefined): Generator<StoredItem> {
    const ordered = this.#inOrder();
    const startAt = start === undefined ? undefined : { hash: hashKey(start.partitionText), text: start.partitionText };
    let index = lowerBound(ordered, (partition) =>
      startAt === undefined ? partition.hash < from : comparePositions(partition, startAt) < 0,
    );
    for (; index < ordered.length; index += 1) {
      const partition = ordered[index];
      if (partition === undefined || partition.hash >= to) return;
      const items = sortedItems(partition);
      const first = partition.text === startAt?.text ? indexAfter(items, start?.sort) : 0;
      for (let position = first; position < items.length; position += 1) {
        const item = items[position];
        if (item !== undefined) yield item;
      }
    }
  }

  /** Whether a key falls into the hashes from `from` up to but without `to`. */
  covers(from: number, to: number, key: PrimaryKey): boolean {
    const hash = hashKey(key.partitionText);
    return hash >= from && hash < to;
  }

  /** Every item, in no particular order. */
  *all(): Generator<StoredItem> {
    for (const partition of this.#partitions.values()) yield* partition.items.values();
  }

  #partitionFor(text: string): Partition {
    const found = this.#partitions.get(text);
    if (found !== undefined) return found;
    const made: Partition = { text, hash: hashKey(text), items: new Map(), sorted: undefined };
    this.#partitions.set(text, made);
    this.#ordered?.splice(
      lowerBound(this.#ordered, (other) => comparePositions(other, made) < 0),
      0,
      made,
    );
    return made;
  }

  #inOrder(): readonly Partition[] {
    this.#ordered ??= [...this.#partitions.values()].sort(comparePositions);
    return this.#ordered;
  }
}

function sortedItems(partition: Partition): readonly StoredItem[] {
  partition.sorted ??= [...partition.items.values()].sort((a, b) => compareSort(a.key.sort, b.key.sort));
  return partition.sorted;
}

function compareSort(a: Value | undefined, b: Value | undefined): number {
  return a === undefined || b === undefined ? 0 : (compareValues(a, b) ?? 0);
}

/** The index of the first item whose sort key is not less than `sort`. */
export function sortIndex(items: readonly StoredItem[], sort: Value | undefined): number {
  return lowerBound(items, (item) => compareSort(item.key.sort, sort) < 0);
}

/** The index of the first item whose sort key is greater than `sort`. */
export function indexAfter(items: readonly StoredItem[], sort: Value | undefined): number {
  return lowerBound(items, (item) => compareSort(item.key.sort, sort) <= 0);
}
