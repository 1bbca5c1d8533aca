import { controllerLabels, runResults } from './label-values.ts';
import { type MetricSpec, runBuckets } from './metric-spec.ts';

const perController = { controller: controllerLabels } as const;
const perQueue = { name: ['keys'], controller: controllerLabels } as const;

/**
 * Metrics under the names that operators of controllers know (controller-runtime, client-go's workqueue and leader election): same names, same
 * meaning, so that copied queries fit.
 */
export const runtimeMetrics = {
  controller_runtime_reconcile_total: {
    type: 'counter',
    labels: ['controller', 'result'],
    unit: 'runs',
    stability: 'stable',
    help: 'Runs of a key by kind of object and result. Waiting for AWS, for room or for an operator is requeue_after, not an error.',
    values: { ...perController, result: runResults },
  },
  controller_runtime_reconcile_errors_total: {
    type: 'counter',
    labels: ['controller'],
    unit: 'runs',
    stability: 'stable',
    help: 'Runs that ended with an error.',
    values: perController,
  },
  controller_runtime_terminal_reconcile_errors_total: {
    type: 'counter',
    labels: ['controller'],
    unit: 'runs',
    stability: 'stable',
    help: 'Runs that ended with an error which only a change of the record can end.',
    values: perController,
  },
  controller_runtime_reconcile_panics_total: {
    type: 'counter',
    labels: ['controller'],
    unit: 'runs',
    stability: 'stable',
    help: 'Runs that ended with an exception nobody foresaw.',
    values: perController,
  },
  controller_runtime_reconcile_time_seconds: {
    type: 'histogram',
    labels: ['controller'],
    unit: 'seconds',
    stability: 'stable',
    help: 'How long a run of a key took.',
    values: perController,
    buckets: runBuckets,
  },
  controller_runtime_max_concurrent_reconciles: {
    type: 'gauge',
    labels: ['controller'],
    unit: 'workers',
    stability: 'stable',
    help: 'Runs that may be under way at once in one lane (mostly: one cell). A pool for each lane serves all kinds, under controller="all".',
  },
  controller_runtime_active_workers: {
    type: 'gauge',
    labels: ['controller'],
    unit: 'workers',
    stability: 'stable',
    help: 'Runs under way.',
    values: perController,
  },
  workqueue_depth: {
    type: 'gauge',
    labels: ['name', 'controller', 'priority'],
    unit: 'keys',
    stability: 'stable',
    help: 'Keys that wait for a worker. One queue serves all kinds, under controller="all".',
  },
  workqueue_adds_total: {
    type: 'counter',
    labels: ['name', 'controller'],
    unit: 'keys',
    stability: 'stable',
    help: 'Keys handed to the queue.',
    values: perQueue,
  },
  workqueue_retries_total: {
    type: 'counter',
    labels: ['name', 'controller'],
    unit: 'keys',
    stability: 'stable',
    help: 'Keys put back with a back-off after an error.',
    values: perQueue,
  },
  workqueue_queue_duration_seconds: {
    type: 'histogram',
    labels: ['name', 'controller'],
    unit: 'seconds',
    stability: 'stable',
    help: 'How long a key waited for a worker.',
    values: perQueue,
    buckets: runBuckets,
  },
  workqueue_work_duration_seconds: {
    type: 'histogram',
    labels: ['name', 'controller'],
    unit: 'seconds',
    stability: 'stable',
    help: 'How long a worker had a key.',
    values: perQueue,
    buckets: runBuckets,
  },
  workqueue_unfinished_work_seconds: {
    type: 'gauge',
    labels: ['name', 'controller'],
    unit: 'seconds',
    stability: 'stable',
    help: 'Sum of how long the runs under way have lasted.',
    values: perQueue,
  },
  workqueue_longest_running_processor_seconds: {
    type: 'gauge',
    labels: ['name', 'controller'],
    unit: 'seconds',
    stability: 'stable',
    help: 'How long the oldest run under way has lasted.',
    values: perQueue,
  },
  leader_election_master_status: {
    type: 'gauge',
    labels: ['name'],
    unit: '0 or 1',
    stability: 'stable',
    help: '1 while this process holds the lease and leads, 0 while it stands by.',
    values: { name: ['cellwright'] },
  },
} as const satisfies Record<string, MetricSpec>;
