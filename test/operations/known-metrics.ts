import { tenantPhases } from '../../src/model/conditions.ts';
import { type MetricName, metricNames, specOf } from '../../src/telemetry/catalogue.ts';
import { processMetrics } from '../../src/telemetry/metrics-page.ts';
import { readQuery } from './promql.ts';

/** Labels that the scrape adds. */
const scrapeLabels = ['job', 'instance'];
/** Closed sets that the catalogue does not list, since its gauges show only what there is. */
const otherValues: Readonly<Record<string, readonly string[]>> = {
  phase: tenantPhases,
  status: ['True', 'False', 'Unknown'],
};

const functions = new Set(
  'absent count deriv histogram_quantile increase max min rate sum time topk vector'.split(' '),
);

/** Everything in an expression that the code does not know: metrics, labels, values of closed labels, functions. Empty when all is known. */
export function unknownIn(expression: string): readonly string[] {
  const { selectors, groupings, functions: used } = readQuery(expression);
  const problems = used.filter((name) => !functions.has(name)).map((name) => `function ${name}`);
  const everyLabel = new Set(scrapeLabels);
  for (const { metric, matchers } of selectors) {
    const known = labelsOf(metric);
    if (known === undefined) {
      problems.push(`metric ${metric}`);
      continue;
    }
    for (const label of known.labels) everyLabel.add(label);
    for (const { label, op, value } of matchers) {
      if (!known.labels.includes(label)) problems.push(`label ${label} of ${metric}`);
      const allowed = known.values[label] ?? otherValues[label];
      if (allowed === undefined || value.startsWith('$')) continue;
      const values = op.endsWith('~') ? value.split('|') : [value];
      problems.push(
        ...values.filter((one) => !allowed.includes(one)).map((one) => `value ${one} of ${metric}{${label}}`),
      );
    }
  }
  problems.push(...groupings.filter((label) => !everyLabel.has(label)).map((label) => `grouping by ${label}`));
  return problems;
}

interface Known {
  readonly labels: readonly string[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

function labelsOf(metric: string): Known | undefined {
  if (metric in processMetrics) return { labels: scrapeLabels, values: {} };
  const [, base = metric, suffix] = /^(.*)_(bucket|sum|count)$/.exec(metric) ?? [];
  const name = metricNames.find((one) => one === metric) ?? histogram(base);
  if (name === undefined) return undefined;
  const { labels, values = {}, type } = specOf(name);
  // A histogram is asked for by its parts alone.
  if ((type === 'histogram') !== (suffix !== undefined && name === base)) return undefined;
  return { labels: [...labels, ...scrapeLabels, ...(suffix === 'bucket' ? ['le'] : [])], values };
}

function histogram(base: string): MetricName | undefined {
  return metricNames.find((one) => one === base && specOf(one).type === 'histogram');
}
