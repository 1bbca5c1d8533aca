/**
 * Putting into the state table what is live already: inventories, slots and totals, without the conditions of a reservation. What stands takes its room whether or not the books have any, so nothing is
 * refused for lack of it; the totals then show that a place is overfull, and nothing more is placed there.
 */
import { CallError } from '../model/errors.ts';
import type { TenantInventory } from '../model/resources.ts';
import {
  type Amounts,
  type CapacityItem,
  capacityKeys,
  isHeld,
  parseCapacity,
  slotAttribute,
  usedAttribute,
} from './capacity.ts';
import type { Levels, PlacementSite } from './capacity-changes.ts';
import { epochCondition, epochPlaceholders, type FencedTable, fencedOptions } from './fence.ts';
import {
  getItem,
  type ItemUpdate,
  maxTransactionActions,
  putAction,
  transactWrite,
  updateAction,
  updateItem,
} from './items.ts';
import { objectKey, sortKeys } from './keys.ts';
import { parseStored, type Stored } from './state.ts';
import { type Previous, sameStored, storedItem } from './state-writer.ts';

/** A placement with all that it takes. */
export interface HeldPlacement extends PlacementSite {
  readonly demand: Levels;
}

/** One tenant's part of a rebuild: `inventory` is its whole new value. */
export interface Restoration {
  readonly tenant: string;
  readonly inventory: TenantInventory;
  readonly previous: Previous<TenantInventory>;
  /** Placements of `inventory` that `previous` lacks. */
  readonly add: readonly HeldPlacement[];
  /** Placements of `previous` that `inventory` lacks. */
  readonly drop: readonly HeldPlacement[];
}

/** What a place should hold, by the inventories. */
export interface ExpectedCapacity {
  readonly used: Amounts;
  /** Placement by slot; none for cells and zones. */
  readonly slots: ReadonlyMap<
    number,
    { readonly placement: string; readonly tenant: string; readonly demand: Amounts }
  >;
}

export interface Restoring {
  /**
   * Writes the inventory and the books in one transaction. A slot that names the placement already is counted already. Throws `CallError`: `conflict` when the inventory is no longer as it was read or a later leader
   * wrote one of the items, `fenced` when the lease is gone.
   */
  restore(restoration: Restoration): Promise<Stored<TenantInventory>>;
  /** Brings totals and slots of one place in line with the inventories. False: they changed in between, and nothing was written. */
  recount(pk: string, expected: ExpectedCapacity): Promise<boolean>;
}

/** Restoring into the state table `at`; `newToken` makes a client token that was never used. */
export function createRestoring(at: FencedTable, newToken: () => string): Restoring {
  return {
    restore: (restoration) => restore(at, newToken, restoration),
    recount: (pk, expected) => recount(at, pk, expected),
  };
}

async function restore(
  at: FencedTable,
  newToken: () => string,
  { tenant, inventory, previous, add, drop }: Restoration,
): Promise<Stored<TenantInventory>> {
  const places = [...new Set([...add, ...drop].flatMap(keysOf))].sort();
  if (places.length + 1 > maxTransactionActions) throw tooMany(tenant, places.length + 1);
  const items = new Map(await Promise.all(places.map(async (pk) => [pk, await readCapacity(at, pk)] as const)));
  const holds = (one: HeldPlacement): boolean => {
    const held = items.get(capacityKeys.group(one.group))?.slots[String(one.slot)];
    return isHeld(held) && held.placement === one.id;
  };
  const [uncounted, counted] = [add.filter((one) => !holds(one)), drop.filter(holds)];
  const updates = places
    .map((pk) => placeUpdate(at, pk, { tenant, add: uncounted, drop: counted }))
    .filter((update) => update !== undefined);
  const key = { pk: objectKey('Tenant', tenant), sk: sortKeys.inventory };
  const { item, condition, next } = storedItem(at.fence, key, inventory, previous);
  const actions = [...updates.map(updateAction), putAction(at.table, item, condition)];
  try {
    await transactWrite(at.dynamo, at.table, { actions, token: newToken() }, fencedOptions(at.fence));
    return next;
  } catch (error) {
    if (!(error instanceof CallError) || (error.class !== 'conflict' && error.class !== 'unknown_result')) throw error;
    // One transaction wrote both, so the inventory tells what became of all of it.
    const found = await getItem(at.dynamo, at.table, key);
    const stands = found === undefined ? undefined : parseStored<TenantInventory>(found);
    if (stands?.rev === next.rev && sameStored(stands.value, inventory)) return stands;
    throw error;
  }
}

function keysOf({ group, cell, zone }: PlacementSite): readonly string[] {
  return [capacityKeys.group(group), capacityKeys.cell(cell), capacityKeys.zone(zone)];
}

