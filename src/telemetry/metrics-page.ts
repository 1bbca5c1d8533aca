import { type Catalogue, type MetricName, metricNames, specOf } from './catalogue.ts';
import { figureNames, figureOf } from './catalogue-figures.ts';
import { fleetMetrics } from './catalogue-fleet.ts';
import { loopMetrics } from './catalogue-loop.ts';
import { runtimeMetrics } from './catalogue-runtime.ts';
import { driftFields, resourceLabels, wholeFields } from './drift-fields.ts';

/** The metrics of the process itself that are worth a look; prom-client makes them, under the names that every Node.js program has. */
export const processMetrics: Readonly<Record<string, string>> = {
  process_cpu_seconds_total: 'Processor time, user and system.',
  process_resident_memory_bytes: 'Memory that the process holds.',
  process_start_time_seconds: 'When it started, in seconds since the epoch.',
  process_open_fds: 'Open file descriptors (Linux).',
  nodejs_eventloop_lag_seconds: 'Lag of the event loop when it was scraped.',
  nodejs_eventloop_lag_p99_seconds: 'The 99th percentile of the lag of the event loop since the last scrape.',
  nodejs_heap_size_used_bytes: 'JavaScript heap in use.',
  nodejs_gc_duration_seconds: 'Garbage collections, by kind.',
};

/** The reference page of all metrics, made from the catalogue. */
export function metricsPage(): string {
  return [
    '# Metrics',
    '',
    '<!-- Made from src/telemetry/catalogue.ts by scripts/write-metrics-docs.mjs. Edit the catalogue, not this page. -->',
    '',
    '`GET /metrics` answers in the text format of Prometheus. Units are base units; counters end in `_total` and start at 0 for every label value that is',
    'known beforehand, so that a first increase is seen. A label value beyond a closed set, or beyond 1,000 values where the set is open, becomes `other`.',
    'No tenant name is ever a label. *Stability*: `stable` names, labels and meanings stay; `beta` may change with a major version.',
    '',
    ...section('Names that operators of controllers know', runtimeMetrics),
    ...section('The loop', loopMetrics),
    ...section('The fleet', fleetMetrics),
    '## The process',
    '',
    "The default set of Node.js, `process_*` and `nodejs_*`, by prom-client's names. Among them:",
    '',
    '| name | meaning |',
    '|---|---|',
    ...Object.entries(processMetrics).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`),
    '',
    ...fieldsSection(),
    ...figuresSection(),
    `${metricNames.length} metrics.`,
    '',
  ].join('\n');
}

function section(title: string, part: Partial<Catalogue>): string[] {
  const rows = Object.keys(part).map((name) => row(name as MetricName));
  return [
    `## ${title}`,
    '',
    '| name | type | labels | unit | stability | meaning |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function row(name: MetricName): string {
  const { type, labels, unit, stability, help } = specOf(name);
  const labelText = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${labelText} | ${unit} | ${stability} | ${help.replaceAll('|', '\\|')} |`;
}

/** In words, who writes a figure. */
const whoWords = {
  all: 'every process',
  leader: 'the leader',
  fleet: 'the leader, once its views are complete',
} as const;

function figuresSection(): string[] {
  const rows = figureNames.map((name) => {
    const { metric, who, unit, help } = figureOf(name);
    return `| \`${name}\` | \`${metric}\` | ${whoWords[who]} | ${unit} | ${help} |`;
  });
  return [
    "## The minute's figures",
    '',
    '`cellwright controller` writes one log line each minute, five seconds after the minute begins, whatever `CELLWRIGHT_LOG_LEVEL` is: `"msg":"figures"`, the texts `installation`,',
    '`identity` and `standing` (leading, loading, standing by), and these numbers, made from the metrics above. They are what CloudWatch gets to see (docs/how-to/observe.md). Figures of',
    'counters tell how much they grew since the line before, so that a sum over processes and minutes is right. A figure that a process does not have is left out: that is not 0.',
    '',
    '| field | from | written by | unit | meaning |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function fieldsSection(): string[] {
  const rows = resourceLabels.map((resource) => {
    const fields = [...driftFields[resource], ...wholeFields].map((field) => `\`${field}\``).join(', ');
    return `| \`${resource}\` | ${fields} |`;
  });
  return ['## Fields of drift', '', '| resource | field |', '|---|---|', ...rows, ''];
}
