import type { ListServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { balancer, createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});

const failing = { enable: true, rollback: true };

describe('a new service behind a load balancer', () => {
  it('starts its tasks, registers them and completes once they are healthy', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ desiredCount: 2, loadBalancers: [balancer(group)] });
    expect(f.service().deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    const seconds = f.until(f.stable);
    expect(seconds).toBeGreaterThan(10);
    expect(f.service()).toMatchObject({ runningCount: 2, pendingCount: 0, desiredCount: 2, status: 'ACTIVE' });
    expect(f.healthyTargets(group)).toHaveLength(2);
    expect(f.messages().some((message) => message.includes('has reached a steady state.'))).toBe(true);
    expect(f.messages().some((message) => /\(deployment ecs-svc\/\d+\) deployment completed\.$/.test(message))).toBe(
      true,
    );
  });

  it('gives each task an address of its subnets that the data plane can follow back', () => {
    f.register();
    f.create({ desiredCount: 2, loadBalancers: [balancer(f.targetGroup('tg'))] });
    f.until(f.stable);
    const tasks = f.tasks();
    const details = tasks.map(
      ({ attachments }) => new Map((attachments?.[0]?.details ?? []).map(({ name, value }) => [name, value])),
    );
    expect(new Set(details.map((detail) => detail.get('subnetId'))).size).toBe(2);
    for (const [index, task] of tasks.entries()) {
      const ip = details[index]?.get('privateIPv4Address') ?? '';
      expect(details[index]?.get('networkInterfaceId')).toMatch(/^eni-/);
      expect(task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address).toBe(ip);
      expect(f.world.ecs.taskAt('vpc-01', ip)).toEqual({
        taskArn: task.taskArn,
        environment: { TENANT_ID: 'acme', TIER: 'standard' },
      });
    }
  });

  it('counts a task that nothing checks as healthy 40 s after it runs', () => {
    f.register();
    f.create();
    f.until(() => f.service().runningCount === 1);
    expect(f.until(f.stable)).toBeGreaterThanOrEqual(39);
  });

  it('waits in the subnets that EC2 says are full', () => {
    f.world.ec2.seedSubnet({ subnetId: 'subnet-tiny', vpcId: 'vpc-01', cidr: '10.0.255.240/28' });
    f.register();
    f.create({ desiredCount: 12, networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-tiny'] } } });
    f.until(() => f.messages().some((message) => message.includes('was unable to place a task')), 300);
    f.world.advance(300);
    expect(f.service().runningCount).toBe(11);
  });
});

