import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { seedFleet } from '../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { answerRoute } from '../../src/simulator/route53/data-plane.ts';
import type { SimulatedAws } from '../../src/simulator/world.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

const account = '222222222222';
const arn = `arn:aws:elasticloadbalancing:us-east-1:${account}`;
const roleArn = `arn:aws:iam::${account}:role/apply`;
const group = {
  name: 'g1',
  cell: 'one',
  vpcId: 'vpc-1',
  subnetIds: ['subnet-a', 'subnet-b'],
  loadBalancerArn: `${arn}:loadbalancer/app/g1/0123456789abcdef`,
  listenerArn: `${arn}:listener/app/g1/0123456789abcdef/fedcba9876543210`,
  taskSecurityGroupIds: ['sg-tasks'],
};

async function sessionIn(world: SimulatedAws) {
  const { sts } = clientsOf(world, { accessKeyId: 'AKIA' });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'controller' }));
  const { AccessKeyId: accessKeyId = '', SessionToken: sessionToken = '' } = Credentials ?? {};
  return clientsOf(world, { accessKeyId, sessionToken });
}

/** One tenant's chain, as an operator would build it by hand. */
async function onboard(world: SimulatedAws, tenant: string) {
  const { ecs, elbv2, route53 } = await sessionIn(world);
  const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: tenant }));
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: tenant,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [
        {
          name: 'app',
          image: 'registry/app:1',
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          environment: [{ name: 'TENANT_ID', value: tenant }],
        },
      ],
    }),
  );
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({ Name: tenant, Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: 'vpc-1' }),
  );
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: group.listenerArn,
      Priority: 1000,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`${tenant}.example.com`] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );
  // A cluster is not seen everywhere at once.
  world.advance(30);
  await ecs.send(
    new CreateServiceCommand({
      cluster: cluster?.clusterArn,
      serviceName: 'svc-1',
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 2,
      launchType: 'FARGATE',
      loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 8080 }],
      networkConfiguration: { awsvpcConfiguration: { subnets: group.subnetIds, securityGroups: ['sg-tasks'] } },
    }),
  );
  const { LoadBalancers } = await elbv2.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: [group.loadBalancerArn] }),
  );
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z1',
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: `${tenant}.example.com`,
              Type: 'A',
              SetIdentifier: 'one',
              Weight: 100,
              AliasTarget: {
                HostedZoneId: LoadBalancers?.[0]?.CanonicalHostedZoneId,
                DNSName: LoadBalancers?.[0]?.DNSName,
                EvaluateTargetHealth: false,
              },
            },
          },
        ],
      },
    }),
  );
  return { targetGroupArn };
}

describe('the assembled AWS', () => {
  it('leads a tenant’s host to its own tasks, once all that takes time has happened, and away again', async () => {
    const world = createSimulatedAws({ clock: new HandClock(), seed: 42 });
    seedFleet(world, {
      tiers: [{ name: 'standard', domain: 'example.com', zone: { id: 'Z1', roleArn } }],
      cells: [{ name: 'one', tier: 'standard', accountId: account, region: 'us-east-1', roles: { apply: roleArn } }],
      infraGroups: [group],
    });
    const { targetGroupArn } = await onboard(world, 'acme');
    const route = (host: string) => answerRoute(world, { host, path: '/', headers: {} }, false);
    const { ecs, elbv2, ec2 } = await sessionIn(world);
    expect(route('acme.example.com').answers).toEqual([]);

    world.advance(600);
    const { TargetHealthDescriptions } = await elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    expect(TargetHealthDescriptions?.map((target) => target.TargetHealth?.State)).toEqual(['healthy', 'healthy']);
    const { answers } = route('acme.example.com');
    expect(answers.map(({ tenant, status, loadBalancer }) => ({ tenant, status, loadBalancer }))).toEqual([
      { tenant: 'acme', status: 200, loadBalancer: group.loadBalancerArn },
      { tenant: 'acme', status: 200, loadBalancer: group.loadBalancerArn },
    ]);
    expect(answers.reduce((sum, answer) => sum + answer.share, 0)).toBeCloseTo(1);
    const free = async () => {
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
      return Subnets?.reduce((sum, subnet) => sum + (subnet.AvailableIpAddressCount ?? 0), 0);
    };
    // Two tasks and the load balancer's two nodes.
    expect(await free()).toBe(2 * 4_091 - 4);

    await ecs.send(new UpdateServiceCommand({ cluster: 'acme', service: 'svc-1', desiredCount: 0 }));
    world.advance(900);
    expect(route('acme.example.com').answers).toEqual([expect.objectContaining({ tenant: null, status: 503 })]);
    expect(await free()).toBe(2 * 4_091 - 2);
    const { service } = await ecs.send(new DeleteServiceCommand({ cluster: 'acme', service: 'svc-1' }));
    expect(['DRAINING', 'INACTIVE']).toContain(service?.status);
  });

  it('tells the same story for the same seed', async () => {
    const tell = async () => {
      const world = createSimulatedAws({ clock: new HandClock(), seed: 7 });
      seedFleet(world, {
        tiers: [{ name: 'standard', domain: 'example.com', zone: { id: 'Z1', roleArn } }],
        cells: [{ name: 'one', tier: 'standard', accountId: account, region: 'us-east-1', roles: { apply: roleArn } }],
        infraGroups: [group],
      });
      const { targetGroupArn } = await onboard(world, 'acme');
      world.advance(120);
      const { elbv2 } = await sessionIn(world);
      const health = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
      return [world.log.since(0, 100), health];
    };
    expect(await tell()).toEqual(await tell());
  });
});
