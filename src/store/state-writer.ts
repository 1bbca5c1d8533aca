/**
 * Writing the state table, by the leader alone. Each item carries a revision and the epoch of the leader that wrote it.
 *
 * A write passes only when the item is as the caller last saw it (the revision) and no later leader has written it (the epoch). This is
 * checked per item, because a transaction with the lease item in every write would make that one item the bottleneck of the
 * fleet. What it leaves open: a leader that has lost its lease without knowing can still write an item that its successor has not
 * touched yet. The deadline before each attempt keeps that to a call already on the wire, and the successor finds out by the
 * revision at its own next write of that item.
 */
import { isDeepStrictEqual } from 'node:util';
import { CallError } from '../model/errors.ts';
import type { TenantInventory } from '../model/resources.ts';
import type { AcceptedSpec, ObjectEvent, ObjectStatus } from '../model/state.ts';
import { type Item, toItem } from './attributes.ts';
import type { Dynamo } from './client.ts';
import { appendToHistory } from './events.ts';
import {
  epochCondition,
  epochPlaceholders,
  type Fence,
  type FencedTable,
  fencedError,
  fencedOptions,
  underEpoch,
} from './fence.ts';
import { deleteItem, type Expression, getItem, putItem, queryItems } from './items.ts';
import { eventPrefix, sortKeys } from './keys.ts';
import { assertItemFits } from './size.ts';
import { parseStored, type Stored } from './state.ts';

/** What the caller last read or wrote of an item; undefined when there was none. */
export type Previous<T> = Stored<T> | undefined;

/**
 * The writes return what now stands there, for the next write to compare with; a value equal to the previous one writes nothing. They throw
 * `CallError`: `conflict` when the item is no longer as it was read, `fenced` when the lease is gone or a later leader wrote it, `invalid`
 * when the item is larger than DynamoDB takes, `unknown_result` when neither the write nor the read that resolves it got an answer.
 */
export interface StateWriter {
  writeStatus(pk: string, value: ObjectStatus, previous: Previous<ObjectStatus>): Promise<Stored<ObjectStatus>>;
  writeSpec(pk: string, value: AcceptedSpec, previous: Previous<AcceptedSpec>): Promise<Stored<AcceptedSpec>>;
  writeInventory(
    pk: string,
    value: TenantInventory,
    previous: Previous<TenantInventory>,
  ): Promise<Stored<TenantInventory>>;
  /** Adds to an object's history: a repeat of the newest entry raises its count, and only the newest 50 of the last seven days stay. */
  appendEvent(pk: string, event: Pick<ObjectEvent, 'type' | 'reason' | 'message'>): Promise<void>;
  /** Forgets an object. Refused (`invalid`) while its inventory still names placements; the accepted spec goes last, so that a crash in between forgets nothing. */
  remove(pk: string): Promise<void>;
}

const writeAttempts = 3;

/** Writes the state table named `table` under `fence`. */
export function createStateWriter(dynamo: Dynamo, table: string, fence: Fence): StateWriter {
  const write = <T extends object>(pk: string, sk: string, value: T, previous: Previous<T>): Promise<Stored<T>> =>
    writeStored({ dynamo, table, fence }, { pk, sk }, value, previous);
  return {
    writeStatus: (pk, value, previous) => write(pk, sortKeys.status, value, previous),
    writeSpec: (pk, value, previous) => write(pk, sortKeys.spec, value, previous),
    writeInventory: (pk, value, previous) => write(pk, sortKeys.inventory, value, previous),
    appendEvent: (pk, event) => appendToHistory({ dynamo, table, fence }, pk, event),
    remove: (pk) => removeObject({ dynamo, table, fence }, pk),
  };
}

/** The writer of one further kind of item, by the same rules as the others. */
export function createStateItem<T extends object>(
  at: FencedTable,
  key: { readonly pk: string; readonly sk: string },
): (value: T, previous: Previous<T>) => Promise<Stored<T>> {
  return (value, previous) => writeStored(at, key, value, previous);
}