describe('a rolling update', () => {
  it('starts the new task before it stops the old one, and drains the old target', () => {
    f.register();
    const group = f.targetGroup('tg', { delay: 60 });
    f.create({ loadBalancers: [balancer(group)] });
    f.until(f.stable);
    const [old] = f.tasks();
    const { taskDefinition } = f.register({ image: 'app:2' });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    expect(f.service().deployments?.map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE']);
    let fewestHealthy = Infinity;
    let drainedFor = 0;
    f.until(() => {
      fewestHealthy = Math.min(fewestHealthy, f.healthyTargets(group).length);
      if (f.tasks('STOPPED').some(({ lastStatus }) => lastStatus === 'DEACTIVATING')) drainedFor += 1;
      return f.stable();
    });
    expect(fewestHealthy).toBe(1);
    expect(drainedFor).toBeGreaterThanOrEqual(59);
    expect(f.service().taskDefinition).toBe(taskDefinition?.taskDefinitionArn);
    expect(f.tasks().map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([taskDefinition?.taskDefinitionArn]);
    f.until(() => f.tasks('STOPPED').every(({ lastStatus }) => lastStatus === 'STOPPED'));
    expect(f.tasks('STOPPED').map(({ taskArn }) => taskArn)).toEqual([old?.taskArn]);
  });

  it('never wants more tasks than maximumPercent allows', () => {
    f.register();
    f.create({
      desiredCount: 4,
      loadBalancers: [balancer(f.targetGroup('tg'))],
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
    });
    f.until(f.stable);
    f.register({ image: 'app:2' });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    let most = 0;
    f.until(() => {
      most = Math.max(most, f.tasks().length);
      return f.stable();
    });
    expect(most).toBe(6);
  });

  it('works with a maximum of 100 % by stopping first', () => {
    f.register();
    f.create({
      desiredCount: 2,
      availabilityZoneRebalancing: 'DISABLED',
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 },
    });
    f.until(f.stable);
    f.register({ image: 'app:2' });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    let most = 0;
    f.until(() => {
      most = Math.max(most, f.tasks().length);
      return f.stable();
    });
    expect(most).toBe(2);
  });

  it('is started by a change of the revision or by force, and by nothing else', () => {
    f.register({ taskRoleArn: 'arn:aws:iam::111111111111:role/task' });
    f.call('PutClusterCapacityProviders', {
      cluster: 'c1',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)] });
    const primary = (): string | undefined => f.service().deployments?.[0]?.id;
    const first = primary();
    const update = (input: object): void => {
      f.call('UpdateService', { cluster: 'c1', service: 'svc', ...input });
    };
    update({ desiredCount: 2 });
    update({ deploymentConfiguration: { minimumHealthyPercent: 50 } });
    update({ healthCheckGracePeriodSeconds: 30, enableExecuteCommand: true, propagateTags: 'SERVICE' });
    update({ enableECSManagedTags: true, availabilityZoneRebalancing: 'DISABLED' });
    update({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] });
    update({ taskDefinition: 'web:1', loadBalancers: [balancer(group)] });
    expect(primary()).toBe(first);
    expect(f.service()).toMatchObject({
      desiredCount: 2,
      healthCheckGracePeriodSeconds: 30,
      enableExecuteCommand: true,
      propagateTags: 'SERVICE',
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 50 },
    });
    update({ networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a'], securityGroups: ['sg-01'] } } });
    const second = primary();
    expect(second).not.toBe(first);
    update({ forceNewDeployment: true });
    const third = primary();
    expect(third).not.toBe(second);
    update({ platformVersion: '1.4.0' });
    expect(primary()).not.toBe(third);
    update({ loadBalancers: [] });
    expect(f.service().loadBalancers).toEqual([]);
    expect(f.service().healthCheckGracePeriodSeconds).toBeUndefined();
  });
});

