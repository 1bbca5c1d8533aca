import { rowOf } from './autoscaling-row.ts';
import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const target = rowOf('targets');
const tracking = rowOf('tracking');
const wire = rowOf('wire');

const scaling: readonly Behaviour[] = [
  tracking(
    'observed',
    s.scalingPeriods,
    'comes after three periods above the target, in proportion to the metric',
    'Scale-out comes after three one-minute periods in a row above the target.',
  ),
  tracking(
    'documented',
    s.scalingTracking,
    'comes after three periods above the target, in proportion to the metric',
    'Scale-out adds in proportion to the metric.',
  ),
  tracking(
    'assumed',
    s.scalingTracking,
    'comes after three periods above the target, in proportion to the metric',
    'Scaling comes with the end of the last period; metrics and alarms have no delay of their own.',
  ),
  tracking(
    'documented',
    s.scalingInDeployments,
    'rounds up, and takes no step for a fraction that only computers have',
    'Capacities are rounded up, so that never too little is added nor too much removed.',
  ),
  tracking(
    'documented',
    s.scalingInDeployments,
    'is nothing by itself: a policy without data does nothing, and costs no time',
    'A policy with insufficient data does nothing.',
  ),
  tracking(
    'assumed',
    s.scalingTracking,
    'does not come when the row of periods is broken, by a low value or by none',
    'A period without data breaks the row.',
  ),
  tracking(
    'documented',
    s.scalingRegister,
    'stops at the maximum',
    'Policies scale to no value outside of the bounds.',
  ),
  tracking(
    'documented',
    s.scalingTracking,
    'waits for its cooldown, 300 seconds unless told otherwise',
    'Both cooldowns of services are 300 s unless the policy says otherwise.',
  ),
  tracking(
    'documented',
    s.scalingOfServices,
    'is followed in its cooldown by a larger one only, which counts what was added',
    'In the cooldown of a scale-out only a larger one follows, and what was added counts.',
  ),
  tracking(
    'documented',
    s.scalingOfServices,
    'starts from the tasks that run, not from those that are wanted',
    'Scaling starts from the tasks that run, not from the desired count.',
  ),
  tracking(
    'observed',
    s.scalingTwoDeployments,
    'counts the tasks of both deployments while one replaces the other',
    'In a deployment the tasks of both revisions count, so that a scale-out then asks for too much.',
  ),
  tracking(
    'documented',
    s.scalingSuspend,
    'is suspended on demand, and goes on when it is resumed',
    'Suspended scale-out, or scale-in, does not take place; it goes on when it is resumed.',
  ),
  tracking(
    'observed',
    s.scalingPeriods,
    'comes after fifteen periods below nine tenths of the target',
    'Scale-in comes after fifteen one-minute periods in a row below 90 % of the target.',
  ),
  tracking(
    'assumed',
    s.scalingTracking,
    'goes by a tenth of what runs, one task at least, and waits for its cooldown',
    'One scale-in removes a tenth of what runs at most, or one task ("more gradually", say the documents).',
  ),
  tracking(
    'documented',
    s.scalingOfServices,
    'does not keep a scale-out waiting: that ends its cooldown',
    'A scale-out does not wait for the cooldown of a scale-in, and ends it.',
  ),
  tracking(
    'documented',
    s.scalingPut,
    'can be disabled, or suspended',
    'A policy with DisableScaleIn removes nothing.',
  ),
  tracking(
    'documented',
    s.scalingInDeployments,
    'waits while a deployment is in progress; scale-out goes on',
    'There is no scale-in while a deployment is in progress; scale-out goes on.',
  ),
  tracking(
    'documented',
    s.scalingTracking,
    'scale out as soon as one is ready, as far as that which wants most',
    'Of several policies the one that wants most is followed.',
  ),
  tracking(
    'documented',
    s.scalingTracking,
    'scale in only when all that may are ready',
    'Scale-in comes only when all policies that may scale in are ready.',
  ),
  tracking(
    'documented',
    s.scalingOfServices,
    'is overwritten by the next scaling activity',
    'A desired count that was set by hand is overwritten by the next scaling activity.',
  ),
  tracking(
    'documented',
    s.scalingByHand,
    'stays below the minimum until a scale-out, and above the maximum until a scale-in',
    'A desired count that was set by hand may lie outside of the bounds until then: below the minimum until a scale-out, above the maximum until a scale-in.',
  ),
];

const telling: readonly Behaviour[] = [
  tracking(
    'documented',
    s.scalingActivities,
    'tell what set them off, and when ECS has fulfilled them',
    'An activity names the alarm and the policy that caused it, and is Successful when ECS runs as many tasks.',
  ),
  tracking(
    'assumed',
    s.scalingActivities,
    'are overridden by newer ones, and unfulfilled after an hour',
    'A newer activity overrides one that is in progress; after an hour an activity is Unfulfilled.',
  ),
  tracking(
    'documented',
    s.scalingModel,
    'are told newest first, for six weeks, also of a target that is gone',
    'DescribeScalingActivities goes back six weeks, with 50 activities a page.',
  ),
  tracking(
    'assumed',
    s.scalingActivities,
    'are told newest first, for six weeks, also of a target that is gone',
    'Activities are told newest first, also those of a target that is gone. Those that did not scale are not kept: to ask for them is refused.',
  ),
  tracking(
    'documented',
    s.scalingServiceEvents,
    'are no events of the service',
    'Scaling leaves no event in DescribeServices: only the console shows it among the service’s events.',
  ),
  target(
    'assumed',
    s.ecsThrottling,
    'draws nothing from the account’s buckets of ECS when the desired count is set',
    'Scaling is done by AWS itself: it draws from no bucket of the account.',
  ),
  target(
    'assumed',
    s.scalingModel,
    'answers reads in 50 ms and writes in 150 ms, without a bucket',
    'Reads are answered after 50 ms, writes after 150 ms. No request rates are published, so none hold.',
  ),
  target(
    'documented',
    s.scalingErrors,
    'says ThrottlingException where a fault plan throttles it',
    'A throttled call, which only a fault plan makes, is ThrottlingException.',
  ),
  wire(
    'documented',
    s.scalingModel,
    'needs neither PutScheduledAction nor predictions: those are refused',
    'A page token that is none is InvalidNextTokenException.',
  ),
  wire(
    'assumed',
    s.scalingModel,
    'needs neither PutScheduledAction nor predictions: those are refused',
    'Scheduled actions and forecasts are not simulated: their operations are refused as unknown.',
  ),
];

/** How services are scaled, and what is told about it. */
export const scalingBehaviours: readonly Behaviour[] = [...scaling, ...telling];
