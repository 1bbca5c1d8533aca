import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alarms } from '../../deploy/observability/alarms.ts';
import { figureNames } from '../../src/telemetry/catalogue-figures.ts';
import { unknownIn } from './known-metrics.ts';
import { readQuery } from './promql.ts';

/** Prometheus' own judge of rules. */
const promtool = 'promtool';
const root = fileURLToPath(new URL('../..', import.meta.url));
const file = (path: string): string => readFileSync(join(root, path), 'utf8');

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

/** The runbook: its sections by their names, each with its headings and what stands below them. */
const runbook = new Map(
  file('docs/runbook/alerts.md')
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

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
  const headings = ['What it means', 'What users notice', 'Look', 'Fix', 'When to stop the controller'];
  const source = sources();
  const commands = new Set([...source.matchAll(/usage: '([a-z-]+)/g)].map((match) => match[1]));

  it.each([...runbook])(
    '%s has its five headings, each with something below it, and three commands to look with',
    (_, section) => {
      const parts = section.split(/^### /m).slice(1);
      expect(parts.map((part) => part.slice(0, part.indexOf('\n')))).toEqual(headings);
      for (const part of parts) expect(part.slice(part.indexOf('\n')).trim()).not.toBe('');
      const [, look = ''] = /```sh\n([^`]*)```/.exec(parts[2] ?? '') ?? [];
      const lines = look.trimEnd().split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(line).toMatch(/^(cellwright|aws|curl) /);
        const [program, command = ''] = line.split(' ');
        if (program === 'cellwright' && command !== '--version') expect(commands, line).toContain(command);
      }
    },
  );

  it('looks for log lines that the code writes', () => {
    const sought = [...file('docs/runbook/alerts.md').matchAll(/\$\.msg = "([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sought.length).toBeGreaterThan(5);
    for (const message of sought) expect(source, message).toContain(`'${message}'`);
  });

  it('links to sections and pages that there are', () => {
    const text = file('docs/runbook/alerts.md');
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(names.map((name) => `#${name.toLowerCase()}`)).toContain(target);
      else expect(() => file(join('docs/runbook', target)), target).not.toThrow();
    }
  });
});

/** Everything in src. */
function sources(): string {
  const folder = join(root, 'src');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

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
