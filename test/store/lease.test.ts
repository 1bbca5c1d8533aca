import { describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.ts';
import { createLeaderLease, type LeaderLease, type LeaseOptions } from '../../src/store/lease.ts';
import type { LeaseItem, LeaseTable } from '../../src/store/lease-item.ts';
import { machineClock, randomFrom, VirtualClock } from './virtual-clock.ts';

/** The lease item behind a network: each call may take long, get lost on either way, or land after its caller has given up. */
class Network {
  item: LeaseItem | undefined;
  writes = 0;
  readonly epochs: number[] = [];
  private readonly clock: VirtualClock;
  /** Milliseconds there and back, and whether the answer is lost; asked for each call. */
  weather: () => { there: number; back: number; lost: boolean } = () => ({ there: 1, back: 1, lost: false });

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  table(alive: () => boolean = () => true): LeaseTable {
    return {
      read: () => this.exchange(alive, false, () => this.item),
      write: (after, before) =>
        this.exchange(alive, true, () => {
          if (!same(this.item, before)) throw failure('conflict');
          if (this.item?.epoch !== after.epoch) this.epochs.push(after.epoch);
          this.item = after;
          this.writes += 1;
        }),
    };
  }

  private exchange<T>(alive: () => boolean, mutating: boolean, run: () => T): Promise<T> {
    const { there, back, lost } = this.weather();
    return new Promise((resolve, reject) => {
      const answer = (settleCall: () => void): void => {
        if (alive()) settleCall();
      };
      this.clock.after(2_500, () => answer(() => reject(failure(mutating ? 'unknown_result' : 'transient'))));
      this.clock.after(there, () => {
        let settleCall: () => void;
        try {
          const result = run();
          settleCall = () => resolve(result);
        } catch (error) {
          settleCall = () => reject(error instanceof Error ? error : new Error(String(error)));
        }
        if (!lost) this.clock.after(back, () => answer(settleCall));
      });
    });
  }
}

function same(a: LeaseItem | undefined, b: LeaseItem | undefined): boolean {
  return a?.holder === b?.holder && a?.epoch === b?.epoch && a?.sequence === b?.sequence && a?.released === b?.released;
}

function failure(errorClass: 'conflict' | 'unknown_result' | 'transient'): CallError {
  return new CallError({ class: errorClass, service: 'dynamodb', operation: 'PutItem', code: 'Test', message: 'test' });
}

function leaseOf(
  network: Network,
  clock: LeaseOptions['clock'],
  holder: string,
  more: Partial<LeaseOptions> = {},
): LeaderLease {
  return createLeaderLease(network.table(), { clock, random: () => 0.5, holder, highestEpoch: async () => 0, ...more });
}

function run(...leases: LeaderLease[]): void {
  for (const lease of leases) void lease.run();
}

describe('one controller', () => {
  test('leads a fresh table at once with epoch 1, and goes on leading', async () => {
    const clock = new VirtualClock();
    const lease = leaseOf(new Network(clock), clock, 'a');
    const acquired: number[] = [];
    lease.onAcquired((epoch) => acquired.push(epoch));
    expect(() => lease.assertRemaining(0)).toThrow(expect.objectContaining({ class: 'fenced' }));
    run(lease);
    await clock.advance(100);
    expect([lease.isLeader(), lease.epoch, lease.state]).toEqual([true, 1, 'leader']);
    let lowest = Number.POSITIVE_INFINITY;
    await clock.advance(120_000, () => {
      lowest = Math.min(lowest, lease.remainingMs());
    });
    expect(lowest).toBeGreaterThan(12_000 - 600 - 4_000 - 100);
    expect(acquired).toEqual([1]);
    await clock.drive(lease.stop());
  });

  test('renews every four seconds and no more often', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a');
    run(lease);
    await clock.advance(100);
    const before = network.writes;
    await clock.advance(40_000);
    expect(network.writes - before).toBe(10);
    await clock.drive(lease.stop());
  });

  test('counts the lease from before the renewal was sent', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    network.weather = () => ({ there: 1_000, back: 1_000, lost: false });
    const lease = leaseOf(network, clock, 'a');
    run(lease);
    let remaining = 0;
    lease.onAcquired(() => {
      remaining = lease.remainingMs();
    });
    await clock.advance(4_500);
    expect(remaining).toBe(12_000 - 600 - 2_000);
    await clock.drive(lease.stop());
  });

  test('tells once that it lost the lease when renewals stop getting through, and refuses work from then on', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a');
    const lost: string[] = [];
    lease.onLost((reason) => lost.push(reason));
    run(lease);
    await clock.advance(100);
    network.weather = () => ({ there: 1e9, back: 0, lost: true });
    await clock.advance(11_000);
    expect(lease.isLeader()).toBe(true);
    expect(() => lease.assertRemaining(3_000)).toThrow(/ours for \d+ ms more; 3000 ms are needed/);
    await clock.advance(1_000);
    expect([lease.isLeader(), lease.remainingMs(), lost.length]).toEqual([false, 0, 1]);
    expect(() => lease.assertRemaining(0)).toThrow(expect.objectContaining({ class: 'fenced' }));
    network.weather = () => ({ there: 1, back: 1, lost: false });
    await clock.advance(10_000);
    expect([lease.isLeader(), lost.length]).toEqual([true, 1]);
    expect(lease.epoch).toBeGreaterThan(1);
    await clock.drive(lease.stop());
  });

  test('a renewal whose answer was lost still counts, from when it was sent', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a');
    run(lease);
    await clock.advance(100);
    const calls: boolean[] = [];
    // The renewal's answer is lost, the read that resolves it is not.
    network.weather = () => {
      calls.push(true);
      return { there: 1, back: 1, lost: calls.length === 1 };
    };
    await clock.advance(4_000 + 2_500 + 10);
    expect(calls.length).toBe(2);
    expect(network.item?.sequence).toBe(2);
    expect(lease.remainingMs()).toBeGreaterThan(12_000 - 600 - 2_700);
    expect(lease.remainingMs()).toBeLessThan(12_000 - 600 - 2_400);
    await clock.drive(lease.stop());
  });

  test('a renewal that is found only after a second try counts from the first one', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a');
    run(lease);
    await clock.advance(100);
    let calls = 0;
    // Sent at 4 s and done, but neither its answer nor the read after it arrives: given up at 9 s. The next try finds it done.
    network.weather = () => {
      calls += 1;
      return { there: 1, back: 1, lost: calls <= 2 };
    };
    await clock.advance(9_000);
    expect(calls).toBe(2);
    let highest = 0;
    await clock.advance(900, () => {
      highest = Math.max(highest, calls === 4 ? lease.remainingMs() : 0);
    });
    expect(calls).toBe(4);
    expect(highest).toBeGreaterThan(5_000);
    expect(highest).toBeLessThan(12_000 - 600 - 5_000);
    await clock.drive(lease.stop());
  });

  test("a bid that lands behind its caller's back is not taken for a later one", async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a');
    // Read, bid (lands at 3.6 s, given up before), read, read (processed just before the landing, answered long after), second bid.
    const script = [
      { there: 1, back: 1, lost: false },
      { there: 3_600, back: 1, lost: true },
      { there: 1, back: 1, lost: false },
      { there: 1, back: 2_400, lost: false },
    ];
    network.weather = () => script.shift() ?? { there: 1, back: 1, lost: false };
    run(lease);
    let ledBy = '';
    lease.onAcquired((epoch) => {
      ledBy ||= `epoch ${epoch}, item ${network.item?.epoch}, sequence ${network.item?.sequence}`;
    });
    await clock.advance(3_700);
    expect(network.item?.epoch).toBe(1);
    await clock.advance(10_000);
    expect(ledBy).toBe('epoch 3, item 3, sequence 1');
    await clock.drive(lease.stop());
  });

  test('goes on above every epoch in the table when the lease item is gone, after waiting out whoever may believe in it', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const lease = leaseOf(network, clock, 'a', { highestEpoch: async () => 41 });
    run(lease);
    await clock.advance(11_900);
    expect(lease.isLeader()).toBe(false);
    await clock.advance(2_000);
    expect([lease.isLeader(), lease.epoch]).toEqual([true, 42]);
    await clock.drive(lease.stop());
  });

  test('refuses times that leave no room for a second renewal', () => {
    const clock = new VirtualClock();
    expect(() => leaseOf(new Network(clock), clock, 'a', { durationMs: 6_000 })).toThrow(/two renewals must fit/);
  });
});

