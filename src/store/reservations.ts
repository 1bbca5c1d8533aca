/**
 * Reservations: group, cell, zone and the tenant's inventory move together in one transaction, or not at all. So capacity is never overcommitted, whoever
 * places at the same time, and never counted for a placement that no inventory names.
 */
import { CallError } from '../model/errors.ts';
import type { TenantInventory } from '../model/resources.ts';
import { type Amounts, type CapacityItem, emptyCapacity, parseCapacity } from './capacity.ts';
import {
  type CapacityChange,
  capacityUpdate,
  type Levels,
  limitOf,
  mergeChanges,
  type PlacementSite,
  type SiteChange,
} from './capacity-changes.ts';
import { backoffMs } from './client.ts';
import { cancellationReasons } from './failures.ts';
import { epochCondition, epochPlaceholders, type FencedTable, fencedOptions, underEpoch } from './fence.ts';
import { getItem, maxTransactionActions, putAction, transactWrite, updateAction, updateItem } from './items.ts';
import { objectKey, sortKeys } from './keys.ts';
import { explainLoss, type Loss } from './losses.ts';
import { parseStored, type Stored } from './state.ts';
import { type Previous, sameStored, storedItem } from './state-writer.ts';
import { Turns } from './turns.ts';

/** The tenant whose inventory moves along: `inventory` is its whole new value, `previous` what was read of it. */
export interface TenantMove {
  readonly tenant: string;
  readonly inventory: TenantInventory;
  readonly previous: Previous<TenantInventory>;
}

/** A placement that is to be reserved. `limits` is the usable capacity of every dimension of its demand. */
export interface NewPlacement extends PlacementSite {
  readonly demand: Levels;
  readonly limits: Levels;
  /** The group's, as it was when the place was chosen; left out, it is not compared. */
  readonly capacityEpoch?: number;
}

/** A placement whose demand changes from `before` to `demand`. */
export interface ChangedPlacement extends PlacementSite {
  readonly before: Levels;
  readonly demand: Levels;
  readonly limits: Levels;
}

/** A placement that gives back what it reserved. */
export interface LeavingPlacement extends PlacementSite {
  readonly demand: Levels;
}

/** `lost` says which item refused, and why, with the item as it stood: enough to choose again without reading. */
export type ReservationResult =
  | { readonly ok: true; readonly inventory: Stored<TenantInventory> }
  | { readonly ok: false; readonly lost: Loss };

/**
 * Moves capacity. A lost race is a result; failures throw `CallError`: `fenced` when the lease is gone or a later leader wrote an item, `conflict` when
 * other transactions on the same items did not end in time, `unknown_result` when no answer came and the inventory shows no effect yet.
 */
export interface Reservations {
  /** Takes the slots and adds the demands, all of them or none. */
  reserve(move: TenantMove & { placements: readonly NewPlacement[] }): Promise<ReservationResult>;
  /** Changes the demand of placements that hold their slots. What grows must fit; what shrinks always does. */
  adjust(move: TenantMove & { placements: readonly ChangedPlacement[] }): Promise<ReservationResult>;
  /** Gives back; the slots rest for 60 s. A placement that its slot no longer names was released already, and is not subtracted again. */
  release(move: TenantMove & { placements: readonly LeavingPlacement[] }): Promise<ReservationResult>;
  /** One capacity item; an item that does not exist is empty. */
  read(pk: string): Promise<CapacityItem>;
  /** Raises the capacity epoch of an item, which undoes every decision that was based on the old one. Never lowers it. */
  setCapacityEpoch(pk: string, epoch: number): Promise<void>;
}

/** How long a released slot is not given to anybody: rule priorities and names of its last holder may still be on their way out. Milliseconds. */
export const slotRestMs = 60_000;

const conflictAttempts = 8;

/** Reservations in the state table `at`; `newToken` makes a client token that was never used (36 characters at most). */
export function createReservations(at: FencedTable, newToken: () => string): Reservations {
  // There is one leader, so nearly all conflicts between transactions would be our own, on the items of a cell or zone that many tenants share.
  const turns = new Turns();
  const commit = (move: TenantMove, parts: readonly SiteChange[]): Promise<ReservationResult> => {
    const changes = mergeChanges(parts);
    const keys = [objectKey('Tenant', move.tenant), ...changes.map(({ pk }) => pk)];
    return turns.run(keys, () => commitMove(at, newToken, move, changes));
  };
  return {
    reserve: (move) =>
      commit(
        move,
        move.placements.map((placement) => reservePart(move.tenant, placement)),
      ),
    adjust: (move) => commit(move, move.placements.map(adjustPart)),
    release: async (move) => {
      let leaving = move.placements;
      for (;;) {
        const result = await commit(
          move,
          leaving.map((placement) => releasePart(placement, at.dynamo.clock.now())),
        );
        if (result.ok || result.lost.reason !== 'placement') return result;
        const { item, slot } = result.lost;
        leaving = leaving.filter((one) => objectKey('InfraGroup', one.group) !== item || one.slot !== slot);
      }
    },
    read: async (pk) => {
      const item = await getItem(at.dynamo, at.table, { pk, sk: sortKeys.capacity });
      return item === undefined ? emptyCapacity : parseCapacity(item);
    },
    setCapacityEpoch: (pk, epoch) => raiseCapacityEpoch(at, pk, epoch),
  };
}

