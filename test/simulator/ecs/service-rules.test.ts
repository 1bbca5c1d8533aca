import type {
  DescribeServiceRevisionsResponse,
  DescribeServicesResponse,
  ListServiceDeploymentsResponse,
  ListServicesByNamespaceResponse,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { breakerThreshold, recordFailure, recordHealthy } from '../../../src/simulator/ecs/deployments.ts';
import { createSimulatedAws } from '../../../src/simulator/index.ts';
import { balancer, createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
  f.register();
});

const update = (input: object): void => {
  f.call('UpdateService', { cluster: 'c1', service: 'svc', ...input });
};
const byNamespace = (input: object) => f.call<ListServicesByNamespaceResponse>('ListServicesByNamespace', input);

describe('names', () => {
  it('have up to 255 letters, digits, hyphens and underscores', () => {
    const name = `-_aZ9${'x'.repeat(250)}`;
    f.call('CreateCluster', { clusterName: name });
    f.register({ family: name });
    f.world.advance(5);
    f.call('CreateService', f.serviceInput({ cluster: name, serviceName: name, taskDefinition: name }));
    for (const bad of ['', 'a.b', 'a/b', `${name}x`]) {
      expect(f.refused('CreateCluster', { clusterName: bad }).code).toBe('InvalidParameterException');
      expect(f.refused('CreateService', f.serviceInput({ serviceName: bad })).code).toBe('InvalidParameterException');
      expect(() => f.register({ family: bad })).toThrow(/Family/);
    }
  });

  it('of services, and their client tokens, are unique within a cluster only', () => {
    f.call('CreateCluster', { clusterName: 'c2' });
    f.world.advance(5);
    f.call('CreateService', f.serviceInput({ clientToken: 't' }));
    f.call('CreateService', f.serviceInput({ cluster: 'c2', desiredCount: 3, clientToken: 't' }));
    f.world.advance(5);
    const read = f.call<DescribeServicesResponse>('DescribeServices', { cluster: 'c2', services: ['svc'] });
    expect(read.services?.[0]?.desiredCount).toBe(3);
    expect(f.service().desiredCount).toBe(1);
  });

  it('of client tokens have 1 to 36 ASCII characters from 33 to 126', () => {
    for (const clientToken of ['', 'x'.repeat(37), 'a b', 'ä']) {
      expect(f.refused('CreateService', f.serviceInput({ clientToken })).code).toBe('InvalidParameterException');
    }
    f.call('CreateService', f.serviceInput({ clientToken: `!~${'x'.repeat(34)}` }));
  });
});

describe('a task definition named by its family alone', () => {
  it('is the newest ACTIVE revision, and the service shows that one in full', () => {
    f.register();
    f.register();
    f.call('DeregisterTaskDefinition', { taskDefinition: 'web:3' });
    f.create({ desiredCount: 0 });
    expect(f.service().taskDefinition).toBe('arn:aws:ecs:us-east-1:111111111111:task-definition/web:2');
  });
});

describe('the platform version', () => {
  it('1.3.0 does not run what came with 1.4.0', () => {
    f.register({ family: 'arm', runtimePlatform: { cpuArchitecture: 'ARM64' } });
    f.register({ family: 'big', ephemeralStorage: { sizeInGiB: 100 } });
    for (const taskDefinition of ['arm', 'big']) {
      const input = f.serviceInput({ taskDefinition, platformVersion: '1.3.0' });
      expect(f.refused('CreateService', input).code).toBe('PlatformTaskDefinitionIncompatibilityException');
    }
    f.create({ desiredCount: 0, platformVersion: '1.3.0' });
    expect(f.refused('UpdateService', { cluster: 'c1', service: 'svc', taskDefinition: 'arm' }).code).toBe(
      'PlatformTaskDefinitionIncompatibilityException',
    );
    update({ taskDefinition: 'arm', platformVersion: 'LATEST' });
  });
});

