/** What the controller answers about capacity and moves: the same shapes over HTTP, on the page and with `--local`. Plain data, for people and programs. */

/** Where a tenant could go now. */
export interface RoomReport {
  /** RFC 3339, as `at` everywhere here. */
  readonly at: string;
  readonly tenant: string;
  /** The infra groups that were asked for; empty: any of its tier. */
  readonly pin: readonly string[];
  /** Where its placements are now. */
  readonly from: readonly string[];
  /** Whether it could be as asked: what excludes where it is, is replaced. */
  readonly fits: boolean;
  /** The infra groups that would be added. */
  readonly to: readonly string[];
  /** In words; where it does not fit, why not and what would help. */
  readonly text: string;
}

/** Somebody who has somewhere to go. */
export interface PlannedMove {
  readonly tenant: string;
  readonly placement: string;
  readonly from: string;
  readonly to: string;
}

/** Somebody who has nowhere to go, and what would fix it. */
export interface HeldTenant {
  readonly tenant: string;
  readonly placement: string;
  readonly from: string;
  /** CamelCase, for programs: `Pinned`, `NoRoom`, `Orphaned` ... */
  readonly reason: string;
  readonly text: string;
  readonly remedies: readonly string[];
}

/** The check before a drain, and how one stands. */
export interface DrainReport {
  readonly at: string;
  readonly kind: 'Cell' | 'InfraGroup';
  readonly name: string;
  readonly state: string;
  /** Placements that are there now, those that leave already included. */
  readonly placements: number;
  readonly going: readonly PlannedMove[];
  readonly held: readonly HeldTenant[];
  /** Placements that need no place elsewhere: retained ones, and those that leave or move already. */
  readonly leaving: number;
  /** In tier scope: tenants leave a group by closure. `blocked` says why that cannot be. */
  readonly closures: readonly {
    readonly tier: string;
    readonly group: string;
    readonly tenants: number;
    readonly blocked?: string;
  }[];
}

/** What rebalancing would do in one tier. */
export interface RebalanceReport {
  readonly at: string;
  readonly tiers: readonly RebalanceTier[];
}

export interface RebalanceTier {
  readonly tier: string;
  readonly moves: readonly (PlannedMove & { readonly why: string })[];
  /** Infra groups that would be empty afterwards. */
  readonly frees: readonly string[];
  /** What it would gain, or why there is nothing to gain, in words. */
  readonly text: string;
}

/** How near a place is to being full: under 70 %, from there, from 85 %, from 95 %. */
export const capacityLevels = ['room', 'filling', 'low', 'critical'] as const;
export type CapacityLevel = (typeof capacityLevels)[number];

/** What there is to say of the capacity of a tier, a cell or an infra group. */
export interface CapacityFigures {
  readonly name: string;
  /** `active`, or why nothing new goes there. */
  readonly state: string;
  /** How many average tenants more would fit; left out where nothing is known or nothing limits it. */
  readonly room?: number;
  /** The dimension that is short first, for people, and its used share in percent. */
  readonly binding?: string;
  readonly usedPercent?: number;
  /** At the rate of the last days; left out where nothing grows. */
  readonly daysToFull?: number;
  readonly level: CapacityLevel;
}

export interface CapacityReport {
  readonly at: string;
  readonly tiers: readonly TierCapacity[];
  readonly warnings: readonly CapacityWarning[];
}

export interface TierCapacity extends CapacityFigures {
  /** Placements reserved a day, over the days that were looked at. */
  readonly perDay: number;
  readonly cells: readonly CellCapacity[];
  /** What one more of something would buy, in average tenants. */
  readonly whatIfs: readonly { readonly what: string; readonly tenants: number }[];
  /** Cells whose loss the others could not carry. */
  readonly lossOf: readonly { readonly cell: string; readonly carried: boolean; readonly text: string }[];
}

export interface CellCapacity extends CapacityFigures {
  readonly groups: readonly CapacityFigures[];
}

export interface CapacityWarning {
  readonly severity: 'warning' | 'critical';
  readonly kind: 'Tier' | 'Cell' | 'InfraGroup';
  readonly name: string;
  readonly text: string;
}
