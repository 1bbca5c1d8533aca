import type { Condition } from '../model/conditions.ts';
import type { InvalidField } from '../model/records/problems.ts';
import type { CapacityReport } from '../model/reports.ts';
import type { RolloutStatus } from '../model/rollout.ts';
import type { PlacementStatus } from '../model/state.ts';

/** How far the controller goes for something. */
export type ShownMode = 'active' | 'observe' | 'paused';

/** The fleet at one moment, as plain data: what the page, its API and the gauges are made from. Holds no environment, no secret and no external id. */
export interface FleetSnapshot {
  /** RFC 3339. */
  readonly at: string;
  /** Left out by the process that leads. Another shows what the tables say, from a reading of its own; what only the leader knows (room, quotas, drains) is missing. */
  readonly standby?: StandbyNote;
  /** The strictest of the process's mode and the fleet's. */
  readonly mode: ShownMode;
  readonly tenants: readonly TenantSnapshot[];
  readonly tiers: readonly TierSnapshot[];
  readonly cells: readonly CellSnapshot[];
  readonly infraGroups: readonly InfraGroupSnapshot[];
  /** Objects whose record vanished; they are kept as their last good spec says. */
  readonly orphans: readonly ObjectName[];
  /** Records that are not accepted as they stand, of any kind or none. */
  readonly refused: readonly RefusedRecord[];
  /** The room that is left; left out where it was not asked for. */
  readonly capacity?: CapacityReport;
  /** How the drains stand: placements by what they are at. */
  readonly drains: readonly DrainSnapshot[];
  /** Resources of others where ours stand, by resource. */
  readonly strangers: Readonly<Record<'listener_rule' | 'target_group' | 'dns_record' | 'endpoint', number>>;
}

/** Whose view it is that is shown, and how old it is. */
export interface StandbyNote {
  /** The identity of the process that leads; left out where none is known. */
  readonly leader?: string;
  /** RFC 3339: when the reading began. */
  readonly readAt: string;
  readonly ageSeconds: number;
}

/** One cell or infra group that drains. */
export interface DrainSnapshot {
  readonly kind: 'Cell' | 'InfraGroup';
  readonly name: string;
  readonly moving: number;
  /** They go without a move. */
  readonly leaving: number;
  readonly waiting: number;
  readonly held: number;
}

/** `kind` as in the record: `Tenant`. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

export interface RefusedRecord extends ObjectName {
  readonly problems: readonly InvalidField[];
}

interface ObjectSnapshot {
  readonly name: string;
  readonly phase: string;
  readonly mode: ShownMode;
  /** Whether the desired table has a record of it. */
  readonly present: boolean;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly conditions: readonly Condition[];
}

export interface TenantSnapshot extends ObjectSnapshot {
  /** Empty where nothing was ever accepted. */
  readonly tier: string;
  readonly wanted: 'active' | 'suspended' | 'deleted' | 'unknown';
  readonly placements: readonly PlacementStatus[];
  readonly endpoint?: string;
  /** What its tasks are; left out where nothing was ever accepted. */
  readonly service?: {
    readonly image: string;
    readonly cpu: number;
    readonly memoryMiB: number;
    readonly tasks: number;
  };
  /** Why it finds no room, or not all that it asks for: the commonest refusal. */
  readonly refusal?: string;
  /** RFC 3339: since when it should serve and is not ready. */
  readonly unreadySince?: string;
  /** What stands in the way, for people; empty when nothing does. */
  readonly message: string;
}

export interface TierSnapshot extends ObjectSnapshot {
  readonly domain: string;
  readonly scope: 'tenant' | 'tier' | 'unknown';
  readonly tenants: number;
  /** How its service goes out; left out until a run of the tier has told. */
  readonly rollout?: RolloutStatus;
}

export interface CellSnapshot extends ObjectSnapshot {
  readonly tier: string;
  readonly accountId: string;
  readonly region: string;
  readonly state: string;
  readonly placements: number;
  readonly capacity: readonly CapacityLine[];
}

export interface InfraGroupSnapshot extends ObjectSnapshot {
  readonly cell: string;
  readonly tier: string;
  readonly state: string;
  readonly placements: number;
  readonly capacity: readonly CapacityLine[];
}

/** One dimension of a place: what is reserved of what may be. Fargate vCPU in vCPU. */
export interface CapacityLine {
  /** `fargateVcpu`, `targetGroups`, `rules` ... */
  readonly dimension: string;
  /** For people. */
  readonly label: string;
  readonly state: 'known' | 'unlimited' | 'unknown';
  readonly used: number;
  /** What may be reserved: ⌊quota × (100 − reserve) / 100⌋ − foreign use. Only where `state` is known. */
  readonly usable?: number;
  readonly quota?: number;
  readonly foreign?: number;
}