/** What of one item changes; undefined where nothing does. A slot that is given up is free at once: nothing of its last holder is live. */
function placeUpdate(
  at: FencedTable,
  pk: string,
  change: { readonly tenant: string; readonly add: readonly HeldPlacement[]; readonly drop: readonly HeldPlacement[] },
): ItemUpdate | undefined {
  const totals: Record<string, number> = {};
  const slots: { readonly slot: number; readonly to: object }[] = [];
  const count = (one: HeldPlacement, sign: 1 | -1): void => {
    for (const [level, key] of Object.entries(keysByLevel(one))) {
      if (key !== pk) continue;
      for (const [dimension, amount] of Object.entries(one.demand[level as keyof Levels]))
        totals[dimension] = (totals[dimension] ?? 0) + sign * amount;
    }
  };
  for (const one of change.drop) {
    count(one, -1);
    if (capacityKeys.group(one.group) === pk) slots.push({ slot: one.slot, to: { restingUntil: 0 } });
  }
  for (const one of change.add) {
    count(one, 1);
    if (capacityKeys.group(one.group) !== pk) continue;
    const to = { placement: one.id, tenant: change.tenant, demand: one.demand.group };
    const before = slots.findIndex(({ slot }) => slot === one.slot);
    if (before >= 0) slots.splice(before, 1);
    slots.push({ slot: one.slot, to });
  }
  const grown = Object.entries(totals).filter(([, amount]) => amount !== 0);
  if (grown.length === 0 && slots.length === 0) return undefined;
  const { names, values } = epochPlaceholders(at.fence);
  const set = ['#epoch = :epoch'];
  slots.forEach(({ slot, to }, index) => {
    names[`#s${index}`] = slotAttribute(slot);
    values[`:s${index}`] = to;
    set.push(`#s${index} = :s${index}`);
  });
  const added = grown.map(([dimension, amount], index) => {
    names[`#u${index}`] = usedAttribute(dimension);
    values[`:u${index}`] = amount;
    return `#u${index} :u${index}`;
  });
  const update = `SET ${set.join(', ')}${added.length === 0 ? '' : ` ADD ${added.join(', ')}`}`;
  return { table: at.table, key: { pk, sk: sortKeys.capacity }, update, condition: epochCondition, names, values };
}

function keysByLevel({ group, cell, zone }: PlacementSite): Readonly<Record<keyof Levels, string>> {
  return { group: capacityKeys.group(group), cell: capacityKeys.cell(cell), zone: capacityKeys.zone(zone) };
}

async function readCapacity(at: FencedTable, pk: string): Promise<CapacityItem> {
  return parseCapacity((await getItem(at.dynamo, at.table, { pk, sk: sortKeys.capacity })) ?? {});
}

async function recount(at: FencedTable, pk: string, expected: ExpectedCapacity): Promise<boolean> {
  const item = await readCapacity(at, pk);
  const { names, values } = epochPlaceholders(at.fence);
  const set: string[] = [];
  const conditions = [epochCondition];
  const dimensions = new Set([...Object.keys(item.used), ...Object.keys(expected.used)]);
  [...dimensions].forEach((dimension, index) => {
    const [found, wanted] = [item.used[dimension], expected.used[dimension] ?? 0];
    if ((found ?? 0) === wanted) return;
    names[`#u${index}`] = usedAttribute(dimension);
    values[`:u${index}`] = wanted;
    set.push(`#u${index} = :u${index}`);
    if (found === undefined) conditions.push(`attribute_not_exists(#u${index})`);
    else {
      values[`:f${index}`] = found;
      conditions.push(`#u${index} = :f${index}`);
    }
  });
  slotCorrections(item, expected).forEach(({ slot, to }, index) => {
    names[`#s${index}`] = slotAttribute(slot);
    values[`:s${index}`] = to;
    set.push(`#s${index} = :s${index}`);
  });
  if (set.length === 0) return true;
  const change = {
    table: at.table,
    key: { pk, sk: sortKeys.capacity },
    update: `SET ${['#epoch = :epoch', ...set].join(', ')}`,
    condition: conditions.join(' AND '),
    names,
    values,
  };
  try {
    await updateItem(at.dynamo, change, { ...fencedOptions(at.fence), repeatable: true });
    return true;
  } catch (error) {
    if (error instanceof CallError && error.class === 'conflict') return false;
    throw error;
  }
}

/** Slots that name nobody any more, and placements whose slot does not name them. */
function slotCorrections(item: CapacityItem, { slots }: ExpectedCapacity): readonly { slot: number; to: object }[] {
  const freed = Object.entries(item.slots)
    .filter(([slot, held]) => isHeld(held) && !slots.has(Number(slot)))
    .map(([slot]) => ({ slot: Number(slot), to: { restingUntil: 0 } }));
  const missing = [...slots].flatMap(([slot, wanted]) => {
    const held = item.slots[String(slot)];
    return isHeld(held) && held.placement === wanted.placement ? [] : [{ slot, to: wanted }];
  });
  return [...freed, ...missing];
}

function tooMany(tenant: string, actions: number): CallError {
  return new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'TransactWriteItems',
    code: 'TooManyActions',
    message: `Tenant/${tenant}: its placements touch ${actions} items; one transaction takes ${maxTransactionActions}`,
  });
}
