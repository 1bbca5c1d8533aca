import type { LoadBalancer, NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { Call } from '../kernel.ts';
import type { Place } from './arns.ts';
import { invalidParameter } from './errors.ts';
import { storedBalancer } from './service-view.ts';
import type { EcsState, TaskDefinitionRecord } from './state.ts';

/** The network configuration as it is stored. Throws InvalidParameterException for what EC2 does not know, or what lies in several VPCs. */
export function networkOf(
  state: EcsState,
  call: Call,
  definition: TaskDefinitionRecord,
  input: NetworkConfiguration | undefined,
): NetworkConfiguration | undefined {
  const vpc = input?.awsvpcConfiguration;
  if (definition.description.networkMode !== 'awsvpc') {
    if (vpc === undefined) return undefined;
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (vpc === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const { subnets = [], securityGroups = [] } = vpc;
  if (subnets.length === 0) throw invalidParameter('subnets can not be empty.');
  const maxSubnets = state.world.quotas.get(call, 'subnetsPerAwsvpcConfiguration');
  const maxSecurityGroups = state.world.quotas.get(call, 'securityGroupsPerAwsvpcConfiguration');
  if (subnets.length > maxSubnets) throw invalidParameter(`subnets can have at most ${maxSubnets} items.`);
  if (securityGroups.length > maxSecurityGroups) {
    throw invalidParameter(`securityGroups can have at most ${maxSecurityGroups} items.`);
  }
  checkVpc(state, call, subnets, securityGroups);
  return {
    awsvpcConfiguration: {
      subnets: [...subnets],
      securityGroups: [...securityGroups],
      assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
    },
  };
}

function checkVpc(state: EcsState, call: Call, subnets: readonly string[], securityGroups: readonly string[]): void {
  const { ec2 } = state.world;
  const vpcs = new Set<string>();
  for (const subnet of subnets) {
    const vpcId = ec2.subnetVpc(call.account, call.region, subnet);
    if (vpcId === undefined) {
      throw invalidParameter(
        `Error retrieving subnet information for [${subnets.join(', ')}]: The subnet ID '${subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
      );
    }
    vpcs.add(vpcId);
  }
  if (vpcs.size > 1) throw invalidParameter('All subnets must belong to the same VPC.');
  for (const group of securityGroups) {
    const vpcId = ec2.securityGroupVpc(call.account, call.region, group);
    if (vpcId === undefined) {
      throw invalidParameter(
        `Error retrieving security group information for [${securityGroups.join(', ')}]: The security group '${group}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    }
    if (!vpcs.has(vpcId)) {
      throw invalidParameter(`Security group ${group} does not appear to belong to the same VPC as the input subnets.`);
    }
  }
}

/** The load balancers as they are stored. Throws InvalidParameterException where target group or container do not fit. */
export function balancersOf(
  state: EcsState,
  place: Place,
  definition: TaskDefinitionRecord,
  input: readonly LoadBalancer[] | undefined,
): LoadBalancer[] {
  const balancers = input ?? [];
  const maxTargetGroups = state.world.quotas.get(place, 'targetGroupsPerService');
  if (balancers.length > maxTargetGroups) {
    throw invalidParameter(`loadBalancers can have at most ${maxTargetGroups} items.`);
  }
  return balancers.map((balancer) => {
    checkTargetGroup(state, definition, balancer.targetGroupArn);
    checkContainer(definition, balancer);
    return storedBalancer(balancer);
  });
}

function checkTargetGroup(state: EcsState, definition: TaskDefinitionRecord, arn: string | undefined): void {
  if (arn === undefined || arn === '') throw invalidParameter('targetGroupArn cannot be empty.');
  const group = state.world.elb.targetGroup(arn);
  if (group === undefined) throw invalidParameter(`The target group with targetGroupArn ${arn} does not exist.`);
  if (definition.description.networkMode === 'awsvpc' && group.targetType !== 'ip') {
    throw invalidParameter(
      `The provided target group ${arn} has target type ${group.targetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  }
  if (!group.attached) {
    throw invalidParameter(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`);
  }
}

function checkContainer(definition: TaskDefinitionRecord, { containerName, containerPort }: LoadBalancer): void {
  const containers = definition.description.containerDefinitions ?? [];
  const container = containers.find(({ name }) => name === containerName);
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName ?? ''} does not exist in the task definition.`);
  }
  if ((container.portMappings ?? []).some((mapping) => mapping.containerPort === containerPort)) return;
  throw invalidParameter(
    `The container ${container.name ?? ''} did not have a container port ${containerPort ?? ''} defined.`,
  );
}
