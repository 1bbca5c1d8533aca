import type { Elb } from '../../aws/ports.ts';
import { targetGroupName } from '../../model/names.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';

export interface TargetGroupContent {
  /** What can only be given at creation. ECS registers ip:containerPort, so the group's own port is always 80 and a port change is no replacement. */
  readonly fixed: {
    readonly Protocol: 'HTTP';
    readonly ProtocolVersion: 'HTTP1';
    readonly Port: 80;
    readonly TargetType: 'ip';
    readonly IpAddressType: 'ipv4';
    readonly VpcId: string;
  };
  readonly health: Required<
    Pick<
      Elb.ModifyTargetGroupCommandInput,
      | 'HealthCheckProtocol'
      | 'HealthCheckPort'
      | 'HealthCheckPath'
      | 'HealthCheckEnabled'
      | 'HealthCheckIntervalSeconds'
      | 'HealthCheckTimeoutSeconds'
      | 'HealthyThresholdCount'
      | 'UnhealthyThresholdCount'
    >
  > & { readonly Matcher: { readonly HttpCode: string } };
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Attributes of a target group of an ALB with type `ip`, at AWS's defaults (DescribeTargetGroupAttributes): they are ours too, and heal. The deregistration
 * delay alone follows from the record.
 */
const attributeDefaults: Readonly<Record<string, string>> = {
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'stickiness.app_cookie.cookie_name': '',
  'stickiness.app_cookie.duration_seconds': '86400',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.algorithm.anomaly_mitigation': 'off',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
};

export const delayAttribute = 'deregistration_delay.timeout_seconds';

/** The target group of one placement. */
export function desiredTargetGroup(context: PlacementContext): Desired<TargetGroupContent> {
  const { healthCheck, drainSeconds } = context.effective.service;
  const value: TargetGroupContent = {
    fixed: {
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: 80,
      TargetType: 'ip',
      IpAddressType: 'ipv4',
      VpcId: context.group.vpcId,
    },
    health: {
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckPath: healthCheck.path,
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
      HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
      HealthyThresholdCount: healthCheck.healthyThreshold,
      UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
      Matcher: { HttpCode: healthCheck.matcher },
    },
    attributes: { ...attributeDefaults, [delayAttribute]: String(drainSeconds) },
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}

/** The name of incarnation `n`. */
export function nameOf(context: PlacementContext, n: number): string {
  return targetGroupName(context.installation, context.placement.id, n);
}
