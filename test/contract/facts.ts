/** The names and ids of the suite's one account, infra group, tenant and placement. */
import type { EffectiveService, EffectiveTenant } from '../../src/model/records/effective.ts';
import type { PlacementInventory } from '../../src/model/resources.ts';
import type { GroupFacts } from '../../src/reconcilers/contract.ts';

export const account = '111111111111';
export const region = 'us-east-1';
export const installation = 'abcdefghij';
export const zoneId = 'Z0123456789';

const elb = (resource: string): string => `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`;
const loadBalancerArn = elb('loadbalancer/app/shared/0123456789abcdef');

export const group: GroupFacts = {
  name: 'group-a',
  vpcId: 'vpc-0a',
  subnetIds: ['subnet-b', 'subnet-a'],
  taskSecurityGroupIds: ['sg-tasks'],
  loadBalancerArn,
  listenerArn: elb('listener/app/shared/0123456789abcdef/fedcba9876543210'),
  dnsName: 'shared-1234567890.us-east-1.elb.amazonaws.com',
  canonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
  dualstack: true,
};

/** Two services that have the same DNS name of their own, as one that is set up anew. */
export const dependency = {
  name: 'orders',
  serviceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
  privateDns: true,
};
export const otherServiceName = 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef1';

export const service: EffectiveService = {
  image: 'registry.example.test/app:1',
  containerPort: 8080,
  cpu: 512,
  memoryMiB: 1024,
  tasks: 2,
  scaling: { mode: 'fixed' },
  architecture: 'X86_64',
  healthCheck: {
    path: '/healthz',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
    matcher: '200-299',
  },
  startupSeconds: 60,
  drainSeconds: 30,
  environment: { ZED: 'last', ALPHA: 'first' },
  secrets: { TOKEN: { from: 'ssm', name: '/cellwright/acme/token' } },
  taskRoleName: 'app/task',
  executionRoleName: 'execution',
  logGroup: '/cellwright/standard',
};

export const tenant: EffectiveTenant = {
  tenant: 'acme',
  tier: 'standard',
  state: 'active',
  service,
  routing: { scope: 'tenant', by: 'host', host: 'acme.example.test' },
  zone: { id: zoneId },
  placements: 1,
  expectedRps: 1,
  pin: [],
  isolation: 'shared',
  ring: 0,
  movable: false,
  retentionDays: 0,
  strategy: 'pack',
  reservePercent: 10,
};

export const reserved: PlacementInventory = {
  id: 'abcdefghijkl',
  tier: 'standard',
  cell: 'cell-a',
  infraGroup: 'group-a',
  slot: 3,
  phase: 'reserved',
  demand: { group: {}, cell: {}, zone: {} },
  why: 'the only group',
  reservedAt: '2026-01-01T00:00:00Z',
  resources: {},
  retired: [],
};
