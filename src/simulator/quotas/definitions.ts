/**
 * The quotas that the simulator knows, with AWS's defaults: those that the product reads, and the rest of what bounds a fleet.
 *
 * Names and codes are those of Service Quotas' own answers, as accounts published them. Codes that no such listing shows are visibly none of
 * AWS's: `L-UNCONFIRMED-...`.
 */
import { type QuotaDefinition, quotaDefinitions } from '../../model/quota-codes.ts';

/** One quota as the simulator keeps it. */
export interface SimulatedQuota extends QuotaDefinition {
  /** Kept for the whole account rather than for each Region; Service Quotas shows it in us-east-1 only (Route 53). */
  readonly global?: true;
  /** AWS's default outside of the Regions of `higherLaunchRates`, where that is another. */
  readonly elsewhere?: number;
  /** What is counted, where it is not plain things. */
  readonly unit?: 'Kilobytes';
}

const adjustable = true;
const fixed = false;

const vpc = (quotaCode: string, name: string, value: number, canBeRaised = adjustable): SimulatedQuota => {
  return { serviceCode: 'vpc', quotaCode, name, value, adjustable: canBeRaised };
};
const elb = (quotaCode: string, name: string, value: number, canBeRaised: boolean): SimulatedQuota => {
  return { serviceCode: 'elasticloadbalancing', quotaCode, name, value, adjustable: canBeRaised };
};
const ecs = (quotaCode: string, name: string, value: number, canBeRaised = fixed): SimulatedQuota => {
  return { serviceCode: 'ecs', quotaCode, name, value, adjustable: canBeRaised };
};
const fargate = (quotaCode: string, name: string, value: number, elsewhere: number): SimulatedQuota => {
  return { serviceCode: 'fargate', quotaCode, name, value, elsewhere, adjustable };
};
const dns = (quotaCode: string, name: string, value: number, canBeRaised: boolean): SimulatedQuota => {
  return { serviceCode: 'route53', quotaCode, name, value, adjustable: canBeRaised, global: true };
};
const dynamodb = (quotaCode: string, name: string, value: number): SimulatedQuota => {
  return { serviceCode: 'dynamodb', quotaCode, name, value, adjustable };
};
const scaling = (quotaCode: string, name: string, value: number, canBeRaised: boolean): SimulatedQuota => {
  return { serviceCode: 'application-autoscaling', quotaCode, name, value, adjustable: canBeRaised };
};

const acm = (quotaCode: string, name: string, value: number): SimulatedQuota => {
  return { serviceCode: 'acm', quotaCode, name, value, adjustable };
};

