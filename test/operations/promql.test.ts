import { expect, it } from 'vitest';
import { unknownIn } from './known-metrics.ts';
import { readQuery } from './promql.ts';

it('names what an expression asks for', () => {
  expect(readQuery('sum by (job, le) (rate(a_bucket{x="1",y=~"a|b"}[5m])) / 2 > 0.5 and time() - b < 1')).toEqual({
    selectors: [
      {
        metric: 'a_bucket',
        matchers: [
          { label: 'x', op: '=', value: '1' },
          { label: 'y', op: '=~', value: 'a|b' },
        ],
      },
      { metric: 'b', matchers: [] },
    ],
    groupings: ['job', 'le'],
    functions: ['sum', 'rate', 'time'],
  });
  expect(() => readQuery('sum(a) § b')).toThrow('not PromQL at');
});

it.each([
  ['cellwright_tenantz', 'metric cellwright_tenantz'],
  ['cellwright_tenants{teir="a"}', 'label teir of cellwright_tenants'],
  ['cellwright_tenants{phase="Redy"}', 'value Redy of cellwright_tenants{phase}'],
  ['sum by (teir) (cellwright_tenants)', 'grouping by teir'],
  ['cellwright_heal_duration_seconds', 'metric cellwright_heal_duration_seconds'],
  ['cellwright_tenants_bucket', 'metric cellwright_tenants_bucket'],
  ['cellwright_heal_duration_seconds_sum{le="1"}', 'label le of cellwright_heal_duration_seconds_sum'],
  [
    'cellwright_aws_api_calls_total{result=~"denied|throtled"}',
    'value throtled of cellwright_aws_api_calls_total{result}',
  ],
  ['summ(cellwright_tenants)', 'function summ'],
])('finds out what nobody knows: %s', (expression, problem) => {
  expect(unknownIn(expression)).toEqual([problem]);
});

it.each([
  'cellwright_heal_duration_seconds_bucket{le="1"}',
  'nodejs_eventloop_lag_p99_seconds{instance="a"}',
  'sum by (job, tier) (cellwright_tenants{phase!~"Deleted|Retained"})',
])('lets pass what is known: %s', (expression) => {
  expect(unknownIn(expression)).toEqual([]);
});
