import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DescribeServiceDeploymentsResponse,
  DescribeServicesResponse,
  ListServicesResponse,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { balancer, createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
  f.register();
});

const describeService = (name: string) =>
  f.call<DescribeServicesResponse>('DescribeServices', { cluster: 'c1', services: [name] });

describe('CreateService', () => {
  it('fills in what the caller left out', () => {
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)], tags: [{ key: 'k', value: 'v' }] });
    expect(f.service()).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:111111111111:service/c1/svc',
      taskDefinition: 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:1',
      loadBalancers: [balancer(group)],
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      availabilityZoneRebalancing: 'ENABLED',
      healthCheckGracePeriodSeconds: 0,
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: 'ROLLING',
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-0a', 'subnet-0b'],
          securityGroups: ['sg-01'],
          assignPublicIp: 'DISABLED',
        },
      },
    });
    expect(f.service().tags).toBeUndefined();
    expect(f.service('svc', ['TAGS']).tags).toEqual([{ key: 'k', value: 'v' }]);
    expect(f.service().deployments?.[0]).toMatchObject({
      status: 'PRIMARY',
      platformVersion: '1.4.0',
      desiredCount: 1,
    });
  });

  it('needs the target group to have a rule', () => {
    const group = f.targetGroup('tg', { attached: false });
    const input = f.serviceInput({ loadBalancers: [balancer(group)] });
    expect(f.refused('CreateService', input)).toEqual({
      code: 'InvalidParameterException',
      message: `The target group with targetGroupArn ${group} does not have an associated load balancer.`,
    });
    f.attach(group);
    f.call('CreateService', input);
  });

  const network = (subnets: string[], securityGroups: string[] = []): Partial<CreateServiceRequest> => ({
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } },
  });
  it.each<[string, Partial<CreateServiceRequest>, string, RegExp]>([
    ['a bad name', { serviceName: 'a b' }, 'InvalidParameterException', /Service names/],
    ['an unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', /Cluster not found/],
    ['an unknown definition', { taskDefinition: 'nope' }, 'ClientException', /TaskDefinition not found/],
    ['no network', { networkConfiguration: undefined }, 'InvalidParameterException', /must be provided when/],
    ['an unknown subnet', network(['subnet-x']), 'InvalidParameterException', /InvalidSubnetID.NotFound/],
    ['no subnet', network([]), 'InvalidParameterException', /subnets can not be empty/],
    [
      'an unknown security group',
      network(['subnet-0a'], ['sg-x']),
      'InvalidParameterException',
      /InvalidGroup.NotFound/,
    ],
    ['a negative count', { desiredCount: -1 }, 'InvalidParameterException', /desiredCount/],
    ['no count', { desiredCount: undefined }, 'InvalidParameterException', /desired count/],
    [
      'percentages that block',
      { deploymentConfiguration: { maximumPercent: 100 } },
      'InvalidParameterException',
      /block deployments/,
    ],
    [
      'a percentage too high',
      { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      'InvalidParameterException',
      /minimumHealthyPercent/,
    ],
    [
      'a grace period without load balancer',
      { healthCheckGracePeriodSeconds: 5 },
      'InvalidParameterException',
      /only valid for services configured/,
    ],
    ['an unknown platform', { platformVersion: '9.9' }, 'PlatformUnknownException', /does not exist/],
    ['a long client token', { clientToken: 'x'.repeat(37) }, 'InvalidParameterException', /clientToken/],
    ['a reserved tag', { tags: [{ key: 'aws:x', value: '' }] }, 'InvalidParameterException', /aws: prefixed/],
    [
      'a strategy that is not simulated',
      { deploymentConfiguration: { strategy: 'BLUE_GREEN' } },
      'UnsupportedFeatureException',
      /BLUE_GREEN/,
    ],
    ['a daemon', { schedulingStrategy: 'DAEMON' }, 'InvalidParameterException', /daemon/],
  ])('refuses %s', (_what, input, code, message) => {
    const refused = f.refused('CreateService', f.serviceInput(input));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(message);
  });

  it('refuses security groups of another VPC', () => {
    f.world.ec2.seedVpc({ vpcId: 'vpc-02', account: '111111111111', region: 'us-east-1', cidr: '10.9.0.0/16' });
    f.world.ec2.seedSecurityGroup({ groupId: 'sg-02', vpcId: 'vpc-02' });
    expect(f.refused('CreateService', f.serviceInput(network(['subnet-0a'], ['sg-02']))).message).toContain('same VPC');
  });

  it('refuses a container or port that the definition lacks', () => {
    const group = f.targetGroup('tg');
    const of = (change: object) =>
      f.refused('CreateService', f.serviceInput({ loadBalancers: [{ ...balancer(group), ...change }] })).message;
    expect(of({ containerName: 'other' })).toBe('The container other does not exist in the task definition.');
    expect(of({ containerPort: 1 })).toBe('The container app did not have a container port 1 defined.');
  });

  it('is idempotent by client token, and by equal parameters without one', () => {
    const first = f.call<CreateServiceResponse>('CreateService', f.serviceInput({ clientToken: 't1' }));
    const again = f.call<CreateServiceResponse>('CreateService', f.serviceInput({ clientToken: 't1' }));
    expect(again.service?.deployments?.[0]?.id).toBe(first.service?.deployments?.[0]?.id);
    const message = 'Creation of service was not idempotent.';
    expect(f.refused('CreateService', f.serviceInput({ clientToken: 't1', desiredCount: 2 })).message).toBe(message);
    expect(f.refused('CreateService', f.serviceInput({ clientToken: 't2' })).message).toBe(message);
    expect(f.refused('CreateService', f.serviceInput({ desiredCount: 2 })).message).toBe(message);
    f.call('CreateService', f.serviceInput());
    expect(f.call<ListServicesResponse>('ListServices', { cluster: 'c1' }).serviceArns?.length).toBeLessThanOrEqual(1);
  });

  it('may not show in reads for up to five seconds', () => {
    let hidden = 0;
    for (let i = 0; i < 20; i += 1) {
      f.call('CreateService', f.serviceInput({ serviceName: `s${i}`, desiredCount: 0 }));
      hidden += describeService(`s${i}`).failures?.length ?? 0;
    }
    expect(hidden).toBeGreaterThan(0);
    f.world.advance(5);
    for (let i = 0; i < 20; i += 1) expect(describeService(`s${i}`).failures).toEqual([]);
  });
});

