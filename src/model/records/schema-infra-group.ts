import type { z } from 'zod';
import { ec2Id, listenerArnPattern, loadBalancerArnPattern, parseLoadBalancerArn } from './aws-shapes.ts';
import { infraGroupAdoptField } from './schema-adopt.ts';
import { capacityStateField, distinct, fields, modeField, quota, recordName, text } from './shapes.ts';

/** One VPC and one ALB in a cell. */
export const infraGroupSpec = fields({
  cell: recordName('the name of a Cell').describe('The cell that the group belongs to. Cannot change once accepted.'),
  vpcId: ec2Id('vpc').describe('The VPC of the tasks and the load balancer. Cannot change once accepted.'),
  subnetIds: distinct(ec2Id('subnet'), 'subnet ids', 1, 16).describe(
    'The subnets in which tasks get their addresses, 1 to 16 (an ECS limit).',
  ),
  loadBalancerArn: text(
    'the ARN of an Application Load Balancer, as arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID',
    200,
    loadBalancerArnPattern,
    40,
  ).describe(
    'The ALB, in the account and Region of the cell; it belongs to one infra group. Cannot change once accepted.',
  ),
  listenerArn: text(
    'the ARN of a listener of an Application Load Balancer, as arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/LISTENER',
    240,
    listenerArnPattern,
    40,
  ).describe(
    'The listener of that ALB which gets the rules; it belongs to one infra group. Cannot change once accepted.',
  ),
  taskSecurityGroupIds: distinct(ec2Id('sg'), 'security group ids', 1, 5).describe(
    'The security groups of the tasks, 1 to 5 (an ECS limit). They should let in the ALB and nobody else.',
  ),
  endpointSecurityGroupIds: distinct(ec2Id('sg'), 'security group ids', 0, 5)
    .default([])
    .describe("The security groups of the tier's VPC endpoints, 0 to 5. Default none."),
  quotas: fields({
    targetGroups: quota('target groups', 'Target groups of the ALB. Default what Service Quotas says.'),
    rules: quota('rules', 'Rules of the ALB, default rules not counted. Default what Service Quotas says.'),
    targets: quota('targets', 'Targets of the ALB. Default what Service Quotas says.'),
    subnetAddresses: quota('addresses', 'Addresses for tasks in all subnets. Default what EC2 says is free and ours.'),
    rps: quota('requests per second', 'Requests per second that the group may be planned for. Default no limit.'),
  })
    .prefault({})
    .describe('Quotas that hold instead of what AWS says.'),
  state: capacityStateField('the infra group'),
  adopt: infraGroupAdoptField(),
  mode: modeField('the infra group'),
}).superRefine((group, context) => {
  const balancer = parseLoadBalancerArn(group.loadBalancerArn);
  const listener = parseLoadBalancerArn(group.listenerArn);
  if (balancer === undefined || listener === undefined) return;
  const same =
    balancer.partition === listener.partition &&
    balancer.region === listener.region &&
    balancer.accountId === listener.accountId &&
    balancer.loadBalancer === listener.loadBalancer;
  if (same) return;
  const message = `a listener of ${group.loadBalancerArn}: the same with listener for loadbalancer and /ID at the end`;
  context.addIssue({ code: 'custom', path: ['listenerArn'], message, input: group.listenerArn });
});

/** The spec of an InfraGroup record, with defaults filled in. */
export type InfraGroupSpec = z.output<typeof infraGroupSpec>;
