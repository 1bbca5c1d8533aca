/**
 * Capacity items: what is reserved in an infra group, a cell or a zone. Totals and slots are attributes of their own (`used:<dimension>`,
 * `slot:<n>`) and not members of one map, because an update expression can then add to a total of an item that does not exist yet.
 */
import { type Item, NumberValue } from './attributes.ts';
import { objectKey } from './keys.ts';

/** What is reserved or asked for, by dimension. */
export type Amounts = Readonly<Record<string, number>>;

/** A slot that a placement holds. */
export interface HeldSlot {
  readonly placement: string;
  readonly tenant: string;
  /** What the placement reserved in the group. */
  readonly demand: Amounts;
}

/** A slot that was released and must not be used before then (milliseconds since the epoch). */
export interface RestingSlot {
  readonly restingUntil: number;
}

/** The capacity item of an infra group, a cell or a zone. Cells and zones have no slots. */
export interface CapacityItem {
  readonly slots: Readonly<Record<string, HeldSlot | RestingSlot>>;
  readonly used: Amounts;
  /** Bumped by cordon, drain and capacity edits only; 0 until the first. */
  readonly capacityEpoch: number;
}

/** What a capacity item that does not exist stands for. */
export const emptyCapacity: CapacityItem = { slots: {}, used: {}, capacityEpoch: 0 };

const usedPrefix = 'used:';
const slotPrefix = 'slot:';

/** The attribute that holds the total of a dimension. */
export function usedAttribute(dimension: string): string {
  return `${usedPrefix}${dimension}`;
}

/** The attribute that holds a slot. */
export function slotAttribute(slot: number): string {
  return `${slotPrefix}${slot}`;
}

/** Partition keys of the capacity items. */
export const capacityKeys = {
  group: (name: string): string => objectKey('InfraGroup', name),
  cell: (name: string): string => objectKey('Cell', name),
  zone: (id: string): string => objectKey('Zone', id),
} as const;

/** Whether a slot is held, by whomever. */
export function isHeld(slot: HeldSlot | RestingSlot | undefined): slot is HeldSlot {
  return slot !== undefined && 'placement' in slot;
}

/** Reads a capacity item; attributes that are none of ours are ignored. */
export function parseCapacity(item: Item): CapacityItem {
  const slots: Record<string, HeldSlot | RestingSlot> = {};
  const used: Record<string, number> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name.startsWith(usedPrefix)) used[name.slice(usedPrefix.length)] = toNumber(value);
    else if (name.startsWith(slotPrefix)) slots[name.slice(slotPrefix.length)] = parseSlot(value);
  }
  return { slots, used, capacityEpoch: toNumber(item.capacityEpoch) };
}

/** A slot that cannot be read counts as resting for ever: it is never given to anybody, and never taken for free. */
function parseSlot(value: unknown): HeldSlot | RestingSlot {
  if (typeof value === 'object' && value !== null) {
    if ('placement' in value && 'tenant' in value) {
      const demand = 'demand' in value && isAmounts(value.demand) ? value.demand : {};
      return { placement: String(value.placement), tenant: String(value.tenant), demand };
    }
    if ('restingUntil' in value && typeof value.restingUntil === 'number') return { restingUntil: value.restingUntil };
  }
  return { restingUntil: Number.POSITIVE_INFINITY };
}

function isAmounts(value: unknown): value is Amounts {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((amount) => typeof amount === 'number')
  );
}

/** Totals of fractions may have more digits than a double; the nearest double is good enough to show and to plan by. */
function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return value instanceof NumberValue ? Number(value.value) : 0;
}
