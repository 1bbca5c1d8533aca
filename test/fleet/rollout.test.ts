import { afterEach, describe, expect, it } from 'vitest';
import { allReady, Watch } from '../e2e/outside.ts';
import { Crowd, crowd, crowdTier, nameOf } from '../e2e/rollout-stage.ts';

let town: Crowd;
afterEach(() => town.run.stop());

const ringOf = (n: number): number => (n < 4 ? 0 : n < 20 ? 1 : 2);

describe('a change of the tier', () => {
  it('goes out ring by ring and wave by wave, and nobody notices', { timeout: 300_000 }, async () => {
    town = await Crowd.settle(crowd(40, (n) => ({ ring: ringOf(n) })));
    expect(town.rolledOut).toMatchObject({ status: 'True', reason: 'RolledOut' });
    const watch = new Watch(town.run, [nameOf(0), nameOf(7), nameOf(30)]);
    await town.put(crowdTier('2'));
    await town.until('all have it', () => {
      watch.look(new Set(watch.tenants));
      return town.with('2').length === 40 && town.rolledOut?.status === 'True';
    });
    expect(allReady(town.run)).toBe(true);
    expect(watch.complaints()).toEqual([]);
    expect(town.mostUnderWay).toBeLessThanOrEqual(4);
    expect(town.mostUnderWay).toBeGreaterThan(2);
    const order = town.order('2').flat();
    expect(order.slice(0, 4).sort()).toEqual([0, 1, 2, 3].map(nameOf));
    expect(order.slice(4, 20).sort()).toEqual(Array.from({ length: 16 }, (_none, n) => nameOf(n + 4)));
    expect(town.events('Tier/crowd', 'WaveStarted').map((message) => message.slice(0, 19))).toEqual(
      [0, 1, 2].flatMap((ring) => [1, 2, 3].map((wave) => `ring ${ring}, wave ${wave} of 3`)),
    );
    expect(town.events(`Tenant/${nameOf(5)}`, 'Admitted')).toHaveLength(1);
    // Ring 1, wave 1: 10 % of 16 are 2, in the first group.
    const at = (n: number): number => town.arrivals.get(`${nameOf(n)} 2`) ?? 0;
    const ring1 = Array.from({ length: 16 }, (_none, n) => at(n + 4)).sort((a, b) => a - b);
    expect(Number(ring1[2]) - Number(ring1[1])).toBeGreaterThanOrEqual(20_000);
    expect(Number(ring1[0]) - Math.max(at(0), at(1), at(2), at(3))).toBeGreaterThanOrEqual(20_000);
    // Nothing is kept of what nobody has any more.
    await town.until('the old revision is forgotten', () => {
      const rollout = town.run.leader?.term?.view.get('Tier', 'crowd')?.spec?.value.rollout;
      return Object.keys(rollout?.revisions ?? {}).length === 1;
    });
  });

  it.each(['fails-to-start', 'unhealthy'])(
    'that fails its health in its first wave reaches no second one, and the report says who, where and why: %s',
    async (tag) => {
      town = await Crowd.settle(crowd(20, (n) => ({ ring: n < 10 ? 0 : 1 })));
      const watch = new Watch(town.run, [nameOf(0), nameOf(11)]);
      await town.put(crowdTier(tag));
      await town.until('halted', () => {
        watch.look(new Set(watch.tenants));
        return town.shown?.state === 'Halted';
      });
      await town.run.advance(900);
      expect(town.with(tag)).toEqual([nameOf(0)]);
      expect(town.rolledOut).toMatchObject({ status: 'False', reason: 'Halted' });
      expect(town.rolledOut?.message).toMatch(
        /^ring 0, wave 1 of 3: stopped at .*: every tenant of the wave failed \(1\)\. Failed: t00 \(infra group a1 of cell crowd-a: .*(ECS rolled|not ready within).*\)\. 0 of 20/,
      );
      expect(town.shown?.failures).toMatchObject([{ tenant: 't00', where: 'infra group a1 of cell crowd-a' }]);
      expect(town.events('Tier/crowd', 'RolloutHalted')).toHaveLength(1);
      expect(town.events('Tier/crowd', 'WaveStarted')).toHaveLength(1);
      expect(town.run.phases()).toEqual({ Ready: 19, Updating: 1 });
      // A new tenant gets what went out last, not what is halted.
      await town.run.put('Tenant', 'newborn', { tier: 'crowd', pin: ['b1'] });
      await town.until('the new one is Ready', () => town.run.phase('newborn') === 'Ready', 900);
      expect(town.tag('newborn')).toBe('1');
      expect(watch.complaints()).toEqual([]);

      // The fix goes out as any other, to the one that failed as well.
      await town.put(crowdTier('3', { wavePercents: [50, 100], maxUnavailable: 20 }));
      await town.untilState('RolledOut', '3');
      expect(town.with('3')).toHaveLength(20);
      expect(allReady(town.run)).toBe(true);
    },
  );

  it('is resumed after a crash, and admits nobody twice', async () => {
    town = await Crowd.settle(crowd(12));
    await town.put(crowdTier('2'));
    const { run } = town;
    for (const count of [1, 3, 7]) {
      await town.until(`${count} have it`, () => town.with('2').length >= count);
      const before = await Promise.all(town.names.map((name) => run.stored('Tenant', name)));
      const admitted = before.filter((one) => one.spec?.value.admission?.rollout === 1);
      run.kill();
      run.start();
      await run.until('a new controller works', () => run.leader?.term?.working === true);
      for (const one of admitted) {
        const now = await run.stored('Tenant', one.name);
        expect(now.spec?.value.admission).toEqual(one.spec?.value.admission);
        expect(now.spec?.value.generation).toBe(one.spec?.value.generation);
      }
    }
    await town.untilState('RolledOut', '2');
    expect(town.with('2')).toHaveLength(12);
    expect(town.mostUnderWay).toBeLessThanOrEqual(4);
    for (const name of town.names) expect(town.entry(name)?.accepted?.generation).toBe(2);
  });

  it('stays halted over a crash', async () => {
    town = await Crowd.settle(crowd(6));
    await town.put(crowdTier('fails-to-start'));
    await town.until('halted', () => town.shown?.state === 'Halted');
    town.run.kill();
    town.run.start();
    await town.until('works again', () => town.run.leader?.term?.working === true);
    await town.run.advance(300);
    expect(town.shown?.state).toBe('Halted');
    expect(town.with('fails-to-start')).toHaveLength(1);

    // Back to what was there: who never had the bad one has nothing to do.
    const since = town.run.aws.log.last;
    await town.put(crowdTier('1'));
    await town.untilState('RolledOut', '1');
    expect(allReady(town.run)).toBe(true);
    const updated = town.run.mutations(since).filter((call) => call.operation === 'UpdateService');
    expect(new Set(updated.map((call) => call.resources.join(' '))).size).toBeLessThanOrEqual(1);
    for (const name of town.names.slice(1)) expect(town.entry(name)?.accepted?.generation).toBe(1);
  });
});
