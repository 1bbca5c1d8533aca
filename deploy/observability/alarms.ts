import type { FigureName } from '../../src/telemetry/catalogue-figures.ts';

/** A figure of the minute's line, over the processes that wrote it within a minute. */
export interface Watched {
  readonly figure: FigureName;
  /** Sum where every process counts, Maximum where one of them tells. */
  readonly statistic: 'Sum' | 'Maximum';
}

/** One CloudWatch alarm, without CDK. Periods are minutes. */
export interface Alarm {
  /** That of the alert of deploy/alerts which means the same: the runbook has it. */
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** One figure, or several that `expression` puts together by these ids. */
  readonly metrics: Readonly<Record<string, Watched>>;
  readonly expression?: string;
  readonly is: 'above' | 'below';
  readonly threshold: number;
  /** In how many of the last `of` minutes. */
  readonly minutes: number;
  readonly of: number;
  /** What a minute without data says. Everything but the first alarm is quiet then, so that a controller that is down is one alarm and not ten. */
  readonly missing: 'breaching' | 'notBreaching';
  readonly says: string;
}

/** The alarms that the log's figures are enough for; Prometheus has more (deploy/alerts). */
export const alarms: readonly Alarm[] = [
  {
    name: 'CellwrightNoLeader',
    severity: 'critical',
    metrics: { leaders: { figure: 'leader', statistic: 'Sum' } },
    is: 'below',
    threshold: 1,
    minutes: 3,
    of: 3,
    // No line at all is no controller at all: the worst case must not be the quiet one.
    missing: 'breaching',
    says: 'No controller leads, or none runs. Tenants serve on; nothing is placed, healed or removed.',
  },
  {
    name: 'CellwrightTwoLeaders',
    severity: 'critical',
    metrics: { leaders: { figure: 'leader', statistic: 'Sum' } },
    is: 'above',
    threshold: 1,
    minutes: 2,
    of: 2,
    missing: 'notBreaching',
    says: 'More than one controller says that it leads.',
  },
  {
    name: 'CellwrightSyncStale',
    severity: 'critical',
    metrics: {
      age: { figure: 'syncAgeSeconds', statistic: 'Maximum' },
      resync: { figure: 'resyncSeconds', statistic: 'Maximum' },
    },
    expression: 'age / resync',
    is: 'above',
    threshold: 3,
    minutes: 5,
    of: 5,
    missing: 'notBreaching',
    says: 'The views of tables and cells have not been complete for three resync periods.',
  },
  {
    name: 'CellwrightReconcileErrorsHigh',
    severity: 'warning',
    metrics: {
      errors: { figure: 'reconcileErrors', statistic: 'Sum' },
      runs: { figure: 'reconciles', statistic: 'Sum' },
    },
    expression: 'IF(runs > 0, errors / runs, 0)',
    is: 'above',
    threshold: 0.1,
    minutes: 12,
    of: 15,
    missing: 'notBreaching',
    says: 'More than a tenth of all runs end with an error.',
  },
  {
    name: 'CellwrightAwsThrottled',
    severity: 'warning',
    metrics: { throttled: { figure: 'awsThrottled', statistic: 'Sum' } },
    is: 'above',
    threshold: 6,
    minutes: 10,
    of: 10,
    missing: 'notBreaching',
    says: 'AWS refuses calls for their rate, even after retries.',
  },
  {
    name: 'CellwrightAwsAccessDenied',
    severity: 'critical',
    metrics: { denied: { figure: 'awsAccessDenied', statistic: 'Sum' } },
    is: 'above',
    threshold: 0,
    minutes: 1,
    // Denied calls are repeated slowly: the alarm stays on between them.
    of: 10,
    missing: 'notBreaching',
    says: 'AWS denies the controller a call.',
  },
  {
    name: 'CellwrightTenantUnplaceable',
    severity: 'critical',
    metrics: { unplaceable: { figure: 'unplaceableTenants', statistic: 'Maximum' } },
    is: 'above',
    threshold: 0,
    minutes: 5,
    of: 5,
    missing: 'notBreaching',
    says: 'Tenants find no room.',
  },
  {
    name: 'CellwrightTenantNotReady',
    severity: 'critical',
    metrics: { unready: { figure: 'oldestUnreadySeconds', statistic: 'Maximum' } },
    is: 'above',
    threshold: 900,
    minutes: 5,
    of: 5,
    missing: 'notBreaching',
    says: 'A tenant that should serve has not been ready for more than 15 minutes.',
  },
  {
    name: 'CellwrightGuardHeld',
    severity: 'warning',
    metrics: { held: { figure: 'guardHeld', statistic: 'Maximum' } },
    is: 'above',
    threshold: 0,
    minutes: 15,
    of: 15,
    missing: 'notBreaching',
    says: 'The guard holds changes back. Most of these wait for a person.',
  },
  {
    name: 'CellwrightCapacityLow',
    severity: 'warning',
    metrics: { low: { figure: 'tiersLowOnCapacity', statistic: 'Maximum' } },
    is: 'above',
    threshold: 0,
    minutes: 30,
    of: 30,
    missing: 'notBreaching',
    says: 'A tier has little room left.',
  },
];

/** Where the runbook is, in the repository. */
export function runbookOf({ name }: Pick<Alarm, 'name'>): string {
  return `docs/runbook/alerts.md#${name.toLowerCase()}`;
}
