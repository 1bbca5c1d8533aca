import { describe, expect, it } from 'vitest';
import { turnsOf } from '../../../src/controller/rollout/plan.ts';
import { eventsOf, rolledOut, rolloutStatus } from '../../../src/controller/rollout/report.ts';
import { coming, deadlineMs, names, rolledBack, sick, type World as Town, World, well } from './world.ts';

const bakeMs = 100_000;

/** Steps through waves until nobody is admitted any more; who came in which one. */
function waves(world: Town): readonly (readonly string[])[] {
  const found: string[][] = [];
  let wave = -1;
  for (let quiet = 0; quiet < 3; ) {
    const admitted = world.step();
    quiet = admitted.length === 0 ? quiet + 1 : 0;
    if (admitted.length > 0 && world.rollout.wave !== wave) {
      wave = world.rollout.wave;
      found.push([]);
    }
    found.at(-1)?.push(...admitted);
    if (admitted.length === 0) world.now += bakeMs;
  }
  return found;
}

const state = (world: Town) => rolloutStatus(world.input).state;

describe('a new service', () => {
  it('goes ring by ring, in each by percentages, and after each wave it is watched', () => {
    const world = new World({ maxUnavailable: 100 })
      .add(names('a', 10), { ring: 1 })
      .add(names('b', 4))
      .add(['c'], { ring: 7 });
    world.change({ image: 'two' });
    expect(waves(world)).toEqual([
      ['b00'],
      ['b01'],
      ['b02', 'b03'],
      ['a00'],
      ['a01', 'a02', 'a03', 'a04'],
      ['a05', 'a06', 'a07', 'a08', 'a09'],
      ['c'],
    ]);
    expect(world.has(world.rollout.target)).toHaveLength(15);
    expect(rolledOut(rolloutStatus(world.input))).toMatchObject({ status: 'True', reason: 'RolledOut' });
    expect(world.rollout.stable).toBe(world.rollout.target);
  });

  it('has a last wave for what its percentages leave over', () => {
    const world = new World({ wavePercents: [50], maxUnavailable: 100 }).add(names('a', 4));
    world.change({ image: 'two' });
    expect(waves(world).map((wave) => wave.length)).toEqual([2, 2]);
  });

  it('goes one infra group after the other, cell by cell, never with more under way than may be', () => {
    const world = new World({ wavePercents: [100], maxUnavailable: 2 })
      .add(['x1', 'x2', 'x3'], { cell: 'c2', group: 'g3' })
      .add(['y1'], { cell: 'c1', group: 'g2' })
      .add(['z1', 'z2', 'z3'], { cell: 'c1', group: 'g1' });
    world.change({ image: 'two' });
    const order: string[][] = [];
    for (let round = 0; round < 12; round += 1) {
      const { admit } = world.look();
      if (admit.length > 0) order.push([...admit]);
      for (const name of admit) world.follow(name);
      world.now += 1_000;
      const first = [...world.residents.values()].find((one) => !one.health.isReached);
      if (first !== undefined) first.health = well(world.now);
    }
    expect(order).toEqual([['z1', 'z2'], ['z3'], ['y1'], ['x1', 'x2'], ['x3']]);
  });

  it('takes those that are well first: what one shows that was ill before is no news of the service', () => {
    const world = new World({ wavePercents: [50, 100] }).add(['a', 'b']);
    world.of('a').health = sick(world.now);
    world.change({ image: 'two' });
    expect(world.look().admit).toEqual(['b']);
  });

  it('is no news for a tenant that it changes nothing for, nor for one that runs nothing: they get it when their ring is over', () => {
    const world = new World()
      .add(['own'], { change: 'none' })
      .add(['asleep'], { change: 'idle' })
      .add(['late'], { change: 'idle', ring: 3 })
      .add(['a', 'b']);
    world.change({ image: 'two' });
    expect(rolloutStatus(world.input).counts).toMatchObject({ done: 1, waiting: 4 });
    const first = world.look();
    expect([first.admit, first.stamp]).toEqual([['a'], []]);
    world.follow('a');
    world.of('a').health = well(world.now);
    waves(world);
    expect(world.has(world.rollout.target)).toHaveLength(5);
    expect(world.of('asleep').admission).toBeUndefined();
    expect(state(world)).toBe('RolledOut');
  });

  it('skips whoever is left out, goes on without, and takes it in when it may', () => {
    const world = new World({ wavePercents: [100] }).add(['a', 'b']).add(['p'], { aside: 'mode paused' });
    world.change({ image: 'two' });
    expect(waves(world)).toEqual([['a', 'b']]);
    const status = rolloutStatus(world.input);
    expect(status).toMatchObject({ state: 'Incomplete', skipped: [{ tenant: 'p', why: 'mode paused' }] });
    expect(rolledOut(status).message).toContain('p (mode paused)');
    world.of('p').aside = undefined;
    expect(waves(world)).toEqual([['p']]);
    expect(state(world)).toBe('RolledOut');
  });

  it('falls back on nothing that nobody has shown to work', () => {
    const world = new World().add(['p'], { aside: 'mode paused' });
    const before = world.rollout.target;
    world.change({ image: 'two' });
    world.look();
    expect(world.rollout.stable).toBe(before);
  });

  it('of a ring that comes to be earlier is caught up with at once', () => {
    const world = new World({ wavePercents: [100] }).add(['a']).add(['b'], { ring: 1 }).add(['c'], { ring: 2 });
    world.change({ image: 'two' });
    world.step();
    world.step();
    world.now += bakeMs;
    expect(world.step()).toEqual(['b']);
    world.of('c').ring = 0;
    expect(world.step()).toEqual(['c']);
  });
});

