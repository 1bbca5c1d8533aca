/** The resource types that Cellwright keeps, and what it remembers of each. */
export const resourceKinds = [
  'task_definition',
  'cluster',
  'target_group',
  'listener_rule',
  'service',
  'scaling',
  'dns_record',
  'endpoint',
] as const;
/** In the order in which one placement's chain is built (design: the chain of one placement); endpoints are kept for an infra group, not for a placement. */
export type ResourceKind = (typeof resourceKinds)[number];

/**
 * What we created, or are about to create, for one placement. An entry with an `intent` and no `arn` says that a create call may have been
 * sent: the resource is looked up by name, tag or token before anything is created again.
 */
export interface InventoryResource {
  readonly kind: ResourceKind;
  /** The incarnation: +1 with each new create intent of this resource in this placement. */
  readonly n: number;
  /** The name in AWS: cluster, family, service or target group name; the record's name; the rule's priority; the scalable target's resource id. */
  readonly name: string;
  readonly arn?: string;
  /** Durable before the create call. `token` is the client token where the API takes one. */
  readonly intent?: { readonly token: string; readonly at: string };
  /** Canonical hash of the desired properties that were last applied in full: what tells drift from an asked-for change. */
  readonly applied?: string;
  /** When it was seen to be ours for the first time (RFC 3339). */
  readonly confirmedAt?: string;
}

/** Where a placement is in its life. */
export const placementPhases = ['reserved', 'serving', 'leaving', 'retained', 'released'] as const;
export type PlacementPhase = (typeof placementPhases)[number];

/** Why a placement moves. `asked`: the record (tier, pin, antiAffinity, isolation, placements) excludes where the tenant is. */
export const moveCauses = ['asked', 'drain', 'rebalance'] as const;
export type MoveCause = (typeof moveCauses)[number];

/** A move that is under way, as its successor remembers it. What is not in here follows from what is observed (see src/model/moves.ts). */
export interface PlacementMove {
  /** Id of the placement that it is to replace. */
  readonly from: string;
  readonly cause: MoveCause;
  /** For people. */
  readonly why: string;
  /** RFC 3339, as all times here. */
  readonly startedAt: string;
  /** Since when all tasks that are wanted were healthy, without a break. */
  readonly healthySince?: string;
  /** Index into the weight steps: the last one that was ordered. */
  readonly step?: number;
  /** When that step's DNS changes were seen INSYNC; from then on its time runs. */
  readonly stepAt?: string;
  readonly abort?: { readonly at: string; readonly reason: string };
}

/** One tenant in one infra group. */
export interface PlacementInventory {
  readonly id: string;
  readonly tier: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  readonly phase: PlacementPhase;
  /** What was reserved for it, by dimension (see src/placement). */
  readonly demand: {
    readonly group: Readonly<Record<string, number>>;
    readonly cell: Readonly<Record<string, number>>;
    readonly zone: Readonly<Record<string, number>>;
  };
  /** Why it is here, for `explain placement`. */
  readonly why: string;
  readonly reservedAt: string;
  readonly resources: Readonly<Partial<Record<ResourceKind, InventoryResource>>>;
  /** Superseded incarnations that still have to go: old revisions, draining services, replaced target groups. */
  readonly retired: readonly InventoryResource[];
  /** The task definition content that ECS rolled back: held, not fought, until the record asks for something else. */
  readonly rolledBack?: {
    readonly hash: string;
    readonly taskDefinitionArn: string;
    readonly liveTaskDefinitionArn: string;
    readonly at: string;
  };
  /** Its tasks were stopped as the tenant was suspended, and not started again yet. Kept where the count is another hand's. */
  readonly stopped?: true;
  /** The last change of this placement's DNS records, and when it was seen INSYNC. */
  readonly dnsChange?: { readonly id: string; readonly at: string; readonly insyncAt?: string };
  /** On a placement that is to replace another one of its tenant, until that one is released. */
  readonly move?: PlacementMove;
  /** The weight with which its records are to stand now (0 to 255); absent: its cell's. Durable before the DNS change. */
  readonly weight?: number;
  /** Set once the placement is to go; each time is written when that step was seen to be done (RFC 3339). */
  readonly removal?: RemovalProgress;
}

export interface RemovalProgress {
  readonly startedAt: string;
  readonly reason: string;
  /** Set when the removal budget was charged for it, before the first removing call. */
  readonly budgetedAt?: string;
  /** When no record of it stood any more, and when that had reached every name server. */
  readonly dnsOutAt?: string;
  readonly dnsInsyncAt?: string;
  readonly tasksGoneAt?: string;
  readonly serviceDeletedAt?: string;
  readonly releasedAt?: string;
}

/** A tenant's whole inventory, or an infra group's: one item of the state table. */
export interface TenantInventory {
  readonly placements: Readonly<Record<string, PlacementInventory>>;
  /** Of an infra group: what was made for the dependencies of its tier, by dependency. Its `placements` are empty: those are the tenants'. */
  readonly endpoints?: Readonly<Record<string, EndpointInventory>>;
}

/** What we created, or are about to, for one dependency of a tier in one infra group. */
export interface EndpointInventory {
  /** The endpoint service that the newest incarnation leads to: a dependency that was only renamed keeps its endpoint. */
  readonly service: string;
  readonly resource?: InventoryResource;
  /** Superseded incarnations that still have to go. */
  readonly retired: readonly InventoryResource[];
}

/** One member of an AWS input that is not as it should be. `field` is the top-level member of the call that puts it right. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One difference between desired and live. */
export type Change =
  | {
      readonly action: 'create';
      readonly kind: ResourceKind;
      readonly placement: string;
      readonly name: string;
      readonly reason: ChangeReason;
    }
  | {
      readonly action: 'update';
      readonly kind: ResourceKind;
      readonly placement: string;
      readonly name: string;
      readonly fields: readonly FieldChange[];
      readonly reason: ChangeReason;
    }
  | {
      /** A successor is made and wired first; what it succeeds is retired after. */
      readonly action: 'replace';
      readonly kind: ResourceKind;
      readonly placement: string;
      readonly name: string;
      readonly fields: readonly FieldChange[];
      readonly reason: ChangeReason;
    }
  | {
      readonly action: 'delete';
      readonly kind: ResourceKind;
      readonly placement: string;
      readonly name: string;
      readonly reason: ChangeReason;
    };

/** `asked`: the record changed. `drift`: nobody asked. `retire`: superseded. `removal`: the placement goes. */
export type ChangeReason = 'asked' | 'drift' | 'retire' | 'removal';
