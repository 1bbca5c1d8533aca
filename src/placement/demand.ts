import type { Demand } from './vector.ts';

/** The part of a tenant's effective spec that decides how much room one of its placements takes. */
export interface ServiceSize {
  /** `service.cpu`: CPU units of one task. */
  readonly cpu: number;
  /** `service.tasks`: the desired count. */
  readonly tasks: number;
  /** `service.scaling`; `max` is the most tasks that another hand, or Application Auto Scaling, may ask for. */
  readonly scaling:
    | { readonly mode: 'fixed' }
    | { readonly mode: 'external' | 'target-tracking'; readonly max?: number };
  /** The deployment's `maximumPercent` (200: ECS's default, and what we set). */
  readonly maximumPercent?: number;
  /** `expectedRps`: requests per second that the ALB has to carry for it. */
  readonly expectedRps?: number;
  /**
   * Whether each placement gets DNS records of its own. True in routing scope `tenant`; false in scope `tier`, where the tier has one record
   * per ALB, whoever is placed there.
   */
  readonly ownRecords: boolean;
}

const defaultMaximumPercent = 200;

/**
 * The most tasks that one placement may run at once: during a rolling deployment ECS starts new tasks before it stops the old ones, up to
 * `maximumPercent` of the desired count, rounded down (ECS API reference, DeploymentConfiguration). Where another hand or a metric sets the
 * desired count it may be anything up to `max`, so the deployment of `max` tasks is what has to fit.
 */
export function surgeTasks(size: ServiceSize): number {
  const desired = size.scaling.mode === 'fixed' ? size.tasks : Math.max(size.tasks, size.scaling.max ?? 0);
  const percent = size.maximumPercent ?? defaultMaximumPercent;
  return Math.max(desired, Math.floor((desired * percent) / 100));
}

/**
 * What one placement takes at each level.
 *
 * - Targets, subnet addresses, network interfaces (awsvpc: one of each per task) and vCPU at the surge of a rolling deployment: a deployment that
 *   cannot get an address or a vCPU hangs half-way, which is a fault of placement.
 * - One target group and one rule: what really stands. The odd rule priority that belongs to the slot is a number, not a rule; the short life
 *   of a second rule or target group while one is replaced is what the reserve is for.
 * - One cluster.
 * - An A record, and an AAAA record where the ALB is dual-stack, unless the tier's records are shared.
 *
 * It does not depend on `state`: a suspended tenant keeps all that it has reserved, tasks included, because it may resume at any moment and a
 * resume that no longer fits would be an outage that the operator did not order. A deleted one keeps it until nothing of it is left.
 */
export function demandOf(size: ServiceSize, place: { readonly dualstack: boolean }): Demand {
  const tasks = surgeTasks(size);
  const records = size.ownRecords ? (place.dualstack ? 2 : 1) : 0;
  return {
    group: { targetGroups: 1, rules: 1, targets: tasks, subnetAddresses: tasks, rps: Math.ceil(size.expectedRps ?? 0) },
    cell: { fargateVcpu: tasks * size.cpu, targetGroups: 1, networkInterfaces: tasks, clusters: 1 },
    zone: { records },
  };
}
