import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const rules = 'test/simulator/ecs/service-rules.test.ts';
const rollout = 'test/simulator/ecs/rollout.test.ts';

/** What the simulator does with the tasks of services. */
export const ecsTaskBehaviours: readonly Behaviour[] = [
  {
    what: 'A task starts by PROVISIONING, PENDING and ACTIVATING; its targets are registered when it comes to RUNNING.',
    kind: 'documented',
    source: s.ecsTaskLifecycle,
    test: [rules, 'goes through PROVISIONING, PENDING and ACTIVATING to RUNNING'],
  },
  {
    what: 'A Fargate task needs 40 s to RUNNING at the median and 90 s at the 95th percentile (lognormal).',
    kind: 'assumed',
    source: s.ecsStartLatency,
    test: [rules, 'needs 40 s to RUNNING at the median, and 90 s at the 95th percentile'],
  },
  {
    what: 'A stopped task is DEACTIVATING until its targets are drained, then STOPPING, DEPROVISIONING and STOPPED.',
    kind: 'documented',
    source: s.ecsTaskLifecycle,
    test: [rules, 'goes through DEACTIVATING, STOPPING and DEPROVISIONING, and stays describable for an hour'],
  },
  {
    what: 'A stopped task stays describable for an hour.',
    kind: 'documented',
    source: s.ecsStoppedTasks,
    test: [rules, 'goes through DEACTIVATING, STOPPING and DEPROVISIONING, and stays describable for an hour'],
  },
  {
    what: 'Containers that do not end on SIGTERM are killed after stopTimeout, 30 s by default. Containers here need 10 to 30 s.',
    kind: 'documented',
    source: s.ecsTaskLifecycle,
    test: [rules, 'with a stop time-out of %s is killed after %d s at the latest'],
  },
  {
    what: 'Within the grace period failed health checks replace no task.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'replaces a task that fails its checks only after the grace period, the replacement first'],
  },
  {
    what: 'An unhealthy task is stopped when its replacement is healthy, or first where maximumPercent leaves no room beside it.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'replaces a task that fails its checks only after the grace period, the replacement first'],
  },
  {
    what: 'StopTask on a service’s task is made good by the scheduler.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rollout, 'replaces a task that somebody stopped, and one that somebody took out of its target group'],
  },
  {
    what: 'A task whose target somebody deregistered is replaced; one whose target group lost its rule is not.',
    kind: 'assumed',
    source: s.ecsHealthChecks,
    test: [rollout, 'leaves tasks alone whose target group lost its rule'],
  },
  {
    what: 'A full subnet fails the task, and a service event says so.',
    kind: 'documented',
    source: s.ecsEvents,
    test: [rollout, 'waits in the subnets that EC2 says are full'],
  },
  {
    what: 'A service keeps its latest 100 events, the newest first.',
    kind: 'documented',
    source: s.ecsModel,
    test: [rules, 'are the latest 100, the newest first'],
  },
  {
    what: 'Service events tell in ECS’s words of tasks started and stopped, targets registered and deregistered, draining, and the steady state.',
    kind: 'observed',
    source: s.ecsEventTexts,
    test: [rules, 'tell of tasks started and stopped, targets registered and taken out, and the steady state'],
  },
];
