/** A simulated AWS with many tenants on it, each with its whole chain. */
import type { Clock } from '../../src/model/clock.ts';
import { seedFleet } from '../../src/simulator/fleet.ts';
import type { CompleteAws } from '../../src/simulator/index.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import type { ServiceId } from '../../src/simulator/kernel.ts';

export const region = 'us-east-1';
export const zoneAccount = '900000000000';
export const tableName = 'tenants';

/** How many tenants share a load balancer with its VPC (100 rules are AWS's default), an account, and a hosted zone (10,000 records). */
const perLoadBalancer = 100;
export const perAccount = 500;
const perZone = 5_000;

/** One tenant's resources, as calls about it name them. */
export interface Tenant {
  readonly number: number;
  readonly name: string;
  readonly host: string;
  readonly zoneId: string;
  readonly account: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly listenerArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly targetGroupArn: string;
  readonly ruleArn: string;
  readonly aliasTarget: { HostedZoneId: string; DNSName: string; EvaluateTargetHealth: boolean };
  taskArn: string;
}

/** A world and who lives in it. */
export interface Fleet {
  readonly world: CompleteAws;
  readonly tenants: readonly Tenant[];
  /** Makes one call, past every mount. */
  readonly call: (account: string, service: ServiceId, operation: string, input: object) => Answer;
}

/** An answer, as far as the bench reads it. */
interface Answer {
  readonly cluster?: { readonly clusterArn: string };
  readonly taskDefinition?: { readonly taskDefinitionArn: string };
  readonly taskArns?: readonly string[];
  readonly TargetGroups?: readonly { readonly TargetGroupArn: string }[];
  readonly TargetHealthDescriptions?: readonly { readonly TargetHealth: { readonly State: string } }[];
  readonly Rules?: readonly { readonly RuleArn: string }[];
  readonly LoadBalancers?: readonly { readonly CanonicalHostedZoneId: string; readonly DNSName: string }[];
}

/** A clock that stands still: `world.advance` alone moves time. */
const standing: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  after: () => {
    throw new Error('nothing here waits for the clock');
  },
  sleep: () => {
    throw new Error('nothing here waits for the clock');
  },
};

/** Makes a world, without throttles, with `count` tenants; every task runs and is healthy at the end. */
export function makeFleet(count: number, latencyFactor: number): Fleet {
  const world = createSimulatedAws({ clock: standing, seed: 1, throttle: false, latencyFactor });
  const call: Fleet['call'] = (account, service, operation, input) =>
    world.call({ accessKeyId: account, region, service, operation, input });
  seed(world, count);
  const tenants: Tenant[] = [];
  for (let i = 0; i < count; i++) {
    tenants.push(prepare(call, i));
    // A zone takes one change at a time.
    world.advance(1);
  }
  makeTable(call);
  // A new cluster is not seen everywhere at once.
  world.advance(60);
  for (const tenant of tenants) start(call, tenant);
  world.advance(900);
  for (const tenant of tenants) {
    call(zoneAccount, 'dynamodb', 'PutItem', { TableName: tableName, Item: item(tenant.name, 1) });
    const { taskArns = [] } = call(tenant.account, 'ecs', 'ListTasks', { cluster: tenant.clusterArn });
    tenant.taskArn = taskArns[0] ?? '';
  }
  checkHealthy(call, tenants);
  return { world, tenants, call };
}

function placeOf(i: number) {
  const account = String(100_000_000_000 + Math.floor(i / perAccount));
  const group = Math.floor(i / perLoadBalancer);
  const zone = Math.floor(i / perZone);
  const id = group.toString(16).padStart(16, '0');
  const arn = `arn:aws:elasticloadbalancing:${region}:${account}`;
  return {
    account,
    group: `g${group}`,
    host: `tenant-${i}.t${zone}.example.com`,
    tier: `t${zone}`,
    zoneId: `ZBENCH${zone}`,
    vpcId: `vpc-${id}`,
    subnetIds: [`subnet-a${id}`, `subnet-b${id}`],
    securityGroupId: `sg-${id}`,
    loadBalancerArn: `${arn}:loadbalancer/app/g${group}/${id}`,
    listenerArn: `${arn}:listener/app/g${group}/${id}/${id}`,
  };
}

function seed(world: CompleteAws, count: number): void {
  const places = Array.from({ length: Math.ceil(count / perLoadBalancer) }, (_none, i) => placeOf(i * perLoadBalancer));
  const accounts = [...new Set(places.map(({ account }) => account))];
  seedFleet(world, {
    tiers: [...new Map(places.map(({ tier, zoneId }) => [tier, zoneId]))].map(([name, id]) => ({
      name,
      domain: `${name}.example.com`,
      zone: { id, roleArn: `arn:aws:iam::${zoneAccount}:role/zone` },
    })),
    cells: accounts.map((accountId) => ({
      name: accountId,
      tier: 't0',
      accountId,
      region,
      roles: { apply: `arn:aws:iam::${accountId}:role/apply` },
    })),
    infraGroups: places.map(({ account, group, vpcId, subnetIds, securityGroupId, loadBalancerArn, listenerArn }) => ({
      name: group,
      cell: account,
      vpcId,
      subnetIds,
      loadBalancerArn,
      listenerArn,
      taskSecurityGroupIds: [securityGroupId],
    })),
  });
  // Room for the tenants, and for what the measured calls make besides.
  for (const account of accounts) {
    world.quotas.set({ account, region }, 'targetGroupsPerLoadBalancer', perLoadBalancer + 100);
    world.quotas.set({ account, region }, 'rulesPerLoadBalancer', perLoadBalancer + 100);
  }
}