describe('the circuit breaker', () => {
  it('rolls back to the deployment that was completed last', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)], deploymentConfiguration: { deploymentCircuitBreaker: failing } });
    f.until(f.stable);
    const good = f.service();
    f.register({ image: 'app:fails-to-start' });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    const bad = f.service().deployments?.[0]?.id;
    f.until(() => f.service().deployments?.some(({ rolloutState }) => rolloutState === 'FAILED') === true);
    expect(f.service().taskDefinition).toBe(good.taskDefinition);
    expect(f.service().deployments?.map(({ id, status }) => ({ id, status }))).toEqual([
      { id: good.deployments?.[0]?.id, status: 'PRIMARY' },
      { id: bad, status: 'ACTIVE' },
    ]);
    expect(f.service().deployments?.[0]?.rolloutStateReason).toContain('ECS deployment circuit breaker: rolling back');
    expect(f.service().deployments?.[1]).toMatchObject({
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      failedTasks: 3,
    });
    expect(f.messages()).toContain(`(service svc) (deployment ${bad}) deployment failed: tasks failed to start.`);
    expect(f.healthyTargets(group)).toHaveLength(1);
    f.until(f.stable);
    const { serviceDeployments } = f.call<ListServiceDeploymentsResponse>('ListServiceDeployments', {
      cluster: 'c1',
      service: 'svc',
    });
    expect(serviceDeployments?.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
  });

  it('also trips on tasks that run and fail their health checks', () => {
    f.register();
    const group = f.targetGroup('tg', { delay: 5 });
    f.create({ loadBalancers: [balancer(group)], deploymentConfiguration: { deploymentCircuitBreaker: failing } });
    f.until(f.stable);
    f.register({ image: 'app:unhealthy' });
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    f.until(() => {
      expect(f.healthyTargets(group)).toHaveLength(1);
      return f.service().deployments?.some(({ rolloutState }) => rolloutState === 'FAILED') === true;
    });
    f.until(f.stable);
    expect(f.service().taskDefinition).toMatch(/:1$/);
  });

  it('stalls where no deployment was ever completed, until a new one comes', () => {
    f.register({ image: 'app:fails-to-start' });
    f.create({ deploymentConfiguration: { deploymentCircuitBreaker: failing } });
    f.until(() => f.service().deployments?.[0]?.rolloutState === 'FAILED');
    const made = f.tasks('STOPPED').length;
    f.world.advance(600);
    expect(f.tasks('STOPPED')).toHaveLength(made);
    expect(f.tasks()).toHaveLength(0);
    f.register();
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    f.until(f.stable);
  });

  it('keeps a bad rollout in progress for ever where it is off, at growing intervals', () => {
    f.register({ image: 'app:fails-to-start' });
    f.create();
    const starts = new Map<string, number>();
    for (let minute = 0; minute < 180; minute += 1) {
      f.world.advance(60);
      for (const task of [...f.tasks('STOPPED'), ...f.tasks()])
        starts.set(task.taskArn ?? '', task.createdAt?.getTime() ?? 0);
    }
    const times = [...starts.values()].sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000);
    expect(gaps.at(-1)).toBeGreaterThan(20);
    expect(Math.max(...gaps)).toBeLessThan(27 + 5);
    expect(f.service().deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    expect(f.messages().join()).toContain('unable to consistently start tasks successfully');
  });
});

describe('tasks that fail while they serve', () => {
  it('replaces a task whose container exits', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)] });
    f.until(f.stable);
    const [task] = f.tasks();
    f.controls.failTask(task?.taskArn ?? '');
    expect(f.healthyTargets(group)).toHaveLength(0);
    f.until(() => f.healthyTargets(group).length === 1);
    f.until(f.stable);
    expect(f.tasks()[0]?.taskArn).not.toBe(task?.taskArn);
    expect(f.tasks('STOPPED')[0]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 1 }],
    });
    expect(f.service().deployments).toHaveLength(1);
  });

  it('replaces a task that fails its checks only after the grace period, the replacement first', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)], healthCheckGracePeriodSeconds: 600 });
    f.until(f.stable);
    const [task] = f.tasks();
    const arn = task?.taskArn ?? '';
    f.controls.setTaskAnswering(arn, false);
    f.world.advance(300);
    expect(f.tasks().map(({ taskArn }) => taskArn)).toEqual([arn]);
    f.until(() => f.tasks().length === 2);
    expect(f.messages().join()).toContain('is unhealthy in (target-group');
    f.until(() => f.healthyTargets(group).length === 1);
    f.until(f.stable);
    expect(f.tasks().map(({ taskArn }) => taskArn)).not.toContain(arn);
  });

  it('keeps a task whose checks pass again in time', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)], healthCheckGracePeriodSeconds: 600 });
    f.until(f.stable);
    const [task] = f.tasks();
    f.controls.setTaskAnswering(task?.taskArn ?? '', false);
    f.until(() => f.healthyTargets(group).length === 0);
    f.controls.setTaskAnswering(task?.taskArn ?? '', true);
    f.world.advance(900);
    expect(f.tasks().map(({ taskArn }) => taskArn)).toEqual([task?.taskArn]);
    expect(f.healthyTargets(group)).toHaveLength(1);
  });

  it('replaces a task that somebody stopped, and one that somebody took out of its target group', () => {
    f.register();
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)] });
    f.until(f.stable);
    const [first] = f.tasks();
    f.call('StopTask', { cluster: 'c1', task: first?.taskArn, reason: 'because' });
    f.until(() => f.stable() && f.tasks()[0]?.taskArn !== first?.taskArn && f.healthyTargets(group).length === 1);
    expect(f.tasks('STOPPED')[0]).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'because' });
    const [second] = f.tasks();
    const [ip] = f.healthyTargets(group);
    f.callAs('elbv2', 'DeregisterTargets', { TargetGroupArn: group, Targets: [{ Id: ip, Port: 8080 }] });
    f.until(() => f.healthyTargets(group).some((address) => address !== ip));
    f.until(f.stable);
    expect(f.tasks()[0]?.taskArn).not.toBe(second?.taskArn);
  });

  it("replaces a task whose container's own check fails", () => {
    const withCheck = (image: string) =>
      f.register({
        containerDefinitions: [
          { name: 'app', image, healthCheck: { command: ['CMD', 'true'], interval: 10, retries: 2 } },
        ],
      });
    withCheck('app:1');
    f.create();
    f.until(f.stable);
    expect(f.tasks()[0]?.healthStatus).toBe('HEALTHY');
    withCheck('app:unhealthy');
    f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
    f.until(() => f.tasks('STOPPED').length === 1);
    expect(f.tasks('STOPPED')[0]?.stoppedReason).toBe('Task failed container health checks');
    expect(f.tasks().some(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith(':1') === true)).toBe(true);
  });

  it('leaves tasks alone whose target group lost its rule', () => {
    f.register();
    const group = f.targetGroup('tg', { attached: false });
    const rule = f.attach(group).Rules?.[0]?.RuleArn;
    f.create({ loadBalancers: [balancer(group)] });
    f.until(f.stable);
    const [task] = f.tasks();
    f.callAs('elbv2', 'DeleteRule', { RuleArn: rule });
    f.world.advance(600);
    expect(f.tasks().map(({ taskArn }) => taskArn)).toEqual([task?.taskArn]);
  });
});