describe('whom a successor watched', () => {
  test('one that it saw renew, whether it vanished or handed over', async () => {
    for (const release of [true, false]) {
      const clock = new VirtualClock();
      const network = new Network(clock);
      const [first, second] = [leaseOf(network, clock, 'a'), leaseOf(network, clock, 'b')];
      run(first);
      await clock.advance(1_000);
      run(second);
      await clock.advance(10_000);
      expect([first.isLeader(), first.watched]).toEqual([true, false]);
      await clock.drive(first.stop({ release }));
      await clock.advance(20_000);
      expect([second.isLeader(), second.watched]).toEqual([true, true]);
      await clock.drive(second.stop());
    }
  });

  test('not one that was gone when it came, nor itself', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const first = leaseOf(network, clock, 'a');
    run(first);
    await clock.advance(10_000);
    await clock.drive(first.stop());
    const second = leaseOf(network, clock, 'b');
    run(second);
    await clock.advance(20_000);
    expect([second.isLeader(), second.epoch, second.watched]).toEqual([true, 2, false]);
    second.raise(10);
    await clock.advance(20_000);
    expect([second.isLeader(), second.epoch, second.watched]).toEqual([true, 11, false]);
    await clock.drive(second.stop());
  });
});

describe('two controllers', () => {
  test('a stopped leader is replaced at once, a dead one after the lease', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const dying = machineClock(clock, 1);
    const a = leaseOf(network, clock, 'a');
    const b = leaseOf(network, dying, 'b');
    run(a);
    await clock.advance(100);
    run(b);
    await clock.advance(10_000);
    expect([a.isLeader(), b.isLeader(), b.observedHolder]).toEqual([true, false, 'a']);
    await clock.drive(a.stop());
    expect([a.isLeader(), a.state]).toEqual([false, 'released']);
    await clock.advance(2_000);
    expect([b.isLeader(), b.epoch]).toEqual([true, 2]);
    const c = leaseOf(network, clock, 'c');
    run(c);
    await clock.advance(1_000);
    dying.die();
    await clock.advance(11_000);
    expect(c.isLeader()).toBe(false);
    await clock.advance(4_000);
    expect([c.isLeader(), c.epoch]).toEqual([true, 3]);
    await clock.drive(c.stop());
  });

  test('a hand-over tells what is left of the time in which a call of one that vanished may land', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const more = { vanishedMs: 300_000 };
    const told: [string, number, boolean, number][] = [];
    const lease = (holder: string): LeaderLease => {
      const one = leaseOf(network, clock, holder, more);
      one.onAcquired((epoch, handedOver, unsettledMs) => told.push([holder, epoch, handedOver, unsettledMs]));
      run(one);
      return one;
    };
    const a = lease('a');
    await clock.advance(100);
    await clock.drive(a.stop({ release: false }));
    const b = lease('b');
    await clock.advance(14_000);
    await clock.advance(100_000);
    await clock.drive(b.stop());
    const c = lease('c');
    await clock.advance(1_000);
    expect(told.map(([holder, epoch, handedOver]) => [holder, epoch, handedOver])).toEqual([
      ['a', 1, true],
      ['b', 2, false],
      ['c', 3, true],
    ]);
    expect(told.slice(0, 2).map((one) => one[3])).toEqual([0, 300_000]);
    expect(told[2]?.[3]).toBeGreaterThan(197_000);
    expect(told[2]?.[3]).toBeLessThanOrEqual(200_000);
    await clock.advance(200_000);
    await clock.drive(c.stop());
    const d = lease('d');
    await clock.advance(1_000);
    expect(told[3]).toEqual(['d', 4, true, 0]);
    await clock.drive(d.stop());
  });

  test('a follower takes over no later than half a second after what it saw last has run out', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const [a, b] = [leaseOf(network, clock, 'a'), leaseOf(network, clock, 'b', { random: () => 0.999 })];
    run(a);
    await clock.advance(100);
    run(b);
    await clock.advance(8_100);
    const renewed = network.item?.sequence;
    await clock.drive(a.stop({ release: false }));
    expect(network.item?.sequence).toBe(renewed);
    const began = clock.monotonic();
    while (!b.isLeader()) await clock.advance(50);
    expect(clock.monotonic() - began).toBeLessThanOrEqual(12_700);
    await clock.drive(b.stop());
  });

  test('stopping without release leaves the lease to run out', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const [a, b] = [leaseOf(network, clock, 'a'), leaseOf(network, clock, 'b')];
    run(a);
    await clock.advance(100);
    run(b);
    await clock.drive(a.stop({ release: false }));
    await clock.advance(11_000);
    expect(b.isLeader()).toBe(false);
    await clock.advance(3_000);
    expect(b.isLeader()).toBe(true);
    await clock.drive(b.stop());
  });

  test('deleting the lease item from outside does not make a second leader', async () => {
    const clock = new VirtualClock();
    const network = new Network(clock);
    const [a, b] = [leaseOf(network, clock, 'a'), leaseOf(network, clock, 'b', { highestEpoch: async () => 7 })];
    run(a);
    await clock.advance(100);
    run(b);
    await clock.advance(5_000);
    network.item = undefined;
    let overlap = false;
    await clock.advance(60_000, () => {
      overlap ||= a.isLeader() && b.isLeader();
    });
    expect(overlap).toBe(false);
    expect(a.isLeader() || b.isLeader()).toBe(true);
    await clock.drive(Promise.all([a.stop(), b.stop()]));
  });
});

