import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rolloutStatus } from '../../../src/controller/rollout/report.ts';
import { deadlineMs, iso, rolledBack, sick, World, well } from './world.ts';

/** What happens between two looks of the scheduler. */
type Happening =
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'follow' | 'well' | 'back' | 'sick' | 'unknown'; readonly who: number }
  | { readonly do: 'aside' | 'idle' | 'none' | 'unfit' | 'fits' | 'leave'; readonly who: number }
  | { readonly do: 'ring'; readonly who: number; readonly ring: number }
  | { readonly do: 'crash' | 'hold' | 'change' | 'back-to-one' };

const who = fc.nat(11);
const usual: fc.Arbitrary<Happening>[] = [
  fc.record({ do: fc.constant('pass' as const), seconds: fc.nat(150) }),
  fc.record({ do: fc.constantFrom('follow' as const, 'well' as const), who }),
  fc.record({ do: fc.constantFrom('follow' as const, 'well' as const), who }),
];
const happening: fc.Arbitrary<Happening> = fc.oneof(
  ...usual,
  fc.record({ do: fc.constantFrom('back' as const, 'sick' as const, 'unknown' as const), who }),
  fc.record({
    do: fc.constantFrom(
      'aside' as const,
      'idle' as const,
      'none' as const,
      'unfit' as const,
      'fits' as const,
      'leave' as const,
    ),
    who,
  }),
  fc.record({ do: fc.constant('ring' as const), who, ring: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('crash' as const, 'hold' as const, 'change' as const, 'back-to-one' as const) }),
);

const town = fc.record({
  tenants: fc.array(fc.record({ ring: fc.nat(2), cell: fc.nat(1), group: fc.nat(1) }), { minLength: 1, maxLength: 12 }),
  wavePercents: fc.constantFrom([100], [10, 50, 100], [40], [1, 2, 3, 50]),
  bakeSeconds: fc.constantFrom(0, 60, 300),
  maxUnavailable: fc.integer({ min: 1, max: 5 }),
  maxFailures: fc.nat(3),
});

interface Town {
  readonly tenants: readonly { readonly ring: number; readonly cell: number; readonly group: number }[];
  readonly wavePercents: readonly number[];
  readonly bakeSeconds: number;
  readonly maxUnavailable: number;
  readonly maxFailures: number;
}

/** The world with an account of its own of who was admitted when: what the promises are checked against. */
class Checked extends World {
  /** Tenants admitted by a wave of this rollout, by wave. */
  readonly admitted = new Map<number, Set<string>>();
  #n = 0;
  #serial = 0;

  happen(what: Happening): void {
    const names = [...this.residents.keys()];
    const name = 'who' in what ? names[what.who % names.length] : undefined;
    const one = name === undefined ? undefined : this.residents.get(name);
    switch (what.do) {
      case 'pass':
        this.now += what.seconds * 1_000;
        break;
      case 'crash':
        for (const each of this.residents.values()) each.order = undefined;
        break;
      case 'hold':
        this.settings = { ...this.settings, hold: !this.settings.hold };
        break;
      case 'change':
        this.#serial += 1;
        this.change({ image: `i${this.#serial}` });
        break;
      case 'back-to-one':
        this.change({ image: 'one' });
        break;
      default:
        if (one === undefined || name === undefined) return;
        this.#happenTo(what.do, name, one, what);
    }
  }