/** The item that a value is stored as, and the condition under which it may take the place of `previous`. */
export function storedItem<T extends object>(
  fence: Fence,
  key: { readonly pk: string; readonly sk: string },
  value: T,
  previous: Previous<T>,
): { item: Item; condition: Expression; next: Stored<T> } {
  const next = { value, rev: (previous?.rev ?? 0) + 1, epoch: fence.epoch };
  const item = { ...key, ...next };
  assertItemFits(toItem(item), `${key.sk} of ${key.pk}`);
  const { names, values } = epochPlaceholders(fence);
  const condition: Expression =
    previous === undefined
      ? { text: 'attribute_not_exists(#pk)', names: { '#pk': 'pk' } }
      : {
          text: `#rev = :rev AND ${epochCondition}`,
          names: { ...names, '#rev': 'rev' },
          values: { ...values, ':rev': previous.rev },
        };
  return { item, condition, next };
}

/** Whether two values are the same to DynamoDB: members that are undefined do not count, nor does the order of members. */
export function sameStored(a: object, b: object): boolean {
  return isDeepStrictEqual(toItem(a), toItem(b));
}

async function writeStored<T extends object>(
  at: FencedTable,
  key: { readonly pk: string; readonly sk: string },
  value: T,
  previous: Previous<T>,
): Promise<Stored<T>> {
  if (previous !== undefined && sameStored(previous.value, value)) return previous;
  const { item, condition, next } = storedItem(at.fence, key, value, previous);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await putItem(at.dynamo, { table: at.table, item, condition }, fencedOptions(at.fence));
      return next;
    } catch (error) {
      if (!isUndecided(error)) throw error;
      const found = await getItem(at.dynamo, at.table, key);
      const stored = found === undefined ? undefined : parseStored<T>(found);
      if (stored !== undefined && stored.rev === next.rev && sameStored(stored.value, value)) return stored;
      const unchanged = error.class === 'unknown_result' && stored?.rev === previous?.rev;
      if (!unchanged) throw lostWrite(key, { previous, found, ours: at.fence.epoch }, error);
      if (attempt >= writeAttempts) throw error;
    }
  }
}

/** A failure after which only a read tells what stands in the table. */
function isUndecided(error: unknown): error is CallError {
  return error instanceof CallError && (error.class === 'conflict' || error.class === 'unknown_result');
}

function lostWrite(
  key: { readonly pk: string; readonly sk: string },
  what: { previous: Previous<object>; found: Item | undefined; ours: number },
  cause: CallError,
): CallError {
  const name = `${key.sk} of ${key.pk}`;
  const epoch = what.found?.epoch;
  if (typeof epoch === 'number' && epoch > what.ours) {
    return fencedError('PutItem', `${name} was written by a leader of epoch ${epoch}; ours is ${what.ours}`, cause);
  }
  const rev = what.found?.rev;
  const found = what.found === undefined ? 'no item' : `revision ${typeof rev === 'number' ? rev : 'unknown'}`;
  const expected = what.previous === undefined ? 'no item' : `revision ${what.previous.rev}`;
  return new CallError({
    class: 'conflict',
    service: 'dynamodb',
    operation: 'PutItem',
    code: cause.code,
    message: `${name} changed since it was read: found ${found}, expected ${expected}`,
    cause,
  });
}

async function removeObject(at: FencedTable, pk: string): Promise<void> {
  const condition = { text: '#pk = :pk', names: { '#pk': 'pk' }, values: { ':pk': pk } };
  const items = await queryItems(at.dynamo, { table: at.table, condition });
  for (const item of items) if (item.sk === sortKeys.inventory) assertNothingPlaced(pk, item);
  const own = new Set<unknown>([sortKeys.status, sortKeys.inventory, sortKeys.spec]);
  const keys = items.map((item) => String(item.sk)).filter((sk) => own.has(sk) || sk.startsWith(eventPrefix));
  const { names, values } = epochPlaceholders(at.fence);
  const options = { ...fencedOptions(at.fence), repeatable: true };
  for (const sk of [...keys.filter((sk) => sk !== sortKeys.spec), ...keys.filter((sk) => sk === sortKeys.spec)]) {
    const remove = { table: at.table, key: { pk, sk }, condition: { text: epochCondition, names, values } };
    await underEpoch(at.fence, `${sk} of ${pk}`, () => deleteItem(at.dynamo, remove, options));
  }
}

function assertNothingPlaced(pk: string, item: Item): void {
  const { placements: placed, endpoints = {} } = parseStored<TenantInventory>(item)?.value ?? {};
  const placements = [...Object.keys(placed ?? { unreadable: true }), ...Object.keys(endpoints)];
  if (placements.length === 0) return;
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'DeleteItem',
    code: 'InventoryNotEmpty',
    message: `${pk} cannot be forgotten: its inventory still names ${placements.join(', ')}; release them first`,
  });
}
