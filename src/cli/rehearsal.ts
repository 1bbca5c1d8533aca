/** What a rehearsal is asked for, and the report that it answers with. The report's shape is for machines too: it is documented in docs/guides/rehearse.md. */
import type { DesiredRecord } from '../model/records/kinds.ts';
import type { InvalidField } from '../model/records/problems.ts';
import type { CapacityReport } from '../model/reports.ts';

/** A valid record. */
export interface RehearsedRecord {
  readonly record: DesiredRecord;
  /** The spec as somebody wrote it: defaults are the controller's to fill in. */
  readonly spec: unknown;
}

/** A record that is refused. `file` and `line` where it stands in a file, and not in a table. */
export interface RefusedRecord extends InvalidField {
  readonly file?: string;
  readonly line?: number;
}

/** What to play. */
export interface RehearsalRequest {
  /** What stands already; settled before anything is measured. Empty: the fleet is built from nothing. */
  readonly base: readonly RehearsedRecord[];
  /** What is written then. */
  readonly change: readonly RehearsedRecord[];
  /** Records that cannot be written at all. */
  readonly refused: readonly RefusedRecord[];
  /** The most virtual time that base and change may take, each. */
  readonly hours: number;
  readonly seed: number;
  /** The wall-clock time at which it begins (milliseconds since the epoch): what `until` fields are compared with. */
  readonly startAt: number;
  /** Told now and then, in virtual time. */
  readonly onProgress?: (progress: RehearsalProgress) => void;
}

export interface RehearsalProgress {
  readonly stage: 'base' | 'change';
  readonly seconds: number;
  readonly asWanted: number;
  readonly objects: number;
}

/** Version of the report's shape: goes up when a field goes or changes its meaning. */
export const reportVersion = 1;

export interface RehearsalReport {
  readonly version: typeof reportVersion;
  /** Everything is as the records want it: the exit code is 0. */
  readonly ok: boolean;
  /** The work came to an end by itself; what is left, if anything, does not fit or is invalid. */
  readonly settled: boolean;
  /** From the moment at which the records were written to the last change that was made or waited for. */
  readonly durationSeconds: number;
  /** How long was looked on, all in all: longer where something never became as wanted. */
  readonly observedSeconds: number;
  readonly startAt: string;
  readonly seed: number;
  /** What stood before; null where the fleet was built from nothing. */
  readonly base: BaseReport | null;
  readonly records: Readonly<Record<string, number>>;
  readonly tenants: {
    readonly total: number;
    readonly asWanted: number;
    readonly byPhase: Readonly<Record<string, number>>;
  };
  readonly invalid: readonly RefusedRecord[];
  readonly unplaceable: readonly UnplaceableTenant[];
  readonly notReady: readonly NotReady[];
  readonly bottleneck: Bottleneck;
  /** Share of AWS's buckets that the controller keeps to (Fleet.callShare). */
  readonly callShare: number;
  /** Every token bucket that was drawn from, by account and Region, the tightest first. */
  readonly limits: readonly LimitReport[];
  /** What the tenants spent their time on, the most first. */
  readonly waits: readonly WaitReport[];
  readonly placements: readonly PlacementReport[];
  readonly groups: readonly GroupReport[];
  /** The room that is left at the end, as `cellwright capacity` would tell it; how fast tenants come is not known. */
  readonly capacity: CapacityReport;
  readonly removed: readonly RemovedPlacement[];
  /** What the guard held back: the removal budget, above all. */
  readonly held: readonly HeldChange[];
  readonly changes: readonly ChangeCount[];
  readonly calls: readonly CallCount[];
  readonly events: readonly RehearsedEvent[];
  /** What the controller itself could not do, in words: a fault of ours, or of the simulated AWS. */
  readonly failures: readonly string[];
}

export interface BaseReport {
  readonly settled: boolean;
  readonly durationSeconds: number;
  readonly tenants: number;
  readonly placements: number;
  /** Objects that were not as wanted before the change. */
  readonly notAsWanted: readonly string[];
}

export interface UnplaceableTenant {
  readonly tenant: string;
  readonly tier: string;
  /** The reason of the condition `Placed`; `Shortfall` where a serving tenant cannot be added to a further infra group. */
  readonly reason: string;
  readonly message: string;
  /** What would help; each is enough by itself. */
  readonly remedies: readonly { readonly kind: string; readonly where: string; readonly text: string }[];
}

export interface NotReady {
  readonly kind: string;
  readonly name: string;
  readonly phase: string;
  /** The reason and message of the condition `Ready`. */
  readonly reason: string;
  readonly message: string;
}

/** What the duration is mostly due to. */
export type Bottleneck =
  | { readonly kind: 'none'; readonly text: string }
  | {
      readonly kind: 'bucket';
      readonly text: string;
      readonly account: string;
      readonly region: string | null;
      readonly bucket: string;
      readonly share: number;
    }
  | { readonly kind: 'wait'; readonly text: string; readonly what: string; readonly share: number };

export interface LimitReport {
  readonly account: string;
  /** Null: the bucket is the account's, whatever the Region. */
  readonly region: string | null;
  readonly bucket: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly tokens: number;
  /** (tokens - capacity) / refill: below this no client could get. */
  readonly floorSeconds: number;
  /** The same with the share of the bucket that the controller keeps to. */
  readonly floorAtCallShareSeconds: number;
  /** Part of the duration that the latter makes up. */
  readonly shareOfDuration: number;
  /** Calls that AWS refused because this bucket was empty. */
  readonly throttled: number;
  readonly emptySeconds: number;
  /** The tightest bucket of its account and Region. */
  readonly binds: boolean;
}

export interface WaitReport {
  readonly what: string;
  /** Summed over all tenants that changed. */
  readonly tenantSeconds: number;
  readonly share: number;
  /** What the tenant that was done last spent on it. */
  readonly lastTenantSeconds: number;
}

export interface PlacementReport {
  readonly tenant: string;
  readonly placement: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  readonly phase: string;
  readonly isNew: boolean;
  readonly why: string;
}

export interface GroupReport {
  readonly infraGroup: string;
  readonly cell: string;
  readonly tenants: number;
  readonly added: number;
  readonly removed: number;
  /** What is reserved of each dimension, and what may be. `usable` is null where nothing limits it or the limit is not known. */
  readonly room: readonly { readonly dimension: string; readonly used: number; readonly usable: number | null }[];
}

export interface RemovedPlacement {
  readonly tenant: string;
  readonly placement: string;
  readonly cell: string;
  readonly infraGroup: string;
  readonly slot: number;
  /** `gone`; `stopped`: no tasks and no name, the rest is kept; `suspended`: no tasks; `leaving`: not done yet. */
  readonly state: 'gone' | 'stopped' | 'suspended' | 'leaving';
}

export interface HeldChange {
  readonly tenant: string;
  readonly reason: string;
  readonly message: string;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  /** Still held at the end. */
  readonly open: boolean;
}

export interface ChangeCount {
  readonly resource: string;
  readonly created: number;
  readonly updated: number;
  readonly replaced: number;
  readonly deleted: number;
}

export interface CallCount {
  readonly service: string;
  readonly operation: string;
  /** Whether the operation changes something. */
  readonly mutating: boolean;
  readonly calls: number;
  readonly ok: number;
  readonly throttled: number;
  /** All other refusals, by AWS's code. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface RehearsedEvent {
  readonly seconds: number;
  readonly kind: string;
  readonly name: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}
