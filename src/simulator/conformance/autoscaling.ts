import { rowOf } from './autoscaling-row.ts';
import { scalingBehaviours } from './autoscaling-scaling.ts';
import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const target = rowOf('targets');
const policy = rowOf('policies');

const targets: readonly Behaviour[] = [
  target(
    'documented',
    s.scalingRegister,
    'changes what is given of a target that is there, and keeps the rest',
    'RegisterScalableTarget makes a target or changes the one that is there; what is not given stays.',
  ),
  target(
    'assumed',
    s.scalingRegister,
    'changes what is given of a target that is there, and keeps the rest',
    'Of a SuspendedState, too, what is not given stays.',
  ),
  target('documented', s.scalingRegister, 'no minimum', 'A new target needs a minimum and a maximum capacity.'),
  target(
    'documented',
    s.scalingRegister,
    'makes a target with the service-linked role, and nothing suspended',
    'Services of ECS are scaled with the service-linked role, whatever role is given.',
  ),
  target(
    'assumed',
    s.scalingModel,
    'makes a target with the service-linked role, and nothing suspended',
    'The ARN of a target ends with 36 hexadecimal digits (the model allows any letters and digits).',
  ),
  target(
    'documented',
    s.scalingRegister,
    'moves a desired count from outside of the bounds inside',
    'Registering moves a desired count from outside of the bounds to the nearer one.',
  ),
  target(
    'documented',
    s.scalingRegister,
    'does so too for a count that was set by hand, when the bounds are not given',
    'Registering again does so too when it gives no bounds.',
  ),
  target(
    'assumed',
    s.scalingRegister,
    'moves a desired count from outside of the bounds inside',
    'The desired count is moved within the call, not some moments later.',
  ),
  target(
    'documented',
    s.scalingRegister,
    'leaves a service alone that is draining, and keeps its count inside of what ECS allows',
    'Registering a service that is not active does not change its desired count.',
  ),
  target(
    'documented',
    s.scalingQuotas,
    'leaves a service alone that is draining, and keeps its count inside of what ECS allows',
    'No scaling goes beyond the tasks that ECS allows a service.',
  ),
  target(
    'documented',
    s.scalingRegister,
    'shows a new target to other calls after a brief delay',
    'A new target is not seen by all calls at once: PutScalingPolicy may answer ObjectNotFoundException.',
  ),
  target(
    'assumed',
    s.scalingRegister,
    'shows a new target to other calls after a brief delay',
    'Half of the new targets are seen at once, the others within 2 s.',
  ),
  target(
    'observed',
    s.scalingServiceUnseen,
    'refuses a service that is not there, or that reads do not show yet',
    'A service that is not there, or that ECS does not show yet after CreateService, is refused as ValidationException: "ECS service doesn\'t exist".',
  ),
  target(
    'assumed',
    s.scalingRegister,
    'another namespace',
    'Only ecs:service:DesiredCount of service/<cluster>/<service> is simulated; all else is refused as ValidationException.',
  ),
  target('documented', s.scalingRegister, 'a minimum below 0', 'The minimum capacity of a service may be 0, not less.'),
  target(
    'assumed',
    s.scalingRegister,
    'a maximum below the minimum',
    'A maximum below the minimum is refused as ValidationException.',
  ),
  target('documented', s.scalingModel, 'too long a resource', 'Resource ids have 1 to 1,600 characters.'),
  target(
    'documented',
    s.scalingQuotas,
    'allows as many targets as the quota says, in each Region',
    '3,000 scalable targets of ECS in each Region, adjustable; one more is LimitExceededException.',
  ),
  target(
    'documented',
    s.scalingDeregister,
    'takes its policies with it, and leaves the service as it is',
    'DeregisterScalableTarget deletes the policies of the target; the desired count stays as it is.',
  ),
  target(
    'documented',
    s.scalingModel,
    'takes its policies with it, and leaves the service as it is',
    'Deregistering what is not registered is ObjectNotFoundException.',
  ),
  target(
    'observed',
    s.scalingServiceGone,
    'comes with the deletion of its service',
    'The deletion of a service deregisters its target and deletes its policies.',
  ),
  target(
    'assumed',
    s.scalingServiceGone,
    'comes with the deletion of its service',
    'They go within DeleteService; a target registered while the service drains goes when it is INACTIVE, and an INACTIVE one can not be registered.',
  ),
  target(
    'documented',
    s.scalingModel,
    'gives pages of 50 at most',
    'DescribeScalableTargets gives 50 targets a page, and takes 50 resource ids at most.',
  ),
  target(
    'documented',
    s.scalingModel,
    'takes a dimension only with a resource, and leaves out unknown ones',
    'Reads that name a dimension must name a resource too.',
  ),
];

