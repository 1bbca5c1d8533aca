import type { BudgetLevel } from '../aws/budget.ts';
import type { CallReport } from '../aws/clients.ts';
import type { Metrics } from './metrics.ts';

/** What `onCall` of the gate to AWS takes: counts and times each finished call. */
export function callCounter(metrics: Metrics): (report: CallReport) => void {
  return ({ service, operation, result, durationMs, attempts }) => {
    metrics.inc('cellwright_aws_api_calls_total', { service, operation, result });
    metrics.observe('cellwright_aws_api_call_duration_seconds', { service }, durationMs / 1_000);
    if (attempts > 1) metrics.inc('cellwright_aws_api_call_retries_total', { service, operation }, attempts - 1);
  };
}

/** Sets the gauges of the call budgets: of each kind of bucket the emptiest, over all accounts. */
export function collectBudgets(metrics: Metrics, levels: readonly BudgetLevel[]): void {
  const buckets = new Map<string, { level: number; waiting: number }>();
  for (const { bucket, tokens, capacity, waiting } of levels) {
    const before = buckets.get(bucket) ?? { level: Number.POSITIVE_INFINITY, waiting: 0 };
    const level = capacity > 0 ? tokens / capacity : 0;
    buckets.set(bucket, { level: Math.min(before.level, level), waiting: before.waiting + waiting });
  }
  metrics.clear('cellwright_call_budget_level_ratio');
  metrics.clear('cellwright_call_budget_waiting');
  for (const [bucket, { level, waiting }] of buckets) {
    metrics.set('cellwright_call_budget_level_ratio', { bucket }, level);
    metrics.set('cellwright_call_budget_waiting', { bucket }, waiting);
  }
}
