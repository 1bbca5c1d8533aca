import type { AcceptedSpec, ObjectEvent, ObjectStatus } from '../model/state.ts';
import type { TenantInventory } from '../model/resources.ts';

/** The kinds of records, as they stand in the desired table. */
export const recordKinds = ['Fleet', 'Tier', 'Cell', 'InfraGroup', 'Tenant'] as const;
export type RecordKind = (typeof recordKinds)[number];

export interface ObjectKey {
  readonly kind: string;
  readonly name: string;
}

/** `Tenant/acme`: how a key is written in the queue, in logs and as partition key of the state table. */
export function keyText(key: ObjectKey): string {
  return `${key.kind}/${key.name}`;
}

/** The reverse of `keyText`. Names hold no `/`; a kind holds none either. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return { kind: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** Where the engine reads records. Every method throws `CallError`; a partial answer is never given. */
export interface DesiredPort {
  /** All items, read to the end. */
  list(): Promise<readonly unknown[]>;
  /** Consistent read of one key; undefined when the table has no such item. */
  get(kind: string, name: string): Promise<unknown>;
}

/** Where the engine writes state. Every write carries the lease's epoch and throws `CallError` `fenced` when a newer leader wrote before. */
export interface StatePort {
  writeSpec(key: ObjectKey, spec: AcceptedSpec): Promise<void>;
  writeStatus(key: ObjectKey, status: ObjectStatus): Promise<void>;
  writeInventory(tenant: string, inventory: TenantInventory): Promise<void>;
  appendEvent(key: ObjectKey, event: Pick<ObjectEvent, 'type' | 'reason' | 'message'>): Promise<void>;
  /** Removes all there is about an object. */
  forget(key: ObjectKey): Promise<void>;
}

/** The removal budget, charged durably before the first removing call. */
export interface RemovalPort {
  /** Whether this placement may be taken away now. Asking again for one that was granted within the window is granted. */
  charge(placement: string, limit: number): Promise<boolean>;
}

export interface ReservationRequest {
  readonly tenant: string;
  readonly previous: TenantInventory;
  /** The inventory with the new placements in it. */
  readonly next: TenantInventory;
  readonly items: readonly ReservationItem[];
}

export interface ReservationItem {
  readonly placement: string;
  readonly infraGroup: string;
  readonly cell: string;
  readonly zone: string;
  readonly slot: number;
  /** What is added (a whole placement's demand, or the difference of a larger one). */
  readonly demand: CapacityDemand;
  /** Usable amounts at the time of the decision, by dimension. */
  readonly limits: CapacityDemand;
}

export interface CapacityDemand {
  readonly group: Readonly<Record<string, number>>;
  readonly cell: Readonly<Record<string, number>>;
  readonly zone: Readonly<Record<string, number>>;
}

export type ReservationResult = { readonly ok: true } | { readonly ok: false; readonly lost: string };

export interface ReservationPort {
  /** Slot, totals of group, cell and zone, and the tenant's inventory, in one transaction: all or nothing. */
  reserve(request: ReservationRequest): Promise<ReservationResult>;
  /** More or less demand for placements that exist; the slot must be theirs. */
  adjust(request: ReservationRequest): Promise<ReservationResult>;
  /** Gives a slot back, to rest; the inventory without it is written in the same transaction. Releasing twice changes nothing. */
  release(request: ReservationRequest): Promise<ReservationResult>;
}
