/** What a load balancer does with a request now, by the rules that its data plane has applied. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbWorld, RouteRequest, TargetAddress } from '../kernel.ts';
import { matchingRule } from './matching.ts';
import type { ElbState, LoadBalancer, TargetGroup } from './state.ts';

/** One of the ways that a request may go. The shares of all ways add to 1. */
export interface RouteShare {
  readonly share: number;
  readonly rule: string;
  readonly status: number;
  readonly targetGroupArn?: string;
  readonly vpcId?: string;
  readonly targets: readonly TargetAddress[];
}

/** What the data plane offers beyond the kernel's contract: every group of a weighted forward, and the health that alias records evaluate. */
export interface ElbDataPlane {
  /** All the ways that a request may go; undefined when the load balancer does not answer. */
  routeShares(loadBalancerArn: string, request: RouteRequest): readonly RouteShare[] | undefined;
  /**
   * What `EvaluateTargetHealth` sees: false when any group that has targets has no healthy one, or when there is no load balancer. Source:
   * AliasTarget, Route 53 API reference. A group without targets does not count (the ELB guide's reading; the two pages disagree).
   */
  loadBalancerHealthy(loadBalancerArn: string): boolean;
}

/** Whether a world's load balancing is the simulator's own, and not a smaller one of a test. */
export function hasDataPlane(elb: ElbWorld): elb is ElbWorld & ElbDataPlane {
  return 'routeShares' in elb && 'loadBalancerHealthy' in elb;
}

/** See `ElbDataPlane.routeShares`. */
export function routeShares(
  state: ElbState,
  loadBalancerArn: string,
  request: RouteRequest,
): readonly RouteShare[] | undefined {
  const loadBalancer = state.loadBalancers.get(loadBalancerArn);
  if (loadBalancer === undefined || !loadBalancer.active) return undefined;
  const rule = matchingRule(answeringListener(loadBalancer)?.rules ?? [], request);
  const action = rule?.actions.at(-1);
  if (rule === undefined || action === undefined) return undefined;
  switch (action.Type) {
    case 'fixed-response':
      return [{ share: 1, rule: rule.arn, status: Number(action.FixedResponseConfig?.StatusCode), targets: [] }];
    case 'redirect':
      return [
        {
          share: 1,
          rule: rule.arn,
          status: Number(action.RedirectConfig?.StatusCode?.replace('HTTP_', '')),
          targets: [],
        },
      ];
    default:
      return forwardShares(state, rule.arn, action);
  }
}

/** A request says nothing of its port: it comes to 443 where something listens there, else to the lowest port. */
function answeringListener(loadBalancer: LoadBalancer): LoadBalancer['applied'][number] | undefined {
  const { applied } = loadBalancer;
  return applied.find((listener) => listener.port === 443) ?? [...applied].sort((a, b) => a.port - b.port)[0];
}

function forwardShares(state: ElbState, rule: string, action: Action): readonly RouteShare[] {
  const tuples = action.ForwardConfig?.TargetGroups ?? [];
  const total = tuples.reduce((sum, tuple) => sum + (tuple.Weight ?? 1), 0);
  // A forward whose groups all have weight 0 answers 503. Source: "Forward actions", ALB guide.
  if (total === 0) return [{ share: 1, rule, status: 503, targets: [] }];
  return tuples
    .filter((tuple) => (tuple.Weight ?? 1) > 0)
    .map((tuple) => {
      const arn = tuple.TargetGroupArn ?? '';
      const group = state.targetGroups.get(arn);
      const targets = group === undefined ? [] : serving(group);
      return {
        share: (tuple.Weight ?? 1) / total,
        rule,
        status: targets.length === 0 ? 503 : 200,
        targetGroupArn: arn,
        ...(group?.description.VpcId === undefined ? {} : { vpcId: group.description.VpcId }),
        targets,
      };
    });
}

/**
 * The targets that get requests: the healthy ones, or all unhealthy ones where there are no others (fail open). Assumed: a target that has
 * not passed its first check gets none, also when the group has no other.
 */
function serving(group: TargetGroup): readonly TargetAddress[] {
  const targets = [...group.targets.values()];
  const healthy = targets.filter((target) => target.state === 'healthy');
  const chosen = healthy.length > 0 ? healthy : targets.filter((target) => target.state === 'unhealthy');
  return chosen.map((target) => ({ ...target.address }));
}

/** See `ElbDataPlane.loadBalancerHealthy`. */
export function loadBalancerHealthy(state: ElbState, loadBalancerArn: string): boolean {
  const loadBalancer = state.loadBalancers.get(loadBalancerArn);
  if (loadBalancer === undefined) return false;
  for (const arn of loadBalancer.groups.keys()) {
    const targets = [...(state.targetGroups.get(arn)?.targets.values() ?? [])];
    if (targets.length > 0 && !targets.some((target) => target.state === 'healthy')) return false;
  }
  return true;
}
