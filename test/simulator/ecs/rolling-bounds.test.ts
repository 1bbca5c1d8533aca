import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceRecord } from '../../../src/simulator/ecs/state.ts';
import { isHealthy } from '../../../src/simulator/ecs/task-health.ts';
import { balancer, createFixture, type Fixture } from './fixture.ts';

interface Percentages {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

const percentages = fc
  .record({
    minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
    maximumPercent: fc.integer({ min: 100, max: 200 }),
  })
  .filter(({ minimumHealthyPercent, maximumPercent }) => minimumHealthyPercent < 100 || maximumPercent > 100);
const step = fc.oneof(
  fc.record({ image: fc.constantFrom('app:good', 'app:good', 'app:fails-to-start', 'app:unhealthy') }),
  fc.record({ desiredCount: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ deploymentConfiguration: percentages }),
  fc.record({ killed: fc.nat() }),
);
const rollout = fc.record({
  seed: fc.nat(),
  desiredCount: fc.integer({ min: 1, max: 7 }),
  percentages,
  breaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean() }),
  behindBalancer: fc.boolean(),
  steps: fc.array(fc.tuple(step, fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 8 }),
});

function countOf(f: Fixture, service: ServiceRecord): { wanted: number; healthy: number } {
  const wanted = [...service.tasks].filter((task) => task.desiredStatus === 'RUNNING');
  return { wanted: wanted.length, healthy: wanted.filter((task) => isHealthy(f.state, task)).length };
}

/** Looks at every pass of the scheduler: between passes ECS neither starts nor stops anything. */
function watch(f: Fixture): { passes: number } {
  const seen = { passes: 0 };
  const { reconcile } = f.state;
  f.state.reconcile = (service) => {
    const before = countOf(f, service);
    reconcile(service);
    if (service.status !== 'ACTIVE') return;
    const after = countOf(f, service);
    const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
    const most = Math.floor((service.desiredCount * maximumPercent) / 100);
    const fewest = Math.ceil((service.desiredCount * minimumHealthyPercent) / 100);
    seen.passes += 1;
    expect(after.wanted).toBeLessThanOrEqual(Math.max(before.wanted, most));
    expect(after.healthy).toBeGreaterThanOrEqual(Math.min(before.healthy, fewest));
  };
  return seen;
}

describe('whatever is rolled out, at every instant', () => {
  it('never more tasks than maximumPercent (rounded down), never fewer healthy ones than minimumHealthyPercent (rounded up)', () => {
    fc.assert(
      fc.property(rollout, ({ seed, desiredCount, percentages: first, breaker, behindBalancer, steps }) => {
        const f = createFixture({ seed });
        const seen = watch(f);
        f.register();
        const group = f.targetGroup('tg', { delay: 30 });
        f.create({
          desiredCount,
          availabilityZoneRebalancing: 'DISABLED',
          loadBalancers: behindBalancer ? [balancer(group)] : [],
          deploymentConfiguration: { ...first, deploymentCircuitBreaker: breaker },
        });
        f.until(f.stable, 3_600);
        for (const [change, seconds] of steps) {
          apply(f, change);
          f.world.advance(seconds);
        }
        expect(seen.passes).toBeGreaterThan(0);
        settle(f, first);
      }),
      { numRuns: 60 },
    );
  });
});

function apply(
  f: Fixture,
  change: { image: string } | { desiredCount: number } | { deploymentConfiguration: Percentages } | { killed: number },
): void {
  const named = { cluster: 'c1', service: 'svc' };
  if ('killed' in change) {
    const tasks = f.tasks();
    const victim = tasks[change.killed % Math.max(1, tasks.length)]?.taskArn;
    if (victim !== undefined) f.controls.failTask(victim);
  } else if ('image' in change) {
    f.register({ image: change.image });
    f.call('UpdateService', { ...named, taskDefinition: 'web' });
  } else f.call('UpdateService', { ...named, ...change });
}

/** A good definition ends every rollout, where the percentages leave room to move. */
function settle(f: Fixture, { minimumHealthyPercent, maximumPercent }: Percentages): void {
  const most = Math.floor((4 * maximumPercent) / 100);
  const fewest = Math.ceil((4 * minimumHealthyPercent) / 100);
  if (most <= 4 && fewest >= 4) return;
  f.register({ image: 'app:good' });
  f.call('UpdateService', {
    cluster: 'c1',
    service: 'svc',
    taskDefinition: 'web',
    desiredCount: 4,
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
  });
  f.until(f.stable, 3_600);
}
