/** Scalable targets: RegisterScalableTarget, DeregisterScalableTarget, DescribeScalableTargets. */
import type {
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
  ScalableTarget,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { Call, Operation, ScalableService, ServiceAddress } from '../kernel.ts';
import { close, scaleTo } from './activities.ts';
import { limitExceeded, validation } from './errors.ts';
import {
  addressOf,
  checkFilter,
  checkLength,
  checkNames,
  checkNamespace,
  findTarget,
  targetName,
  visibleTargets,
} from './names.ts';
import { operation } from './operation.ts';
import { page } from './page.ts';
import { dimension, regionOf, type ScalingState, type Suspension, type TargetRecord, uuid } from './state.ts';
import { addTags } from './tags.ts';
import { unwatch, withinBounds } from './tracking.ts';

/** Source: DescribeScalableTargets, API reference. */
const largestPage = 50;
/** A new target may take so long to show in other calls, half of the time ("a brief delay": how long is assumed). */
const visibleMs = 2_000;

/** The operations on scalable targets. */
export function targetOperations(state: ScalingState): Record<string, Operation> {
  return {
    RegisterScalableTarget: operation(
      'write',
      [...targetName, 'MinCapacity', 'MaxCapacity', 'RoleARN', 'SuspendedState', 'Tags'],
      (input: RegisterScalableTargetRequest, call) => register(state, input, call),
      (input) => [input.ResourceId],
    ),
    DeregisterScalableTarget: operation(
      'write',
      targetName,
      (input: DeregisterScalableTargetRequest, call) => {
        const target = findTarget(state, call, input, 'found');
        removeTarget(state, target);
        return {};
      },
      (input) => [input.ResourceId],
    ),
    DescribeScalableTargets: operation(
      'read',
      ['ServiceNamespace', 'ResourceIds', 'ScalableDimension', 'MaxResults', 'NextToken'],
      (input: DescribeScalableTargetsRequest, call) => describeTargets(state, input, call),
      (input) => input.ResourceIds ?? [],
    ),
  };
}

/** The bounds hold at once: a desired count outside of them is moved to the nearer one. */
function register(
  state: ScalingState,
  input: RegisterScalableTargetRequest,
  call: Call,
): RegisterScalableTargetResponse {
  checkNamespace(input);
  // ECS has a service-linked role, so that one is used whatever is given here.
  if (input.RoleARN !== undefined) checkLength('roleARN', input.RoleARN);
  const address = addressOf(call, input.ResourceId ?? '');
  const service = state.world.ecs.scalableService(address);
  // Text as observed, also for a service that ECS made a moment ago.
  if (service === undefined) throw validation(`ECS service doesn't exist: ${input.ResourceId}`);
  const existing = regionOf(state, call).targets.get(input.ResourceId ?? '');
  const bounds = boundsOf(input, existing);
  const target =
    existing === undefined ? newTarget(state, input, call, { address, service }) : updated(existing, input);
  Object.assign(target, bounds, { suspended: suspensionOf(input.SuspendedState, target.suspended) });
  listen(state);
  if (service.active) moveInside(state, target, service);
  return { ScalableTargetARN: target.arn };
}

/** What is not given stays as it is; a new target needs both. */
function boundsOf(
  input: RegisterScalableTargetRequest,
  existing: TargetRecord | undefined,
): Pick<TargetRecord, 'minCapacity' | 'maxCapacity'> {
  const minCapacity = input.MinCapacity ?? existing?.minCapacity;
  const maxCapacity = input.MaxCapacity ?? existing?.maxCapacity;
  if (minCapacity === undefined || maxCapacity === undefined) {
    throw validation('Minimum capacity and maximum capacity are required to register a new scalable target.');
  }
  if (!Number.isInteger(minCapacity) || !Number.isInteger(maxCapacity))
    throw validation('Capacities must be integers.');
  if (minCapacity < 0) throw validation('Minimum capacity cannot be less than 0.');
  if (maxCapacity < minCapacity) throw validation('Maximum capacity cannot be less than minimum capacity.');
  return { minCapacity, maxCapacity };
}

function suspensionOf(given: SuspendedState | undefined, before: Suspension): Suspension {
  return {
    in: given?.DynamicScalingInSuspended ?? before.in,
    out: given?.DynamicScalingOutSuspended ?? before.out,
    scheduled: given?.ScheduledScalingSuspended ?? before.scheduled,
  };
}

function updated(target: TargetRecord, { Tags: tags }: RegisterScalableTargetRequest): TargetRecord {
  if (Object.keys(tags ?? {}).length > 0) {
    // Text as observed.
    throw validation(
      'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
    );
  }
  return target;
}

function newTarget(
  state: ScalingState,
  input: RegisterScalableTargetRequest,
  call: Call,
  { address, service }: { address: ServiceAddress; service: ScalableService },
): TargetRecord {
  const { targets } = regionOf(state, call);
  const most = state.world.quotas.get(call, 'scalableTargets');
  if (targets.size >= most) throw limitExceeded(`You have reached the maximum number of scalable targets: ${most}.`);
  const tags = new Map<string, string>();
  addTags(tags, input.Tags);
  const resourceId = input.ResourceId ?? '';
  const id = state.world.hex('autoscaling/target', 36);
  const lag = Math.max(0, 2 * state.world.random('autoscaling/visible') - 1) * visibleMs;
  const target: TargetRecord = {
    arn: `arn:aws:application-autoscaling:${call.region}:${call.account}:scalable-target/${id}`,
    resourceId,
    address,
    serviceArn: service.arn,
    policyScope: `arn:aws:autoscaling:${call.region}:${call.account}:scalingPolicy:${uuid(state, 'autoscaling/policy-scope')}:resource/ecs/${resourceId}`,
    createdAt: call.now,
    visibleAt: call.now + lag * state.world.latencyFactor,
    minCapacity: 0,
    maxCapacity: 0,
    suspended: { in: false, out: false, scheduled: false },
    tags,
    policies: new Map(),
    lastOut: undefined,
    lastInAt: undefined,
    cancelTick: undefined,
    open: undefined,
  };
  targets.set(resourceId, target);
  return target;
}

function moveInside(state: ScalingState, target: TargetRecord, { desiredCount }: ScalableService): void {
  const capacity = withinBounds(state, target, desiredCount);
  if (capacity === desiredCount) return;
  scaleTo(
    state,
    target,
    capacity,
    `${capacity > desiredCount ? 'minimum' : 'maximum'} capacity was set to ${capacity}`,
  );
}

/** A service that is deleted takes its target with it (observed). */
function listen(state: ScalingState): void {
  if (state.listening) return;
  state.listening = true;
  state.world.ecs.onServiceEnd((serviceArn) => {
    state.metrics.delete(serviceArn);
    const [, , , region = '', account = ''] = serviceArn.split(':');
    const target = regionOf(state, { account, region }).targets.get(serviceArn.split(':').slice(5).join(':'));
    if (target !== undefined) removeTarget(state, target);
  });
}

function removeTarget(state: ScalingState, target: TargetRecord): void {
  unwatch(target);
  close(target, state.world.now(), 'Unfulfilled');
  target.policies.clear();
  regionOf(state, target.address).targets.delete(target.resourceId);
}

function describeTargets(
  state: ScalingState,
  input: DescribeScalableTargetsRequest,
  call: Call,
): DescribeScalableTargetsResponse {
  const ids = input.ResourceIds ?? [];
  checkFilter(input, ids.length > 0);
  checkNames('resourceIds', ids);
  const wanted = visibleTargets(state, call).filter(({ resourceId }) => ids.length === 0 || ids.includes(resourceId));
  const { items, next } = page(wanted, ({ resourceId }) => resourceId, input, largestPage);
  return { ScalableTargets: items.map(targetView), ...next };
}

function targetView(target: TargetRecord): ScalableTarget {
  const { account } = target.address;
  return {
    ServiceNamespace: 'ecs',
    ResourceId: target.resourceId,
    ScalableDimension: dimension,
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    RoleARN: `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: new Date(target.createdAt),
    SuspendedState: {
      DynamicScalingInSuspended: target.suspended.in,
      DynamicScalingOutSuspended: target.suspended.out,
      ScheduledScalingSuspended: target.suspended.scheduled,
    },
    ScalableTargetARN: target.arn,
  };
}
