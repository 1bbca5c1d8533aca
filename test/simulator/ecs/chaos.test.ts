import { describe, expect, it } from 'vitest';
import { balancer, createFixture, type Fixture } from './fixture.ts';

/** A small generator of its own, so that a seed means the same on every machine. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const images = ['app:good', 'app:good', 'app:fails-to-start', 'app:unhealthy'];

/** One random thing that a user, or bad luck, does to the service. */
function disturb(f: Fixture, pick: (below: number) => number): void {
  const update = (input: object): void => {
    f.call('UpdateService', { cluster: 'c1', service: 'svc', ...input });
  };
  const tasks = f.tasks();
  const victim = tasks[pick(Math.max(1, tasks.length))]?.taskArn;
  switch (pick(6)) {
    case 0:
      f.register({ image: images[pick(images.length)] ?? 'app:good' });
      update({ taskDefinition: 'web' });
      return;
    case 1:
      update({ desiredCount: pick(5) });
      return;
    case 2:
      if (victim !== undefined) f.controls.failTask(victim);
      return;
    case 3:
      if (victim !== undefined) f.call('StopTask', { cluster: 'c1', task: victim });
      return;
    case 4:
      if (victim !== undefined) f.controls.setTaskAnswering(victim, pick(2) === 0);
      return;
    default:
      update({ deploymentConfiguration: { minimumHealthyPercent: pick(101) } });
  }
}

describe('whatever happens to a service', () => {
  it.each(Array.from({ length: 25 }, (_, index) => index + 1))('it ends well (seed %i)', (seed) => {
    const pick = generator(seed);
    const f = createFixture({ seed, vcpu: 2.5 });
    f.register();
    const group = f.targetGroup('tg', { delay: 30 });
    const breaker = { enable: pick(2) === 0, rollback: pick(2) === 0 };
    f.create({
      desiredCount: 2,
      loadBalancers: [balancer(group)],
      deploymentConfiguration: { deploymentCircuitBreaker: breaker },
    });
    for (let step = 0; step < 30; step += 1) {
      disturb(f, pick);
      f.world.advance(pick(90));
      const { desiredCount = 0, deployments = [], deploymentConfiguration, runningCount = 0 } = f.service();
      expect(deployments.filter(({ status }) => status === 'PRIMARY')).toHaveLength(1);
      expect(deployments[0]?.status).toBe('PRIMARY');
      // A quarter of a vCPU each: the quota holds at every moment.
      const alive = [...f.tasks(), ...f.tasks('STOPPED')].filter(({ lastStatus }) => lastStatus !== 'STOPPED');
      expect(alive.length).toBeLessThanOrEqual(10);
      f.world.advance(5);
      const upper = Math.floor((desiredCount * (deploymentConfiguration?.maximumPercent ?? 200)) / 100);
      expect(f.tasks().length).toBeLessThanOrEqual(Math.max(upper, runningCount));
    }
    f.register({ image: 'app:good' });
    f.call('UpdateService', {
      cluster: 'c1',
      service: 'svc',
      taskDefinition: 'web',
      desiredCount: 3,
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    });
    f.until(f.stable, 3_600);
    f.until(() => f.healthyTargets(group).length === 3);
    f.call('DeleteService', { cluster: 'c1', service: 'svc', force: true });
    f.until(() => f.service().status === 'INACTIVE');
    expect(f.callAs('ec2', 'DescribeNetworkInterfaces', {})).toMatchObject({ NetworkInterfaces: [] });
    f.world.advance(3_700);
    expect(f.tasks('STOPPED')).toEqual([]);
    f.create({ serviceName: 'next', desiredCount: 10 });
    f.until(() => f.service('next').runningCount === 10, 600);
  });
});