describe('the circuit breaker’s threshold', () => {
  it.each([
    ['half the desired count, from 3 to 200, by default', undefined, [1, 6, 9, 100, 1_000], [3, 3, 5, 50, 200]],
    ['a share from 3 to 200', { type: 'BOUNDED_PERCENT', value: 10 }, [1, 100, 3_000], [3, 10, 200]],
    ['a share without bounds', { type: 'UNBOUNDED_PERCENT', value: 50 }, [1, 2, 1_000], [1, 1, 500]],
    ['a number', { type: 'COUNT', value: 7 }, [1, 1_000], [7, 7]],
  ] as const)('is %s', (_what, thresholdConfiguration, desired, thresholds) => {
    const deploymentCircuitBreaker = { enable: true, rollback: true, thresholdConfiguration };
    expect(desired.map((count) => breakerThreshold({ deploymentCircuitBreaker }, count))).toEqual(thresholds);
  });

  it.each([
    [true, 0],
    [false, 2],
  ])('is counted up to again after a healthy task where resetOnHealthyTask is %s', (resetOnHealthyTask, failures) => {
    const deploymentCircuitBreaker = { enable: true, rollback: true, resetOnHealthyTask };
    f.create({ desiredCount: 2, deploymentConfiguration: { deploymentCircuitBreaker } });
    f.until(() => f.tasks().length > 0);
    const task = f.state.tasksByArn.get(f.tasks()[0]?.taskArn ?? '');
    if (task === undefined) return expect.fail('no task');
    recordFailure(f.state, task, 'check');
    recordFailure(f.state, task, 'check');
    expect(f.service().deployments?.[0]?.failedTasks).toBe(2);
    recordHealthy(task);
    expect(f.service().deployments?.[0]?.failedTasks).toBe(failures);
    return undefined;
  });

  it('must be 1 at least', () => {
    const thresholdConfiguration = { type: 'COUNT' as const, value: 0 };
    const deploymentConfiguration = {
      deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration },
    };
    expect(f.refused('CreateService', f.serviceInput({ deploymentConfiguration })).code).toBe(
      'InvalidParameterException',
    );
  });
});

describe('a failed deployment', () => {
  it('stays among the deployments until the one after it is completed', () => {
    const deploymentCircuitBreaker = { enable: true, rollback: false };
    f.register({ image: 'app:fails-to-start' });
    f.create({ deploymentConfiguration: { deploymentCircuitBreaker } });
    f.until(() => f.service().deployments?.[0]?.rolloutState === 'FAILED');
    const failed = f.service().deployments?.[0]?.id;
    update({ taskDefinition: 'web:1' });
    expect(f.service().deployments?.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
      ['PRIMARY', 'IN_PROGRESS'],
      ['ACTIVE', 'FAILED'],
    ]);
    f.until(f.stable);
    expect(f.service().deployments?.map(({ id }) => id)).not.toContain(failed);
  });
});

describe('launching again', () => {
  it('is slowed down for tasks that never ran, and at once quick again with a new task definition', () => {
    f.register({ image: 'app:fails-to-start' });
    f.create();
    f.world.advance(4 * 3_600);
    f.register();
    update({ taskDefinition: 'web' });
    expect(f.until(() => f.service().runningCount === 1)).toBeLessThan(240);
  });

  it('is not slowed down for tasks that die after they ran', () => {
    f.create();
    for (let round = 0; round < 8; round += 1) {
      f.until(() => f.service().runningCount === 1);
      const [task] = f.tasks();
      f.controls.failTask(task?.taskArn ?? '');
      expect(f.until(() => f.tasks().length === 1)).toBeLessThanOrEqual(5);
    }
  });
});

