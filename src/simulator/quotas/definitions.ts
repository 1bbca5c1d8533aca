/** The quotas that the simulator enforces, with AWS's defaults: those that the product reads, and the rest of what bounds a fleet. */
import { type QuotaDefinition, quotaDefinitions } from '../../model/quota-codes.ts';

/** One quota as the simulator keeps it. */
export interface SimulatedQuota extends QuotaDefinition {
  /** Kept for the whole account rather than for each Region (Route 53). */
  readonly global?: true;
}

const vpc = (quotaCode: string, name: string, value: number): SimulatedQuota => {
  return { serviceCode: 'vpc', quotaCode, name, value, adjustable: true };
};
const elb = (quotaCode: string, name: string, value: number, adjustable: boolean): SimulatedQuota => {
  return { serviceCode: 'elasticloadbalancing', quotaCode, name, value, adjustable };
};
const ecs = (quotaCode: string, name: string, value: number, adjustable = false): SimulatedQuota => {
  return { serviceCode: 'ecs', quotaCode, name, value, adjustable };
};
const dns = (quotaCode: string, name: string, value: number, adjustable: boolean): SimulatedQuota => {
  return { serviceCode: 'route53', quotaCode, name, value, adjustable, global: true };
};

/** By our name for each. */
export const simulatedQuotas = {
  ...quotaDefinitions,
  servicesPerCluster: ecs('L-9EF96962', 'Services per cluster', 5_000),
  tasksPerService: ecs('L-46458851', 'Tasks per service', 5_000),
  loadBalancers: elb('L-53DA6B97', 'Application Load Balancers per Region', 50, true),
  listenersPerLoadBalancer: elb('L-B6DF7632', 'Listeners per Application Load Balancer', 50, true),
  targetsPerTargetGroup: elb('L-A0D0B863', 'Targets per Target Group per Region', 1_000, true),
  certificatesPerLoadBalancer: elb('L-FB8DF3E2', 'Certificates per Application Load Balancer', 25, true),
  targetGroupsPerAction: elb('L-6D8F05B6', 'Target groups per action per Application Load Balancer', 5, false),
  conditionValuesPerRule: elb('L-E7B8D8A1', 'Condition Values per Rule', 5, false),
  wildcardsPerRule: elb('L-2F1E2A31', 'Condition Wildcards per Rule', 5, false),
  vpcs: vpc('L-F678F1CE', 'VPCs per Region', 5),
  subnetsPerVpc: vpc('L-407747CB', 'Subnets per VPC', 200),
  interfaceEndpointsPerVpc: vpc('L-29B6F2EB', 'Interface VPC endpoints per VPC', 50),
  securityGroups: vpc('L-E79EC296', 'VPC security groups per Region', 2_500),
  rulesPerSecurityGroup: vpc('L-0EA8095F', 'Inbound or outbound rules per security group', 60),
  securityGroupsPerInterface: vpc('L-2AFB9258', 'Security groups per network interface', 5),
  networkAddressUnits: vpc('L-BB24F6E5', 'Network Address Usage', 64_000),
  hostedZones: dns('L-4EA4796A', 'Hosted zones', 500, true),
  recordsPerZone: dns('L-E209CC9F', 'Records per hosted zone', 10_000, true),
} as const satisfies Record<string, SimulatedQuota>;

export type QuotaName = keyof typeof simulatedQuotas;
