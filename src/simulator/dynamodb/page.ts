/** One page of a Query or Scan: at most 1 MB is read, and the limit counts, before the filter looks at anything. */
import type { Condition, Path } from './expressions/ast.ts';
import { meets } from './expressions/evaluate.ts';
import type { Values } from './expressions/parser.ts';
import { project } from './expressions/path-tree.ts';
import type { StoredItem } from './item-store.ts';
import { type KeySchema, keyItem } from './key-schema.ts';
import { type WireItem, writeItem } from './wire-values.ts';

const pageBytes = 1_048_576;

export interface PageRequest {
  readonly schema: KeySchema;
  readonly limit: number | undefined;
  readonly filter: Condition | undefined;
  readonly values: Values;
  readonly projection: readonly Path[] | undefined;
  /** Whether only the count is wanted. */
  readonly count: boolean;
}

export interface Page {
  readonly Items?: WireItem[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: WireItem;
  /** Bytes read, filtered out or not. */
  readonly bytes: number;
}

/**
 * Reads a page. It ends at the limit or once 1 MB was read, and then names its last key, even where nothing follows: as with
 * AWS, only a page without that key is the last one.
 */
export function readPage(items: Iterable<StoredItem>, request: PageRequest): Page {
  const found: StoredItem[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: StoredItem | undefined;
  for (const item of items) {
    scanned += 1;
    bytes += item.size;
    if (request.filter === undefined || meets(request.filter, item.attributes, request.values)) found.push(item);
    if (scanned === request.limit || bytes >= pageBytes) {
      last = item;
      break;
    }
  }
  return {
    ...(request.count ? {} : { Items: found.map((item) => shown(item, request.projection)) }),
    Count: found.length,
    ScannedCount: scanned,
    ...(last === undefined ? {} : { LastEvaluatedKey: writeItem(keyItem(request.schema, last.key)) }),
    bytes,
  };
}

/** The bytes that the same page reads from each partition. */
export function measurePage(items: Iterable<StoredItem>, limit: number | undefined): ReadonlyMap<string, number> {
  const read = new Map<string, number>();
  let scanned = 0;
  let bytes = 0;
  for (const { key, size } of items) {
    scanned += 1;
    bytes += size;
    read.set(key.partitionText, (read.get(key.partitionText) ?? 0) + size);
    if (scanned === limit || bytes >= pageBytes) break;
  }
  return read;
}

function shown(item: StoredItem, projection: readonly Path[] | undefined): WireItem {
  return writeItem(projection === undefined ? item.attributes : project(item.attributes, projection));
}
