import type { Ecs } from '../../aws/ports.ts';
import type { ConditionUpdate } from '../../model/conditions.ts';
import { leastTasks } from '../../model/records/effective.ts';
import type { Desired, Observation, PlacementContext, Signals } from '../contract.ts';
import { desiredService, type ServiceContent } from './desired.ts';

/**
 * Stable means: one deployment, of just the wanted definition, COMPLETED, with as many tasks as wanted. Where another hand sets the count it changes at any time, with no deployment: there the
 * fewest that may run will do. "Running equals desired" alone is not enough: an old
 * deployment may be serving still.
 */
export function isStable(live: Ecs.Service, taskDefinition: string | undefined, least?: number): boolean {
  const [only, ...others] = live.deployments ?? [];
  if (only === undefined || others.length > 0) return false;
  return (
    only.rolloutState === 'COMPLETED' &&
    (taskDefinition === undefined || only.taskDefinition === taskDefinition) &&
    hasItsTasks(live, least)
  );
}

/** `least`: undefined where the record says how many tasks run. */
function hasItsTasks({ runningCount = 0, pendingCount = 0, desiredCount = 0 }: Ecs.Service, least?: number): boolean {
  if (least !== undefined) return runningCount >= Math.min(desiredCount, least);
  return runningCount === desiredCount && pendingCount === 0;
}

/** The fewest tasks where the count is another hand's; undefined where it is ours. */
function leastOf({ tasks, effective }: PlacementContext): number | undefined {
  return effective.service.scaling.mode === 'fixed' || tasks === 0 ? undefined : leastTasks(effective.service);
}

/**
 * The definition of the placement that ECS rolled back, if it did: its deployment FAILED, or the one on which the service stands says that it is there by a roll-back. It goes on
 * saying so until the next deployment: so that counts only for a definition that the service was given.
 */
function rolledBack(context: PlacementContext, live: Ecs.Service): Signals['rolledBack'] {
  const wanted = context.placement.resources.task_definition?.arn;
  if (wanted === undefined || live.taskDefinition === undefined || live.taskDefinition === wanted) return undefined;
  if (!wasGiven(context)) return undefined;
  const failed = live.deployments?.some(
    (deployment) => deployment.taskDefinition === wanted && deployment.rolloutState === 'FAILED',
  );
  const primary = live.deployments?.find((deployment) => deployment.status === 'PRIMARY');
  const rolling = primary?.rolloutStateReason?.includes('rolling back') ?? false;
  if (failed !== true && !rolling) return undefined;
  return { taskDefinitionArn: wanted, liveTaskDefinitionArn: live.taskDefinition };
}

/** Whether the service, with the wanted definition, is what was applied last. */
function wasGiven({ rolledBack: _held, ...context }: PlacementContext): boolean {
  const desired = desiredService(context);
  return desired.state === 'known' && desired.hash === context.placement.resources.service?.applied;
}

export function serviceSignals(context: PlacementContext, observation: Observation<Ecs.Service>): Signals {
  if (observation.state !== 'live') return {};
  const { live } = observation;
  const found = rolledBack(context, live);
  return {
    ...(found === undefined ? {} : { rolledBack: found }),
    stable: isStable(
      live,
      context.rolledBack?.liveTaskDefinitionArn ?? context.placement.resources.task_definition?.arn,
      leastOf(context),
    ),
    runningTasks: (live.runningCount ?? 0) + (live.pendingCount ?? 0),
  };
}

export function serviceStable(
  context: PlacementContext,
  desired: Desired<ServiceContent>,
  observation: Observation<Ecs.Service>,
): readonly ConditionUpdate[] {
  const type = 'ServiceStable';
  if (observation.state === 'unread') return [];
  if (observation.state !== 'live') {
    return [{ type, status: 'False', reason: 'NotCreated', message: `the service is ${observation.state}` }];
  }
  const { live } = observation;
  if (context.rolledBack !== undefined) {
    const message = `ECS rolled ${context.rolledBack.taskDefinitionArn} back; the service stays on ${context.rolledBack.liveTaskDefinitionArn} until the record changes. ${lastEvent(live)}`;
    return [{ type, status: 'False', reason: 'RolledBack', message }];
  }
  const wanted = desired.state === 'known' ? desired.value.taskDefinition : undefined;
  const counts = `${live.runningCount ?? 0} of ${live.desiredCount ?? 0} tasks run`;
  if (isStable(live, wanted, leastOf(context))) return [{ type, status: 'True', reason: 'Stable', message: counts }];
  const failed = live.deployments?.find(
    (deployment) => deployment.status === 'PRIMARY' && deployment.rolloutState === 'FAILED',
  );
  if (failed !== undefined) {
    const message = `the deployment failed: ${failed.rolloutStateReason ?? ''} ${lastEvent(live)}`.trim();
    return [{ type, status: 'False', reason: 'DeploymentFailed', message }];
  }
  return [{ type, status: 'False', reason: 'Deploying', message: `${counts}. ${lastEvent(live)}`.trim() }];
}

/** ECS's own words, which name what people search for. */
function lastEvent(live: Ecs.Service): string {
  const message = live.events?.[0]?.message;
  return message === undefined ? '' : `ECS says: ${message}`;
}