/** Five of a tenant's six resources: task definition, cluster, target group, rule and DNS record. */
function prepare(call: Fleet['call'], i: number): Tenant {
  const { account, loadBalancerArn, ...place } = placeOf(i);
  const name = `tenant-${i}`;
  const registered = call(account, 'ecs', 'RegisterTaskDefinition', taskDefinition(name));
  const cluster = call(account, 'ecs', 'CreateCluster', { clusterName: name, tags });
  const group = call(account, 'elbv2', 'CreateTargetGroup', targetGroup(name, place.vpcId));
  const targetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
  const rule = call(account, 'elbv2', 'CreateRule', {
    ListenerArn: place.listenerArn,
    Priority: 100 + (i % perLoadBalancer),
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [place.host] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
  });
  const found = call(account, 'elbv2', 'DescribeLoadBalancers', { LoadBalancerArns: [loadBalancerArn] });
  const aliasTarget = {
    HostedZoneId: found.LoadBalancers?.[0]?.CanonicalHostedZoneId ?? '',
    DNSName: found.LoadBalancers?.[0]?.DNSName ?? '',
    EvaluateTargetHealth: false,
  };
  call(
    zoneAccount,
    'route53',
    'ChangeResourceRecordSets',
    recordChange('CREATE', { zoneId: place.zoneId, host: place.host, aliasTarget }),
  );
  return {
    number: i,
    name,
    host: place.host,
    zoneId: place.zoneId,
    account,
    vpcId: place.vpcId,
    subnetIds: place.subnetIds,
    securityGroupId: place.securityGroupId,
    listenerArn: place.listenerArn,
    clusterArn: cluster.cluster?.clusterArn ?? '',
    taskDefinitionArn: registered.taskDefinition?.taskDefinitionArn ?? '',
    targetGroupArn,
    ruleArn: rule.Rules?.[0]?.RuleArn ?? '',
    aliasTarget,
    taskArn: '',
  };
}

/** The sixth: a service, whose one task comes and turns healthy by itself. */
function start(call: Fleet['call'], tenant: Tenant): void {
  call(tenant.account, 'ecs', 'CreateService', {
    cluster: tenant.clusterArn,
    serviceName: 'app',
    taskDefinition: tenant.taskDefinitionArn,
    desiredCount: 1,
    launchType: 'FARGATE',
    loadBalancers: [{ targetGroupArn: tenant.targetGroupArn, containerName: 'app', containerPort: 8080 }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: tenant.subnetIds, securityGroups: [tenant.securityGroupId] },
    },
    tags,
  });
}

const tags = [
  { key: 'cellwright:installation', value: '0123456789abcdef' },
  { key: 'cellwright:tier', value: 'standard' },
  { key: 'cellwright:revision', value: '1' },
];

export function taskDefinition(family: string): object {
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: 'registry.example.com/app:1.2.3',
        essential: true,
        portMappings: [{ containerPort: 8080 }],
        environment: [
          { name: 'TENANT_ID', value: family },
          { name: 'TIER', value: 'standard' },
          { name: 'LOG_LEVEL', value: 'info' },
        ],
      },
    ],
    tags,
  };
}

export function targetGroup(name: string, vpcId: string): object {
  return { Name: name, Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: vpcId, HealthCheckPath: '/healthz' };
}

/** A batch of one change of a tenant's record. */
export function recordChange(
  action: 'CREATE' | 'UPSERT',
  { zoneId, host, aliasTarget }: Pick<Tenant, 'zoneId' | 'host' | 'aliasTarget'>,
): object {
  return {
    HostedZoneId: zoneId,
    ChangeBatch: {
      Changes: [
        {
          Action: action,
          ResourceRecordSet: {
            Name: host,
            Type: 'A',
            SetIdentifier: 'one',
            Weight: 100,
            AliasTarget: aliasTarget,
          },
        },
      ],
    },
  };
}

/** A tenant's record, about as large as the product's own. */
export function item(name: string, revision: number) {
  return {
    pk: { S: name },
    sk: { S: 'spec' },
    revision: { N: String(revision) },
    state: { S: 'Ready' },
    cell: { M: { name: { S: 'one' }, group: { S: 'g1' }, port: { N: '8080' } } },
    conditions: { L: [{ M: { type: { S: 'Ready' }, status: { BOOL: true } } }, { M: { type: { S: 'Fits' } } }] },
  };
}

function makeTable(call: Fleet['call']): void {
  call(zoneAccount, 'dynamodb', 'CreateTable', {
    TableName: tableName,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
}

function checkHealthy(call: Fleet['call'], tenants: readonly Tenant[]): void {
  for (const { name, account, targetGroupArn } of tenants) {
    const health = call(account, 'elbv2', 'DescribeTargetHealth', { TargetGroupArn: targetGroupArn });
    const states = health.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth.State);
    if (states?.join() !== 'healthy') throw new Error(`${name}: found targets ${String(states)}, expected one healthy`);
  }
}
