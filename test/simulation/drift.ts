import type { CompleteAws } from '../../src/simulator/index.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';
import type { Draw } from './draw.ts';
import type { OwnedPlacement } from './truth.ts';

/** One call of somebody who changes a tenant's resources behind the controller's back. */
export interface Meddling {
  readonly account: string;
  readonly service: ServiceId;
  readonly operation: string;
  readonly input: object;
}

/** What meddlers may do to a placement as it stands; nothing where it has nothing yet. */
export function meddlings(aws: CompleteAws, { placement }: OwnedPlacement): readonly Meddling[] {
  const { cluster, service, scaling, target_group, listener_rule, task_definition, dns_record } = placement.resources;
  const account = (cluster?.arn ?? target_group?.arn ?? '').split(':')[4] ?? '';
  if (account === '') return [];
  const on = (id: ServiceId, operation: string, input: object): Meddling => ({
    account,
    service: id,
    operation,
    input,
  });
  const found: Meddling[] = [];
  if (service?.arn !== undefined) {
    const named = { cluster: cluster?.arn, service: service.arn };
    found.push(on('ecs', 'UpdateService', { ...named, desiredCount: 0 }));
    found.push(on('ecs', 'UpdateService', { ...named, healthCheckGracePeriodSeconds: 7, enableECSManagedTags: true }));
    found.push(on('ecs', 'DeleteService', { ...named, force: true }));
  }
  if (scaling?.arn !== undefined) {
    const named = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount', ResourceId: scaling.name };
    const SuspendedState = { DynamicScalingOutSuspended: true };
    found.push(
      on('application-autoscaling', 'RegisterScalableTarget', { ...named, MinCapacity: 0, SuspendedState }),
      on('application-autoscaling', 'DeleteScalingPolicy', { ...named, PolicyName: 'cellwright' }),
      on('application-autoscaling', 'DeregisterScalableTarget', named),
    );
  }
  if (task_definition?.arn !== undefined)
    found.push(on('ecs', 'DeregisterTaskDefinition', { taskDefinition: task_definition.arn }));
  if (cluster?.arn !== undefined)
    found.push(
      on('ecs', 'UpdateClusterSettings', {
        cluster: cluster.arn,
        settings: [{ name: 'containerInsights', value: 'enabled' }],
      }),
    );
  if (target_group?.arn !== undefined) {
    found.push(
      on('elbv2', 'ModifyTargetGroup', { TargetGroupArn: target_group.arn, HealthCheckIntervalSeconds: 17 }),
      on('elbv2', 'RegisterTargets', {
        TargetGroupArn: target_group.arn,
        Targets: [{ Id: foreignAddress(aws, target_group.arn), Port: 9 }],
      }),
    );
  }
  if (listener_rule?.arn !== undefined) {
    const values = [{ Field: 'host-header', HostHeaderConfig: { Values: ['moved.example.org'] } }];
    found.push(on('elbv2', 'DeleteRule', { RuleArn: listener_rule.arn }));
    found.push(on('elbv2', 'ModifyRule', { RuleArn: listener_rule.arn, Conditions: values }));
  }
  return dns_record?.arn === undefined ? found : [...found, ...recordMeddlings(aws, placement.id)];
}

function recordMeddlings(aws: CompleteAws, placement: string): readonly Meddling[] {
  for (const zone of aws.truth.dns.zones.values()) {
    for (const { set } of zone.records.from('', Number.MAX_SAFE_INTEGER)) {
      if (set.SetIdentifier?.endsWith(`/${placement}`) !== true) continue;
      const change = (Changes: readonly object[]): Meddling => ({
        account: zone.account,
        service: 'route53',
        operation: 'ChangeResourceRecordSets',
        input: { HostedZoneId: zone.id, ChangeBatch: { Changes } },
      });
      const taken = { Action: 'DELETE', ResourceRecordSet: set };
      return [change([taken]), change([taken, { Action: 'CREATE', ResourceRecordSet: { ...set, Weight: 3 } }])];
    }
  }
  return [];
}

/** An address of the group's VPC that no task has. */
function foreignAddress(aws: CompleteAws, targetGroup: string): string {
  const vpc = aws.truth.elb.targetGroups.get(targetGroup)?.description.VpcId ?? '';
  const subnets = aws.call({
    accessKeyId: targetGroup.split(':')[4] ?? '',
    region: 'us-east-1',
    service: 'ec2',
    operation: 'DescribeSubnets',
    input: { Filters: [{ Name: 'vpc-id', Values: [vpc] }] },
    appId: 'people',
  }) as { Subnets?: { CidrBlock?: string }[] };
  const [a, b, c] = (subnets.Subnets?.[0]?.CidrBlock ?? '10.0.0.0/20').split('.');
  return `${a}.${b}.${c}.250`;
}

/** One way to meddle, at random. */
export function meddling(draw: Draw, aws: CompleteAws, owned: OwnedPlacement): Meddling | undefined {
  return draw.pick(meddlings(aws, owned));
}
