import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarms, runbookOf } from '../../deploy/observability/alarms.ts';
import { addObservability } from '../../deploy/observability/index.ts';
import { type FigureName, figureNames } from '../../src/telemetry/catalogue-figures.ts';
import { FiguresLine } from '../../src/telemetry/figures.ts';
import { collectFleet, collectProcess } from '../../src/telemetry/gauges.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { fleet } from '../web/fleet.ts';

const topic = 'arn:aws:sns:eu-central-1:111111111111:operators';
let template: Template;
beforeAll(() => {
  const stack = new Stack(new App(), 'Test', { env: { account: '111111111111', region: 'eu-central-1' } });
  const logGroup = new LogGroup(stack, 'Log');
  addObservability(stack, { logGroup, installation: 'k3v7q2mzaw', alarmTopicArn: topic });
  template = Template.fromStack(stack);
});

interface Filter {
  readonly FilterPattern: string;
  readonly MetricTransformations: readonly {
    readonly MetricName: string;
    readonly MetricNamespace: string;
    readonly MetricValue: string;
    readonly DefaultValue?: number;
    readonly Dimensions: readonly { readonly Key: string; readonly Value: string }[];
  }[];
}
const propertiesOf = <T>(type: string): readonly T[] =>
  Object.values(template.findResources(type)).map((resource) => (resource as { Properties: T }).Properties);

/** The line that a leader really writes, as the log group gets it. */
async function leadersLine(): Promise<Record<string, unknown>> {
  const clock = new VirtualClock();
  const metrics = createMetrics({ process: false });
  collectFleet(metrics, fleet(10));
  collectProcess(metrics, { isLeader: true, queueDepth: 0, concurrency: 1, resyncSeconds: 300 });
  const lines: string[] = [];
  const logger = createLogger({ clock, write: (line) => void lines.push(line) });
  const identity = 'controller-a';
  const standing = () => 'leading' as const;
  const figures = new FiguresLine({ metrics, logger, clock, installation: 'k3v7q2mzaw', identity, standing });
  figures.start();
  await clock.advance(60_000);
  figures.stop();
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
}

describe('the metric filters', () => {
  it('take every figure from the line that a leader writes, as a number', async () => {
    const line = await leadersLine();
    const filters = propertiesOf<Filter>('AWS::Logs::MetricFilter');
    expect(filters).toHaveLength(figureNames.length);
    for (const { FilterPattern, MetricTransformations } of filters) {
      const conditions = [...FilterPattern.matchAll(/\$\.(\w+) = "([^"]+)"/g)];
      expect(conditions.map(([, field = '']) => [field, line[field]])).toEqual(
        conditions.map(([, field, value]) => [field, value]),
      );
      expect(conditions).toHaveLength(2);
      // The field that gives the value is asked for too (CloudWatch Logs, configuring metric values).
      const [{ MetricValue } = { MetricValue: '' }] = MetricTransformations;
      expect(FilterPattern).toMatch(new RegExp(`&& \\${MetricValue} = \\* }$`));
      for (const { MetricValue, MetricNamespace, Dimensions, DefaultValue } of MetricTransformations) {
        expect(typeof line[MetricValue.replace('$.', '')], MetricValue).toBe('number');
        expect(MetricNamespace).toBe('Cellwright');
        expect(Dimensions).toEqual([{ Key: 'Installation', Value: '$.installation' }]);
        expect(DefaultValue, 'a minute without a line must stay one without data').toBeUndefined();
      }
    }
  });
});

describe('the alarms', () => {
  it('are those of the list, each with its runbook section and whom it tells', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', alarms.length);
    for (const alarm of alarms)
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `cellwright-k3v7q2mzaw-${alarm.name}`,
        AlarmDescription: Match.stringLikeRegexp(`Runbook: ${runbookOf(alarm).replaceAll('.', '\\.')}$`),
        DatapointsToAlarm: alarm.minutes,
        EvaluationPeriods: alarm.of,
        Threshold: alarm.threshold,
        TreatMissingData: alarm.missing,
        AlarmActions: [topic],
        OKActions: [topic],
      });
  });

  it('watch metrics that a filter makes, of this installation', () => {
    const made = new Set(
      propertiesOf<Filter>('AWS::Logs::MetricFilter').flatMap((one) =>
        one.MetricTransformations.map(({ MetricName }) => MetricName),
      ),
    );
    const text = JSON.stringify(propertiesOf('AWS::CloudWatch::Alarm'));
    const watched = [...text.matchAll(/"MetricName":"(\w+)"/g)].map(([, name]) => name);
    expect(watched.length).toBeGreaterThanOrEqual(alarms.length);
    for (const name of watched) expect(made).toContain(name);
    const dimensions = [...text.matchAll(/"Dimensions":(\[[^\]]*\])/g)].map(
      ([, one = '']) => JSON.parse(one) as unknown,
    );
    for (const one of dimensions) expect(one).toEqual([{ Name: 'Installation', Value: 'k3v7q2mzaw' }]);
  });

  it('cry when nothing is heard at all, once: every other one is quiet then', () => {
    const breaching = alarms.filter(({ missing }) => missing === 'breaching').map(({ name }) => name);
    expect(breaching).toEqual(['CellwrightNoLeader']);
  });

  it('tell nobody where no topic is given', () => {
    const stack = new Stack(new App(), 'Quiet');
    addObservability(stack, { logGroup: new LogGroup(stack, 'Log'), installation: 'k3v7q2mzaw' });
    const found = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
    expect(Object.keys(found)).toHaveLength(alarms.length);
    expect(JSON.stringify(found)).not.toContain('AlarmActions');
  });
});

describe('the dashboard', () => {
  it('shows every figure, and the alarms', () => {
    const [{ DashboardBody } = { DashboardBody: '' }] = propertiesOf<{ DashboardBody: unknown }>(
      'AWS::CloudWatch::Dashboard',
    );
    const text = JSON.stringify(DashboardBody);
    const missing = figureNames.filter((name) => !text.includes(capital(name)));
    expect(missing).toEqual([]);
    for (const { name } of alarms) expect(text).toContain(name);
  });
});

function capital(name: FigureName): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