  #happenTo(what: Happening['do'], name: string, one: ReturnType<World['of']>, whole: Happening): void {
    switch (what) {
      case 'follow':
        this.follow(name);
        break;
      case 'well':
        if (one.health.ready !== 'True' || !one.health.isReached) one.health = well(this.now);
        break;
      case 'back':
        if (!one.health.isReached) one.health = { ...rolledBack(this.now), since: one.health.since };
        break;
      case 'sick':
        if (one.health.isReached) one.health = sick(this.now);
        break;
      case 'unknown':
        if (one.health.isReached) one.health = { ...well(this.now), ready: 'Unknown' };
        break;
      case 'aside':
        one.aside = one.aside === undefined ? 'mode paused' : undefined;
        break;
      case 'idle':
      case 'none':
      case 'fits':
        one.change = what;
        break;
      case 'unfit':
        one.change = { unfit: 'it does not fit' };
        break;
      case 'ring':
        if (whole.do === 'ring') one.ring = whole.ring;
        break;
      case 'leave':
        if (this.residents.size > 1) this.residents.delete(name);
        break;
      default:
    }
  }

  /** One look, and everything that it may not do. */
  check(): void {
    const before = this.rollout;
    const wasHalted = before.halted !== undefined;
    if (before.n !== this.#n) {
      this.#n = before.n;
      this.admitted.clear();
    }
    const plan = this.look();
    const { rollout } = this;
    if (wasHalted) expect([plan.admit, plan.stamp, rollout.wave]).toEqual([[], [], before.wave]);
    if (this.settings.hold) expect([plan.admit, plan.stamp]).toEqual([[], []]);
    for (const name of plan.admit) {
      const one = this.of(name);
      expect([one.change, one.aside]).toEqual(['fits', undefined]);
      expect(one.ring).toBeLessThanOrEqual(rollout.ring);
    }
    if (plan.admit.length > 0) {
      const opened = !this.admitted.has(rollout.wave);
      if (opened && before.wave !== rollout.wave) this.#assertBaked(before.wave);
      const wave = this.admitted.get(rollout.wave) ?? new Set();
      for (const name of plan.admit) wave.add(name);
      this.admitted.set(rollout.wave, wave);
      const groups = this.#members(rollout.wave).filter((name) => this.#isUnderWay(name));
      expect(new Set(groups.map((name) => `${this.of(name).cell}/${this.of(name).group}`)).size).toBe(1);
    }
    const unavailable = [...this.residents.keys()].filter((name) => this.#isUnavailable(name));
    const extra = plan.admit.filter((name) => unavailable.includes(name));
    expect(extra.length).toBe(plan.admit.length);
    if (plan.admit.length > 0) expect(unavailable.length).toBeLessThanOrEqual(this.settings.maxUnavailable);
    const { counts } = rolloutStatus(this.input);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(this.residents.size);
  }

  /** Whoever was told or has taken it and is not up, not known to have failed, and within the time that it may take. */
  #isUnavailable(name: string): boolean {
    const one = this.residents.get(name);
    if (one === undefined) return false;
    if (one.order?.wave !== undefined && one.order.rollout === this.rollout.n) return true;
    if (one.admission === undefined || one.health.isReached) return false;
    if (this.rollout.failed[name] !== undefined || one.health.rolledBack !== undefined) return false;
    return this.now < Date.parse(one.admission.at) + deadlineMs;
  }

  /** Who was admitted by a wave, or is ordered to be. An order that a crash or a hold took back has admitted nobody. */
  #members(wave: number): readonly string[] {
    return [...(this.admitted.get(wave) ?? [])].filter((name) => {
      const one = this.residents.get(name);
      const isAdmitted = one?.admission?.wave === wave && one.admission.rollout === this.rollout.n;
      return isAdmitted || one?.order?.wave === wave;
    });
  }

  #isUnderWay(name: string): boolean {
    const one = this.residents.get(name);
    if (one === undefined || this.rollout.failed[name] !== undefined) return false;
    return one.order?.rollout === this.rollout.n || !one.health.isReached || one.health.ready !== 'True';
  }

  /** The wave before was up for as long as it is to be watched, by looks that came after everybody was. */
  #assertBaked(wave: number): void {
    const members = this.#members(wave);
    if (members.length === 0) return;
    const isOver = members.every((name) => {
      const one = this.of(name);
      return one.order === undefined && (this.rollout.failed[name] !== undefined || one.health.ready === 'True');
    });
    expect([isOver, members, iso(this.now)]).toEqual([true, members, iso(this.now)]);
    expect(members.some((name) => this.rollout.failed[name] === undefined)).toBe(true);
    const soonest = Math.max(...members.map((name) => Date.parse(this.of(name).admission?.at ?? iso(this.now))));
    expect(this.now - soonest).toBeGreaterThanOrEqual(this.settings.bakeSeconds * 1_000);
  }
}

function build(plan: Town): Checked {
  const { tenants, ...settings } = plan;
  const world = new Checked(settings);
  for (const [index, { ring, cell, group }] of tenants.entries())
    world.add([`t${String(index).padStart(2, '0')}`], { ring, cell: `c${cell}`, group: `g${cell}${group}` });
  return world;
}

it('keeps its promises whatever happens in between', () => {
  fc.assert(
    fc.property(town, fc.array(happening, { maxLength: 120 }), (plan, happenings) => {
      const world = build(plan);
      world.change({ image: 'first' });
      world.check();
      for (const one of happenings) {
        world.happen(one);
        world.check();
      }
    }),
    { numRuns: 600 },
  );
});

it('comes to its end where nobody fails, with as many looks as it takes', () => {
  fc.assert(
    fc.property(town, fc.array(fc.constantFrom<Happening['do']>('idle', 'none', 'fits')), (plan, changes) => {
      const world = build(plan);
      for (const [index, what] of changes.entries()) world.happen({ do: what, who: index } as Happening);
      world.change({ image: 'first' });
      for (let round = 0; round < 400 && rolloutStatus(world.input).state !== 'RolledOut'; round += 1) {
        world.check();
        for (const [name, one] of world.residents) {
          if (one.order !== undefined) world.follow(name);
          else if (!one.health.isReached) one.health = well(world.now);
        }
        world.now += 20_000;
      }
      expect(rolloutStatus(world.input).state).toBe('RolledOut');
      for (let round = 0; round < 2; round += 1) {
        world.check();
        for (const [name, one] of world.residents) if (one.order !== undefined) world.follow(name);
      }
      expect(world.has(world.rollout.target)).toHaveLength(world.residents.size);
    }),
    { numRuns: 200 },
  );
});
