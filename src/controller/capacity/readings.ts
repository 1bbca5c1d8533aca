import type { CellDimension, GroupDimension } from '../../placement/vector.ts';
import type { GroupFacts } from '../../reconcilers/contract.ts';
import type { MarkedPlacement } from '../rebuild/behind.ts';

/**
 * What was read of AWS for placement. `quotas` lacks what could not be read, and `unreadable` says why, by dimension: placement then closes that place and says
 * so. `foreign` is use that no reservation of ours accounts for.
 */
export interface CellReading {
  /** Milliseconds since the epoch when the reading began. */
  readonly at: number;
  readonly quotas: Readonly<Partial<Record<CellDimension, number>>>;
  readonly foreign: Readonly<Partial<Record<CellDimension, number>>>;
  readonly unreadable: Readonly<Record<string, string>>;
  /** Placements that live clusters and rules bear the mark of: what the state table must know. */
  readonly marked: readonly MarkedPlacement[];
}

export interface GroupReading {
  readonly at: number;
  readonly facts: GroupFacts;
  readonly quotas: Readonly<Partial<Record<GroupDimension, number>>>;
  readonly foreign: Readonly<Partial<Record<GroupDimension, number>>>;
  readonly unreadable: Readonly<Record<string, string>>;
  /** Slots whose rule priorities a foreign rule holds. */
  readonly foreignSlots: readonly number[];
  /** Placements that rules on its listener bear the mark of. */
  readonly marked: readonly MarkedPlacement[];
  /** Rules and target groups on the load balancer, and interface endpoints in the VPC, that are not ours. */
  readonly strangers: { readonly listener_rule: number; readonly target_group: number; readonly endpoint: number };
}

export interface ZoneReading {
  readonly at: number;
  /** The zone's own name, as its SOA record has it, without the last dot. */
  readonly name?: string;
  readonly quota: number;
  /** All records in the zone. */
  readonly records: number;
  /** Records in the zone that are no tenant's of ours. */
  readonly foreign: number;
  /** The highest lease epoch that a fence of ours in the zone names; 0 without one. */
  readonly fenceEpoch: number;
}

/** A reading, or why there is none. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly message: string };
