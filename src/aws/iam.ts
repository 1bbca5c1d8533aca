/** What is asked of cells beside the reconcilers' own work: the readiness gate, capacity, quotas, certificates, and the roles themselves. */
import { everything, type IamNeed, type IamScope } from '../model/iam.ts';
import { quotaDefinitions } from '../model/quota-codes.ts';

const quotas: IamScope = {
  sid: 'Quotas',
  resources: Object.values(quotaDefinitions).map(
    ({ serviceCode, quotaCode }) => `arn:{partition}:servicequotas:{region}:{account}:${serviceCode}/${quotaCode}`,
  ),
  words: 'the quotas that placement goes by',
};
const certificates: IamScope = {
  sid: 'Certificates',
  resources: ['arn:{partition}:acm:{region}:{account}:certificate/*'],
  words: 'all certificates of the Region',
};
const tasks: IamScope = {
  sid: 'Tasks',
  resources: ['arn:{partition}:ecs:{region}:{account}:task/*'],
  words: 'all tasks of the Region',
};
const roles: IamScope = {
  sid: 'AssumeRoles',
  resources: ['{assumable}'],
  words: 'the roles of its cells and zones, each of which asks for its external id',
};

const observe = (action: string, why: string, on: IamScope = everything): IamNeed => ({
  action,
  role: 'observe',
  why,
  on: [on],
});

export const awsIam: readonly IamNeed[] = [
  observe(
    'elasticloadbalancing:DescribeLoadBalancers',
    "an infra group's load balancer is there, and where it answers",
  ),
  observe('elasticloadbalancing:DescribeListeners', "an infra group's listener is there; count rules on all listeners"),
  observe('elasticloadbalancing:DescribeListenerCertificates', "a listener's certificates cover the tier's domain"),
  observe('acm:DescribeCertificate', 'a certificate is issued, and until when it holds', certificates),
  observe('elasticloadbalancing:DescribeTargetGroups', "count the Region's target groups"),
  observe('elasticloadbalancing:DescribeTags', 'tell what of the capacity in use is not ours'),
  observe('elasticloadbalancing:DescribeTargetHealth', 'count targets that are not ours'),
  observe('ec2:DescribeVpcs', 'the VPC of an infra group is there and gives names to its addresses'),
  observe('ec2:DescribeSubnets', 'subnets are there, in which zones, and how many addresses are free'),
  observe('ec2:DescribeSecurityGroups', 'security groups are there and in the right VPC'),
  observe('ecs:ListClusters', 'count clusters, and find what else runs on Fargate'),
  observe('ecs:ListTasks', 'find tasks that are not ours and use the same quota'),
  observe('ecs:DescribeTasks', 'know how much CPU they use', tasks),
  observe('servicequotas:GetServiceQuota', "the account's quotas, as AWS applies them now", quotas),
  observe(
    'elasticloadbalancing:DescribeAccountLimits',
    'the same limits where Service Quotas cannot be asked; it asks for the right itself',
  ),
  {
    action: 'sts:AssumeRole',
    role: 'controller',
    why: 'every call in a cell or a zone goes out under a role of its own',
    on: [roles],
  },
];