describe('who fails', () => {
  const failing = (world: Town, name: string) => world.rollout.failed[name];

  it('by ECS, counts at once; a roll-back of a revision before does not count', () => {
    const world = new World({ wavePercents: [100], maxFailures: 5 }).add(names('a', 3));
    world.of('a00').health = rolledBack(world.now - 1_000);
    world.change({ image: 'two' });
    for (const name of world.look().admit) world.follow(name);
    world.of('a00').health = { ...rolledBack(world.now - 1_000), since: coming(world.now).since };
    world.of('a01').health = rolledBack(world.now);
    world.look();
    expect(failing(world, 'a00')).toBeUndefined();
    expect(failing(world, 'a01')).toMatchObject({
      kind: 'rolled-back',
      where: 'infra group g1 of cell c1',
      why: 'ECS rolled it back',
    });
  });

  it('to be ready in time, counts when the time is over, and says what it waits for', () => {
    const world = new World({ wavePercents: [100] }).add(names('a', 3));
    world.change({ image: 'two' });
    for (const name of world.look().admit) world.follow(name);
    for (const name of ['a01', 'a02']) world.of(name).health = well(world.now);
    world.now += deadlineMs - 1;
    world.look();
    expect(world.rollout.failed).toEqual({});
    world.now += 1;
    world.look();
    expect(failing(world, 'a00')).toMatchObject({ kind: 'not-ready', why: 'not ready within 700 s: tasks start' });
  });

  it('while it is watched, counts after a minute without its targets', () => {
    const world = new World({ wavePercents: [100], bakeSeconds: 300 }).add(names('a', 3));
    world.change({ image: 'two' });
    world.step();
    world.look();
    expect(world.rollout.phase).toBe('baking');
    world.of('a02').health = sick(world.now);
    world.now += 59_000;
    world.look();
    expect(world.rollout.failed).toEqual({});
    world.now += 1_000;
    world.look();
    expect(failing(world, 'a02')).toMatchObject({ kind: 'unhealthy' });
  });

  it('is not known while it cannot be read: watching goes on until it can', () => {
    const world = new World({ wavePercents: [50, 100], maxFailures: 0 }).add(names('a', 2));
    world.change({ image: 'two' });
    expect(world.step()).toEqual(['a00']);
    world.look();
    world.of('a00').health = { ...well(world.now), ready: 'Unknown', message: 'the cell cannot be read' };
    world.now += bakeMs * 2;
    expect(world.step()).toEqual([]);
    world.of('a00').health = well(world.now);
    expect(world.step()).toEqual(['a01']);
  });

  it('stops the rollout when there are more than may be', () => {
    const world = new World({ wavePercents: [100], maxFailures: 1, maxUnavailable: 4 }).add(names('a', 9));
    world.change({ image: 'two' });
    for (const name of world.look().admit) world.follow(name);
    world.of('a00').health = rolledBack(world.now);
    expect(world.look().admit).toEqual(['a04']);
    world.of('a01').health = rolledBack(world.now);
    const before = world.rollout;
    expect(world.look().admit).toEqual([]);
    expect(world.rollout.halted?.why).toBe('2 tenants failed, maxFailures is 1');
    // Told and not yet carried out: void.
    world.follow('a04');
    expect(world.of('a04').revision).not.toBe(world.rollout.target);
    const [event] = eventsOf(before, world.input);
    expect(event).toMatchObject({ type: 'Warning', reason: 'RolloutHalted' });
    for (const part of ['ring 0, wave 1 of 1', 'a00 (infra group g1 of cell c1: ECS rolled it back)', 'a01'])
      expect(event?.message).toContain(part);
    for (const one of world.residents.values()) one.health = well(world.now);
    world.now += 10 * deadlineMs;
    expect(world.look()).toMatchObject({ admit: [], stamp: [] });
  });

  it('stops it as well where a whole wave fails, however many may', () => {
    const world = new World({ maxFailures: 50 }).add(names('a', 10));
    world.change({ image: 'two' });
    world.follow(world.look().admit[0] ?? '');
    world.of('a00').health = rolledBack(world.now);
    world.look();
    expect(world.rollout.halted?.why).toBe('every tenant of the wave failed (1)');
    expect(state(world)).toBe('Halted');
  });

  it('by a record that does not go with the service, counts when its ring opens and never gets it', () => {
    const world = new World({ wavePercents: [100], maxFailures: 1 })
      .add(['a'])
      .add(['odd'], { ring: 1, change: { unfit: 'spec.service.memoryMiB: found 512, expected more' } })
      .add(['b'], { ring: 1 });
    world.change({ image: 'two' });
    world.step();
    expect(world.rollout.failed).toEqual({});
    expect(waves(world)).toEqual([['b']]);
    expect(failing(world, 'odd')).toMatchObject({ kind: 'unfit' });
    expect(state(world)).toBe('Incomplete');
    expect(world.of('odd').revision).not.toBe(world.rollout.target);
    world.of('odd').change = 'fits';
    expect(waves(world)).toEqual([['odd']]);
    expect(state(world)).toBe('RolledOut');
  });

  it('by records, in too great a number, stops the rollout before anybody of their ring has it', () => {
    const world = new World({ maxFailures: 1, wavePercents: [100] })
      .add(['a'])
      .add(['m', 'n'], { ring: 1, change: { unfit: 'no' } })
      .add(['b'], { ring: 2 });
    world.change({ image: 'two' });
    waves(world);
    expect(world.rollout.halted).toBeDefined();
    expect(world.has(world.rollout.target)).toEqual(['a']);
  });
});

