import type { FleetSeed } from '../../../src/simulator/fleet.ts';
import type { ApiRequest, ServiceId } from '../../../src/simulator/kernel.ts';
import { Draw } from '../../simulation/draw.ts';

const account = '222222222222';
const elb = `arn:aws:elasticloadbalancing:us-east-1:${account}`;
const roleArn = `arn:aws:iam::${account}:role/apply`;
export const loadBalancerArn = `${elb}:loadbalancer/app/g1/0123456789abcdef`;
export const listenerArn = `${elb}:listener/app/g1/0123456789abcdef/fedcba9876543210`;

/** One cell with one infra group, and a zone in the same account. */
export const smallFleet: FleetSeed = {
  tiers: [{ name: 'standard', domain: 'example.com', zone: { id: 'Z1', roleArn } }],
  cells: [{ name: 'one', tier: 'standard', accountId: account, region: 'us-east-1', roles: { apply: roleArn } }],
  infraGroups: [
    {
      name: 'g1',
      cell: 'one',
      vpcId: 'vpc-1',
      subnetIds: ['subnet-a', 'subnet-b'],
      loadBalancerArn,
      listenerArn,
      taskSecurityGroupIds: ['sg-tasks'],
    },
  ],
};

export type Ask = Pick<ApiRequest, 'service' | 'operation' | 'input'>;

type Makes = (draw: Draw, memory: Memory, name: string) => object;

/** What earlier answers said of names and ARNs. */
class Memory {
  readonly targetGroups: string[] = [];
  readonly rules: string[] = [];
  readonly definitions: string[] = [];
}

const network = { awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-tasks'] } };
const images = ['app:1', 'app:2', 'app:unhealthy', 'app:fails-to-start'] as const;

function record(draw: Draw, name: string): object {
  return {
    Name: `${name}.example.com`,
    Type: 'TXT',
    SetIdentifier: draw.pick(['a', 'b'] as const),
    Weight: draw.whole(0, 2),
    TTL: 60,
    ResourceRecords: [{ Value: `"${draw.whole(0, 3)}"` }],
  };
}

const asks: readonly [weight: number, service: ServiceId, operation: string, input: Makes][] = [
  [4, 'ecs', 'CreateCluster', (_draw, _memory, name) => ({ clusterName: name })],
  [1, 'ecs', 'DeleteCluster', (_draw, _memory, name) => ({ cluster: name })],
  [4, 'ecs', 'DescribeClusters', () => ({ clusters: ['t0', 't1', 't2'], include: ['TAGS', 'STATISTICS'] })],
  [1, 'ecs', 'ListClusters', () => ({})],
  [
    3,
    'ecs',
    'RegisterTaskDefinition',
    (draw, _memory, name) => ({
      family: name,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'app',
          image: draw.pick(images),
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          environment: [{ name: 'TENANT_ID', value: name }],
        },
      ],
    }),
  ],
  [
    1,
    'ecs',
    'DeregisterTaskDefinition',
    (draw, memory) => ({ taskDefinition: draw.pick(memory.definitions) ?? 't0:1' }),
  ],
  [
    3,
    'elbv2',
    'CreateTargetGroup',
    (draw, _memory, name) => ({
      Name: name,
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      VpcId: 'vpc-1',
      HealthCheckIntervalSeconds: draw.pick([10, 30] as const),
    }),
  ],
  [1, 'elbv2', 'DeleteTargetGroup', (draw, memory) => ({ TargetGroupArn: draw.pick(memory.targetGroups) ?? 'none' })],
  [
    4,
    'elbv2',
    'CreateRule',
    (draw, memory, name) => ({
      ListenerArn: listenerArn,
      Priority: draw.whole(1, 8),
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`${name}.example.com`] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: draw.pick(memory.targetGroups) ?? 'none' }],
    }),
  ],
  [1, 'elbv2', 'DeleteRule', (draw, memory) => ({ RuleArn: draw.pick(memory.rules) ?? 'none' })],
  [2, 'elbv2', 'DescribeRules', () => ({ ListenerArn: listenerArn })],
  [2, 'elbv2', 'DescribeTargetGroups', () => ({})],
  [
    3,
    'elbv2',
    'DescribeTargetHealth',
    (draw, memory) => ({ TargetGroupArn: draw.pick(memory.targetGroups) ?? 'none' }),
  ],
  [
    5,
    'ecs',
    'CreateService',
    (draw, memory, name) => ({
      cluster: name,
      serviceName: 'svc',
      taskDefinition: draw.pick(memory.definitions) ?? 't0:1',
      desiredCount: draw.whole(1, 3),
      launchType: 'FARGATE',
      clientToken: `${name}-${draw.whole(0, 2)}`,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      loadBalancers: [
        { targetGroupArn: draw.pick(memory.targetGroups) ?? 'none', containerName: 'app', containerPort: 8080 },
      ],
      networkConfiguration: network,
    }),
  ],
  [
    3,
    'ecs',
    'UpdateService',
    (draw, memory, name) => ({
      cluster: name,
      service: 'svc',
      desiredCount: draw.whole(0, 4),
      ...(draw.chance(0.5) ? { taskDefinition: draw.pick(memory.definitions) ?? 't0:1' } : {}),
    }),
  ],
  [1, 'ecs', 'DeleteService', (draw, _memory, name) => ({ cluster: name, service: 'svc', force: draw.chance(0.5) })],
  [4, 'ecs', 'DescribeServices', (_draw, _memory, name) => ({ cluster: name, services: ['svc'] })],
  [2, 'ecs', 'ListTasks', (_draw, _memory, name) => ({ cluster: name })],
  [
    3,
    'route53',
    'ChangeResourceRecordSets',
    (draw, _memory, name) => ({
      HostedZoneId: 'Z1',
      ChangeBatch: {
        Changes: [
          { Action: draw.pick(['CREATE', 'UPSERT', 'DELETE'] as const), ResourceRecordSet: record(draw, name) },
        ],
      },
    }),
  ],
  [2, 'route53', 'ListResourceRecordSets', () => ({ HostedZoneId: 'Z1' })],
  [
    2,
    'dynamodb',
    'CreateTable',
    (_draw, _memory, name) => ({
      TableName: name.repeat(3),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  ],
  [
    4,
    'dynamodb',
    'PutItem',
    (draw, _memory, name) => ({
      TableName: name.repeat(3),
      Item: { pk: { S: String(draw.whole(0, 3)) }, n: { N: String(draw.whole(0, 99)) } },
    }),
  ],
  [2, 'dynamodb', 'Scan', (_draw, _memory, name) => ({ TableName: name.repeat(3) })],
  [1, 'dynamodb', 'Scan', (_draw, _memory, name) => ({ TableName: name.repeat(3), ConsistentRead: true })],
  [1, 'ec2', 'DescribeNetworkInterfaces', () => ({ Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] })],
  [1, 'ec2', 'DescribeSubnets', () => ({})],
];

