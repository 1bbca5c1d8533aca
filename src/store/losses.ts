/** Why a reservation was refused, read from the reasons of the cancelled transaction. */
import { fromItem } from './attributes.ts';
import { type CapacityItem, emptyCapacity, isHeld, parseCapacity } from './capacity.ts';
import { type CapacityChange, limitOf } from './capacity-changes.ts';
import type { CancellationReason } from './failures.ts';
import { fencedError } from './fence.ts';

/** What refused a move of capacity. `item` is the partition key of the item that did. */
export type Loss =
  | {
      /** Too little is left: `need` more than what is used now would pass `limit`. */
      readonly reason: 'dimension';
      readonly item: string;
      readonly dimension: string;
      readonly need: number;
      readonly limit: number;
      /** The item as it stood; undefined where the need is more than the limit by itself. */
      readonly capacity?: CapacityItem;
    }
  | {
      /** Somebody holds the slot, or it rests. */
      readonly reason: 'slot';
      readonly item: string;
      readonly slot: number;
      readonly capacity: CapacityItem;
    }
  | {
      /** The slot does not name the placement that was to change or leave. */
      readonly reason: 'placement';
      readonly item: string;
      readonly slot: number;
      readonly capacity: CapacityItem;
    }
  | {
      /** A cordon, a drain or a capacity edit came in between. */
      readonly reason: 'capacity-epoch';
      readonly item: string;
      readonly capacity: CapacityItem;
    }
  /** The tenant's inventory changed since it was read. */
  | { readonly reason: 'inventory'; readonly item: string };

/** A transaction that was cancelled: the capacity changes come first, in this order, and the inventory last. */
export interface CancelledMove {
  readonly reasons: readonly CancellationReason[];
  readonly changes: readonly CapacityChange[];
  readonly key: { readonly pk: string };
  /** Milliseconds since the epoch that the slots' rest was compared with. */
  readonly now: number;
  /** Our own leader epoch. */
  readonly ours: number;
}

/**
 * The first refusal among the reasons; undefined when none is about a condition (then other transactions were in the way, and the same one may be tried
 * again). Throws class `fenced` when an item bears a later leader's epoch.
 */
export function explainLoss(move: CancelledMove): Loss | undefined {
  for (const [index, reason] of move.reasons.entries()) {
    if (reason.Code !== 'ConditionalCheckFailed') continue;
    const change = move.changes[index];
    const pk = change?.pk ?? move.key.pk;
    const item = reason.Item === undefined ? undefined : fromItem(reason.Item);
    const epoch = item?.epoch;
    if (typeof epoch === 'number' && epoch > move.ours) {
      throw fencedError('TransactWriteItems', `${pk} was written by a leader of epoch ${epoch}; ours is ${move.ours}`);
    }
    if (change === undefined) return { reason: 'inventory', item: pk };
    return explainCapacity(change, item === undefined ? emptyCapacity : parseCapacity(item), move.now);
  }
  return undefined;
}

/** Repeats the conditions of `capacityUpdate` on the item as it stood. */
function explainCapacity(change: CapacityChange, capacity: CapacityItem, now: number): Loss {
  const item = change.pk;
  const { capacityEpoch } = change;
  if (capacityEpoch !== undefined && capacityEpoch !== capacity.capacityEpoch) {
    return { reason: 'capacity-epoch', item, capacity };
  }
  for (const slot of change.slots) {
    const found = capacity.slots[String(slot.slot)];
    if ('held' in slot) {
      const ours = isHeld(found) && found.placement === slot.held;
      if (!ours) return { reason: 'placement', item, slot: slot.slot, capacity };
    } else if (found !== undefined && (isHeld(found) || found.restingUntil > now)) {
      return { reason: 'slot', item, slot: slot.slot, capacity };
    }
  }
  const full = Object.entries(change.add).find(
    ([dimension, need]) => need > 0 && (capacity.used[dimension] ?? 0) > limitOf(change, dimension) - need,
  );
  const [dimension, need] = full ?? ['unknown', 0];
  return { reason: 'dimension', item, dimension, need, limit: change.limits[dimension] ?? 0, capacity };
}