describe('a halt', () => {
  function halted(): Town {
    const world = new World({ maxFailures: 0 }).add(names('a', 10));
    world.change({ image: 'bad' });
    world.follow(world.look().admit[0] ?? '');
    world.of('a00').health = rolledBack(world.now);
    world.look();
    return world;
  }

  it('ends with a fix, which goes out from the first ring on', () => {
    const world = halted();
    world.now += 5_000;
    world.change({ image: 'fixed' });
    const found = waves(world).flat();
    expect(found).toHaveLength(10);
    expect(state(world)).toBe('RolledOut');
  });

  it('ends by going back: who never had the bad one is done at once', () => {
    const world = halted();
    world.now += 5_000;
    world.change({ image: 'one' });
    expect(rolloutStatus(world.input).counts).toMatchObject({ done: 9, waiting: 1 });
    expect(waves(world)).toEqual([['a00']]);
    expect(state(world)).toBe('RolledOut');
  });

  it('does not end by more failures being allowed', () => {
    const world = halted();
    world.settings = { ...world.settings, maxFailures: 100 };
    expect(world.look().admit).toEqual([]);
    expect(state(world)).toBe('Halted');
  });
});

describe('a rollout', () => {
  it('admits nobody while it is held, and goes on where it was', () => {
    const world = new World({ wavePercents: [50, 100], hold: true }).add(names('a', 4));
    world.change({ image: 'two' });
    expect(world.look()).toMatchObject({ admit: [], stamp: [] });
    expect(state(world)).toBe('Held');
    world.settings = { ...world.settings, hold: false };
    expect(world.step()).toEqual(['a00', 'a01']);
  });

  it('admits nobody while an earlier leader may still write', () => {
    const world = new World().add(['a']);
    world.change({ image: 'two' });
    world.isCertain = false;
    expect(world.look().admit).toEqual([]);
    world.isCertain = true;
    expect(world.look().admit).toEqual(['a']);
  });

  it('that overtakes another counts who is still under way by that', () => {
    const world = new World({ wavePercents: [100], maxUnavailable: 2 }).add(names('a', 5));
    world.change({ image: 'two' });
    for (const name of world.look().admit) world.follow(name);
    world.change({ image: 'three' });
    expect(world.look().admit).toEqual(['a00', 'a01']);
    world.follow('a00');
    world.follow('a01');
    expect(world.look().admit).toEqual([]);
    world.of('a00').health = well(world.now);
    expect(world.look().admit).toEqual(['a02']);
  });

  it('tells who waits for which wave', () => {
    const world = new World({ maxUnavailable: 100 }).add(names('a', 10)).add(names('b', 2), { ring: 4 });
    world.change({ image: 'two' });
    world.step();
    const turns = turnsOf(world.input);
    expect(turns.get('a00')).toBeUndefined();
    expect(turns.get('a01')).toEqual({ ring: 0, wave: 2, waves: 3 });
    expect(turns.get('a09')).toEqual({ ring: 0, wave: 3, waves: 3 });
    expect(turns.get('b00')).toEqual({ ring: 4, wave: 1, waves: 3 });
    expect(turns.get('b01')).toEqual({ ring: 4, wave: 3, waves: 3 });
  });

  it('without tenants is over at once', () => {
    const world = new World();
    world.change({ image: 'two' });
    world.look();
    expect(state(world)).toBe('RolledOut');
    expect(world.rollout.stable).toBe(world.rollout.target);
  });
});
