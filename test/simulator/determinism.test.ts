import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../../src/simulator/fault-plan/rules.ts';
import { GarbledAnswer, LostAnswer } from '../../src/simulator/faults.ts';
import { seedFleet } from '../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { answerRoute } from '../../src/simulator/route53/data-plane.ts';
import { Draw } from '../simulation/draw.ts';
import { HandClock } from './support/clock.ts';
import { requestFor, smallFleet, Workload } from './support/workload.ts';

const calls = 80;
const account = '222222222222';

/** A few faults of every kind, at random places. */
function planOf(draw: Draw): unknown {
  const chance = (fault: unknown, when = 'before') => ({ fault, when, probability: draw.uniform() * 0.1 });
  const span = (from: number) => ({ from, until: from + draw.whole(10, 300) });
  const on = { account, region: 'us-east-1' };
  return [
    chance('throttle'),
    chance('server-error', draw.pick(['before', 'after'] as const)),
    chance('timeout', draw.pick(['before', 'after'] as const)),
    chance('reset', 'after'),
    chance('garbage'),
    chance('access-denied'),
    chance('partial-page'),
    chance({ stale: 5 }),
    { fault: 'unreachable', on: { account }, probability: 0.3, ...span(draw.whole(0, 600)) },
    { fault: { quota: { name: 'fargateVcpu', value: 0.5 } }, on, ...span(draw.whole(0, 300)) },
    { fault: 'sick-tasks', probability: 0.3, on: { resource: 't1' } },
    { fault: { stream: { duplicate: 0.2, delay: 3 } } },
  ];
}

interface Story {
  readonly trace: string;
  /** How many calls were answered, refused, or met a fault. */
  readonly ok: number;
  readonly refused: number;
  readonly faulty: number;
}

/** Everything that is heard of an AWS in which `seed` decides all. */
function tell(seed: number): Story {
  const draw = new Draw(seed, 'setting');
  const clock = new HandClock();
  const readLagMs = draw.chance(0.5) ? { ecs: draw.whole(0, 5) * 1_000, dynamodb: 500 } : {};
  const world = createSimulatedAws({ clock, seed, readLagMs, staleMs: [5_000] });
  seedFleet(world, smallFleet);
  world.plan.add(parseFaultPlan(planOf(draw)));
  const workload = new Workload(seed);
  const hash = createHash('sha256');
  const counts = { ok: 0, refused: 0, faulty: 0 };
  for (let n = 0; n < calls; n += 1) {
    const ask = workload.next();
    try {
      const output = world.call(requestFor(ask));
      workload.heard(output);
      hash.update(JSON.stringify(output));
      counts.ok += 1;
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof LostAnswer || error instanceof GarbledAnswer)) throw error;
      hash.update(`${error.name} ${error.message}`);
      counts[error instanceof AwsError ? 'refused' : 'faulty'] += 1;
    }
    hash.update(JSON.stringify(answerRoute(world, { host: 't0.example.com', path: '/', headers: {} }, true)));
    clock.tick(Math.floor(workload.pause() * 1_000));
  }
  hash.update(JSON.stringify(world.log.since(0, world.log.last)));
  hash.update(JSON.stringify(world.faultCounts));
  return { trace: hash.digest('hex'), ...counts };
}

describe('one seed decides everything', () => {
  const stories = new Map<number, Story>();
  const storyOf = (seed: number): Story => {
    const story = stories.get(seed) ?? tell(seed);
    stories.set(seed, story);
    return story;
  };
  for (let from = 1; from <= 200; from += 20) {
    it(`seeds ${from} to ${from + 19}, run twice, leave equal traces`, () => {
      for (let seed = from; seed < from + 20; seed += 1) {
        expect(tell(seed), `seed ${seed}`).toEqual(storyOf(seed));
      }
    });
  }

  it('tells another story for each seed, with answers, refusals and faults in them', () => {
    const all = Array.from({ length: 200 }, (_, index) => storyOf(index + 1));
    expect(new Set(all.map(({ trace }) => trace)).size).toBe(200);
    const sum = (of: (story: Story) => number): number => all.reduce((total, story) => total + of(story), 0);
    expect(sum(({ ok }) => ok)).toBeGreaterThan(4_000);
    expect(sum(({ refused }) => refused)).toBeGreaterThan(1_000);
    expect(sum(({ faulty }) => faulty)).toBeGreaterThan(300);
  });
});
