/** What a large fleet costs in memory, and whether it makes calls slower. */
import type { Speed, Work } from '../support/cpu.ts';
import { measure, median, secondsSince } from '../support/cpu.ts';
import type { Made, Step } from './mix.ts';
import { mix } from './mix.ts';
import type { Fleet } from './tenants.ts';
import { makeFleet, perAccount } from './tenants.ts';

export interface FleetCosts {
  readonly tenants: number;
  /** Megabytes (1,000,000 bytes) that the heap, with what hangs outside of it, and the process grew by. */
  readonly heap: number;
  readonly resident: number;
  /** Processor seconds that the fleet took to make. */
  readonly made: number;
  /** Speed past all mounts, on a small fleet and on the large one. */
  readonly small: Speed;
  readonly large: Speed;
  /** The operation that the large fleet slows down most, and by what factor. */
  readonly slowest: { readonly operation: string; readonly factor: number };
}

const many = 10_000;
/** One full account: what an account's size costs is the same on both sides, as AWS's own lists grow with the account. */
const few = perAccount;

/** Makes a small fleet and a large one, and makes the same calls on both in turn. */
export async function measureFleet(): Promise<FleetCosts> {
  const small = new Walker(makeFleet(few, 1));
  // Makes the code quick, so that its own memory is not counted as the fleet's.
  for (let i = 0; i < 200; i++) small.walk();
  const before = memory();
  const start = process.cpuUsage();
  const fleet = makeFleet(many, 1);
  const made = secondsSince(start);
  const after = memory();
  const large = new Walker(fleet);
  const works = new Map<'small' | 'large', Work>([
    ['small', () => small.walk()],
    ['large', () => large.walk()],
  ]);
  await measure(works, { warmUpSeconds: 1, slices: 1 });
  small.forgetTimes();
  large.forgetTimes();
  const speeds = await measure(works, { warmUpSeconds: 0, slices: 10 });
  const none: Speed = { best: Number.NaN, relative: Number.NaN };
  return {
    tenants: fleet.tenants.length,
    heap: after.heap - before.heap,
    resident: after.resident - before.resident,
    made,
    small: speeds.get('small') ?? none,
    large: speeds.get('large') ?? none,
    slowest: slowest(small.times, large.times),
  };
}

function memory(): { heap: number; resident: number } {
  if (global.gc === undefined) throw new Error('the bench needs node --expose-gc');
  for (let i = 0; i < 3; i++) global.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / 1e6, resident: rss / 1e6 };
}

type Times = ReadonlyMap<Step, number[]>;

/** Makes rounds of calls past all mounts, and times each call. */
class Walker {
  readonly times: Times = new Map(mix.map((step) => [step, []]));
  private readonly fleet: Fleet;
  private readonly made: Made = { round: 0, targetGroupArn: '', ruleArn: '' };

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  forgetTimes(): void {
    for (const times of this.times.values()) times.length = 0;
  }

  /** One round, for a tenant anywhere in the fleet. */
  walk(): number {
    const { world, tenants, call } = this.fleet;
    this.made.round += 1;
    const tenant = tenants[(this.made.round * 7_919) % tenants.length];
    if (tenant === undefined) throw new Error('the fleet is empty');
    // A hosted zone takes one change at a time.
    world.advance(1);
    for (const step of mix) {
      if (step.wait !== undefined) world.advance(step.wait);
      const input = step.input(tenant, this.made);
      const start = performance.now();
      const output = call(step.account ?? tenant.account, step.service, step.operation, input);
      this.times.get(step)?.push(performance.now() - start);
      step.keep?.(output as never, this.made);
    }
    return mix.length;
  }
}

function slowest(small: Times, large: Times): FleetCosts['slowest'] {
  const factors = mix.map((step) => ({
    operation: step.operation,
    factor: median(large.get(step) ?? []) / median(small.get(step) ?? []),
  }));
  return factors.reduce((a, b) => (b.factor > a.factor ? b : a));
}
