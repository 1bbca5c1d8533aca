import { thresholds } from '../placement/forecast-warnings.ts';
import type { MetricName } from './catalogue.ts';

/** One figure of the minute's line: how it is made from a metric. */
export interface FigureSpec {
  readonly metric: MetricName;
  /**
   * `sum` and `max` over the series; `increase`: how much the sum grew since the last line; `age`: seconds since the newest timestamp; `atLeast`: how many series are at or
   * above `from`.
   */
  readonly take: 'sum' | 'max' | 'increase' | 'age' | 'atLeast';
  readonly from?: number;
  /** Only series with these labels. */
  readonly where?: Readonly<Record<string, string>>;
  /** Who has it: every process, the leader, or the leader once its views are complete. Who has it not leaves it out: that is not 0. */
  readonly who: 'all' | 'leader' | 'fleet';
  readonly unit: 'Count' | 'Seconds' | 'Ratio';
  readonly help: string;
}

/** The room of whole tiers, not of their cells and infra groups. */
const wholeTier = { cell: '', infra_group: '' } as const;

/** Every figure, by its field in the log line. In CloudWatch its name begins with a capital. */
export const figureSpecs = {
  leader: {
    metric: 'leader_election_master_status',
    take: 'sum',
    who: 'all',
    unit: 'Count',
    help: '1 of the process that leads, 0 of one that stands by: the sum over a minute counts leaders.',
  },
  syncAgeSeconds: {
    metric: 'cellwright_last_sync_timestamp_seconds',
    take: 'age',
    who: 'leader',
    unit: 'Seconds',
    help: 'Since the views were last complete; since it was first seen to lead where they never were.',
  },
  resyncSeconds: {
    metric: 'cellwright_resync_period_seconds',
    take: 'max',
    who: 'leader',
    unit: 'Seconds',
    help: 'How often they should be, as configured.',
  },
  reconciles: {
    metric: 'controller_runtime_reconcile_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Runs of a key.',
  },
  reconcileErrors: {
    metric: 'controller_runtime_reconcile_errors_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Runs that ended with an error.',
  },
  terminalErrors: {
    metric: 'controller_runtime_terminal_reconcile_errors_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Runs that ended with an error which only a change of the record can end.',
  },
  loopFailures: {
    metric: 'cellwright_loop_failures_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Failures outside the run of a key.',
  },
  queueDepth: {
    metric: 'workqueue_depth',
    take: 'sum',
    who: 'leader',
    unit: 'Count',
    help: 'Keys that wait for a worker.',
  },
  longestRunSeconds: {
    metric: 'workqueue_longest_running_processor_seconds',
    take: 'max',
    who: 'leader',
    unit: 'Seconds',
    help: 'How long the oldest run under way has lasted.',
  },
  awsCalls: {
    metric: 'cellwright_aws_api_calls_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Calls to AWS in cells and zones.',
  },
  awsThrottled: {
    metric: 'cellwright_aws_api_calls_total',
    take: 'increase',
    where: { result: 'throttled' },
    who: 'all',
    unit: 'Count',
    help: 'Calls that AWS still refused for their rate after the last attempt.',
  },
  awsAccessDenied: {
    metric: 'cellwright_aws_api_calls_total',
    take: 'increase',
    where: { result: 'denied' },
    who: 'all',
    unit: 'Count',
    help: 'Calls, and roles, that AWS did not allow.',
  },
  changes: {
    metric: 'cellwright_changes_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Changes that AWS took.',
  },
  driftHealed: {
    metric: 'cellwright_drift_healed_total',
    take: 'increase',
    who: 'all',
    unit: 'Count',
    help: 'Drifted fields that AWS took the right value of again.',
  },
  tenants: { metric: 'cellwright_tenants', take: 'sum', who: 'fleet', unit: 'Count', help: 'Tenants, of every phase.' },
  tenantsReady: {
    metric: 'cellwright_tenants',
    take: 'sum',
    where: { phase: 'Ready' },
    who: 'fleet',
    unit: 'Count',
    help: 'Tenants in phase Ready.',
  },
  tenantsDegraded: {
    metric: 'cellwright_tenants',
    take: 'sum',
    where: { phase: 'Degraded' },
    who: 'fleet',
    unit: 'Count',
    help: 'Tenants in phase Degraded.',
  },
  oldestUnreadySeconds: {
    metric: 'cellwright_oldest_unready_tenant_seconds',
    take: 'max',
    who: 'fleet',
    unit: 'Seconds',
    help: 'How long the tenant that has been unready longest has been so.',
  },
  unplaceableTenants: {
    metric: 'cellwright_unplaceable_tenants',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Tenants that found no room, or not all that they ask for.',
  },
  guardHeld: {
    metric: 'cellwright_guard_held',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Changes that the guard holds back at present: tenants and infra groups, once for each reason.',
  },
  ownershipConflicts: {
    metric: 'cellwright_ownership_conflicts',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Resources that are not ours where ours stand, and ours that lost their mark.',
  },
  pausedTenants: {
    metric: 'cellwright_paused_tenants',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Tenants that are left alone by mode paused.',
  },
  refusedRecords: {
    metric: 'cellwright_refused_records',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Records that are not accepted as they stand.',
  },
  orphans: {
    metric: 'cellwright_orphans',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Objects whose record vanished.',
  },
  rolloutsHalted: {
    metric: 'cellwright_rollout_halted',
    take: 'sum',
    who: 'fleet',
    unit: 'Count',
    help: 'Tiers whose rollout is halted by failures.',
  },
  capacityUsedRatio: {
    metric: 'cellwright_capacity_used_ratio',
    take: 'max',
    where: wholeTier,
    who: 'fleet',
    unit: 'Ratio',
    help: 'The used share of the tier that is fullest, 0 to 1.',
  },
  tiersLowOnCapacity: {
    metric: 'cellwright_capacity_used_ratio',
    take: 'atLeast',
    from: thresholds.warning,
    where: wholeTier,
    who: 'fleet',
    unit: 'Count',
    help: `Tiers of which ${thresholds.warning} or more is used.`,
  },
} as const satisfies Record<string, FigureSpec>;

export type FigureName = keyof typeof figureSpecs;

/** All figures, in their order in the line. */
export const figureNames = Object.keys(figureSpecs) as readonly FigureName[];

/** What the catalogue says of a figure, its literal types forgotten. */
export function figureOf(name: FigureName): FigureSpec {
  return figureSpecs[name];
}