describe('a task that is stopped', () => {
  it.each([
    [undefined, 30],
    [12, 12],
  ])('with a stop time-out of %s is killed after %d s at the latest', (stopTimeout, most) => {
    f.register({ containerDefinitions: [{ name: 'app', image: 'app:1', stopTimeout }] });
    f.create({ desiredCount: 4 });
    f.until(() => f.service().runningCount === 4);
    update({ desiredCount: 0 });
    f.until(
      () => f.service().runningCount === 0 && f.tasks('STOPPED').every(({ lastStatus }) => lastStatus === 'STOPPED'),
    );
    for (const { stoppingAt, executionStoppedAt } of f.tasks('STOPPED')) {
      const seconds = ((executionStoppedAt?.getTime() ?? 0) - (stoppingAt?.getTime() ?? 0)) / 1_000;
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(most);
    }
  });

  it('goes through DEACTIVATING, STOPPING and DEPROVISIONING, and stays describable for an hour', () => {
    f.create({ loadBalancers: [balancer(f.targetGroup('tg', { delay: 20 }))] });
    f.until(f.stable);
    f.call('StopTask', { cluster: 'c1', task: f.tasks()[0]?.taskArn });
    const seen = new Set<string>();
    f.until(() => {
      const [stopped] = f.tasks('STOPPED');
      seen.add(stopped?.lastStatus ?? '');
      return stopped?.lastStatus === 'STOPPED';
    });
    expect([...seen]).toEqual(['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);
    f.world.advance(3_590);
    expect(f.tasks('STOPPED')).toHaveLength(1);
    f.world.advance(20);
    expect(f.tasks('STOPPED')).toHaveLength(0);
  });
});

describe('a task that starts', () => {
  it('goes through PROVISIONING, PENDING and ACTIVATING to RUNNING', () => {
    f.create({ loadBalancers: [balancer(f.targetGroup('tg'))] });
    const seen = new Set<string>();
    f.until(() => {
      const [task] = f.tasks();
      if (task?.lastStatus !== undefined) seen.add(task.lastStatus);
      return task?.lastStatus === 'RUNNING';
    });
    expect([...seen]).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);
  });

  it('needs 40 s to RUNNING at the median, and 90 s at the 95th percentile', () => {
    const where = { account: '111111111111', region: 'us-east-1' };
    f.world.quotas.set(where, 'fargateLaunchBurst', 2_000);
    f.world.quotas.set(where, 'serviceLaunchesPerMinute', 2_000);
    f.create({ desiredCount: 600 });
    f.world.advance(400);
    const starts = [...f.state.tasksByArn.values()]
      .map(({ createdAt, startedAt = 0 }) => (startedAt - createdAt) / 1_000)
      .sort((a, b) => a - b);
    expect(starts[300]).toBeGreaterThan(36);
    expect(starts[300]).toBeLessThan(44);
    expect(starts[570]).toBeGreaterThan(78);
    expect(starts[570]).toBeLessThan(104);
  });
});

describe('service events', () => {
  it('are the latest 100, the newest first', () => {
    f = createFixture({ latencyFactor: 0 });
    f.register();
    f.create({ desiredCount: 0 });
    for (let round = 0; round < 60; round += 1) {
      update({ desiredCount: round % 2 });
      f.world.advance(1);
    }
    const times = (f.service().events ?? []).map(({ createdAt }) => createdAt?.getTime() ?? 0);
    expect(times).toHaveLength(100);
    expect([...times].sort((a, b) => b - a)).toEqual(times);
  });

  it('tell of tasks started and stopped, targets registered and taken out, and the steady state', () => {
    const group = f.targetGroup('tg');
    f.create({ loadBalancers: [balancer(group)] });
    f.until(f.stable);
    update({ desiredCount: 0 });
    f.until(() => f.messages()[0]?.includes('steady state') === true && f.service().runningCount === 0);
    const told = f.messages().map((message) => message.replace(/\(task [0-9a-f]{32}\)/, '(task ID)'));
    for (const message of [
      'has started 1 tasks: (task ID).',
      `registered 1 targets in (target-group ${group})`,
      'has reached a steady state.',
      `deregistered 1 targets in (target-group ${group})`,
      'has begun draining connections on 1 tasks.',
      'has stopped 1 running tasks: (task ID).',
    ]) {
      expect(told).toContain(`(service svc) ${message}`);
    }
  });
});

describe('ECS Exec', () => {
  it('needs a task role', () => {
    const message = (done: string): string =>
      `The service couldn't be ${done} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`;
    const input = f.serviceInput({ enableExecuteCommand: true });
    expect(f.refused('CreateService', input).message).toBe(message('created'));
    f.create();
    expect(f.refused('UpdateService', { cluster: 'c1', service: 'svc', enableExecuteCommand: true }).message).toBe(
      message('updated'),
    );
    f.register({ taskRoleArn: 'arn:aws:iam::111111111111:role/task' });
    update({ taskDefinition: 'web', enableExecuteCommand: true });
    expect(f.service().enableExecuteCommand).toBe(true);
  });
});

describe('Availability Zone rebalancing', () => {
  it('is on where nobody says otherwise and the maximum is above 100 %, and an update keeps what was', () => {
    f.create({ serviceName: 'a', desiredCount: 0 });
    const tight = { maximumPercent: 100, minimumHealthyPercent: 0 };
    f.create({ serviceName: 'b', desiredCount: 0, deploymentConfiguration: tight });
    f.create({ desiredCount: 0, availabilityZoneRebalancing: 'DISABLED' });
    update({ desiredCount: 0 });
    expect(['a', 'b', 'svc'].map((name) => f.service(name).availabilityZoneRebalancing)).toEqual([
      'ENABLED',
      'DISABLED',
      'DISABLED',
    ]);
    const refused = f.refused('CreateService', {
      ...f.serviceInput({ serviceName: 'd', deploymentConfiguration: tight }),
      availabilityZoneRebalancing: 'ENABLED',
    });
    expect(refused.code).toBe('InvalidParameterException');
  });

  it('never moves a task', () => {
    f.create({ desiredCount: 3, availabilityZoneRebalancing: 'ENABLED' });
    f.until(f.stable);
    const before = f.tasks().map(({ taskArn }) => taskArn);
    for (let hour = 0; hour < 6; hour += 1) {
      f.world.advance(3_600);
      expect(f.tasks().map(({ taskArn }) => taskArn)).toEqual(before);
    }
  });
});

describe('tombstones', () => {
  const left = (): string => {
    const read = f.call<DescribeServicesResponse>('DescribeServices', { cluster: 'c1', services: ['svc'] });
    return read.services?.[0]?.status ?? read.failures?.[0]?.reason ?? '';
  };
  const end = (): void => {
    f.register();
    f.create({ desiredCount: 0 });
    f.call('DeleteService', { cluster: 'c1', service: 'svc' });
    f.world.advance(5);
  };

  it('last as long as this AWS is told', () => {
    const { clock } = f.world;
    expect(createSimulatedAws({ clock, tombstoneMs: 60_000 }).truth.ecs.tombstoneMs).toBe(60_000);
    f = createFixture({ tombstoneMs: 60_000 });
    end();
    expect(left()).toBe('INACTIVE');
    f.world.advance(61);
    expect(left()).toBe('MISSING');
  });

  it('follow the latency factor', () => {
    f = createFixture({ latencyFactor: 0.01 });
    end();
    expect(left()).toBe('INACTIVE');
    f.world.advance(37);
    expect(left()).toBe('MISSING');
  });

  it('are not there where nothing lasts', () => {
    f = createFixture({ latencyFactor: 0 });
    end();
    expect(left()).toBe('MISSING');
  });
});

describe('service revisions and deployments', () => {
  it('show what each deployment was to roll out', () => {
    f.create({ desiredCount: 0 });
    const first = f.service().currentServiceRevisions?.[0]?.arn ?? '';
    f.register({ image: 'app:2' });
    update({ taskDefinition: 'web' });
    const second = f.service().currentServiceRevisions?.[0]?.arn ?? '';
    const read = f.call<DescribeServiceRevisionsResponse>('DescribeServiceRevisions', {
      serviceRevisionArns: [second, first, `${first}0`],
    });
    expect(read).toMatchObject({
      serviceRevisions: [
        { serviceRevisionArn: second, containerImages: [{ containerName: 'app', image: 'app:2' }] },
        { serviceRevisionArn: first, containerImages: [{ containerName: 'app', image: 'app:1' }] },
      ],
      failures: [{ arn: `${first}0`, reason: 'MISSING' }],
    });
    const tooMany = Array.from({ length: 21 }, () => first);
    expect(f.refused('DescribeServiceRevisions', { serviceRevisionArns: tooMany }).code).toBe(
      'InvalidParameterException',
    );
  });

  it('are listed 20 a page where nothing else is asked, and read 20 a call', () => {
    f.create({ desiredCount: 0 });
    for (let round = 0; round < 24; round += 1) update({ forceNewDeployment: true });
    const list = (input: object) =>
      f.call<ListServiceDeploymentsResponse>('ListServiceDeployments', { cluster: 'c1', service: 'svc', ...input });
    const first = list({});
    expect(first.serviceDeployments).toHaveLength(20);
    expect(list({ nextToken: first.nextToken }).serviceDeployments).toHaveLength(5);
    expect(list({ maxResults: 100, status: ['STOPPED'] }).serviceDeployments).toHaveLength(23);
    const arns = Array.from({ length: 21 }, () => first.serviceDeployments?.[0]?.serviceDeploymentArn);
    expect(f.refused('DescribeServiceDeployments', { serviceDeploymentArns: arns }).code).toBe(
      'InvalidParameterException',
    );
  });
});

describe('ListServicesByNamespace', () => {
  it('finds services of all clusters by their namespace or their cluster’s, ten a page', () => {
    f.call('CreateCluster', { clusterName: 'c2', serviceConnectDefaults: { namespace: 'mesh' } });
    f.world.advance(5);
    const connected = { desiredCount: 0, serviceConnectConfiguration: { enabled: true, namespace: 'mesh' } };
    for (let n = 0; n < 10; n += 1) f.create({ serviceName: `s${n}`, ...connected });
    f.create({ serviceName: 'alone', desiredCount: 0 });
    f.create({ cluster: 'c2', desiredCount: 0, serviceConnectConfiguration: { enabled: true } });
    f.create({ cluster: 'c2', serviceName: 'off', desiredCount: 0, serviceConnectConfiguration: { enabled: false } });
    const first = byNamespace({ namespace: 'mesh' });
    expect(first.serviceArns).toHaveLength(10);
    expect(byNamespace({ namespace: 'mesh', nextToken: first.nextToken }).serviceArns).toEqual([
      'arn:aws:ecs:us-east-1:111111111111:service/c2/svc',
    ]);
    expect(f.refused('ListServicesByNamespace', { namespace: 'nowhere' }).code).toBe('NamespaceNotFoundException');
  });
});

describe('the most that one call reads', () => {
  it.each([
    ['DescribeServices', 'services', 10],
    ['DescribeTasks', 'tasks', 100],
    ['DeleteTaskDefinitions', 'taskDefinitions', 10],
  ])('%s: %s, %d', (operation, member, most) => {
    const names = Array.from({ length: most + 1 }, (_, n) => `x${n}`);
    const named = operation === 'DeleteTaskDefinitions' ? {} : { cluster: 'c1' };
    f.call(operation, { ...named, [member]: names.slice(1) });
    expect(f.refused(operation, { ...named, [member]: names }).code).toBe('InvalidParameterException');
    expect(f.refused(operation, { ...named, [member]: [] }).code).toBe('InvalidParameterException');
  });

  it.each([
    ['ListClusters', {}],
    ['ListServices', { cluster: 'c1' }],
    ['ListTasks', { cluster: 'c1' }],
    ['ListTaskDefinitions', {}],
    ['ListTaskDefinitionFamilies', {}],
    ['ListServicesByNamespace', { namespace: 'mesh' }],
  ])('%s lists 1 to 100 a page', (operation, input) => {
    f.call('UpdateCluster', { cluster: 'c1', serviceConnectDefaults: { namespace: 'mesh' } });
    f.call(operation, { ...input, maxResults: 100 });
    for (const maxResults of [0, 101]) {
      expect(f.refused(operation, { ...input, maxResults }).code).toBe('InvalidParameterException');
    }
  });

  it('lists 100 task definitions and 100 tasks a page where nothing else is asked', () => {
    for (let n = 0; n < 100; n += 1) f.register();
    expect(f.call<{ taskDefinitionArns: string[] }>('ListTaskDefinitions', {}).taskDefinitionArns).toHaveLength(100);
    f.create({ desiredCount: 101 });
    f.until(() => f.service().pendingCount === 101);
    expect(f.call<{ taskArns: string[] }>('ListTasks', { cluster: 'c1' }).taskArns).toHaveLength(100);
  });
});
