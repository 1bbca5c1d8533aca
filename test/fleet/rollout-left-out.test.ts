import { afterEach, describe, expect, it } from 'vitest';
import { planFleet } from '../../src/controller/plan.ts';
import { Crowd, crowd, crowdTier, image } from '../e2e/rollout-stage.ts';

let town: Crowd;
afterEach(() => town.run.stop());

const swift = { wavePercents: [50, 100], maxUnavailable: 20 };

async function plans(): Promise<ReadonlyMap<string, readonly string[]>> {
  const engine = town.run.leader?.term?.engine;
  if (engine === undefined) throw new Error('no term');
  const report = await town.run.clock.drive(planFleet(engine));
  return new Map(report.tenants.map(({ tenant, notes }) => [tenant, notes]));
}

describe('a rollout', () => {
  it('is held by hand: who is under way arrives, nobody else begins, and plan says what each waits for', async () => {
    town = await Crowd.settle(crowd(6, (n) => ({ ring: n < 4 ? 0 : 5 })));
    await town.put(crowdTier('2', swift));
    await town.until('one has it', () => town.with('2').length > 0);
    await town.put(crowdTier('2', { ...swift, hold: true }));
    await town.until('held', () => town.shown?.state === 'Held' && town.shown.counts.underWay === 0);
    const begun = town.with('2');
    await town.run.advance(600);
    expect(town.with('2')).toEqual(begun);
    expect(begun).toHaveLength(2);
    expect(town.rolledOut).toMatchObject({ status: 'False', reason: 'Held' });
    expect(town.run.phases()).toEqual({ Ready: 6 });
    const notes = await plans();
    const waiting = [...notes.values()].flat().map((note) => note.replace(/^revision \w{8} of tier crowd: /, ''));
    expect(waiting.sort()).toEqual([
      'waits for ring 0, wave 2 of 2 of its rollout (rollout.hold is true)',
      'waits for ring 0, wave 2 of 2 of its rollout (rollout.hold is true)',
      'waits for ring 5, wave 1 of 2 of its rollout (rollout.hold is true)',
      'waits for ring 5, wave 2 of 2 of its rollout (rollout.hold is true)',
    ]);
    await town.put(crowdTier('2', swift));
    await town.untilState('RolledOut', '2');
    expect((await plans()).size).toBe(0);
  });

  it('skips what is paused, brings the suspended what their ring has without a wave, and is nothing to who has an image of its own', async () => {
    const fields = [
      {},
      { state: 'suspended' },
      { mode: 'paused' },
      { service: { image: image('own') } },
      { ring: 1 },
      { ring: 1, state: 'suspended' },
    ];
    town = await Crowd.settle(crowd(6, (n) => ({ ...fields[n], mode: 'active' })));
    await town.run.put('Tenant', 't02', { tier: 'crowd', pin: ['b1'], mode: 'paused' });
    await town.run.advance(10);
    const since = town.run.aws.log.last;
    const generation = town.entry('t03')?.accepted?.generation;
    await town.put(crowdTier('2', swift));
    await town.until('t00 has it', () => town.with('2').includes('t00'));
    expect(town.with('2')).toEqual(['t00']);
    await town.untilState('Incomplete', '2');
    expect(town.with('2')).toEqual(['t00', 't01', 't04', 't05']);
    expect(town.entry('t03')?.accepted?.generation).toBe(generation);
    expect(town.shown?.skipped).toEqual([{ tenant: 't02', why: 'mode paused' }]);
    expect(town.rolledOut?.message).toContain('t02 (mode paused)');
    const services = town.run.mutations(since).filter((call) => call.operation === 'UpdateService');
    expect(services.some((call) => call.resources.join(' ').includes('t03'))).toBe(false);

    // Taken back in, it gets its turn; resumed, the suspended one runs what it has.
    await town.run.put('Tenant', 't02', { tier: 'crowd', pin: ['b1'] });
    await town.run.put('Tenant', 't01', { tier: 'crowd', pin: ['a2'] });
    await town.untilState('RolledOut', '2');
    expect(town.with('2')).toEqual(['t00', 't01', 't02', 't04', 't05']);
    await town.until('t01 is back', () => town.run.phase('t01') === 'Ready');
  });

  it('leaves alone whose record does not go with it, says so, and brings it to the others', async () => {
    // 256 CPU units go with 512 MiB; 4096 units do not.
    const own = { service: { memoryMiB: 512 } };
    town = await Crowd.settle(crowd(4, (n) => (n === 1 ? own : {})));
    await town.put(crowdTier('2', swift, { cpu: 1024, memoryMiB: 2048 }));
    await town.untilState('Incomplete', '2');
    expect(town.with('2')).toEqual(['t00', 't02', 't03']);
    expect(town.shown?.failures).toMatchObject([{ tenant: 't01', kind: 'unfit' }]);
    expect(town.rolledOut?.message).toMatch(
      /t01 \(infra group a2 of cell crowd-a: its record does not go with the new service: .*memoryMiB/,
    );
    expect(town.run.phase('t01')).toBe('Ready');
    expect(town.entry('t01')).toMatchObject({ isAccepted: true, accepted: { generation: 1 } });
    await town.run.put('Tenant', 't01', { tier: 'crowd', pin: ['a2'] });
    await town.untilState('RolledOut', '2');
    expect(town.run.phases()).toEqual({ Ready: 4 });
  });

  it('leaves an orphan as it is, and takes it in when its record is back', async () => {
    town = await Crowd.settle(crowd(3));
    await town.run.clock.drive(town.run.desired.delete('Tenant', 't01'));
    await town.until('orphaned', () => town.run.phase('t01') === 'Orphaned', 900);
    await town.put(crowdTier('2', swift));
    await town.untilState('Incomplete', '2');
    expect(town.with('2')).toEqual(['t00', 't02']);
    await town.run.put('Tenant', 't01', { tier: 'crowd', pin: ['a2'] });
    await town.untilState('RolledOut', '2');
    expect(town.with('2')).toHaveLength(3);
  });

  it('lets everything else of the tier take effect at once, for all', async () => {
    town = await Crowd.settle(crowd(4));
    const record = crowdTier('2', { ...swift, hold: true });
    await town.put({ ...record, spec: { ...record.spec, retentionDays: 3 } });
    await town.until('retention is known', () =>
      town.names.every((name) => town.entry(name)?.accepted?.effective?.retentionDays === 3),
    );
    expect(town.with('1')).toHaveLength(4);
  });
});