/** Three controllers on clocks that run up to two per cent apart, on a network that delays, loses and reorders, with crashes and stops. */
async function storm(
  seed: number,
): Promise<{ overlaps: number; epochs: readonly number[]; terms: number; taken: boolean }> {
  const random = randomFrom(seed);
  const clock = new VirtualClock();
  const network = new Network(clock);
  const rough = 0.2 + random() * 0.5;
  let calm = false;
  network.weather = () => {
    if (calm || random() > rough) return { there: random() * 50, back: random() * 50, lost: false };
    const late = random() < 0.5 ? 30_000 : 4_000;
    return { there: random() * late, back: random() * 4_000, lost: random() < 0.5 };
  };
  let terms = 0;
  let names = 0;
  const begin = () => {
    const own = machineClock(clock, 0.98 + random() * 0.04);
    let alive = true;
    names += 1;
    const lease = createLeaderLease(
      network.table(() => alive),
      {
        clock: own,
        random,
        holder: `holder-${names}`,
        highestEpoch: async () => Math.max(0, ...network.epochs),
      },
    );
    lease.onAcquired(() => {
      terms += 1;
    });
    void lease.run();
    const kill = (): void => {
      alive = false;
      own.die();
    };
    return { lease, kill };
  };
  let running = [begin(), begin(), begin()];
  const stopping: typeof running = [];
  let overlaps = 0;
  const look = (): void => {
    if ([...running, ...stopping].filter(({ lease }) => lease.isLeader()).length > 1) overlaps += 1;
  };
  for (let round = 0; round < 12; round += 1) {
    await clock.advance(2_000 + random() * 20_000, look);
    const victim = running[Math.floor(random() * running.length)];
    if (victim === undefined || random() < 0.4) continue;
    if (random() < 0.5) {
      void victim.lease.stop({ release: random() < 0.7 });
      stopping.push(victim);
    } else victim.kill();
    running = running.filter((one) => one !== victim);
    running.push(begin());
  }
  calm = true;
  await clock.advance(80_000, look);
  const taken = running.some(({ lease }) => lease.isLeader());
  for (const { lease } of running) void lease.stop({ release: false });
  await clock.advance(10_000);
  return { overlaps, epochs: network.epochs, terms, taken };
}

describe('many controllers in bad weather', () => {
  test.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'never two leaders, epochs only rise, and one leads in the end (seed %i)',
    async (seed) => {
      const { overlaps, epochs, terms, taken } = await storm(seed);
      expect({ seed, overlaps, taken }).toEqual({ seed, overlaps: 0, taken: true });
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      expect(new Set(epochs).size).toBe(epochs.length);
      expect(terms).toBeGreaterThan(0);
    },
  );
});