describe('reading services', () => {
  it('takes names and ARNs, ten a call, and reports what is missing', () => {
    f.create({ desiredCount: 0 });
    expect(describeService('arn:aws:ecs:us-east-1:111111111111:service/c1/svc').services).toHaveLength(1);
    expect(describeService('arn:aws:ecs:us-east-1:111111111111:service/c2/svc').services).toHaveLength(0);
    expect(describeService('nope').failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:111111111111:service/c1/nope', reason: 'MISSING' },
    ]);
    const eleven = Array.from({ length: 11 }, (_, i) => `s${i}`);
    expect(f.refused('DescribeServices', { cluster: 'c1', services: eleven }).code).toBe('InvalidParameterException');
    expect(f.refused('DescribeServices', { cluster: 'nope', services: ['svc'] }).code).toBe('ClusterNotFoundException');
  });

  it('lists ten a page where nothing else is asked', () => {
    for (let i = 0; i < 12; i += 1) f.call('CreateService', f.serviceInput({ serviceName: `s${i}`, desiredCount: 0 }));
    f.world.advance(5);
    const first = f.call<ListServicesResponse>('ListServices', { cluster: 'c1' });
    expect(first.serviceArns).toHaveLength(10);
    const rest = f.call<ListServicesResponse>('ListServices', { cluster: 'c1', nextToken: first.nextToken });
    expect(rest.serviceArns).toHaveLength(2);
  });

  it('describes the deployment that a service is in', () => {
    f.create();
    const arn = f.service().currentServiceDeployment;
    const found = f.call<DescribeServiceDeploymentsResponse>('DescribeServiceDeployments', {
      serviceDeploymentArns: [arn],
    });
    expect(found.serviceDeployments?.[0]).toMatchObject({
      status: 'IN_PROGRESS',
      targetServiceRevision: { requestedTaskCount: 1 },
    });
    f.until(f.stable);
    const done = f.call<DescribeServiceDeploymentsResponse>('DescribeServiceDeployments', {
      serviceDeploymentArns: [arn],
    });
    expect(done.serviceDeployments?.[0]?.status).toBe('SUCCESSFUL');
  });
});