const totalWeight = asks.reduce((sum, [weight]) => sum + weight, 0);

/** Calls at random over all services, often in the wrong order: equal seeds ask the same of equal worlds. */
export class Workload {
  private readonly draw: Draw;
  private readonly memory = new Memory();

  constructor(seed: number) {
    this.draw = new Draw(seed, 'workload');
  }

  /** How many seconds to wait before the next call. */
  pause(): number {
    return this.draw.chance(0.7) ? this.draw.uniform() * 2 : this.draw.whole(5, 90);
  }

  next(): Ask {
    let left = this.draw.uniform() * totalWeight;
    const found = asks.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    if (found === undefined) throw new Error('the weights do not add up');
    const [, service, operation, input] = found;
    const name = this.draw.pick(['t0', 't1', 't2'] as const);
    return { service, operation, input: input(this.draw, this.memory, name) };
  }

  /** Remembers what the answer names. */
  heard(output: object): void {
    const { taskDefinition, TargetGroups, Rules } = output as {
      taskDefinition?: { taskDefinitionArn?: string };
      TargetGroups?: { TargetGroupArn?: string }[];
      Rules?: { RuleArn?: string; IsDefault?: boolean }[];
    };
    if (taskDefinition?.taskDefinitionArn !== undefined) this.memory.definitions.push(taskDefinition.taskDefinitionArn);
    for (const { TargetGroupArn } of TargetGroups ?? []) {
      if (TargetGroupArn !== undefined) this.memory.targetGroups.push(TargetGroupArn);
    }
    for (const { RuleArn, IsDefault } of Rules ?? []) {
      if (RuleArn !== undefined && IsDefault !== true) this.memory.rules.push(RuleArn);
    }
  }
}

/** The whole request for a call of the fleet's account. */
export function requestFor(ask: Ask): ApiRequest {
  return { accessKeyId: account, region: 'us-east-1', ...ask };
}
