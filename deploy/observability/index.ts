import { Duration } from 'aws-cdk-lib';
import {
  Alarm as CdkAlarm,
  ComparisonOperator,
  Dashboard,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
  Unit,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FigureName, figureNames, figureOf } from '../../src/telemetry/catalogue-figures.ts';
import { type Alarm, alarms, runbookOf, type Watched } from './alarms.ts';
import { addWidgets } from './dashboard.ts';
import { filterPatternOf, metricNameOf, namespace } from './figures.ts';

export interface ObservabilityProps {
  /** Where the controller's log lines go. */
  readonly logGroup: ILogGroup;
  /** The installation's id, as the state table has it (`cellwright init --installation ID`): the log lines bear it. */
  readonly installation: string;
  /** The SNS topic that alarms tell; nobody is told where it is left out. */
  readonly alarmTopicArn?: string;
}

/** What was added. */
export interface Observability {
  readonly alarms: readonly CdkAlarm[];
  readonly dashboard: Dashboard;
}

/** Turns the minute's figures of the controller's log into CloudWatch metrics, and adds alarms and a dashboard on them. No metric costs anything but itself: no agent, no call to CloudWatch. */
export function addObservability(scope: Construct, props: ObservabilityProps): Observability {
  const { installation, logGroup } = props;
  const own = new Construct(scope, 'Observability');
  for (const figure of figureNames) addFilter(own, logGroup, installation, figure);
  const made = alarms.map((alarm) => addAlarm(own, alarm, props));
  const dashboard = new Dashboard(own, 'Dashboard', { dashboardName: `cellwright-${installation}` });
  addWidgets(dashboard, made, (watched, label) => metricOf(installation, watched, label));
  return { alarms: made, dashboard };
}

/** No default value: a minute without a line must stay a minute without data. */
function addFilter(scope: Construct, logGroup: ILogGroup, installation: string, figure: FigureName): void {
  const { unit } = figureOf(figure);
  new MetricFilter(scope, `Figure${metricNameOf(figure)}`, {
    logGroup,
    filterName: `cellwright-${figure}`,
    filterPattern: { logPatternString: filterPatternOf(installation, figure) },
    metricNamespace: namespace,
    metricName: metricNameOf(figure),
    metricValue: `$.${figure}`,
    dimensions: { Installation: '$.installation' },
    unit: unit === 'Seconds' ? Unit.SECONDS : unit === 'Count' ? Unit.COUNT : Unit.NONE,
  });
}

function metricOf(installation: string, { figure, statistic }: Watched, label?: string): Metric {
  return new Metric({
    namespace,
    metricName: metricNameOf(figure),
    dimensionsMap: { Installation: installation },
    statistic,
    period: Duration.minutes(1),
    ...(label === undefined ? {} : { label }),
  });
}

function addAlarm(scope: Construct, alarm: Alarm, { installation, alarmTopicArn }: ObservabilityProps): CdkAlarm {
  const made = new CdkAlarm(scope, alarm.name, {
    alarmName: `cellwright-${installation}-${alarm.name}`,
    alarmDescription: `${alarm.severity}: ${alarm.says} Runbook: ${runbookOf(alarm)}`,
    metric: watchedBy(installation, alarm),
    comparisonOperator:
      alarm.is === 'above' ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: alarm.threshold,
    datapointsToAlarm: alarm.minutes,
    evaluationPeriods: alarm.of,
    treatMissingData: alarm.missing === 'breaching' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  if (alarmTopicArn !== undefined) {
    const action = { bind: () => ({ alarmActionArn: alarmTopicArn }) };
    made.addAlarmAction(action);
    made.addOkAction(action);
  }
  return made;
}

function watchedBy(installation: string, { metrics, expression }: Alarm): IMetric {
  const parts = Object.entries(metrics).map(([id, watched]) => [id, metricOf(installation, watched)] as const);
  if (expression !== undefined)
    return new MathExpression({ expression, usingMetrics: Object.fromEntries(parts), period: Duration.minutes(1) });
  const [[, metric] = []] = parts;
  if (metric === undefined || parts.length > 1) throw new RangeError('an alarm on several figures needs an expression');
  return metric;
}
