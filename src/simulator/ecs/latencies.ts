import type { World } from '../kernel.ts';

/** How long a deleted cluster or service stays describable, in milliseconds, where nobody says otherwise (observed: about an hour). */
export const usualTombstoneMs = 3_600_000;

/** How long a stopped task stays describable, in milliseconds. Not scaled: it is a promise, no latency. Source: DescribeTasks, ECS API reference. */
export const stoppedTaskMs = 3_600_000;

/**
 * From the launch of a Fargate task to RUNNING, in milliseconds: lognormal with median 40 s and 95th percentile 90 s (assumed from what
 * users report for images of about 200 MB).
 */
export function startLatency(world: World): number {
  const sigma = Math.log(90 / 40) / 1.6449;
  return 40_000 * Math.exp(sigma * standardNormal(world, 'ecs/task-start'));
}

/** From SIGTERM to the exit of the last container, in milliseconds: 10 to 30 s (assumed), not more than the longest stop time-out. */
export function stopLatency(world: World, stopTimeoutSeconds: number): number {
  return Math.min(stopTimeoutSeconds, 10 + 20 * world.random('ecs/task-stop')) * 1_000;
}

/** From the containers' end to STOPPED: the interface is detached and deleted, 10 to 30 s (assumed). */
export function deprovisionLatency(world: World): number {
  return 10_000 + 20_000 * world.random('ecs/task-deprovision');
}

/** Until the service scheduler looks at a service that was just created or changed: 1 to 3 s (assumed). */
export function reactionLatency(world: World): number {
  return 1_000 + 2_000 * world.random('ecs/reaction');
}

/** Box–Muller, one of the pair. */
function standardNormal(world: World, purpose: string): number {
  const radius = Math.sqrt(-2 * Math.log(1 - world.random(purpose)));
  return radius * Math.cos(2 * Math.PI * world.random(purpose));
}
