import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { QuotaName } from '../../../src/simulator/quotas/definitions.ts';
import { account, balancer, createFixture, type Fixture, region } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
  f.register();
});

const lower = (quota: QuotaName, value: number): void => f.world.quotas.set({ account, region }, quota, value);
const standard = (quota: QuotaName): number => createFixture().world.quotas.get({ account, region }, quota);
const list = (prefix: string, length: number): string[] => Array.from({ length }, (_, at) => `${prefix}${at}`);
const update = (input: object) => f.refused('UpdateService', { cluster: 'c1', service: 'svc', ...input });

describe('quotas', () => {
  it('of services per cluster: 5,000, and an ended service does not count', () => {
    expect(standard('servicesPerCluster')).toBe(5_000);
    lower('servicesPerCluster', 2);
    for (const serviceName of ['a', 'b']) f.call('CreateService', f.serviceInput({ serviceName, desiredCount: 0 }));
    const third = f.serviceInput({ serviceName: 'c', desiredCount: 0 });
    expect(f.refused('CreateService', third).code).toBe('InvalidParameterException');
    f.call('DeleteService', { cluster: 'c1', service: 'a' });
    f.world.advance(60);
    f.call('CreateService', third);
  });

  it('of tasks per service: 5,000, at its making and at every change', () => {
    expect(standard('tasksPerService')).toBe(5_000);
    expect(f.refused('CreateService', f.serviceInput({ desiredCount: 5_001 })).message).toContain('5000');
    f.create({ desiredCount: 0 });
    expect(update({ desiredCount: 5_001 }).code).toBe('InvalidParameterException');
    lower('tasksPerService', 3);
    expect(update({ desiredCount: 4 }).code).toBe('InvalidParameterException');
    f.call('UpdateService', { cluster: 'c1', service: 'svc', desiredCount: 3 });
  });

  it('of target groups per service: 5', () => {
    const groups = list('tg', 6).map((name) => balancer(f.targetGroup(name)));
    expect(f.refused('CreateService', f.serviceInput({ loadBalancers: groups })).message).toContain('at most 5');
    f.call('CreateService', f.serviceInput({ loadBalancers: groups.slice(1) }));
  });

  it('of subnets and security groups in a network configuration: 16 and 5', () => {
    for (const subnetId of list('subnet-', 17)) f.world.ec2.seedSubnet({ subnetId, vpcId: 'vpc-01', cidr: nextCidr() });
    for (const groupId of list('sg-', 6)) f.world.ec2.seedSecurityGroup({ groupId, vpcId: 'vpc-01' });
    const network = (subnets: number, securityGroups: number) => {
      const vpc = { subnets: list('subnet-', subnets), securityGroups: list('sg-', securityGroups) };
      return f.serviceInput({ desiredCount: 0, networkConfiguration: { awsvpcConfiguration: vpc } });
    };
    expect(f.refused('CreateService', network(17, 1)).message).toBe('subnets can have at most 16 items.');
    expect(f.refused('CreateService', network(16, 6)).message).toBe('securityGroups can have at most 5 items.');
    f.call('CreateService', network(16, 5));
  });

  const container = (name: string, more: object = {}) => ({ name, image: 'app:1', ...more });
  const registering = (input: Partial<RegisterTaskDefinitionRequest>) => () => f.register(input);
  const failure = (code: string, message: RegExp): Error =>
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

  it('of containers in a task definition: 10', () => {
    const eleven = list('c', 11).map((name) => container(name));
    expect(registering({ containerDefinitions: eleven })).toThrow(failure('ClientException', /at most 10/));
    f.register({ containerDefinitions: eleven.slice(1) });
  });

  it('of a task definition’s size: 64 KiB', () => {
    const sized = (bytes: number) => {
      const environment = [{ name: 'FILLING', value: 'x'.repeat(bytes) }];
      return { containerDefinitions: [container('app', { environment })] };
    };
    expect(registering(sized(65_536))).toThrow(failure('ClientException', /Max allowed length is '65536' bytes/));
    f.register(sized(65_000));
  });

  it('of revisions in a family: 1,000,000, deleted ones included', () => {
    expect(standard('revisionsPerFamily')).toBe(1_000_000);
    lower('revisionsPerFamily', 2);
    f.register();
    for (const taskDefinition of ['web:1', 'web:2']) f.call('DeregisterTaskDefinition', { taskDefinition });
    f.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1', 'web:2'] });
    f.world.advance(60);
    expect(registering({})).toThrow(failure('LimitExceededException', /revisions/));
  });

  it('of tags on a resource: 50, in the creating call too', () => {
    const tags = list('k', 51).map((key) => ({ key, value: '' }));
    expect(f.refused('CreateCluster', { clusterName: 'x', tags }).code).toBe('InvalidParameterException');
    f.call('CreateCluster', { clusterName: 'x', tags: tags.slice(1) });
  });
});

let taken = 0;
function nextCidr(): string {
  taken += 1;
  return `10.0.${200 + (taken % 50)}.0/28`;
}

/** For how many seconds the last of the service's tasks waited before Fargate took it up. */
function longestWait(tasks: readonly Task[]): number {
  const waits = tasks.map(
    ({ createdAt, pullStartedAt }) => (pullStartedAt?.getTime() ?? 0) - (createdAt?.getTime() ?? 0),
  );
  return Math.max(...waits) / 1_000;
}

describe('launch rates', () => {
  it('of an account on Fargate: 100 at once and 20 a second, or 25 and 5 where the Region is not among the first', () => {
    const where = (name: string) => ({ account, region: name });
    expect(f.world.quotas.get(where('us-east-1'), 'fargateLaunchBurst')).toBe(100);
    expect(f.world.quotas.get(where('us-east-1'), 'fargateLaunchesPerSecond')).toBe(20);
    expect(f.world.quotas.get(where('eu-south-2'), 'fargateLaunchBurst')).toBe(25);
    expect(f.world.quotas.get(where('eu-south-2'), 'fargateLaunchesPerSecond')).toBe(5);
    lower('fargateLaunchBurst', 10);
    lower('fargateLaunchesPerSecond', 0.1);
    f.create({ desiredCount: 20 });
    f.until(() => f.service().runningCount === 20);
    expect(longestWait(f.tasks())).toBeGreaterThan(100);
    expect(longestWait(f.tasks().slice(0, 10))).toBeLessThan(60);
  });

  it('of a service: 500 a minute, or 125 where the Region is not among the first', () => {
    expect(standard('serviceLaunchesPerMinute')).toBe(500);
    expect(f.world.quotas.get({ account, region: 'eu-south-2' }, 'serviceLaunchesPerMinute')).toBe(125);
    lower('serviceLaunchesPerMinute', 6);
    f.create({ desiredCount: 18 });
    f.create({ serviceName: 'other', desiredCount: 6 });
    f.until(() => f.service().runningCount === 18);
    const of = (name: string) => f.tasks().filter(({ group }) => group === `service:${name}`);
    expect(longestWait(of('svc'))).toBeGreaterThan(120);
    expect(longestWait(of('other'))).toBeLessThan(60);
  });
});