function reservePart(tenant: string, placement: NewPlacement): SiteChange {
  const { id, slot, demand, limits, capacityEpoch } = placement;
  return {
    site: placement,
    add: demand,
    limits,
    slot: { slot, to: { placement: id, tenant, demand: demand.group } },
    ...(capacityEpoch === undefined ? {} : { capacityEpoch }),
  };
}

function adjustPart(placement: ChangedPlacement): SiteChange {
  const { id, slot, before, demand, limits } = placement;
  const add = {
    group: difference(demand.group, before.group),
    cell: difference(demand.cell, before.cell),
    zone: difference(demand.zone, before.zone),
  };
  return { site: placement, add, limits, slot: { slot, held: id, demand: demand.group } };
}

function releasePart(placement: LeavingPlacement, now: number): SiteChange {
  const { id, slot, demand } = placement;
  const add = {
    group: difference({}, demand.group),
    cell: difference({}, demand.cell),
    zone: difference({}, demand.zone),
  };
  return { site: placement, add, slot: { slot, held: id, to: { restingUntil: now + slotRestMs } } };
}

function difference(after: Amounts, before: Amounts): Amounts {
  const dimensions = new Set([...Object.keys(after), ...Object.keys(before)]);
  return Object.fromEntries([...dimensions].map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]));
}

async function commitMove(
  at: FencedTable,
  newToken: () => string,
  move: TenantMove,
  changes: readonly CapacityChange[],
): Promise<ReservationResult> {
  const hopeless = neverFits(changes);
  if (hopeless !== undefined) return { ok: false, lost: hopeless };
  assertFitsTransaction(move.tenant, changes.length + 1);
  const key = { pk: objectKey('Tenant', move.tenant), sk: sortKeys.inventory };
  const { item, condition, next } = storedItem(at.fence, key, move.inventory, move.previous);
  const now = at.dynamo.clock.now();
  const updates = changes.map((change) => updateAction(capacityUpdate(at.table, change, at.fence, now)));
  const transaction = { actions: [...updates, putAction(at.table, item, condition)], token: newToken() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await transactWrite(at.dynamo, at.table, transaction, fencedOptions(at.fence));
      return { ok: true, inventory: next };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (error.class !== 'conflict' && error.class !== 'unknown_result') throw error;
      // One transaction wrote the inventory and the capacity, so the inventory tells what became of both.
      const stands = await readInventory(at, key);
      if (stands?.rev === next.rev && sameStored(stands.value, next.value)) return { ok: true, inventory: stands };
      if (error.class === 'unknown_result') throw error;
      const lost = explainLoss({ reasons: cancellationReasons(error), changes, key, now, ours: at.fence.epoch });
      if (lost !== undefined) return { ok: false, lost };
      if (attempt >= conflictAttempts) throw error;
    }
    await at.dynamo.clock.sleep(backoffMs(attempt, at.dynamo.random));
  }
}

/** More than a whole item holds needs no transaction to be refused, and DynamoDB could not express it for an item that does not exist. */
function neverFits(changes: readonly CapacityChange[]): Loss | undefined {
  for (const change of changes) {
    for (const [dimension, need] of Object.entries(change.add)) {
      if (need <= 0) continue;
      const limit = limitOf(change, dimension);
      if (need > limit) return { item: change.pk, reason: 'dimension', dimension, need, limit };
    }
  }
  return undefined;
}

function assertFitsTransaction(tenant: string, actions: number): void {
  if (actions <= maxTransactionActions) return;
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'TransactWriteItems',
    code: 'TooManyActions',
    message: `Tenant/${tenant}: its placements touch ${actions} items; one transaction takes ${maxTransactionActions}: reserve fewer placements at a time`,
  });
}

async function readInventory(at: FencedTable, key: { pk: string; sk: string }) {
  const item = await getItem(at.dynamo, at.table, key);
  return item === undefined ? undefined : parseStored<TenantInventory>(item);
}

async function raiseCapacityEpoch(at: FencedTable, pk: string, epoch: number): Promise<void> {
  const { names, values } = epochPlaceholders(at.fence);
  const change = {
    table: at.table,
    key: { pk, sk: sortKeys.capacity },
    update: 'SET #capacity = :capacity, #epoch = :epoch',
    condition: `(attribute_not_exists(#capacity) OR #capacity < :capacity) AND ${epochCondition}`,
    names: { ...names, '#capacity': 'capacityEpoch' },
    values: { ...values, ':capacity': epoch },
  };
  try {
    await updateItem(at.dynamo, change, { ...fencedOptions(at.fence), repeatable: true });
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    const item = await getItem(at.dynamo, at.table, change.key);
    const reached = item !== undefined && parseCapacity(item).capacityEpoch >= epoch;
    if (!reached) await underEpoch(at.fence, `capacity of ${pk}`, () => Promise.reject(error));
  }
}
