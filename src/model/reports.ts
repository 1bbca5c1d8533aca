/** What the controller answers to questions: the same shapes over HTTP, on the page and with `--local`. Plain data, for people and programs. */
import type { FieldChange, ResourceKind } from './resources.ts';

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

/** What a rebuild would write for one placement. */
export interface RebuiltPlacement {
  readonly placement: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  readonly phase: string;
  /** Kinds of resources found. */
  readonly resources: readonly string[];
}

/** What a rebuild would write for one tenant. */
export interface RebuiltTenant {
  readonly tenant: string;
  /** `driven`: by its record. `kept`: no accepted record says how it is to be; it is counted and left as it is. */
  readonly standing: 'driven' | 'kept';
  readonly add: readonly RebuiltPlacement[];
  /** Placements of the table of which nothing is live. */
  readonly drop: readonly string[];
}

/** The rebuild of the state table as it would be carried out now. */
export interface RebuildReport {
  readonly at: string;
  /** Why the table is behind what is live; absent: it is not, and an order would do nothing. */
  readonly behind?: string;
  readonly tenants: readonly RebuiltTenant[];
  readonly findings: readonly { readonly reason: string; readonly about: string; readonly message: string }[];
  /** Cells that were read to the end. */
  readonly cells: readonly string[];
  /** `fence`: the highest epoch that a zone names, above which the lease is going to be raised. */
  readonly epoch: { readonly lease: number; readonly fence?: number };
}

/** Whose a resource would be, and which it is. */
export type AdoptRequest = TenantAdoptRequest | GroupAdoptRequest;

export interface TenantAdoptRequest {
  readonly tenant: string;
  readonly arn: string;
}

export interface GroupAdoptRequest {
  readonly infraGroup: string;
  /** The id of a VPC endpoint, or its ARN. */
  readonly arn: string;
}

/** What adopting a resource would come to now. */
export interface AdoptReport {
  readonly at: string;
  /** Whose it would be: a tenant's, or an infra group's. */
  readonly tenant?: string;
  readonly infraGroup?: string;
  readonly arn: string;
  /** Why it cannot be taken over, and what to do instead; absent where it can. */
  readonly refusal?: string;
  /** What it would become part of; absent where it was not found. */
  readonly kind?: ResourceKind;
  readonly placement?: string;
  /** The dependency of the tier that an interface endpoint would serve. */
  readonly dependency?: string;
  /** What it is now, in words. */
  readonly found?: string;
  /** What would be written to it, our tags among it. Environment values are hashes. */
  readonly fields: readonly FieldChange[];
  /** What follows for the resource, where that is more than the changes. */
  readonly then?: string;
}
