import { planRollout, type RolloutPlan } from '../../../src/controller/rollout/plan.ts';
import type { RolloutInput, RolloutSettings, RolloutTenant } from '../../../src/controller/rollout/tenants.ts';
import { nextRollout, type TierRollout } from '../../../src/model/rollout.ts';

export const start = Date.parse('2026-01-01T00:00:00Z');
export const iso = (ms: number): string => new Date(ms).toISOString();

export const settings: RolloutSettings = {
  wavePercents: [10, 50, 100],
  bakeSeconds: 100,
  maxUnavailable: 3,
  maxFailures: 1,
  hold: false,
};

export const deadlineMs = 700_000;

/** What is up to the tenants of the world. */
export interface Resident {
  ring: number;
  cell: string;
  group: string;
  aside: string | undefined;
  change: RolloutTenant['change'];
  revision: string;
  admission: RolloutTenant['admission'];
  /** Ordered, and not durable yet: by the wave, or by none. */
  order: { readonly rollout: number; readonly wave: number | undefined } | undefined;
  health: RolloutTenant['health'];
}

/** A tier with tenants, as the scheduler sees it: what it decides is carried out at once or as late as a test likes. */
export class World {
  now = start;
  rollout: TierRollout = nextRollout(undefined, undefined, { image: 'one' }, iso(start));
  settings: RolloutSettings;
  readonly residents = new Map<string, Resident>();
  isCertain = true;

  constructor(changed: Partial<RolloutSettings> = {}) {
    this.settings = { ...settings, ...changed };
  }

  /** Adds tenants that have the revision there is, all well. */
  add(names: readonly string[], fields: Partial<Resident> = {}): this {
    for (const name of names) {
      this.residents.set(name, {
        ring: 0,
        cell: 'c1',
        group: 'g1',
        aside: undefined,
        change: 'fits',
        revision: this.rollout.target,
        admission: undefined,
        order: undefined,
        health: well(this.now),
        ...fields,
      });
    }
    return this;
  }

  of(name: string): Resident {
    const found = this.residents.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }

  /** The tier's service changes. */
  change(service: object): void {
    this.rollout = nextRollout(this.rollout, undefined, service, iso(this.now));
  }

  get input(): RolloutInput {
    const { rollout, now, isCertain } = this;
    const tenants = [...this.residents].map(([name, one]) => {
      const { order, ...resident } = one;
      const isOrdered = order?.rollout === rollout.n && rollout.halted === undefined && !this.settings.hold;
      const coming =
        isOrdered && order.wave !== undefined
          ? { rollout: order.rollout, wave: order.wave, at: iso(now) }
          : one.admission;
      return { ...resident, name, isOrdered, admission: coming, deadlineMs };
    });
    return { rollout, settings: this.settings, tenants, now, isCertain };
  }

  /** One look: what it decides is durable, and orders are on their way. */
  look(): RolloutPlan {
    const plan = planRollout(this.input);
    this.rollout = plan.rollout;
    for (const name of plan.admit) this.of(name).order = { rollout: plan.rollout.n, wave: plan.rollout.wave };
    for (const name of plan.stamp) this.of(name).order = { rollout: plan.rollout.n, wave: undefined };
    return plan;
  }

  /** The tenant's run: it follows its order where that still stands. */
  follow(name: string): void {
    const one = this.of(name);
    const { order } = one;
    one.order = undefined;
    if (order?.rollout !== this.rollout.n || this.rollout.halted !== undefined || this.settings.hold) return;
    one.revision = this.rollout.target;
    one.admission =
      order.wave === undefined ? undefined : { rollout: order.rollout, wave: order.wave, at: iso(this.now) };
    if (order.wave !== undefined) one.health = coming(this.now);
  }

  /** Looks, and all who are told come in at once and are well at once. */
  step(): readonly string[] {
    const { admit, stamp } = this.look();
    for (const name of [...admit, ...stamp]) this.follow(name);
    for (const name of admit) this.of(name).health = well(this.now);
    return admit;
  }

  has(revision: string): readonly string[] {
    return [...this.residents].filter(([, one]) => one.revision === revision).map(([name]) => name);
  }
}

export function well(at: number): Resident['health'] {
  return { isReached: true, ready: 'True', since: iso(at), message: 'serves' };
}

export function coming(at: number): Resident['health'] {
  return { isReached: false, ready: 'False', since: iso(at), message: 'tasks start' };
}

export function rolledBack(at: number): Resident['health'] {
  return { ...coming(at), rolledBack: { at: iso(at), why: 'ECS rolled it back' } };
}

export function sick(at: number): Resident['health'] {
  const why = '0 of 2 targets are healthy';
  return { isReached: true, ready: 'False', since: iso(at), message: why, sick: { since: iso(at), why } };
}

export function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_none, n) => `${prefix}${String(n).padStart(2, '0')}`);
}
