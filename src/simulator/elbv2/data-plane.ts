/** What a load balancer does with a request now, by the rules that its data plane has applied. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ElbWorld, RouteRequest, TargetAddress, TargetState } from '../kernel.ts';
import { thresholdOf } from './attributes.ts';
import { matchingRule } from './matching.ts';
import { signInStatus } from './sign-in.ts';
import type { ElbState, LoadBalancer, Target, TargetGroup } from './state.ts';

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
   * What `EvaluateTargetHealth` sees: false when any group that has targets has too few healthy ones (none, by default), when no group has targets,
   * or when there is no load balancer. Source: AliasTarget, Route 53 API reference, and "Target group health", ALB guide. One group without targets
   * beside others does not count (the guide's reading; the API reference has it unhealthy). Assumed: a load balancer without groups is healthy.
   */
  loadBalancerHealthy(loadBalancerArn: string): boolean;
  /** Whether its name has IPv6 addresses. */
  answersIpv6(loadBalancerArn: string): boolean;
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
  if (rule === undefined) return undefined;
  const answer = (status: number): readonly RouteShare[] => [{ share: 1, rule: rule.arn, status, targets: [] }];
  for (const action of rule.actions) {
    const status = ownStatus(action);
    if (status !== undefined) return answer(status);
    if (action.Type === 'forward') return forwardShares(state, rule.arn, action);
  }
  return undefined;
}

/** The status with which the load balancer itself answers an action; undefined where the request goes on. No request has a session. */
function ownStatus(action: Action): number | undefined {
  switch (action.Type) {
    case 'fixed-response':
      return Number(action.FixedResponseConfig?.StatusCode);
    case 'redirect':
      return Number(action.RedirectConfig?.StatusCode?.replace('HTTP_', ''));
    default:
      return signInStatus(action);
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
 * The targets that get requests: the healthy ones, and where those are too few all, be they unhealthy (fail open). By default too few is none; the
 * `unhealthy_state_routing` attributes may set more. A target that has not passed its first check gets none ("Target health status", ALB guide),
 * also (assumed) when the group has no other.
 */
function serving(group: TargetGroup): readonly TargetAddress[] {
  const healthy = targetsIn(group, ['healthy']);
  const chosen = isEnough(group, 'unhealthy_state_routing') ? healthy : targetsIn(group, ['healthy', 'unhealthy']);
  return chosen.map((target) => ({ ...target.address }));
}

function targetsIn(group: TargetGroup, states: readonly TargetState[]): readonly Target[] {
  return [...group.targets.values()].filter((target) => states.includes(target.state));
}

/** Whether a group has as many healthy targets as the thresholds for an action ask for. Source: "Target group health", ALB guide. */
function isEnough(group: TargetGroup, action: 'unhealthy_state_routing' | 'dns_failover'): boolean {
  const threshold = (by: string): number | undefined =>
    thresholdOf(group.attributes.get(`target_group_health.${action}.minimum_healthy_targets.${by}`));
  const healthy = targetsIn(group, ['healthy']).length;
  const registered = group.targets.size - targetsIn(group, ['draining']).length;
  const share = threshold('percentage');
  return healthy >= (threshold('count') ?? 0) && (share === undefined || healthy * 100 >= share * registered);
}

/** See `ElbDataPlane.loadBalancerHealthy`. */
export function loadBalancerHealthy(state: ElbState, loadBalancerArn: string): boolean {
  const loadBalancer = state.loadBalancers.get(loadBalancerArn);
  if (loadBalancer === undefined) return false;
  const groups = [...loadBalancer.groups.keys()].map((arn) => state.targetGroups.get(arn));
  const filled = groups.filter((group) => group !== undefined && group.targets.size > 0);
  if (groups.length > 0 && filled.length === 0) return false;
  return filled.every((group) => group === undefined || isEnough(group, 'dns_failover'));
}

/** See `ElbDataPlane.answersIpv6`. */
export function answersIpv6(state: ElbState, loadBalancerArn: string): boolean {
  return state.loadBalancers.get(loadBalancerArn)?.description.IpAddressType?.startsWith('dualstack') === true;
}