/** By our name for each. */
export const simulatedQuotas = {
  ...quotaDefinitions,
  servicesPerCluster: ecs('L-9EF96962', 'Services per cluster', 5_000),
  tasksPerService: ecs('L-92E49DE3', 'Tasks per service', 5_000),
  targetGroupsPerService: ecs('L-A04A77EF', 'Target groups per service', 5),
  revisionsPerFamily: ecs('L-B9151B48', 'Revisions per task definition family', 1_000_000),
  containersPerTaskDefinition: ecs('L-UNCONFIRMED-01', 'Containers per task definition', 10), // code not confirmed
  taskDefinitionKilobytes: { ...ecs('L-UNCONFIRMED-02', 'Task definition size', 64), unit: 'Kilobytes' }, // code not confirmed
  tagsPerEcsResource: ecs('L-UNCONFIRMED-03', 'Tags per resource', 50), // code not confirmed
  subnetsPerAwsvpcConfiguration: ecs('L-UNCONFIRMED-04', 'Subnets per awsvpcConfiguration', 16), // code not confirmed
  securityGroupsPerAwsvpcConfiguration: ecs('L-UNCONFIRMED-05', 'Security groups per awsvpcConfiguration', 5), // code not confirmed
  serviceLaunchesPerMinute: {
    ...ecs('L-UNCONFIRMED-06', 'Rate of tasks launched by a service on AWS Fargate', 500), // code not confirmed
    elsewhere: 125,
  },
  fargateLaunchBurst: fargate('L-6BAD92DD', 'Fargate On-Demand Burst Launch Rate', 100, 25),
  fargateLaunchesPerSecond: fargate('L-UNCONFIRMED-07', 'Fargate On-Demand Sustained Launch Rate', 20, 5), // code not confirmed
  loadBalancers: elb('L-53DA6B97', 'Application Load Balancers per Region', 50, adjustable),
  listenersPerLoadBalancer: elb('L-B6DF7632', 'Listeners per Application Load Balancer', 50, adjustable),
  targetsPerTargetGroup: elb('L-A0D0B863', 'Targets per Target Group per Region', 1_000, adjustable),
  certificatesPerLoadBalancer: elb('L-9365A611', 'Certificates per Application Load Balancer', 25, adjustable),
  targetGroupsPerAction: elb('L-057ECE54', 'Target Groups per Action per Application Load Balancer', 5, fixed),
  conditionValuesPerRule: elb('L-EBC0C08B', 'Condition Values per Rule', 5, fixed),
  // The quota page says 6 by now; the guide to rules and the listing say 5.
  wildcardsPerRule: elb('L-A012D4E8', 'Condition Wildcards per Rule', 5, fixed),
  registrationsPerTarget: elb(
    'L-4E7B68E9',
    'Number of times a target can be registered per Application Load Balancer',
    1_000,
    fixed,
  ),
  vpcs: vpc('L-F678F1CE', 'VPCs per Region', 5),
  subnetsPerVpc: vpc('L-407747CB', 'Subnets per VPC', 200),
  interfaceEndpointsPerVpc: vpc('L-29B6F2EB', 'Interface VPC endpoints per VPC', 50),
  gatewayEndpoints: vpc('L-1B52E74A', 'Gateway VPC endpoints per Region', 20),
  endpointPolicyCharacters: vpc('L-3248932A', 'Characters per VPC endpoint policy', 20_480, fixed),
  securityGroups: vpc('L-E79EC296', 'VPC security groups per Region', 2_500),
  rulesPerSecurityGroup: vpc('L-0EA8095F', 'Inbound or outbound rules per security group', 60),
  securityGroupsPerInterface: vpc('L-2AFB9258', 'Security groups per network interface', 5),
  networkAddressUnits: vpc('L-BB24F6E5', 'Network Address Usage', 64_000),
  hostedZones: dns('L-4EA4796A', 'Hosted zones', 500, adjustable),
  recordsPerZone: dns('L-E209CC9F', 'Records per hosted zone', 10_000, adjustable),
  recordsPerGroup: dns('L-UNCONFIRMED-08', 'Weighted records with the same name and type', 100, fixed), // code not confirmed
  vpcsPerPrivateZone: dns('L-84B40094', 'Amazon VPCs that can be associated with a private hosted zone', 300, fixed),
  healthChecks: dns('L-ACB674F3', 'Health checks', 200, adjustable),
  reusableDelegationSets: dns('L-A72C7724', 'Reusable delegation sets', 100, adjustable),
  trafficPolicies: dns('L-FC688E7C', 'Traffic policies', 50, adjustable),
  trafficPolicyRecords: dns('L-628D5A56', 'Policy records', 5, adjustable),
  acmCertificates: acm('L-F141DD1D', 'ACM certificates', 2_500),
  acmCertificatesPerYear: acm('L-DA1D8B98', 'ACM certificates created in last 365 days', 5_000),
  importedCertificates: acm('L-D2CB7DE9', 'Imported certificates', 2_500),
  importedCertificatesPerYear: acm('L-3808DC70', 'Imported certificates in last 365 days', 5_000),
  domainNamesPerCertificate: acm('L-FB94F0B0', 'Domain names per ACM certificate', 10),
  tables: dynamodb('L-F98FE922', 'Maximum number of tables', 2_500),
  tableReadUnits: dynamodb('L-CF0CBE56', 'Table-level read throughput limit', 40_000),
  tableWriteUnits: dynamodb('L-AB614373', 'Table-level write throughput limit', 40_000),
  scalableTargets: scaling('L-782A3EE2', 'Scalable targets for ECS', 3_000, adjustable),
  policiesPerScalableTarget: scaling('L-B395C81B', 'Scaling policies per scalable target', 50, fixed),
} as const satisfies Record<string, SimulatedQuota>;

export type QuotaName = keyof typeof simulatedQuotas;
