/** Scaling activities: how the desired count of a service is set, and what is told about it afterwards. */
import type {
  DescribeScalingActivitiesRequest,
  DescribeScalingActivitiesResponse,
  ScalingActivity,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call, Operation } from '../kernel.ts';
import { addressOf, checkFilter, targetName } from './names.ts';
import { operation } from './operation.ts';
import { page } from './page.ts';
import { type ActivityRecord, dimension, regionOf, type ScalingState, type TargetRecord, uuid } from './state.ts';

/** Activities are told for six weeks. Source: DescribeScalingActivities, API reference. */
const keptMs = 42 * 86_400_000;
/** How often ECS is asked whether as many tasks run as were wanted, and for how long before the activity counts as unfulfilled (assumed). */
const checkMs = 10_000;
const patienceMs = 3_600_000;

/** Source: DescribeScalingActivities, API reference. */
const largestPage = 50;

/** DescribeScalingActivities. */
export function activityOperations(state: ScalingState): Record<string, Operation> {
  return {
    DescribeScalingActivities: operation(
      'read',
      [...targetName, 'MaxResults', 'NextToken'],
      (input: DescribeScalingActivitiesRequest, call) => describeActivities(state, input, call),
      (input) => [input.ResourceId],
    ),
  };
}

function describeActivities(
  state: ScalingState,
  input: DescribeScalingActivitiesRequest,
  call: Call,
): DescribeScalingActivitiesResponse {
  checkFilter(input, input.ResourceId !== undefined);
  if (input.ResourceId !== undefined) addressOf(call, input.ResourceId);
  const wanted = regionOf(state, call).activities.filter(
    ({ resourceId, startedAt }) =>
      (input.ResourceId === undefined || resourceId === input.ResourceId) && startedAt > call.now - keptMs,
  );
  const { items, next } = page(wanted, ({ id }) => id, input, largestPage);
  return { ScalingActivities: items.map(activityView), ...next };
}

/** Texts of messages: "Scaling activities", Application Auto Scaling user guide; those of the last two states are assumed. */
function activityView(activity: ActivityRecord): ScalingActivity {
  const done = `Successfully set desired count to ${activity.capacity}.`;
  const outcomes: Readonly<Record<string, string>> = {
    InProgress: `${done} Waiting for change to be fulfilled by ecs.`,
    Successful: `${done} Change successfully fulfilled by ecs.`,
    Overridden: `${done} Overridden by a newer scaling activity.`,
    Unfulfilled: `${done} Change was not fulfilled by ecs.`,
  };
  return {
    ActivityId: activity.id,
    ServiceNamespace: 'ecs',
    ResourceId: activity.resourceId,
    ScalableDimension: dimension,
    Description: `Setting desired count to ${activity.capacity}.`,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAt),
    ...(activity.endedAt === undefined ? {} : { EndTime: new Date(activity.endedAt) }),
    StatusCode: activity.status,
    StatusMessage: outcomes[activity.status] ?? done,
  };
}

/** Sets the desired count of the target's service, and records that. */
export function scaleTo(state: ScalingState, target: TargetRecord, capacity: number, cause: string): void {
  const { world } = state;
  const now = world.now();
  const region = regionOf(state, target.address);
  const activity: ActivityRecord = {
    id: uuid(state, 'autoscaling/activity'),
    resourceId: target.resourceId,
    capacity,
    cause,
    startedAt: now,
    endedAt: undefined,
    status: 'InProgress',
  };
  close(target, now, 'Overridden');
  region.activities = [activity, ...region.activities.filter(({ startedAt }) => startedAt > now - keptMs)];
  target.open = activity;
  world.ecs.setDesiredCount(target.address, capacity);
  world.at(now + checkMs * world.latencyFactor, () => follow(state, target, activity));
}

/** Ends the activity that is open, if one is. */
export function close(target: TargetRecord, now: number, status: ActivityRecord['status']): void {
  if (target.open === undefined) return;
  target.open.status = status;
  target.open.endedAt = now;
  target.open = undefined;
}

function follow(state: ScalingState, target: TargetRecord, activity: ActivityRecord): void {
  if (target.open !== activity) return;
  const { world } = state;
  const now = world.now();
  const service = world.ecs.scalableService(target.address);
  if (service?.runningCount === activity.capacity) close(target, now, 'Successful');
  else if (service === undefined || now >= activity.startedAt + patienceMs) close(target, now, 'Unfulfilled');
  else world.at(now + checkMs, () => follow(state, target, activity));
}
