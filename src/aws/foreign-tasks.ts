/** What runs on Fargate in an account beside us, as far as ECS shows it. */
import { CallError } from '../model/errors.ts';
import { clusterArns } from './cluster-arns.ts';
import { readPages } from './pages.ts';
import type { CellAccess, Ecs } from './ports.ts';
import { type Reading, reading } from './readings.ts';

/** Other people's tasks come and go; what is planned by them is a reserve, not a guard. */
const maxAgeMs = 600_000;
/** DescribeTasks takes so many (ECS API reference). */
const tasksPerCall = 100;

/**
 * CPU units of Fargate On-Demand tasks in clusters that are not ours. `isOurs` tells by the cluster's name. Fargate Spot has a quota of its own, and what other services than ECS run on
 * Fargate does not show here. Throws `CallError` only when our lease is gone.
 */
export async function readForeignFargate(cell: CellAccess, isOurs: (clusterName: string) => boolean): Promise<Reading> {
  return reading(() =>
    cell.views.once('foreign-fargate', { maxAgeMs }, async () => {
      let units = 0;
      for (const arn of await clusterArns(cell, { maxAgeMs })) {
        if (isOurs(arn.slice(arn.lastIndexOf('/') + 1))) continue;
        units += await unitsOf(cell, arn);
      }
      return units;
    }),
  );
}

async function unitsOf(cell: CellAccess, cluster: string): Promise<number> {
  const { runningTasksCount = 0, pendingTasksCount = 0 } = (await cell.views.cluster(cluster, { maxAgeMs })) ?? {};
  if (runningTasksCount + pendingTasksCount === 0) return 0;
  const arns = await tasksOf(cell, cluster);
  let units = 0;
  for (let start = 0; start < arns.length; start += tasksPerCall) {
    const { tasks = [] } = await cell.ecs.describeTasks({ cluster, tasks: arns.slice(start, start + tasksPerCall) });
    units += tasks.filter(isOnDemand).reduce((sum, task) => sum + Number(task.cpu ?? 0), 0);
  }
  return units;
}

/** A cluster that went in between runs nothing. */
async function tasksOf(cell: CellAccess, cluster: string): Promise<readonly string[]> {
  try {
    return await readPages({ service: 'ecs', operation: 'listTasks' }, async (nextToken) => {
      const page = await cell.ecs.listTasks({
        cluster,
        launchType: 'FARGATE',
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      return { items: page.taskArns, next: page.nextToken };
    });
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return [];
    throw error;
  }
}

function isOnDemand(task: Ecs.Task): boolean {
  return task.capacityProviderName !== 'FARGATE_SPOT';
}
