import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { metricsPage } from '../../src/telemetry/metrics-page.ts';

it('the reference page of metrics is current (run scripts/write-metrics-docs.mjs)', async () => {
  const page = await readFile(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');
  expect(page).toBe(metricsPage());
});

it('names each metric once', () => {
  const names = [...metricsPage().matchAll(/^\| `([a-z_]+)` \| (?:counter|gauge|histogram) /gm)].map(
    (match) => match[1],
  );
  expect(names.length).toBeGreaterThan(40);
  expect(new Set(names).size).toBe(names.length);
});
