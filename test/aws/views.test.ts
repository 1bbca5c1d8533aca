import { beforeEach, describe, expect, it } from 'vitest';
import { readPages } from '../../src/aws/pages.ts';
import type { CallPurpose, CellViews, Ecs } from '../../src/aws/ports.ts';
import { clusterName, scopesOf } from '../../src/aws/scopes.ts';
import { type CellApis, createCellReads } from '../../src/aws/views.ts';
import { CallError } from '../../src/model/errors.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { listenerArn, loadBalancerArn, type Simulated, simulated, vpcId } from './simulated.ts';
import { finish, virtualClock } from './support.ts';

const now = { maxAgeMs: 0 };
const minute = { maxAgeMs: 60_000 };

describe('reads of load balancing', () => {
  let sim: Simulated;
  let views: CellViews;
  beforeEach(async () => {
    sim = await simulated();
    views = sim.cell.views;
  });
  const group = async (name: string): Promise<string> => {
    const made = await sim.finish(
      sim.cell.elb.createTargetGroup({
        Name: name,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpcId,
        TargetType: 'ip',
        Tags: [{ Key: 'of', Value: name }],
      }),
    );
    return made.TargetGroups?.[0]?.TargetGroupArn ?? '';
  };
  const rule = async (priority: number, targetGroupArn: string): Promise<string> => {
    const made = await sim.finish(
      sim.cell.elb.createRule({
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`t${priority}.example.test`] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
      }),
    );
    return made.Rules?.[0]?.RuleArn ?? '';
  };
  const calls = (since: number): string[] => sim.calls('elbv2', since);
  /** Has DescribeTargetGroups answer with an error. */
  const refuseGroups = (code: string): void => {
    const error = new AwsError(code, 'not found');
    sim.world.faults = {
      before: ({ operation }) => (operation === 'DescribeTargetGroups' ? { kind: 'error', error } : undefined),
    };
  };

  it('of a load balancer without target groups are empty, whichever way AWS says so', async () => {
    expect(await sim.finish(views.targetGroupsOf(loadBalancerArn, now))).toEqual([]);
    refuseGroups('TargetGroupNotFoundException');
    expect(await sim.finish(views.targetGroupsOf(loadBalancerArn, now))).toEqual([]);
    refuseGroups('LoadBalancerNotFoundException');
    await expect(sim.finish(views.targetGroupsOf(loadBalancerArn, now))).rejects.toMatchObject({ class: 'not_found' });
  });

  it('that many ask for at once are one call, each with its own answer', async () => {
    const arns = await Promise.all(['cw-a', 'cw-b', 'cw-c'].map((name) => group(name)));
    const since = sim.world.log.last;
    const read = await sim.finish(
      Promise.all(
        [...arns, arns[0] ?? '', 'cw-c'].map((key) =>
          key.startsWith('arn') ? views.tags(key, now) : views.targetGroupByName(key, now),
        ),
      ),
    );
    expect(read.slice(0, 4)).toEqual([{ of: 'cw-a' }, { of: 'cw-b' }, { of: 'cw-c' }, { of: 'cw-a' }]);
    expect(read[4]).toMatchObject({ TargetGroupName: 'cw-c' });
    expect(calls(since).sort()).toEqual(['DescribeTags', 'DescribeTargetGroups']);
  });

  it('that name something unknown fail nobody else', async () => {
    const arn = await group('cw-a');
    const unknown = arn.replace('cw-a', 'cw-z');
    const keys = Array.from({ length: 45 }, (_, n) => (n % 9 === 4 ? `${unknown}${n}` : arn));
    const tags = await sim.finish(Promise.all(keys.map((key) => views.tags(key, now))));
    expect(tags.map((found) => found?.['of'])).toEqual(keys.map((key) => (key === arn ? 'cw-a' : undefined)));
    const groups = await sim.finish(
      Promise.all(['cw-a', 'cw-none', 'cw-a', 'cw-never'].map((name) => views.targetGroupByName(name, now))),
    );
    expect(groups.map((found) => found?.TargetGroupName)).toEqual(['cw-a', undefined, 'cw-a', undefined]);
    const balancers = await sim.finish(
      Promise.all([loadBalancerArn, `${loadBalancerArn}0`].map((key) => views.loadBalancer(key, now))),
    );
    expect(balancers.map((found) => found?.LoadBalancerArn)).toEqual([loadBalancerArn, undefined]);
  });

  it('give all rules in order, the default one last; undefined for a listener that is gone', async () => {
    const arn = await group('cw-a');
    for (const priority of [30, 4, 100, 20]) await rule(priority, arn);
    const rules = await sim.finish(views.rules(listenerArn, now));
    expect(rules?.map(({ Priority }) => Priority)).toEqual(['4', '20', '30', '100', 'default']);
    expect(await sim.finish(views.rules(listenerArn.replace(/.$/, '1'), now))).toBeUndefined();
    expect(
      (await sim.finish(views.targetGroupsOf(loadBalancerArn, now))).map(({ TargetGroupName }) => TargetGroupName),
    ).toEqual(['cw-a']);
  });

  it('are shared as long as they are fresh enough, and never after a write to what they show', async () => {
    const arn = await group('cw-a');
    const since = (): number => sim.world.log.last;
    await sim.finish(views.rules(listenerArn, now));
    let mark = since();
    await sim.finish(views.rules(listenerArn, minute));
    await sim.finish(sim.cell.as('sweep').views.rules(listenerArn, minute));
    expect(calls(mark)).toEqual([]);
    const ruleArn = await rule(10, arn);
    views.touched(ruleArn);
    mark = since();
    expect(await sim.finish(views.rules(listenerArn, minute))).toHaveLength(2);
    expect(calls(mark)).toEqual(['DescribeRules']);
    await sim.clock.advance(60_001);
    await sim.finish(views.rules(listenerArn, minute));
    expect(calls(mark)).toEqual(['DescribeRules', 'DescribeRules']);
  });

  it('of what is attached are stale when one of the groups they show was written, or a rule was', async () => {
    const arn = await group('cw-a');
    views.touched(await rule(10, arn));
    await sim.finish(views.targetGroupsOf(loadBalancerArn, now));
    const mark = sim.world.log.last;
    views.touched('cw-other');
    await sim.finish(views.targetGroupsOf(loadBalancerArn, minute));
    expect(calls(mark)).toEqual([]);
    views.touched(arn);
    await sim.finish(views.targetGroupsOf(loadBalancerArn, minute));
    views.touched('cw-a');
    await sim.finish(views.targetGroupsOf(loadBalancerArn, minute));
    views.touched(listenerArn);
    await sim.finish(views.targetGroupsOf(loadBalancerArn, minute));
    expect(calls(mark)).toHaveLength(3);
  });

  it('that began before a write are not given to who asks after it', async () => {
    let answer: ((value: string) => void) | undefined;
    const before = views.once('scope', minute, () => new Promise<string>((resolve) => (answer = resolve)));
    await sim.clock.advance(100);
    const joined = views.once('scope', minute, async () => 'not asked for');
    views.touched('scope');
    const after = views.once('scope', minute, async () => 'new');
    answer?.('old');
    expect(await sim.finish(Promise.all([before, joined, after]))).toEqual(['old', 'old', 'new']);
    expect(await sim.finish(views.once('scope', minute, async () => 'newer'))).toBe('new');
  });

  it('of one thing never pile up: whoever asks while one runs shares the next', async () => {
    let running = 0;
    let reads = 0;
    const slowly = (): Promise<number> =>
      sim.cell.as('heal').views.once('slow', now, async () => {
        expect(++running).toBe(1);
        await sim.clock.sleep(1_000);
        running--;
        return ++reads;
      });
    const asked: Promise<number>[] = [];
    for (let n = 0; n < 30; n++) {
      asked.push(slowly());
      await sim.clock.advance(100);
    }
    await sim.finish(Promise.all(asked));
    expect(reads).toBeLessThanOrEqual(5);
    // Something more urgent does not wait for it.
    const heal = slowly();
    await sim.clock.advance(100);
    const removal = sim.cell.as('removal').views.once('slow', now, async () => -1);
    await sim.clock.advance(100);
    expect(await removal).toBe(-1);
    await sim.finish(heal);
  });

  it('of any kind can be kept beside them', async () => {
    const arn = await group('cw-a');
    let loads = 0;
    const read = (): Promise<number> => views.once(`${arn}#attributes`, minute, async () => ++loads);
    expect(await sim.finish(Promise.all([read(), read()]))).toEqual([1, 1]);
    expect(await sim.finish(read())).toBe(1);
    views.touched(arn);
    expect(await sim.finish(read())).toBe(2);
    const failing = views.once('other', minute, () => Promise.reject(new Error('no')));
    await expect(sim.finish(failing)).rejects.toThrow('no');
    expect(await sim.finish(views.once('other', minute, async () => 5))).toBe(5);
  });
});

