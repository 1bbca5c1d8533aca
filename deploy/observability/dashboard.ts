import {
  type Alarm,
  AlarmStatusWidget,
  type Dashboard,
  GraphWidget,
  type Metric,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { FigureName } from '../../src/telemetry/catalogue-figures.ts';
import type { Watched } from './alarms.ts';

interface Graph {
  readonly title: string;
  readonly figures: readonly (readonly [FigureName, Watched['statistic']])[];
}

const now: readonly (readonly [FigureName, Watched['statistic'], string])[] = [
  ['leader', 'Sum', 'Leaders'],
  ['tenants', 'Maximum', 'Tenants'],
  ['tenantsReady', 'Maximum', 'Ready'],
  ['oldestUnreadySeconds', 'Maximum', 'Longest unready'],
  ['unplaceableTenants', 'Maximum', 'Find no room'],
  ['guardHeld', 'Maximum', 'Held by the guard'],
];

const graphs: readonly Graph[] = [
  { title: 'Leaders (one is right)', figures: [['leader', 'Sum']] },
  {
    title: 'Tenants',
    figures: [
      ['tenants', 'Maximum'],
      ['tenantsReady', 'Maximum'],
      ['tenantsDegraded', 'Maximum'],
      ['pausedTenants', 'Maximum'],
    ],
  },
  {
    title: 'Age of the views (stale from three resyncs on)',
    figures: [
      ['syncAgeSeconds', 'Maximum'],
      ['resyncSeconds', 'Maximum'],
    ],
  },
  {
    title: 'Runs and their errors',
    figures: [
      ['reconciles', 'Sum'],
      ['reconcileErrors', 'Sum'],
      ['terminalErrors', 'Sum'],
      ['loopFailures', 'Sum'],
    ],
  },
  {
    title: 'Queue and longest run',
    figures: [
      ['queueDepth', 'Maximum'],
      ['longestRunSeconds', 'Maximum'],
    ],
  },
  {
    title: 'Calls to AWS',
    figures: [
      ['awsCalls', 'Sum'],
      ['awsThrottled', 'Sum'],
      ['awsAccessDenied', 'Sum'],
    ],
  },
  {
    title: 'Changes and healing',
    figures: [
      ['changes', 'Sum'],
      ['driftHealed', 'Sum'],
    ],
  },
  {
    title: 'What wants a person',
    figures: [
      ['unplaceableTenants', 'Maximum'],
      ['guardHeld', 'Maximum'],
      ['ownershipConflicts', 'Maximum'],
      ['refusedRecords', 'Maximum'],
      ['orphans', 'Maximum'],
      ['rolloutsHalted', 'Maximum'],
    ],
  },
  {
    title: 'Capacity: the fullest tier, and how many are low',
    figures: [
      ['capacityUsedRatio', 'Maximum'],
      ['tiersLowOnCapacity', 'Maximum'],
    ],
  },
];

/** Fills the dashboard: how the alarms stand, how it is now, and how it was. */
export function addWidgets(
  dashboard: Dashboard,
  alarms: readonly Alarm[],
  metricOf: (watched: Watched, label: string) => Metric,
): void {
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 }));
  const values = now.map(([figure, statistic, label]) => metricOf({ figure, statistic }, label));
  dashboard.addWidgets(new SingleValueWidget({ title: 'Now', metrics: values, width: 24, height: 4 }));
  const widgets = graphs.map(
    ({ title, figures }) =>
      new GraphWidget({
        title,
        width: 8,
        height: 6,
        left: figures.map(([figure, statistic]) => metricOf({ figure, statistic }, figure)),
        leftYAxis: { min: 0 },
      }),
  );
  for (let at = 0; at < widgets.length; at += 3) dashboard.addWidgets(...widgets.slice(at, at + 3));
}
