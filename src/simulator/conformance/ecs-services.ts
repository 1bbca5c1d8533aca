import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const services = 'test/simulator/ecs/services.test.ts';
const rules = 'test/simulator/ecs/service-rules.test.ts';
const rollout = 'test/simulator/ecs/rollout.test.ts';
const bounds = 'test/simulator/ecs/rolling-bounds.test.ts';

const creation: readonly Behaviour[] = [
  {
    what: 'A service has minimumHealthyPercent 100, maximumPercent 200, grace period 0, platform LATEST, no propagated tags and no circuit breaker where nobody says otherwise.',
    kind: 'documented',
    source: s.ecsModel,
    test: [services, 'fills in what the caller left out'],
  },
  {
    what: 'maximumPercent goes from 100 to 200 and minimumHealthyPercent from 0 to 100; both 100 is refused, for it would block every deployment.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [services, 'percentages that block'],
  },
  {
    what: 'CreateService is refused a target group without rule or listener: "... does not have an associated load balancer.".',
    kind: 'observed',
    source: s.ecsUnattachedGroup,
    test: [services, 'needs the target group to have a rule'],
  },
  {
    what: 'Subnets and security groups must exist, in one VPC; container and port must stand in the task definition.',
    kind: 'observed',
    source: s.ecsServiceRetries,
    test: [services, 'refuses a container or port that the definition lacks'],
  },
  {
    what: 'The same client token answers with the same service; other parameters under it are "Creation of service was not idempotent.".',
    kind: 'documented',
    source: s.ecsIdempotency,
    test: [services, 'is idempotent by client token, and by equal parameters without one'],
  },
  {
    what: 'The name of an ACTIVE service with other parameters is InvalidParameterException "Creation of service was not idempotent.".',
    kind: 'observed',
    source: s.ecsNotIdempotent,
    test: [services, 'is idempotent by client token, and by equal parameters without one'],
  },
  {
    what: 'A client token has 1 to 36 ASCII characters from 33 to 126.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'of client tokens have 1 to 36 ASCII characters from 33 to 126'],
  },
  {
    what: 'Service names and client tokens are unique within their cluster.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'of services, and their client tokens, are unique within a cluster only'],
  },
  {
    what: 'CreateService takes 0.5 s; the service is MISSING to reads for 0 to 5 s.',
    kind: 'observed',
    source: s.ecsServiceLatency,
    test: [services, 'may not show in reads for up to five seconds'],
  },
  {
    what: 'An unknown platform version is PlatformUnknownException; ARM64, EFS and more ephemeral storage on 1.3.0 are PlatformTaskDefinitionIncompatibilityException.',
    kind: 'documented',
    source: s.fargatePlatforms,
    test: [rules, '1.3.0 does not run what came with 1.4.0'],
  },
  {
    what: 'ECS Exec needs a task role in the task definition.',
    kind: 'observed',
    source: s.ecsExec,
    test: [rules, 'needs a task role'],
  },
];

const updates: readonly Behaviour[] = [
  {
    what: 'A change of task definition, network, platform version or load balancers starts a deployment, and so does forceNewDeployment; counts, percentages, grace period, capacity providers, rebalancing, Exec and tag propagation do not.',
    kind: 'documented',
    source: s.ecsUpdateService,
    test: [rollout, 'is started by a change of the revision or by force, and by nothing else'],
  },
  {
    what: 'An update that gives what is there already starts no deployment.',
    kind: 'assumed',
    source: s.ecsUpdateService,
    test: [rollout, 'is started by a change of the revision or by force, and by nothing else'],
  },
  {
    what: 'An empty list of load balancers takes them away, and the grace period with them.',
    kind: 'documented',
    source: s.ecsUpdateService,
    test: [rollout, 'is started by a change of the revision or by force, and by nothing else'],
  },
  {
    what: 'A refused update has changed nothing.',
    kind: 'assumed',
    source: s.ecsUpdateService,
    test: [services, 'changes nothing when any part of it is refused'],
  },
  {
    what: 'UpdateService of a DRAINING or INACTIVE service is ServiceNotActiveException, of an unknown one ServiceNotFoundException.',
    kind: 'observed',
    source: s.ecsNotActive,
    test: [services, 'is refused for unknown, draining and ended services'],
  },
  {
    what: 'Availability Zone rebalancing is ENABLED on a new service with maximumPercent above 100, refused with 100, and kept by updates.',
    kind: 'documented',
    source: s.ecsRebalancing,
    test: [rules, 'is on where nobody says otherwise and the maximum is above 100 %, and an update keeps what was'],
  },
  {
    what: 'Availability Zone rebalancing is shown but never moves a task here.',
    kind: 'assumed',
    source: s.ecsRebalancing,
    test: [rules, 'never moves a task'],
  },
  {
    what: 'The tasks of a service take its subnets in turn.',
    kind: 'assumed',
    source: s.ecsRebalancing,
    test: [rollout, 'gives each task an address of its subnets that the data plane can follow back'],
  },
];