describe('reads of clusters', () => {
  type Describe = (input: { clusters?: string[] }) => Promise<{ clusters?: Ecs.Cluster[]; failures?: Ecs.Failure[] }>;
  const setup = (
    describeClusters: Describe,
  ): {
    clock: ReturnType<typeof virtualClock>;
    views: CellViews;
    asked: { names: string[]; purpose: CallPurpose }[];
    as: (p: CallPurpose) => CellViews;
  } => {
    const clock = virtualClock();
    const asked: { names: string[]; purpose: CallPurpose }[] = [];
    const apis = (purpose: CallPurpose): CellApis =>
      ({
        ecs: {
          describeClusters: (input: { clusters?: string[] }) => {
            asked.push({ names: input.clusters ?? [], purpose });
            return describeClusters(input);
          },
        },
      }) as Partial<CellApis> as CellApis;
    const reads = createCellReads({ apis, clock });
    return { clock, views: reads.as('change'), asked, as: (purpose) => reads.as(purpose) };
  };
  const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:111111111111:cluster/${name}`;
  /** Answers in another order than asked, with failures as AWS has them. */
  const service: Describe = async ({ clusters = [] }) => {
    const known = clusters.filter(
      (name) => !name.startsWith('gone') && !name.startsWith('odd') && !name.startsWith('mute'),
    );
    return {
      clusters: known
        .reverse()
        .map((clusterName) => ({ clusterName, clusterArn: arnOf(clusterName), status: 'ACTIVE' })),
      failures: [
        ...clusters.filter((name) => name.startsWith('gone')).map((name) => ({ arn: arnOf(name), reason: 'MISSING' })),
        ...clusters.filter((name) => name.startsWith('odd')).map((name) => ({ arn: arnOf(name), reason: 'INTERNAL' })),
      ],
    };
  };

  it('take a hundred a call, by name or ARN, and match answers by identity', async () => {
    const { clock, views, asked } = setup(service);
    const names = Array.from({ length: 250 }, (_, n) => `c${n}`);
    const read = await finish(
      clock,
      Promise.all(names.map((name, n) => views.cluster(n % 2 === 0 ? name : arnOf(name), now))),
    );
    expect(read.map((found) => found?.clusterName)).toEqual(names);
    expect(asked.map((call) => call.names.length)).toEqual([100, 100, 50]);
  });

  it("are absent only by AWS's word MISSING; any other failure, or silence, fails that one alone", async () => {
    const { clock, views } = setup(service);
    const read = await finish(
      clock,
      Promise.allSettled(['a', 'gone-1', 'odd-1', 'mute-1', 'b'].map((name) => views.cluster(name, now))),
    );
    expect(read[0]).toMatchObject({ value: { clusterName: 'a' } });
    expect(read[1]).toEqual({ status: 'fulfilled', value: undefined });
    expect(read[2]).toMatchObject({ status: 'rejected', reason: { class: 'transient', code: 'INTERNAL' } });
    expect(read[3]).toMatchObject({ status: 'rejected', reason: { class: 'transient', code: 'IncompleteAnswer' } });
    expect(read[4]).toMatchObject({ value: { clusterName: 'b' } });
  });

  it('go out for the most urgent of those who ask', async () => {
    const { clock, as, asked } = setup(service);
    await finish(
      clock,
      Promise.all([as('sweep').cluster('a', now), as('removal').cluster('a', now), as('heal').cluster('b', now)]),
    );
    expect(asked).toEqual([{ names: ['a', 'b'], purpose: 'removal' }]);
  });

  it('fail all when the call fails, and are asked anew then', async () => {
    let fail = true;
    const { clock, views, asked } = setup((input) =>
      fail
        ? Promise.reject(
            new CallError({ class: 'denied', service: 'ecs', operation: 'describeClusters', code: 'x', message: 'x' }),
          )
        : service(input),
    );
    const read = await finish(clock, Promise.allSettled([views.cluster('a', minute), views.cluster('b', minute)]));
    expect(read.every(({ status }) => status === 'rejected')).toBe(true);
    fail = false;
    expect(await finish(clock, views.cluster('a', minute))).toMatchObject({ clusterName: 'a' });
    expect(asked).toHaveLength(2);
  });

  it('are forgotten after a long time, so that memory stays bounded', async () => {
    const { clock, views, asked } = setup(service);
    await finish(clock, Promise.all(Array.from({ length: 500 }, (_, n) => views.cluster(`c${n}`, now))));
    await clock.advance(3 * 3_600_000);
    await finish(clock, views.cluster('other', now));
    asked.length = 0;
    await finish(clock, views.cluster('c1', { maxAgeMs: Number.POSITIVE_INFINITY }));
    expect(asked).toHaveLength(1);
  });
});

describe('scopes', () => {
  it('of a write cover everything that shows what was written', () => {
    const elb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:';
    expect(scopesOf(`${elb}listener-rule/app/lb/1/2/3`)).toEqual([
      `${elb}listener-rule/app/lb/1/2/3`,
      `${elb}listener/app/lb/1/2`,
      `attached/${elb}loadbalancer/app/lb/1`,
    ]);
    expect(scopesOf(`${elb}targetgroup/cw-a/9`)).toContain('target-group/cw-a');
    expect(scopesOf('arn:aws:ecs:us-east-1:111111111111:service/c1/svc-1')).toContain('cluster/c1');
    expect(scopesOf('arn:aws:ecs:us-east-1:111111111111:cluster/c1')).toContain('cluster/c1');
    expect(scopesOf('c1')).toEqual(['c1', 'cluster/c1', 'target-group/c1']);
    expect(clusterName('arn:aws:ecs:us-east-1:111111111111:cluster/c1')).toBe('c1');
  });
});

describe('lists', () => {
  const call = { service: 'elbv2', operation: 'describeRules' };
  const pages = (all: Record<string, { items?: number[]; next?: string }>) => async (next: string | undefined) => {
    const page = all[next ?? 'first'];
    return { items: page?.items, next: page?.next };
  };

  it('are read to their end', async () => {
    const read = readPages(
      call,
      pages({ first: { items: [1, 2], next: 'b' }, b: { items: [], next: 'c' }, c: { items: [3] } }),
    );
    expect(await read).toEqual([1, 2, 3]);
  });

  it('that lack a page, or go round in circles, are no lists', async () => {
    const lacking = readPages(call, pages({ first: { items: [1], next: 'gone' } }));
    await expect(lacking).rejects.toMatchObject({ class: 'transient', code: 'IncompleteAnswer' });
    const circle = readPages(call, pages({ first: { items: [1], next: 'b' }, b: { items: [2], next: 'b' } }));
    await expect(circle).rejects.toMatchObject({ class: 'transient' });
  });
});
