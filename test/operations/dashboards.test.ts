import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { metricNames, specOf } from '../../src/telemetry/catalogue.ts';
import { unknownIn } from './known-metrics.ts';
import { readQuery } from './promql.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
}

const folder = fileURLToPath(new URL('../../deploy/dashboards/', import.meta.url));
const dashboards = readdirSync(folder).map((name) => ({
  name,
  dashboard: JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Dashboard,
}));
/** Grafana's own variables, as PromQL may have them. */
const plain = (expression: string): string => expression.replaceAll('$__rate_interval', '5m');
const panels = dashboards.flatMap(({ name, dashboard }) =>
  dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => ({ name, title: panel.title, panel })),
);

describe('the dashboards', () => {
  it('are one of the controller and one of the fleet, told apart by their ids', () => {
    expect(dashboards.map(({ name }) => name).toSorted()).toEqual(['controller.json', 'fleet.json']);
    expect(new Set(dashboards.map(({ dashboard }) => dashboard.uid)).size).toBe(2);
  });

  it.each(panels)('$name, $title: asks for what the code has, and shows what its expressions keep', ({ panel }) => {
    expect(panel.targets?.length).toBeGreaterThan(0);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    for (const { expr, legendFormat, datasource } of panel.targets ?? []) {
      expect(unknownIn(plain(expr))).toEqual([]);
      const { selectors, groupings } = readQuery(plain(expr));
      for (const { metric, matchers } of selectors)
        expect(matchers, `${metric} of every installation at once`).toContainEqual({
          label: 'job',
          op: '=',
          value: '$job',
        });
      const kept = groupings.length > 0 ? groupings : ['instance'];
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(kept, legendFormat).toContain(label);
      expect(datasource.uid).toBe('${datasource}');
    }
    expect(panel.datasource?.uid).toBe('${datasource}');
  });

  it.each(dashboards)('$name lets the data source and the installation be chosen', ({ dashboard }) => {
    const { list } = dashboard.templating;
    expect(list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['job', 'query'],
    ]);
    const [, metric = ''] = /^label_values\((\w+), job\)$/.exec(list[1]?.definition ?? '') ?? [];
    expect(metricNames).toContain(metric);
  });

  it.each(dashboards)('$name has no two panels in one place, or under one id', ({ dashboard }) => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken, `${title} at ${x},${y}`).not.toContain(`${x},${y}`);
          taken.add(`${x},${y}`);
        }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('show every metric that is stable, but for those that are parts of another', () => {
    const shown = new Set(
      panels.flatMap(({ panel }) =>
        (panel.targets ?? []).flatMap(({ expr }) => readQuery(plain(expr)).selectors.map(({ metric }) => metric)),
      ),
    );
    const parts = new Set(['workqueue_work_duration_seconds', 'cellwright_sweeps_total']);
    const missing = metricNames.filter(
      (name) =>
        specOf(name).stability === 'stable' && !parts.has(name) && !shown.has(name) && !shown.has(`${name}_bucket`),
    );
    expect(missing).toEqual([]);
  });
});
