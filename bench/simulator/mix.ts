/**
 * The measured calls: about what a controller sends while it looks after one tenant, two reads to each write. Whatever a round
 * makes it also removes, so that the last round finds what the first one did.
 */
import type { ServiceId } from '../../src/simulator/kernel.ts';
import type { Tenant } from './tenants.ts';
import { item, recordChange, tableName, targetGroup, taskDefinition, zoneAccount } from './tenants.ts';

/** One call of a round. */
export interface Step {
  readonly service: ServiceId;
  readonly operation: string;
  /** The account that is called, where it is not the tenant's own. */
  readonly account?: string;
  /** Seconds that must pass before. */
  readonly wait?: number;
  input(tenant: Tenant, made: Made): object;
  /** Takes from the answer what later steps name. */
  keep?(output: never, made: Made): void;
}

/** What earlier steps of the round made. */
export interface Made {
  round: number;
  targetGroupArn: string;
  ruleArn: string;
}

/** AWS's protocols, by the services that speak them. */
export const protocols: Readonly<Record<string, readonly ServiceId[]>> = {
  'JSON 1.1 (ECS)': ['ecs'],
  'query (ELBv2)': ['elbv2'],
  'EC2 query': ['ec2'],
  'REST-XML (Route 53)': ['route53'],
  'JSON 1.0 (DynamoDB)': ['dynamodb'],
};

const ecs: readonly Step[] = [
  describe('ecs', 'DescribeServices', ({ clusterArn }) => ({
    cluster: clusterArn,
    services: ['app'],
    include: ['TAGS'],
  })),
  describe('ecs', 'ListTasks', ({ clusterArn }) => ({ cluster: clusterArn, serviceName: 'app' })),
  describe('ecs', 'DescribeTasks', ({ clusterArn, taskArn }) => ({ cluster: clusterArn, tasks: [taskArn] })),
  describe('ecs', 'DescribeClusters', ({ clusterArn }) => ({ clusters: [clusterArn], include: ['TAGS'] })),
  describe('ecs', 'DescribeTaskDefinition', ({ taskDefinitionArn }) => ({ taskDefinition: taskDefinitionArn })),
  describe('ecs', 'RegisterTaskDefinition', ({ name }) => taskDefinition(`${name}-more`)),
  describe('ecs', 'CreateCluster', ({ name }) => ({ clusterName: `${name}-more` })),
  describe('ecs', 'DeleteCluster', ({ name }) => ({ cluster: `${name}-more` })),
];

const elbv2: readonly Step[] = [
  describe('elbv2', 'DescribeRules', ({ listenerArn }) => ({ ListenerArn: listenerArn, PageSize: 10 })),
  describe('elbv2', 'DescribeRules', ({ ruleArn }) => ({ RuleArns: [ruleArn] })),
  describe('elbv2', 'DescribeTargetHealth', ({ targetGroupArn }) => ({ TargetGroupArn: targetGroupArn })),
  describe('elbv2', 'DescribeTargetGroups', ({ targetGroupArn }) => ({ TargetGroupArns: [targetGroupArn] })),
  describe('elbv2', 'DescribeTags', ({ targetGroupArn, ruleArn }) => ({ ResourceArns: [targetGroupArn, ruleArn] })),
  {
    service: 'elbv2',
    operation: 'CreateTargetGroup',
    input: ({ name, vpcId }) => targetGroup(`${name}-more`, vpcId),
    keep: (output: { TargetGroups: [{ TargetGroupArn: string }] }, made) => {
      made.targetGroupArn = output.TargetGroups[0].TargetGroupArn;
    },
  },
  {
    service: 'elbv2',
    operation: 'CreateRule',
    input: ({ number, host, listenerArn }, { targetGroupArn }) => ({
      ListenerArn: listenerArn,
      Priority: 40_000 + (number % 1_000),
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`more-${host}`] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
    keep: (output: { Rules: [{ RuleArn: string }] }, made) => {
      made.ruleArn = output.Rules[0].RuleArn;
    },
  },
  describe('elbv2', 'DeleteRule', (_tenant, { ruleArn }) => ({ RuleArn: ruleArn })),
  {
    service: 'elbv2',
    operation: 'DeleteTargetGroup',
    // The data plane still has the deleted rule for a while.
    wait: 20,
    input: (_tenant, { targetGroupArn }) => ({ TargetGroupArn: targetGroupArn }),
  },
];

const ec2: readonly Step[] = [
  describe('ec2', 'DescribeSubnets', ({ subnetIds }) => ({ SubnetIds: subnetIds })),
  describe('ec2', 'DescribeNetworkInterfaces', ({ vpcId }) => ({
    Filters: [{ Name: 'vpc-id', Values: [vpcId] }],
    MaxResults: 5,
  })),
];

const route53: readonly Step[] = [
  inZone('ListResourceRecordSets', ({ zoneId, host }) => ({
    HostedZoneId: zoneId,
    StartRecordName: host,
    MaxItems: 10,
  })),
  inZone('GetHostedZone', ({ zoneId }) => ({ Id: zoneId })),
  inZone('ChangeResourceRecordSets', (tenant) => recordChange('UPSERT', tenant)),
];

const dynamodb: readonly Step[] = [
  inTable('GetItem', ({ name }) => ({ TableName: tableName, Key: keyOf(name), ConsistentRead: true })),
  inTable('Query', ({ name }) => ({
    TableName: tableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: name } },
  })),
  inTable('PutItem', ({ name }, { round }) => ({ TableName: tableName, Item: item(name, round) })),
  inTable('UpdateItem', ({ name }, { round }) => ({
    TableName: tableName,
    Key: keyOf(name),
    UpdateExpression: 'SET revision = :next, #state = :ready',
    ConditionExpression: 'revision <= :next',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':next': { N: String(round + 1) }, ':ready': { S: 'Ready' } },
  })),
];

/** All calls of a round, in order. */
export const mix: readonly Step[] = [...ecs, ...elbv2, ...ec2, ...route53, ...dynamodb];

function describe(service: ServiceId, operation: string, input: Step['input']): Step {
  return { service, operation, input };
}

function inZone(operation: string, input: Step['input']): Step {
  return { service: 'route53', operation, account: zoneAccount, input };
}

function inTable(operation: string, input: Step['input']): Step {
  return { service: 'dynamodb', operation, account: zoneAccount, input };
}

function keyOf(name: string) {
  return { pk: { S: name }, sk: { S: 'spec' } };
}