const rolling: readonly Behaviour[] = [
  {
    what: 'At no instant does ECS start tasks beyond maximumPercent of the desired count (rounded down), or stop healthy ones below minimumHealthyPercent (rounded up).',
    kind: 'documented',
    source: s.ecsModel,
    test: [
      bounds,
      'never more tasks than maximumPercent (rounded down), never fewer healthy ones than minimumHealthyPercent (rounded up)',
    ],
  },
  {
    what: 'A rolling update keeps the new deployment PRIMARY and the old ones ACTIVE until the new one is COMPLETED.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'starts the new task before it stops the old one, and drains the old target'],
  },
  {
    what: 'With maximumPercent 100 old tasks are stopped before new ones are started.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'works with a maximum of 100 % by stopping first'],
  },
  {
    what: 'A deployment is COMPLETED when all its tasks are healthy and the old ones have left their target groups.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [rollout, 'starts its tasks, registers them and completes once they are healthy'],
  },
  {
    what: 'A task is healthy when it is RUNNING and healthy in its target groups, or 40 s after RUNNING where nothing checks it.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'counts a task that nothing checks as healthy 40 s after it runs'],
  },
  {
    what: 'The circuit breaker trips at half the desired count of failures in a row, 3 at least and 200 at most.',
    kind: 'documented',
    source: s.ecsCircuitBreaker,
    test: [rules, 'half the desired count, from 3 to 200, by default'],
  },
  {
    what: 'thresholdConfiguration sets the breaker’s share or number (COUNT, BOUNDED_PERCENT, UNBOUNDED_PERCENT).',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'a share without bounds'],
  },
  {
    what: 'A healthy task sets the breaker’s count to 0, unless resetOnHealthyTask is false.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'is counted up to again after a healthy task where resetOnHealthyTask is %s'],
  },
  {
    what: 'The breaker counts tasks that never ran and tasks that fail their health checks.',
    kind: 'documented',
    source: s.ecsCircuitBreaker,
    test: [rollout, 'also trips on tasks that run and fail their health checks'],
  },
  {
    what: 'With rollback the last COMPLETED deployment becomes PRIMARY again, under its own id; the service deployment ends ROLLBACK_SUCCESSFUL.',
    kind: 'documented',
    source: s.ecsCircuitBreaker,
    test: [rollout, 'rolls back to the deployment that was completed last'],
  },
  {
    what: 'A first deployment whose breaker trips has nothing to roll back to: it is FAILED and launches nothing until the next update.',
    kind: 'documented',
    source: s.ecsCircuitBreaker,
    test: [rollout, 'stalls where no deployment was ever completed, until a new one comes'],
  },
  {
    what: 'rolloutState FAILED comes with the circuit breaker only; without it a bad rollout stays IN_PROGRESS for ever.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'keeps a bad rollout in progress for ever where it is off, at growing intervals'],
  },
  {
    what: 'A FAILED deployment stays in the list until the one after it is COMPLETED.',
    kind: 'observed',
    source: s.ecsFailedDeployments,
    test: [rules, 'stays among the deployments until the one after it is completed'],
  },
  {
    what: 'Tasks that never reach RUNNING are launched again after a pause that grows up to 27 min.',
    kind: 'documented',
    source: s.ecsBackoff,
    test: [rollout, 'keeps a bad rollout in progress for ever where it is off, at growing intervals'],
  },
  {
    what: 'That pause begins at 5 s and doubles; a task that failed after it ran is replaced after 1 s.',
    kind: 'assumed',
    source: s.ecsBackoff,
    test: [rules, 'is not slowed down for tasks that die after they ran'],
  },
  {
    what: 'A new task definition ends the slow-down; tasks that die after RUNNING are never slowed down.',
    kind: 'documented',
    source: s.ecsBackoff,
    test: [rules, 'is slowed down for tasks that never ran, and at once quick again with a new task definition'],
  },
];

const endings: readonly Behaviour[] = [
  {
    what: 'DeleteService without force is refused while the desired count is above 0.',
    kind: 'documented',
    source: s.ecsModel,
    test: [services, 'needs the service scaled down and its tasks stopping, unless forced'],
  },
  {
    what: 'DeleteService without force is refused by "The service cannot be stopped while deployments are active." while tasks still run.',
    kind: 'observed',
    source: s.ecsStillActive,
    test: [services, 'needs the service scaled down and its tasks stopping, unless forced'],
  },
  {
    what: 'A DRAINING service is described but not listed.',
    kind: 'documented',
    source: s.ecsModel,
    test: [
      services,
      'drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name',
    ],
  },
  {
    what: 'CreateService under the name of a DRAINING one is InvalidParameterException "Unable to Start a service that is still Draining.".',
    kind: 'observed',
    source: s.ecsStillDraining,
    test: [
      services,
      'drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name',
    ],
  },
  {
    what: 'DRAINING lasts for the deregistration delay and the end of the tasks: over 5 min with the default delay.',
    kind: 'observed',
    source: s.ecsDrainingTime,
    test: [
      services,
      'drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name',
    ],
  },
  {
    what: 'An INACTIVE service stays describable for an hour, frees its name at once, and is then MISSING.',
    kind: 'observed',
    source: s.ecsServiceTombstone,
    test: [
      services,
      'drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name',
    ],
  },
  {
    what: 'DeleteService of a DRAINING service answers with it; of an INACTIVE one it is ServiceNotFoundException.',
    kind: 'assumed',
    source: s.ecsModel,
    test: [
      services,
      'drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name',
    ],
  },
];

/** What the simulator does with services. */
export const ecsServiceBehaviours: readonly Behaviour[] = [...creation, ...updates, ...rolling, ...endings];
