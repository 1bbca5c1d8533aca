import type { Condition } from './conditions.ts';
import type { MovePhase } from './moves.ts';
import type { MoveCause } from './resources.ts';
import type { Admission, RolloutStatus, TierRollout } from './rollout.ts';

/** What the state table keeps of an object under sort key `status`: what users see. */
export interface ObjectStatus {
  /** A tenant's phase; other kinds have phases of their own. */
  readonly phase?: string;
  readonly generation: number;
  readonly observedGeneration: number;
  /** Hash of the effective spec that is live (of `observedGeneration`). */
  readonly observedHash?: string;
  readonly conditions: readonly Condition[];
  readonly placements?: readonly PlacementStatus[];
  readonly endpoint?: string;
  /** Of a cell or infra group that drains: since when (RFC 3339), and the most placements that it held meanwhile. */
  readonly drain?: { readonly since: string; readonly total: number };
  /** Of the Fleet: what was done of each order to rebalance. */
  readonly rebalance?: readonly RebalanceProgress[];
  /** RFC 3339. */
  readonly lastObservedAt?: string;
  readonly lastAppliedAt?: string;
  /** Of a tier: how its service goes out. */
  readonly rollout?: RolloutStatus;
}

/** What was done of one order to rebalance: of one tier, up to one time. */
export interface RebalanceProgress {
  readonly tier: string;
  /** As the order says it: another time is another order. */
  readonly until: string;
  /** Moves that count against the budget: charged before each may begin. */
  readonly charged: number;
  readonly done: number;
  /** Those that are charged and not over. */
  readonly open: readonly {
    readonly tenant: string;
    readonly placement: string;
    readonly from: string;
    readonly to: string;
    readonly why: string;
    readonly begun: boolean;
  }[];
  /** Nothing more was to be gained when it was looked at last. */
  readonly idle?: boolean;
}

export interface PlacementStatus {
  readonly id: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  readonly phase: string;
  readonly clusterArn?: string;
  readonly serviceArn?: string;
  readonly taskDefinitionArn?: string;
  readonly targetGroupArn?: string;
  readonly ruleArn?: string;
  readonly records: readonly {
    readonly zone: string;
    readonly name: string;
    readonly type: string;
    readonly setIdentifier: string;
  }[];
  /** On a placement that is to replace another one. */
  readonly move?: PlacementMoveStatus;
}

/** A move as users see it. */
export interface PlacementMoveStatus {
  readonly phase: MovePhase;
  /** Ids of the placement that goes and of the one that comes. */
  readonly from: string;
  readonly to: string;
  readonly cause: MoveCause;
  /** Since when the move is under way (RFC 3339). */
  readonly since: string;
  readonly why: string;
  /** What the phase waits for, in words. */
  readonly waitsFor: string;
  /** Set once the move is being taken back. */
  readonly aborted?: string;
}

/** The last accepted spec of an object, under sort key `spec`. */
export interface AcceptedSpec {
  readonly generation: number;
  /** Canonical hash of `effective` (of `spec` for everything but tenants), with the hash's version. */
  readonly hash: string;
  /** The record's own spec as accepted, defaults filled in. */
  readonly spec: unknown;
  /** For a tenant: the spec with its tier merged in. */
  readonly effective?: unknown;
  /** For a tenant: the effective spec that its placements are built by, where a change waits for room or for a move; else left out. */
  readonly serving?: unknown;
  /** For a tenant: specs that placements are built by which are being replaced and cannot follow the newer one (another tier, no room for more), until they are gone. */
  readonly former?: readonly FormerSpec[];
  /** For a tenant: the revision of its tier's service that `effective` is merged with, and by which wave it came to it (left out where it came by none). */
  readonly tierRevision?: string;
  readonly admission?: Admission;
  /** For a tier. */
  readonly rollout?: TierRollout;
  /** When this generation was accepted (RFC 3339); a deleted tenant's retention counts from here. */
  readonly acceptedAt: string;
  /** Set while the record is gone from the desired table (RFC 3339). */
  readonly vanishedAt?: string;
  /** When the last of a deleted tenant's resources was seen gone (RFC 3339): its name rests from here. */
  readonly goneAt?: string;
}

/** The effective spec that these placements go on by, whatever the tenant's other ones follow. */
export interface FormerSpec {
  readonly spec: unknown;
  readonly placements: readonly string[];
}

/** An entry of an object's history, under sort key `event/<time>`. */
export interface ObjectEvent {
  readonly at: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** How often in a row. */
  readonly count: number;
}
