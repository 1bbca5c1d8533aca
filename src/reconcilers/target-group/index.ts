import type { ConditionUpdate } from '../../model/conditions.ts';
import { leastTasks } from '../../model/records/effective.ts';
import type { Observation, PlacementContext, Reconciler, Signals } from '../contract.ts';
import { createTargetGroup, retireTargetGroup, updateTargetGroup } from './apply.ts';
import { desiredTargetGroup, nameOf, type TargetGroupContent } from './desired.ts';
import { diffTargetGroup, targetGroupNeedsSuccessor } from './diff.ts';
import { targetGroupIam } from './iam.ts';
import { type LiveTargetGroup, observeTargetGroup } from './observe.ts';

/** Target groups: one for each placement, filled by ECS. */
export const targetGroup: Reconciler<TargetGroupContent, LiveTargetGroup> = {
  kind: 'target_group',
  iam: targetGroupIam,
  name: nameOf,
  desired: desiredTargetGroup,
  observe: observeTargetGroup,
  diff: diffTargetGroup,
  needsSuccessor: targetGroupNeedsSuccessor,
  create: createTargetGroup,
  update: updateTargetGroup,
  retire: retireTargetGroup,
  conditions: (context, _desired, observation) => targetsHealthy(context, observation),
  signals: (_context, observation) => health(observation),
};

function health(observation: Observation<LiveTargetGroup>): Signals {
  if (observation.state !== 'live' || observation.live.targets === undefined) return {};
  const states = observation.live.targets.map((target) => target.TargetHealth?.State);
  return {
    healthyTargets: states.filter((state) => state === 'healthy').length,
    unhealthyTargets: states.filter((state) => state === 'unhealthy' || state === 'unavailable').length,
  };
}

function targetsHealthy(
  context: PlacementContext,
  observation: Observation<LiveTargetGroup>,
): readonly ConditionUpdate[] {
  const type = 'TargetsHealthy';
  if (observation.state !== 'live') {
    return [{ type, status: 'False', reason: 'NoTargetGroup', message: `the target group is ${observation.state}` }];
  }
  const { healthyTargets } = health(observation);
  if (healthyTargets === undefined) return [];
  const least = context.tasks === 0 ? 0 : leastTasks(context.effective.service);
  const isCounted = context.effective.service.scaling.mode === 'fixed' || context.tasks === 0;
  const message = `${healthyTargets} of ${isCounted ? '' : 'at least '}${least} targets are healthy`;
  if (healthyTargets >= Math.max(1, least)) return [{ type, status: 'True', reason: 'Healthy', message }];
  return [{ type, status: 'False', reason: healthyTargets === 0 ? 'NoneHealthy' : 'SomeUnhealthy', message }];
}
