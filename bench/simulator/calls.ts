/** How many calls a second each mount answers, for each protocol and for the whole mix. */
import type { Speed, Work } from '../support/cpu.ts';
import { calibrate, measure } from '../support/cpu.ts';
import type { Way } from './clients.ts';
import { ways } from './clients.ts';
import type { Made, Step } from './mix.ts';
import { mix, protocols } from './mix.ts';
import type { Fleet, Tenant } from './tenants.ts';
import { makeFleet } from './tenants.ts';

/** Speeds by `mount, protocol`; the whole mix is `mount, mix`, and the yardstick `calibration loop`. */
export type CallSpeeds = Readonly<Record<string, Speed>>;

const tenants = 100;
/** How many tenants are looked after at a time, step by step: their calls come together, as a controller's do. */
const atATime = 20;

/** Measures the mixes long, as the gates are about them, and each protocol short. */
export async function measureCalls(): Promise<CallSpeeds> {
  const fleet = makeFleet(tenants, 0);
  const round: Round = { fleet, number: 0 };
  const opened: Way[] = [];
  const mixes = new Map<string, Work>();
  const parts = new Map<string, Work>();
  for (const [mount, open] of Object.entries(ways)) {
    const way = await open(fleet.world);
    opened.push(way);
    mixes.set(`${mount}, mix`, () => walk(round, way, mix));
    for (const [name, services] of Object.entries(protocols)) {
      const steps = mix.filter(({ service }) => services.includes(service));
      parts.set(`${mount}, ${name}`, () => walk(round, way, steps));
    }
  }
  const short = await measure(parts, { warmUpSeconds: 0.5, slices: 5 });
  const long = await measure(new Map(mixes).set('calibration loop', calibrate), { warmUpSeconds: 2, slices: 20 });
  for (const way of opened) await way.close();
  return Object.fromEntries([...long, ...short]);
}

interface Round {
  readonly fleet: Fleet;
  number: number;
}

/** One round for the next few tenants, all at a time; returns how many calls it took. */
async function walk(round: Round, way: Way, steps: readonly Step[]): Promise<number> {
  round.number += 1;
  const { world, tenants } = round.fleet;
  const visits = Array.from({ length: atATime }, (_none, i): Visit => {
    const tenant = tenants[(round.number * atATime + i) % tenants.length];
    if (tenant === undefined) throw new Error('the fleet is empty');
    return { tenant, made: { round: round.number, targetGroupArn: '', ruleArn: '' } };
  });
  for (const step of steps) {
    if (step.wait !== undefined) world.advance(step.wait);
    await Promise.all(visits.map((visit) => take(way, step, visit)));
  }
  return steps.length * visits.length;
}

interface Visit {
  readonly tenant: Tenant;
  readonly made: Made;
}

async function take(way: Way, step: Step, { tenant, made }: Visit): Promise<void> {
  const output = await way.send(step.account ?? tenant.account, step, step.input(tenant, made));
  step.keep?.(output as never, made);
}
