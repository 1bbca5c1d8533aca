/** What a rebuild goes by: everything live that bears the installation's mark, as plain data. */

/** A thing in AWS that belongs to a placement: by its mark, or by a name that only this placement's could have. */
export interface LiveResource {
  readonly arn: string;
  readonly name: string;
  /** False: it lost its mark, and is ours by where it stands (the service in our own cluster, the target group of our hash). */
  readonly marked: boolean;
}

export interface LiveService extends LiveResource {
  readonly status: 'ACTIVE' | 'DRAINING';
  readonly desiredCount: number;
  /** Running and pending. */
  readonly tasks: number;
  readonly taskDefinition: string | undefined;
  readonly targetGroups: readonly string[];
  /** ECS went back to an earlier definition and stands there. */
  readonly rolledBack: boolean;
  /** Its scalable target, where that bears our mark. */
  readonly scaling: { readonly arn: string; readonly name: string } | undefined;
}

export interface LiveDefinition {
  readonly arn: string;
  readonly revision: number;
  /** Hash of its content, by its tag; undefined where it was not described or has none. */
  readonly spec: string | undefined;
  /** CPU units of a task and its memory; undefined where it was not described. */
  readonly cpu: number | undefined;
  readonly memoryMiB: number | undefined;
}

export interface LiveRule extends LiveResource {
  readonly priority: number;
  readonly targetGroups: readonly string[];
}

/** The weighted records of one placement under one name. */
export interface LiveRecords {
  readonly zone: string;
  readonly name: string;
  readonly setIdentifier: string;
  readonly placement: string;
  readonly infraGroup: string;
}

/** All that stands of one placement in its cell. */
export interface LivePlacement {
  readonly id: string;
  readonly tenant: string;
  readonly tier: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly cluster: LiveResource | undefined;
  readonly services: readonly LiveService[];
  /** Active revisions of its family, the oldest first. */
  readonly definitions: readonly LiveDefinition[];
  readonly targetGroups: readonly LiveResource[];
  readonly rules: readonly LiveRule[];
}

/** One cell, read to the end. */
export interface LiveCell {
  readonly cell: string;
  /** Placements that the state table does not know, with everything of them. */
  readonly unknown: readonly LivePlacement[];
  /** Ids of all placements of which anything stands here, known ones included. */
  readonly standing: ReadonlySet<string>;
  /** Rule priorities on the listener of each infra group that no unknown placement accounts for. */
  readonly takenPriorities: ReadonlyMap<string, readonly number[]>;
  readonly findings: readonly Finding[];
}

/** Something that a rebuild cannot put into the table, and what to do about it. */
export interface Finding {
  readonly reason: 'CellUnread' | 'Unmarked' | 'UnknownInfraGroup' | 'NoRecord' | 'Incomplete';
  /** What it is about: a cell, a tenant, an ARN. */
  readonly about: string;
  readonly message: string;
}
