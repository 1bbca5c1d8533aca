import { addTo, type Vector, vectorOf } from './vector.ts';

/** How much of one dimension may be given away, and why that much. All numbers in the dimension's unit. */
export type Limit =
  | {
      readonly known: true;
      /** `Infinity` where nothing limits the dimension (`source: 'unlimited'`). */
      readonly quota: number;
      readonly source: 'record' | 'read' | 'unlimited';
      readonly reservePercent: number;
      /** Used by what is not ours, or is ours but has no reservation. */
      readonly foreign: number;
      readonly usable: number;
    }
  | { readonly known: false };

export type Capacity<D extends string> = Readonly<Record<D, Limit>>;

/** What is known of the quotas of one infra group, cell or zone. */
export interface CapacitySources<D extends string> {
  /** The quotas that the record states: they win over what was read. */
  readonly record: Readonly<Partial<Record<D, number>>>;
  /** The quotas that were read from AWS; a dimension that could not be read is left out. */
  readonly read: Readonly<Partial<Record<D, number>>>;
  /** The tier's `placement.reservePercent`, 0 to 100. */
  readonly reservePercent: number;
  /**
   * Live use that no reservation accounts for: resources that are not ours, and those of ours that stand without a reservation (what was
   * seen live and ours, less what is reserved, where that is positive).
   */
  readonly foreign: Readonly<Partial<Record<D, number>>>;
  /** Dimensions that AWS has no quota for (an ALB's requests per second): without a figure in the record they are unlimited. */
  readonly unlimited?: readonly D[];
}

/**
 * What may be used of a quota: floor(quota × (100 − reservePercent) / 100) − foreign use, never below 0. The reserve comes off the quota and
 * not off what strangers leave, so that strangers cannot shrink the reserve.
 */
export function usable(quota: number, reservePercent: number, foreign: number): number {
  return Math.max(0, Math.floor((quota * (100 - reservePercent)) / 100) - foreign);
}

/**
 * The smallest quota under which `total` (what is reserved and what is asked for) can be used beside `foreign`; `undefined` where the
 * reserve takes everything.
 */
export function quotaNeeded(total: number, reservePercent: number, foreign: number): number | undefined {
  return reservePercent >= 100 ? undefined : Math.ceil(((total + foreign) * 100) / (100 - reservePercent));
}

function limitOf<D extends string>(dimension: D, sources: CapacitySources<D>): Limit {
  const { reservePercent } = sources;
  const foreign = sources.foreign[dimension] ?? 0;
  const stated = sources.record[dimension];
  const quota = stated ?? sources.read[dimension];
  if (quota !== undefined) {
    const source = stated === undefined ? 'read' : 'record';
    return { known: true, quota, source, reservePercent, foreign, usable: usable(quota, reservePercent, foreign) };
  }
  if (sources.unlimited?.includes(dimension) !== true) return { known: false };
  const none = Number.POSITIVE_INFINITY;
  return { known: true, quota: none, source: 'unlimited', reservePercent, foreign, usable: none };
}

/**
 * The limits of one infra group, cell or zone. A quota that stands in neither source stays unknown: the filters close the place for new
 * placements and say so, because an unknown limit cannot be kept.
 */
export function capacityOf<D extends string>(dimensions: readonly D[], sources: CapacitySources<D>): Capacity<D> {
  return Object.fromEntries(dimensions.map((dimension) => [dimension, limitOf(dimension, sources)])) as Record<
    D,
    Limit
  >;
}

/** A capacity of which nothing is known. */
export function unknownCapacity<D extends string>(dimensions: readonly D[]): Capacity<D> {
  return Object.fromEntries(dimensions.map((dimension) => [dimension, { known: false }])) as Record<D, Limit>;
}

/** What is reserved against a capacity. */
export interface Account<D extends string> {
  readonly dimensions: readonly D[];
  readonly capacity: Capacity<D>;
  /** The dimensions whose quota is not known. */
  readonly unknown: readonly D[];
  /** The sum of all reservations; changed only by the ledger, with `take`. */
  readonly used: Record<D, number>;
  /** What is usable less what is used, in the order of `dimensions`: kept beside them because decisions read it for every infra group. Negative where a quota was lowered under the use; 0 where it is unknown. */
  readonly spare: Float64Array;
  /** The fullness as it is now; absent until it is asked for. */
  full: number | undefined;
}

/** An account with nothing reserved. `spare`: where its figures are to stand, so that those of many accounts can stand side by side. */
export function openAccount<D extends string>(
  dimensions: readonly D[],
  capacity: Capacity<D>,
  spare = new Float64Array(dimensions.length),
): Account<D> {
  const unknown = dimensions.filter((dimension) => !capacity[dimension].known);
  const account = { dimensions, capacity, unknown, used: vectorOf(dimensions, () => 0), spare, full: undefined };
  count(account);
  return account;
}

/** Takes `times * vector` from an account (gives it back where `times` is −1). */
export function take<D extends string>(account: Account<D>, vector: Vector<D>, times: number): void {
  addTo(account.used, vector, times);
  count(account);
}

function count<D extends string>(account: Account<D>): void {
  for (let index = 0; index < account.dimensions.length; index++) {
    const dimension = account.dimensions[index];
    if (dimension === undefined) continue;
    const limit = account.capacity[dimension];
    account.spare[index] = limit.known ? limit.usable - account.used[dimension] : 0;
  }
  account.full = undefined;
}

/**
 * What is still free of a dimension, after `pending` (what this same decision took already; negative where it gives back). Never below 0, also
 * where a quota was lowered under what is in use. 0 where the quota is unknown.
 */
export function freeOf<D extends string>(account: Account<D>, dimension: D, pending?: Vector<D>): number {
  const limit = account.capacity[dimension];
  if (!limit.known) return 0;
  const free = limit.usable - account.used[dimension] - (pending === undefined ? 0 : pending[dimension]);
  return free > 0 ? free : 0;
}

/** The share of the fullest dimension that is in use, 0 to 1 (above 1 where a quota was lowered under the use). */
export function fullness<D extends string>(account: Account<D>, pending?: Vector<D>): number {
  if (pending !== undefined) return measured(account, pending);
  account.full ??= measured(account);
  return account.full;
}

function measured<D extends string>(account: Account<D>, pending?: Vector<D>): number {
  let most = 0;
  for (const dimension of account.dimensions) {
    const limit = account.capacity[dimension];
    if (!limit.known || limit.usable === 0 || limit.usable === Number.POSITIVE_INFINITY) continue;
    const used = account.used[dimension] + (pending === undefined ? 0 : pending[dimension]);
    if (used / limit.usable > most) most = used / limit.usable;
  }
  return most;
}