describe('UpdateService', () => {
  it('changes nothing when any part of it is refused', () => {
    f.create({ desiredCount: 0 });
    const before = f.service();
    for (const input of [
      { desiredCount: 3, taskDefinition: 'nope' },
      { desiredCount: 3, platformVersion: '9' },
    ]) {
      f.refused('UpdateService', { cluster: 'c1', service: 'svc', ...input });
    }
    f.refused('UpdateService', {
      cluster: 'c1',
      service: 'svc',
      desiredCount: 3,
      deploymentConfiguration: { maximumPercent: 100 },
    });
    expect(f.service()).toEqual(before);
  });

  it('scales out and in', () => {
    f.create({ desiredCount: 1 });
    f.until(f.stable);
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 3 });
    f.until(() => f.service().runningCount === 3);
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 0 });
    f.until(() => f.service().runningCount === 0);
    expect(f.service().deployments).toHaveLength(1);
    f.until(() => f.tasks('STOPPED').every(({ lastStatus }) => lastStatus === 'STOPPED'));
  });

  it('is refused for unknown, draining and ended services', () => {
    const update = () => f.refused('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 2 }).code;
    expect(update()).toBe('ServiceNotFoundException');
    f.create({ loadBalancers: [balancer(f.targetGroup('tg'))] });
    f.until(f.stable);
    f.call('DeleteService', { cluster: 'c1', service: 'svc', force: true });
    expect(update()).toBe('ServiceNotActiveException');
    f.until(() => f.service().status === 'INACTIVE');
    expect(update()).toBe('ServiceNotActiveException');
  });
});

describe('DeleteService', () => {
  const remove = (force?: boolean) => f.call('DeleteService', { cluster: 'c1', service: 'svc', force });
  const refusal = () => f.refused('DeleteService', { cluster: 'c1', service: 'svc' }).message;

  it('needs the service scaled down and its tasks stopping, unless forced', () => {
    f.create();
    f.until(f.stable);
    expect(refusal()).toBe('The service cannot be stopped while the primary deployment is scaled above 0.');
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 0 });
    expect(refusal()).toBe('The service cannot be stopped while deployments are active.');
    f.world.advance(5);
    remove();
    expect(f.service().status).toBe('DRAINING');
  });

  it('drains the targets before the service is INACTIVE, keeps a tombstone for an hour, and frees the name', () => {
    const group = f.targetGroup('tg', { delay: 120 });
    f.create({ loadBalancers: [balancer(group)], clientToken: 'one' });
    f.until(f.stable);
    remove(true);
    expect(f.call<ListServicesResponse>('ListServices', { cluster: 'c1' }).serviceArns).toEqual([]);
    const input = f.serviceInput({ loadBalancers: [balancer(group)], clientToken: 'two' });
    expect(f.refused('CreateService', input).message).toBe('Unable to Start a service that is still Draining.');
    const seconds = f.until(() => f.service().status === 'INACTIVE');
    expect(seconds).toBeGreaterThan(120);
    expect(seconds).toBeLessThan(200);
    expect(f.service()).toMatchObject({ runningCount: 0, desiredCount: 0, deployments: [] });
    expect(f.refused('DeleteService', { cluster: 'c1', service: 'svc' }).code).toBe('ServiceNotFoundException');
    f.call('CreateService', input);
    f.world.advance(5);
    expect(f.service().status).toBe('ACTIVE');
    remove(true);
    f.until(() => f.service().status === 'INACTIVE');
    f.world.advance(3_601);
    expect(describeService('svc').failures?.[0]?.reason).toBe('MISSING');
  });

  it('gives back every address and all vCPU', () => {
    f = createFixture({ vcpu: 0.5 });
    f.register();
    for (let round = 0; round < 5; round += 1) {
      f.create({ desiredCount: 2 });
      f.until(() => f.service().runningCount === 2);
      const ips = f.tasks().map(({ containers }) => containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? '');
      remove(true);
      f.until(() => f.service().status === 'INACTIVE');
      for (const ip of ips) expect(f.world.ecs.taskAt('vpc-01', ip)).toBeUndefined();
    }
  });
});

