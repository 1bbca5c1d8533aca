import type { CreateTargetGroupOutput, DescribeLoadBalancersOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import type { Clock } from '../../../src/model/clock.ts';
import { seedFleet } from '../../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import type { ServiceId } from '../../../src/simulator/kernel.ts';
import { answerRoute } from '../../../src/simulator/route53/data-plane.ts';

const account = '222222222222';
const dnsAccount = '333333333333';
const zoneId = 'Z0FLEET';
const elb = `arn:aws:elasticloadbalancing:eu-west-1:${account}`;
const loadBalancerArn = `${elb}:loadbalancer/app/shared/0123456789abcdef`;
const listenerArn = `${elb}:listener/app/shared/0123456789abcdef/fedcba9876543210`;

const frozen: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  monotonic: () => 0,
  after: () => () => undefined,
  sleep: () => Promise.resolve(),
};

/** A fleet of one infra group, and calls by its owners. */
function createFleet() {
  const world = createSimulatedAws({ clock: frozen, seed: 7 });
  seedFleet(world, {
    tiers: [
      { name: 'standard', domain: 'example.com', zone: { id: zoneId, roleArn: `arn:aws:iam::${dnsAccount}:role/dns` } },
    ],
    cells: [
      {
        name: 'cell-1',
        tier: 'standard',
        accountId: account,
        region: 'eu-west-1',
        roles: { apply: `arn:aws:iam::${account}:role/apply` },
      },
    ],
    infraGroups: [
      {
        name: 'group-1',
        cell: 'cell-1',
        vpcId: 'vpc-1',
        subnetIds: ['subnet-a', 'subnet-b'],
        loadBalancerArn,
        listenerArn,
        taskSecurityGroupIds: ['sg-tasks'],
      },
    ],
  });
  const call = <O>(service: ServiceId, operation: string, input: object, accessKeyId = account): O =>
    world.call({ accessKeyId, region: 'eu-west-1', service, operation, input }) as O;
  return { world, call };
}

test('a tenant built call by call is reached by its name, and no longer once its service is gone', () => {
  const { world, call } = createFleet();
  const { taskDefinition } = call<{ taskDefinition: { taskDefinitionArn: string } }>('ecs', 'RegisterTaskDefinition', {
    family: 'acme',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: 'registry.example.com/app:1',
        portMappings: [{ containerPort: 8080 }],
        environment: [{ name: 'TENANT_ID', value: 'acme' }],
      },
    ],
  });
  call('ecs', 'CreateCluster', { clusterName: 'acme' });
  const made = call<CreateTargetGroupOutput>('elbv2', 'CreateTargetGroup', {
    Name: 'cw-acme',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-1',
    TargetType: 'ip',
  });
  const targetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn;
  call('elbv2', 'CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1000,
    Conditions: [{ Field: 'host-header', Values: ['acme.example.com'] }],
    Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
  });
  const service = {
    cluster: 'acme',
    serviceName: 'svc-1',
    taskDefinition: taskDefinition.taskDefinitionArn,
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-tasks'] } },
    loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 8080 }],
  };
  world.advance(10);
  call('ecs', 'CreateService', service);
  const { LoadBalancers: [loadBalancer] = [] } = call<DescribeLoadBalancersOutput>(
    'elbv2',
    'DescribeLoadBalancers',
    {},
  );
  const record = {
    Name: 'acme.example.com',
    Type: 'A',
    SetIdentifier: 'one',
    Weight: 1,
    AliasTarget: {
      HostedZoneId: loadBalancer?.CanonicalHostedZoneId,
      DNSName: loadBalancer?.DNSName,
      EvaluateTargetHealth: false,
    },
  };
  call(
    'route53',
    'ChangeResourceRecordSets',
    { HostedZoneId: zoneId, ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] } },
    dnsAccount,
  );
  const ask = (host = 'acme.example.com') => answerRoute(world, { host, path: '/', headers: {} }, false).answers;
  world.advance(300);
  expect(ask()).toMatchObject([
    { share: 0.5, account, loadBalancer: loadBalancerArn, tenant: 'acme', status: 200 },
    { share: 0.5, account, loadBalancer: loadBalancerArn, tenant: 'acme', status: 200 },
  ]);
  expect(new Set(ask().map((answer) => answer.task)).size).toBe(2);
  call('ecs', 'UpdateService', { cluster: 'acme', service: 'svc-1', desiredCount: 0 });
  world.advance(600);
  expect(ask()).toMatchObject([{ share: 1, status: 503, tenant: null, task: null }]);
});
