/** A fleet just large enough to have everything: both scopes, a tier of two cells, a tier whose shared name stands on two load balancers. */
const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/cellwright/${name}`;

const tiers = {
  standard: {
    domain: 'standard.example.com',
    zone: { id: 'Z0STANDARD00000000001', roleArn: role('999999999999', 'dns'), externalId: 'e2e' },
    routing: { scope: 'tenant', by: 'host' },
    service: {
      image: 'registry.example.com/standard/server:1.0',
      cpu: 512,
      memoryMiB: 1024,
      tasks: 2,
      healthCheck: { path: '/healthz', intervalSeconds: 10, timeoutSeconds: 3 },
      startupSeconds: 60,
      drainSeconds: 20,
      taskRoleName: 'cellwright/task',
    },
  },
  shared: {
    domain: 'app.example.com',
    zone: { id: 'Z0SHARED0000000000001', roleArn: role('999999999999', 'dns'), externalId: 'e2e' },
    routing: { scope: 'tier', by: 'path' },
    service: {
      image: 'registry.example.com/shared/server:2.3',
      cpu: 256,
      memoryMiB: 512,
      tasks: 1,
      healthCheck: { intervalSeconds: 10, timeoutSeconds: 3 },
      startupSeconds: 60,
      drainSeconds: 20,
    },
  },
};

const cells = [
  { name: 'standard-a', tier: 'standard', accountId: '111111111111', groups: ['a1'] },
  { name: 'standard-b', tier: 'standard', accountId: '222222222222', groups: ['b1'] },
  { name: 'shared-d', tier: 'shared', accountId: '444444444444', groups: ['d1', 'd2'] },
];

export interface Tenant {
  readonly tier: 'standard' | 'shared';
  readonly [field: string]: unknown;
}

export interface SmallFleet {
  readonly tenants?: Readonly<Record<string, Tenant>>;
  readonly fleet?: Readonly<Record<string, unknown>>;
  readonly retentionDays?: number;
}

/** Everything once: `acme` in two cells, others with a name of their own, two that share one. */
export const usualTenants: Readonly<Record<string, Tenant>> = {
  acme: { tier: 'standard', placements: 2 },
  bolt: { tier: 'standard' },
  crane: { tier: 'standard' },
  dune: { tier: 'standard' },
  echo: { tier: 'shared' },
  fern: { tier: 'shared' },
};

/** The account of an infra group. */
export function accountOf(infraGroup: string): string {
  return cells.find((cell) => cell.groups.includes(infraGroup))?.accountId ?? '';
}

/** The records of the fleet, as documents: just the tiers and cells that its tenants need, since each more is read with every sweep. */
export function smallFleet(options: SmallFleet = {}): string {
  const record = (kind: string, name: string, spec: object) => ({ kind, name, spec });
  const { retentionDays = 0, tenants = usualTenants } = options;
  const used = Object.values(tenants);
  const tierNames = new Set<string>(used.map((tenant) => tenant.tier));
  const several = used.some((tenant) => tenant['placements'] === 2);
  const cellsUsed = cells.filter((cell) => tierNames.has(cell.tier) && (several || cell.name !== 'standard-b'));
  const tiersUsed = Object.entries(tiers).filter(([name]) => tierNames.has(name));
  const records = [
    record('Fleet', 'default', { removals: { perTenMinutes: 100 }, ...options.fleet }),
    ...tiersUsed.map(([name, tier]) => record('Tier', name, { ...tier, retentionDays })),
    ...cellsUsed.map(({ name, tier, accountId }) => record('Cell', name, { tier, ...placeOf(accountId) })),
    ...cellsUsed.flatMap((cell) => cell.groups.map((group) => record('InfraGroup', group, groupOf(cell, group)))),
    ...Object.entries(tenants).map(([name, tenant]) => record('Tenant', name, tenant)),
  ];
  return records.map((one) => JSON.stringify(one)).join('\n---\n');
}

function placeOf(accountId: string) {
  const roles = { observe: role(accountId, 'observe'), apply: role(accountId, 'apply'), reap: role(accountId, 'reap') };
  return { accountId, region: 'us-east-1', roles, externalId: 'e2e' };
}

function groupOf(cell: { name: string; accountId: string }, group: string) {
  const id = Buffer.from(group).toString('hex').padEnd(16, '0');
  const elb = `arn:aws:elasticloadbalancing:us-east-1:${cell.accountId}`;
  return {
    cell: cell.name,
    vpcId: `vpc-${id}0`,
    subnetIds: [`subnet-${id}1`, `subnet-${id}2`],
    loadBalancerArn: `${elb}:loadbalancer/app/${group}/${id}`,
    listenerArn: `${elb}:listener/app/${group}/${id}/${id.slice(0, 12)}00ff`,
    taskSecurityGroupIds: [`sg-${id}0`],
  };
}
