/**
 * The quotas that the product reads and the simulator enforces, by their Service Quotas codes, with AWS's defaults.
 * Sources: ECS and Fargate endpoints and quotas, Elastic Load Balancing quotas, VPC quotas, Route 53 quotas (AWS General Reference).
 */
/** One quota of AWS. */
export interface QuotaDefinition {
  readonly serviceCode: string;
  readonly quotaCode: string;
  readonly name: string;
  readonly value: number;
  readonly adjustable: boolean;
}

/** By our name for each. `value` is AWS's default. */
export const quotaDefinitions = {
  ecsClusters: {
    serviceCode: 'ecs',
    quotaCode: 'L-21C621EB',
    name: 'Clusters per account',
    value: 10_000,
    adjustable: true,
  },
  fargateVcpu: {
    serviceCode: 'fargate',
    quotaCode: 'L-3032A538',
    name: 'Fargate On-Demand vCPU resource count',
    value: 6,
    adjustable: true,
  },
  targetGroupsPerRegion: {
    serviceCode: 'elasticloadbalancing',
    quotaCode: 'L-B22855CB',
    name: 'Target Groups per Region',
    value: 3_000,
    adjustable: true,
  },
  targetGroupsPerLoadBalancer: {
    serviceCode: 'elasticloadbalancing',
    quotaCode: 'L-822D1B1B',
    name: 'Target Groups per Application Load Balancer',
    value: 100,
    adjustable: false,
  },
  rulesPerLoadBalancer: {
    serviceCode: 'elasticloadbalancing',
    quotaCode: 'L-7EED9B64',
    name: 'Rules per Application Load Balancer',
    value: 100,
    adjustable: true,
  },
  targetsPerLoadBalancer: {
    serviceCode: 'elasticloadbalancing',
    quotaCode: 'L-7E6692B2',
    name: 'Targets per Application Load Balancer',
    value: 1_000,
    adjustable: true,
  },
  networkInterfaces: {
    serviceCode: 'vpc',
    quotaCode: 'L-DF5E4CA3',
    name: 'Network interfaces per Region',
    value: 5_000,
    adjustable: true,
  },
} as const satisfies Record<string, QuotaDefinition>;