describe('Fargate limits', () => {
  it('launches only what the vCPU quota has room for, and the rest when room comes', () => {
    f = createFixture({ vcpu: 1 });
    f.register();
    f.create({ desiredCount: 6 });
    f.until(() => f.service().runningCount === 4);
    expect(f.messages().join()).toContain("You've reached the limit on the number of vCPUs");
    f.world.advance(300);
    expect(f.service()).toMatchObject({ runningCount: 4, pendingCount: 0 });
    f.world.quotas.set({ account: '111111111111', region: 'us-east-1' }, 'fargateVcpu', 10);
    f.until(() => f.service().runningCount === 6, 300);
  });

  it('hands the vCPU of stopped tasks to whoever waits', () => {
    f = createFixture({ vcpu: 0.5 });
    f.register();
    f.create({ desiredCount: 2 });
    f.create({ serviceName: 'other', desiredCount: 2 });
    f.until(() => f.service().runningCount === 2);
    f.world.advance(100);
    expect(f.service('other').runningCount).toBe(0);
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 0 });
    f.until(() => f.service('other').runningCount === 2);
  });

  it('starts a burst of 100 tasks of an account at once and 20 a second from then on', () => {
    f = createFixture({ vcpu: 1_000 });
    f.register();
    f.create({ desiredCount: 400 });
    const seconds = f.until(() => f.service().runningCount === 400, 600);
    f = createFixture({ vcpu: 1_000 });
    f.register();
    f.create({ desiredCount: 100 });
    const burst = f.until(() => f.service().runningCount === 100, 600);
    expect(f.service().runningCount).toBe(100);
    expect(seconds).toBeGreaterThan(15);
    expect(burst).toBeLessThan(200);
  });
});

it('does everything at once where the world has no latencies', () => {
  f = createFixture({ latencyFactor: 0 });
  f.register();
  const group = f.targetGroup('tg');
  f.create({
    desiredCount: 3,
    loadBalancers: [balancer(group)],
    deploymentConfiguration: { deploymentCircuitBreaker: failing },
  });
  expect(f.stable()).toBe(true);
  f.register({ image: 'app:unhealthy' });
  f.call('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'web' });
  f.until(() => f.service().taskDefinition?.endsWith(':1') === true && f.stable(), 60);
});
