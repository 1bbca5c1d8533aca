/** What a reservation, an adjustment or a release changes in capacity items, merged to one update for each item: a transaction may name an item once only. */
import { CallError } from '../model/errors.ts';
import {
  type Amounts,
  capacityKeys,
  type HeldSlot,
  type RestingSlot,
  slotAttribute,
  usedAttribute,
} from './capacity.ts';
import { epochCondition, epochPlaceholders, type Fence } from './fence.ts';
import type { ItemUpdate } from './items.ts';
import { sortKeys } from './keys.ts';

/** Amounts at the three levels that a placement draws on. */
export interface Levels {
  readonly group: Amounts;
  readonly cell: Amounts;
  readonly zone: Amounts;
}

/** Where a placement is, or is to be. */
export interface PlacementSite {
  /** The placement's id. */
  readonly id: string;
  /** Names of the infra group and the cell, id of the hosted zone. */
  readonly group: string;
  readonly cell: string;
  readonly zone: string;
  readonly slot: number;
}

/** What happens to a slot. `held` names the placement that must hold it for the change to pass. */
export type SlotChange =
  | { readonly slot: number; readonly to: HeldSlot }
  | { readonly slot: number; readonly held: string; readonly to: RestingSlot }
  | { readonly slot: number; readonly held: string; readonly demand: Amounts };

/** The change of one capacity item. */
export interface CapacityChange {
  readonly pk: string;
  /** What is added to each total; negative gives back. */
  readonly add: Readonly<Record<string, number>>;
  /** The usable capacity of each dimension that grows. */
  readonly limits: Amounts;
  readonly slots: readonly SlotChange[];
  /** The capacity epoch that the decision was based on. */
  readonly capacityEpoch?: number;
}

/** A placement's part of a change. */
export interface SiteChange {
  readonly site: PlacementSite;
  readonly add: Levels;
  readonly limits?: Levels;
  readonly slot: SlotChange;
  readonly capacityEpoch?: number;
}

/** Merges the placements' parts by item, in a fixed order, and leaves out what changes nothing. Where limits differ, the lower one counts. */
export function mergeChanges(parts: readonly SiteChange[]): readonly CapacityChange[] {
  const merged = new Map<string, { -readonly [K in keyof CapacityChange]: CapacityChange[K] }>();
  for (const { site, add, limits, slot, capacityEpoch } of parts) {
    const into = (pk: string, level: keyof Levels): { -readonly [K in keyof CapacityChange]: CapacityChange[K] } => {
      const change = merged.get(pk) ?? { pk, add: {}, limits: {}, slots: [] };
      change.add = combine(change.add, add[level], (a, b) => a + b);
      change.limits = combine(change.limits, limits?.[level] ?? {}, Math.min);
      merged.set(pk, change);
      return change;
    };
    const group = into(capacityKeys.group(site.group), 'group');
    group.slots = [...group.slots, slot];
    if (capacityEpoch !== undefined) group.capacityEpoch = capacityEpoch;
    into(capacityKeys.cell(site.cell), 'cell');
    into(capacityKeys.zone(site.zone), 'zone');
  }
  return [...merged.values()].filter(
    (change) => change.slots.length > 0 || Object.values(change.add).some((amount) => amount !== 0),
  );
}

function combine(a: Amounts, b: Amounts, how: (a: number, b: number) => number): Amounts {
  const out: Record<string, number> = { ...a };
  for (const [dimension, amount] of Object.entries(b)) {
    const present = out[dimension];
    out[dimension] = present === undefined ? amount : how(present, amount);
  }
  return out;
}

/** The limit of a dimension that grows. Throws class `bug` where the caller gave none: no limit must never mean no bound. */
export function limitOf(change: CapacityChange, dimension: string): number {
  const limit = change.limits[dimension];
  if (limit !== undefined && !Number.isNaN(limit)) return limit;
  throw new CallError({
    class: 'bug',
    service: 'dynamodb',
    operation: 'TransactWriteItems',
    code: 'NoLimit',
    message: `${change.pk}: no limit was given for dimension ${dimension}, of which more is asked for`,
  });
}

/**
 * The update of one capacity item, with every condition under which it may happen: the slots are free (never used, or rested by `now`) or
 * held by the very placement, each total stays within its limit, the capacity epoch is as it was, and no later leader wrote the item.
 */
export function capacityUpdate(table: string, change: CapacityChange, fence: Fence, now: number): ItemUpdate {
  const { names, values } = epochPlaceholders(fence);
  const set = ['#epoch = :epoch'];
  const add: string[] = [];
  const conditions = [epochCondition];
  Object.entries(change.add).forEach(([dimension, amount], index) => {
    if (amount === 0) return;
    names[`#u${index}`] = usedAttribute(dimension);
    values[`:u${index}`] = amount;
    add.push(`#u${index} :u${index}`);
    if (amount < 0) return;
    values[`:m${index}`] = limitOf(change, dimension) - amount;
    conditions.push(`(attribute_not_exists(#u${index}) OR #u${index} <= :m${index})`);
  });
  change.slots.forEach((slot, index) => {
    const name = `#s${index}`;
    names[name] = slotAttribute(slot.slot);
    if ('held' in slot) {
      names['#placement'] = 'placement';
      values[`:h${index}`] = slot.held;
      conditions.push(`${name}.#placement = :h${index}`);
    } else {
      names['#resting'] = 'restingUntil';
      values[':now'] = now;
      conditions.push(`(attribute_not_exists(${name}) OR ${name}.#resting <= :now)`);
    }
    if ('demand' in slot) names['#demand'] = 'demand';
    values[`:s${index}`] = 'demand' in slot ? slot.demand : slot.to;
    set.push(`${name}${'demand' in slot ? '.#demand' : ''} = :s${index}`);
  });
  if (change.capacityEpoch !== undefined) {
    names['#capacity'] = 'capacityEpoch';
    values[':capacity'] = change.capacityEpoch;
    const never = change.capacityEpoch === 0 ? 'attribute_not_exists(#capacity) OR ' : '';
    conditions.push(`(${never}#capacity = :capacity)`);
  }
  return {
    table,
    key: { pk: change.pk, sk: sortKeys.capacity },
    update: `SET ${set.join(', ')}${add.length === 0 ? '' : ` ADD ${add.join(', ')}`}`,
    condition: conditions.join(' AND '),
    names,
    values,
  };
}