describe('tags', () => {
  const tagsOf = (resourceArn: string) =>
    f.call<ListTagsForResourceResponse>('ListTagsForResource', { resourceArn }).tags;

  it('can be added to, replaced and taken from each kind of resource', () => {
    f.create();
    f.until(() => f.service().runningCount === 1);
    for (const resourceArn of [
      'arn:aws:ecs:us-east-1:111111111111:cluster/c1',
      'arn:aws:ecs:us-east-1:111111111111:service/c1/svc',
      'arn:aws:ecs:us-east-1:111111111111:task-definition/web:1',
      f.tasks()[0]?.taskArn ?? '',
    ]) {
      f.call('TagResource', {
        resourceArn,
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
      });
      f.call('TagResource', { resourceArn, tags: [{ key: 'a', value: '3' }] });
      f.call('UntagResource', { resourceArn, tagKeys: ['b', 'never'] });
      expect(tagsOf(resourceArn)).toEqual([{ key: 'a', value: '3' }]);
    }
  });

  it('are refused on what is not there', () => {
    const tag = (resourceArn: string) =>
      f.refused('TagResource', { resourceArn, tags: [{ key: 'a', value: '1' }] }).code;
    expect(tag('arn:aws:ecs:us-east-1:111111111111:service/c1/nope')).toBe('ResourceNotFoundException');
    expect(tag('arn:aws:ecs:us-east-1:111111111111:cluster/nope')).toBe('ClusterNotFoundException');
    expect(tag('arn:aws:ecs:us-east-1:222222222222:cluster/c1')).toBe('InvalidParameterException');
    expect(tag('c1')).toBe('InvalidParameterException');
  });

  it('refuses more than 50 in all', () => {
    const resourceArn = 'arn:aws:ecs:us-east-1:111111111111:cluster/c1';
    const tags = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }));
    f.call('TagResource', { resourceArn, tags });
    expect(f.refused('TagResource', { resourceArn, tags: [{ key: 'one', value: '' }] }).code).toBe(
      'LimitExceededException',
    );
    f.call('TagResource', { resourceArn, tags: [{ key: 'k0', value: 'changed' }] });
  });

  it('go to the tasks where the service says so', () => {
    f.create({ propagateTags: 'SERVICE', enableECSManagedTags: true, tags: [{ key: 'team', value: 'x' }] });
    f.until(() => f.service().runningCount === 1);
    expect(tagsOf(f.tasks()[0]?.taskArn ?? '')).toEqual([
      { key: 'aws:ecs:clusterName', value: 'c1' },
      { key: 'aws:ecs:serviceName', value: 'svc' },
      { key: 'team', value: 'x' },
    ]);
  });
});

it('names what a call is about in the call log', () => {
  f.create();
  f.call('DescribeServices', { cluster: 'c1', services: ['svc', 'nope'] });
  const records = f.world.log.since(0, 100);
  expect(records.find(({ operation }) => operation === 'CreateService')).toMatchObject({
    mutating: true,
    resources: ['arn:aws:ecs:us-east-1:111111111111:service/c1/svc'],
  });
  expect(records.at(-1)).toMatchObject({
    mutating: false,
    resources: [
      'arn:aws:ecs:us-east-1:111111111111:service/c1/svc',
      'arn:aws:ecs:us-east-1:111111111111:service/c1/nope',
    ],
  });
});
