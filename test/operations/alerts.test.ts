import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alarms } from '../../deploy/observability/alarms.ts';
import { figureNames } from '../../src/telemetry/catalogue-figures.ts';
import { unknownIn } from './known-metrics.ts';
import { readQuery } from './promql.ts';
import { expectLinks, expectSection, file, root, sectionsOf, sources } from './runbook.ts';

/** Prometheus' own judge of rules. */
const promtool = 'promtool';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const { groups } = parse(file('deploy/alerts/cellwright.rules.yaml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const names = rules.map(({ alert }) => alert);

const runbook = sectionsOf('docs/runbook/alerts.md');

describe('the alerts', () => {
  it.each(rules)('$alert asks for metrics, labels and values that the code has', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it.each(rules)('$alert says what, how bad and where to read on', ({ alert, expr, labels, annotations }) => {
    expect(alert).toMatch(/^Cellwright([A-Z][a-z]+)+$/);
    expect(['critical', 'warning', 'info']).toContain(labels['severity']);
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
    expect(annotations['runbook_url']).toBe(`docs/runbook/alerts.md#${alert.toLowerCase()}`);
    expect(annotations['summary'], 'a summary is the same each time').not.toContain('{{');
    const shown = [...(annotations['description'] ?? '').matchAll(/\$labels\.(\w+)/g)].map((match) => match[1]);
    const kept = readQuery(expr).groupings.filter((label) => label !== 'le');
    for (const label of shown) expect(kept, `${alert} shows a label that its expression drops`).toContain(label);
  });

  it('each stand in the runbook, and nothing else does', () => {
    expect([...runbook.keys()]).toEqual(names);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  it.each(names)('%s has a test in which it fires and one in which it is quiet', (name) => {
    const { tests } = parse(file('deploy/alerts/tests.yaml')) as { tests: AlertTest[] };
    const of = tests.flatMap((test) => test.alert_rule_test).filter(({ alertname }) => alertname === name);
    expect(of.map(({ exp_alerts }) => exp_alerts.length)).toEqual([1, 0]);
  });

  it.skipIf(!promtoolIsThere())('pass promtool’s check and its tests', () => {
    const options = { cwd: root, encoding: 'utf8' } as const;
    execFileSync(promtool, ['check', 'rules', 'deploy/alerts/cellwright.rules.yaml'], options);
    const run = spawnSync(promtool, ['test', 'rules', 'deploy/alerts/tests.yaml'], options);
    expect(run.stdout + run.stderr).toContain('SUCCESS');
    expect(run.status).toBe(0);
  });
});

interface AlertTest {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

/** Says so where it is not: what is skipped is skipped aloud. */
function promtoolIsThere(): boolean {
  const there = spawnSync(promtool, ['--version']).status === 0;
  if (!there) console.warn('promtool is not installed: the tests of deploy/alerts/tests.yaml are skipped');
  return there;
}

describe('the runbook', () => {
  it.each([...runbook])('%s has its five headings, and three commands to look with', (_, section) => {
    expectSection(section);
  });

  const source = sources();
  it('looks for log lines that the code writes', () => {
    const sought = [...file('docs/runbook/alerts.md').matchAll(/\$\.msg = "([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sought.length).toBeGreaterThan(5);
    for (const message of sought) expect(source, message).toContain(`'${message}'`);
  });

  it('links to sections and pages that there are', () => {
    expectLinks('docs/runbook/alerts.md');
  });
});

describe('the CloudWatch alarms', () => {
  it('bear names of alerts, so that the runbook has them, and watch figures that the log line has', () => {
    for (const { name, metrics } of alarms) {
      expect(names).toContain(name);
      for (const { figure } of Object.values(metrics)) expect(figureNames).toContain(figure);
    }
    expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
  });

  it('stand in the how-to', () => {
    const shown = [...file('docs/how-to/observe.md').matchAll(/^\| \[(\w+)\]/gm)].map((match) => match[1]);
    expect(shown).toEqual(alarms.map(({ name }) => name));
  });

  it('are as severe as the alerts', () => {
    for (const { name, severity } of alarms)
      expect([name, severity]).toEqual([name, rules.find(({ alert }) => alert === name)?.labels['severity']]);
  });
});