const tags: readonly Behaviour[] = [
  target(
    'observed',
    s.scalingTagAgain,
    'cannot be given to a target that is registered already',
    'RegisterScalableTarget with tags for a target that is there is refused as ValidationException, and changes nothing.',
  ),
  target('observed', s.scalingBlankTag, 'an empty tag value', 'Tags with empty or blank values are refused.'),
  target(
    'documented',
    s.scalingModel,
    'are 50 at most, on targets that exist',
    'Tag operations on an unknown target are ResourceNotFoundException, too many tags TooManyTagsException; both name the resource.',
  ),
  target(
    'assumed',
    s.scalingModel,
    'are 50 at most, on targets that exist',
    'A target has 50 tags at most, as resources of other services do.',
  ),
  target(
    'documented',
    s.scalingModel,
    'are given to a new target, then added, replaced and taken away',
    'TagResource adds tags and replaces the values of those that are there.',
  ),
];

const policies: readonly Behaviour[] = [
  policy(
    'documented',
    s.scalingPut,
    'makes a policy with an ARN and two alarms',
    'PutScalingPolicy answers the policy’s ARN and the two alarms that it makes in CloudWatch, which are not simulated beyond their names.',
  ),
  policy(
    'assumed',
    s.scalingPut,
    'changes a policy that is there, and keeps its ARN and alarms',
    'A policy that is put again keeps its alarms; its configuration is replaced as a whole where one is given.',
  ),
  policy(
    'assumed',
    s.scalingPut,
    'makes no low alarm where scale-in is disabled',
    'Where scale-in is disabled there is no low alarm.',
  ),
  policy(
    'observed',
    s.scalingUnregistered,
    'refuses a target that is not registered',
    'A policy for what is not registered is ObjectNotFoundException: "No scalable target registered for ...".',
  ),
  policy(
    'observed',
    s.scalingOnePolicy,
    'refuses a second policy on one metric',
    'A target has only one target tracking policy for each metric.',
  ),
  policy(
    'assumed',
    s.scalingPut,
    'step scaling',
    'Step scaling, predictive scaling and customized metrics are refused as ValidationException: they are not simulated.',
  ),
  policy('documented', s.scalingPut, 'no policy type', 'A new policy needs a policy type and its configuration.'),
  policy(
    'documented',
    s.scalingMetric,
    'a label without need',
    'A resource label is for ALBRequestCountPerTarget only.',
  ),
  policy(
    'observed',
    s.scalingLabel,
    'no label where one is needed',
    'ALBRequestCountPerTarget needs a resource label.',
  ),
  policy(
    'documented',
    s.scalingMetric,
    'takes request counts by the label of a load balancer and target group of the service',
    'The label names a load balancer and a target group of the service by the last parts of their ARNs.',
  ),
  policy(
    'observed',
    s.scalingUnrouted,
    'takes request counts by the label of a load balancer and target group of the service',
    'A target group that the load balancer does not forward to is refused as ValidationException.',
  ),
  policy(
    'assumed',
    s.scalingPut,
    'a target value of 0',
    'The target value must be above 0: no alarm could lie below it else.',
  ),
  policy('documented', s.scalingPut, 'too large a target value', 'The target value is 2^360 at most.'),
  policy('documented', s.scalingModel, 'too long a name', 'Policy names have 1 to 256 printable characters.'),
  policy(
    'documented',
    s.scalingQuotas,
    'allows as many policies of one target as the quota says',
    '50 policies for each target, not adjustable; one more is LimitExceededException.',
  ),
  policy(
    'documented',
    s.scalingModel,
    'deletes the policy, and does not find it again',
    'Deleting a policy that is not there is ObjectNotFoundException.',
  ),
  policy(
    'documented',
    s.scalingModel,
    'gives pages of 10 at most, and selects by resource and name',
    'DescribeScalingPolicies gives 10 policies a page, and takes 50 names at most.',
  ),
];

/** What Application Auto Scaling does. */
export const autoscalingBehaviours: readonly Behaviour[] = [...targets, ...tags, ...policies, ...scalingBehaviours];
