import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BucketDraw, bucketLimit, drawsOf } from '../../src/aws/buckets.ts';
import { createCallBudgets } from '../../src/aws/budget.ts';
import { operations } from '../../src/aws/operations.ts';
import { type CallPurpose, callPurposes } from '../../src/aws/ports.ts';
import { loadBalancerArn, simulated, vpcId } from './simulated.ts';
import { finish, settle, virtualClock } from './support.ts';

const pool = '111111111111/us-east-1/elbv2';
const mutate = drawsOf('elbv2', 'createRule', 'elbv2:mutate');

/** The most that a bucket lets through between any two grants: capacity plus refill, times the share. */
function excess(grants: readonly { at: number; tokens: number }[], bucket: string, share: number): number {
  const { capacity, refillPerSecond } = bucketLimit(bucket);
  let worst = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < grants.length; from++) {
    let used = 0;
    for (let to = from; to < grants.length; to++) {
      used += grants[to]?.tokens ?? 0;
      const seconds = ((grants[to]?.at ?? 0) - (grants[from]?.at ?? 0)) / 1000;
      worst = Math.max(worst, used - share * (capacity + refillPerSecond * seconds));
    }
  }
  return worst;
}

describe('call budgets', () => {
  it('know a limit for every operation in the table', () => {
    for (const [service, table] of Object.entries(operations)) {
      for (const [operation, { bucket }] of Object.entries(table)) {
        const draws = drawsOf(service as keyof typeof operations, operation, bucket, 1);
        for (const draw of draws) expect(bucketLimit(draw.bucket).capacity, draw.bucket).toBeGreaterThan(0);
      }
    }
    expect(() => bucketLimit('ecs:unheardOf')).toThrow('ecs:unheardOf');
  });

  it('never let more through than the share of each bucket, at either level, in any window, whoever asks', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const ask = fc.record({
      waitMs: fc.integer({ min: 0, max: 400 }),
      kind: fc.constantFrom('elbv2:mutate', 'elbv2:read', 'elbv2:register'),
      purpose: fc.constantFrom(...callPurposes),
    });
    const property = fc.asyncProperty(
      fc.array(ask, { minLength: 20, maxLength: 120 }),
      fc.constantFrom(0.1, 0.35, 0.7, 1),
      async (asks, share) => {
        const clock = virtualClock();
        const budgets = createCallBudgets({ clock, share });
        const grants: { at: number; draws: readonly BucketDraw[]; purpose: CallPurpose }[] = [];
        const calls: Promise<void>[] = [];
        for (const { waitMs, kind, purpose } of asks) {
          await clock.advance(waitMs);
          const draws = drawsOf('elbv2', 'any', kind);
          calls.push(
            budgets.acquire({ pool, draws, purpose }).then(() => {
              grants.push({ at: clock.monotonic(), draws, purpose });
            }),
          );
        }
        await finish(clock, Promise.all(calls), 3_600_000);
        for (const bucket of ['elbv2:account', 'elbv2:mutate', 'elbv2:read', 'elbv2:register']) {
          const taken = (some: typeof grants): { at: number; tokens: number }[] =>
            some.flatMap(({ at, draws }) =>
              draws.filter((draw) => draw.bucket === bucket).map(({ tokens }) => ({ at, tokens })),
            );
          expect(excess(taken(grants), bucket, share)).toBeLessThanOrEqual(1e-6);
          // One call is let through even where half of a small share is less than one token.
          const sweeps = taken(grants.filter(({ purpose }) => purpose === 'sweep'));
          expect(excess(sweeps, bucket, share / 2)).toBeLessThanOrEqual(1);
        }
      },
    );
    await fc.assert(property, { seed, numRuns: 15 });
  }, 60_000);

  it('serve the urgent first, and nobody starves', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 1 });
    const order: string[] = [];
    const ask = (name: string, purpose: CallPurpose): Promise<void> =>
      budgets.acquire({ pool, draws: mutate, purpose }).then(() => void order.push(name));
    await Promise.all(Array.from({ length: 20 }, () => budgets.acquire({ pool, draws: mutate, purpose: 'change' })));
    const waiting = [ask('sweep', 'sweep'), ask('change', 'change'), ask('heal', 'heal'), ask('removal', 'removal')];
    await finish(clock, Promise.all(waiting));
    expect(order).toEqual(['removal', 'heal', 'change', 'sweep']);

    // Twice as many removals as the bucket allows, for ever: the sweep gets its turn by age.
    order.length = 0;
    const begun = clock.monotonic();
    const sweep = ask('sweep', 'sweep');
    while (!order.includes('sweep') && clock.monotonic() - begun < 300_000) {
      for (let n = 0; n < 6; n++) void ask('removal', 'removal');
      await clock.advance(1_000);
    }
    await sweep;
    expect(order.filter((name) => name === 'removal').length).toBeGreaterThan(100);
  });

  it('let a call of another bucket pass one that waits', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 0.5 });
    for (let n = 0; n < 10; n++) await budgets.acquire({ pool, draws: mutate, purpose: 'change' });
    let waited = true;
    const blocked = budgets.acquire({ pool, draws: mutate, purpose: 'removal' }).then(() => (waited = false));
    await budgets.acquire({ pool, draws: drawsOf('elbv2', 'describeRules', 'elbv2:read'), purpose: 'sweep' });
    expect(waited).toBe(true);
    await finish(clock, blocked);
  });

  it('slow down after a throttle, and recover', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 1 });
    const draws = drawsOf('ecs', 'createCluster', 'ecs:clusterModify');
    await budgets.acquire({ pool, draws, purpose: 'change' });
    const rate = (): number =>
      budgets.levels().find(({ bucket }) => bucket === 'ecs:clusterModify')?.refillPerSecond ?? 0;
    expect(rate()).toBe(1);
    budgets.throttled(pool, draws);
    budgets.throttled(pool, draws);
    expect(rate()).toBe(0.5);
    expect(budgets.levels()[0]?.tokens).toBe(0);
    await clock.advance(60_000);
    expect(rate()).toBe(1);
  });

  it('follow a change of the share at once', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 1 });
    await budgets.acquire({ pool, draws: mutate, purpose: 'change' });
    budgets.setShare(0.25);
    const level = budgets.levels().find(({ bucket }) => bucket === 'elbv2:mutate');
    expect(level).toMatchObject({ tokens: 5, capacity: 5, refillPerSecond: 0.75 });
    expect(() => budgets.setShare(0)).toThrow('callShare is 0');
    expect(budgets.largestDraw('route53:change')).toBe(375);
  });

  it('let a draw larger than the share through when the bucket is full, and make the next ones wait for the debt', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 0.1 });
    const big = drawsOf('route53', 'changeResourceRecordSets', 'route53:action', 300);
    await budgets.acquire({ pool, draws: big, purpose: 'change' });
    const small = drawsOf('route53', 'changeResourceRecordSets', 'route53:action', 2);
    const begun = clock.monotonic();
    await finish(clock, budgets.acquire({ pool, draws: small, purpose: 'change' }));
    expect(clock.monotonic() - begun).toBeGreaterThanOrEqual(15_200);
  });

  it('end a wait with the reason of its signal, and pass the place on', async () => {
    const clock = virtualClock();
    const budgets = createCallBudgets({ clock, share: 0.05 });
    await budgets.acquire({ pool, draws: mutate, purpose: 'change' });
    const stop = new AbortController();
    const aborted = budgets.acquire({ pool, draws: mutate, purpose: 'removal', signal: stop.signal });
    const next = budgets.acquire({ pool, draws: mutate, purpose: 'change' });
    stop.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await finish(clock, next);
    await settle();
    expect(budgets.levels().every(({ waiting }) => waiting === 0)).toBe(true);
    await expect(budgets.acquire({ pool, draws: mutate, purpose: 'heal', signal: stop.signal })).rejects.toThrow(
      'enough',
    );
  });
});

it('keeps a busy account from ever being throttled by AWS', async () => {
  const sim = await simulated();
  const { elb, ecs } = sim.cell;
  const sweep = sim.cell.as('sweep');
  const calls: Promise<unknown>[] = [];
  for (let n = 0; n < 60; n++) {
    const Name = `cw-${n}`;
    calls.push(elb.createTargetGroup({ Name, Protocol: 'HTTP', Port: 80, VpcId: vpcId, TargetType: 'ip' }));
    calls.push(ecs.createCluster({ clusterName: `c${n}` }));
    calls.push(sweep.elb.describeTargetGroups({ LoadBalancerArn: loadBalancerArn }));
    calls.push(sim.zone.limit({ maxAgeMs: 0 }));
  }
  await sim.finish(Promise.all(calls));
  expect(sim.reports.filter(({ attempts }) => attempts > 1)).toEqual([]);
  const log = sim.world.log.since(0, 10_000);
  expect(log.length).toBeGreaterThan(180);
  expect(log.filter(({ error }) => error !== null)).toEqual([]);
});
