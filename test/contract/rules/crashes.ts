import { describe, expect, it } from 'vitest';
import type { PlacementInventory } from '../../../src/model/resources.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import type { Controller } from '../controller.ts';
import { emptyLedger, Killed } from '../controller.ts';
import { liveState } from '../live.ts';
import { start } from '../start.ts';
import type { Subject } from '../subject.ts';
import { Witness, type Witnesses } from '../witness.ts';
import { type Ground, prepare } from '../world.ts';

const modes = ['dies before', 'dies after', 'gets no answer, without effect, to', 'gets no answer to'] as const;
type Mode = (typeof modes)[number];

/** Where the one fault of a life strikes: at the n-th call that this reconciler makes to change something. */
interface Strike {
  readonly at: number;
  readonly mode: Mode;
}

interface LifeOptions {
  readonly strike?: Strike;
  /** Takes down the calls that a strike could be at. */
  readonly calls?: string[];
  readonly latencyFactor?: number;
}

/** What stood at the end of each part of a life, and what the inventory said. */
type Life = readonly { readonly live: unknown; readonly inventory: unknown }[];

/** A crash before or after any call of create, update, stop and retire, and a lost answer to it, change nothing about where the next run ends. */
export async function crashes(subject: Subject, witnesses: Witnesses): Promise<() => void> {
  const calls: string[] = [];
  const whole = await live(subject, witnesses, { calls });
  const cases = calls.flatMap((call, at) => modes.map((mode) => [`${mode} ${call}`, { at, mode }] as const));
  return () => {
    describe('crashes: a controller that', () => {
      it.each(cases)('%s', async (_what, strike) => {
        expect(await live(subject, witnesses, { strike })).toEqual(whole);
      });

      // With AWS's own latencies what was just made does not show at once.
      const slow = cases.filter(([what]) => /^(dies after|gets no answer to).* create\)$/.test(what));
      it.each(slow)('%s, at the pace of AWS', async (_what, strike) => {
        expect(await live(subject, witnesses, { strike, latencyFactor: 1 })).toEqual(whole);
      });
    });
  };
}

/** One whole life: built, changed, removed. */
async function live(subject: Subject, witnesses: Witnesses, options: LifeOptions): Promise<Life> {
  const { strike, calls = [], latencyFactor = 0 } = options;
  const ground = prepare({ latencyFactor });
  const witness = new Witness(ground, witnesses.kind);
  witnesses.push(witness);
  const line = new Line(ground, witness, subject);
  const spent = inject(ground, witness, subject, { strike, calls, kill: () => line.controller?.kill() });
  const parts: Life[number][] = [];
  const note = async (): Promise<void> => {
    parts.push({ live: await liveState(ground.hands), inventory: known(line.ledger.placement) });
  };
  await line.through((controller) => controller.settle());
  await note();
  await line.through((controller) => controller.settle(subject.change));
  await note();
  await line.through((controller) => controller.remove());
  await note();
  if (strike !== undefined) expect(spent(), 'faults that struck').toBe(1);
  return parts;
}

/** Controllers one after the other on one ledger, each started when the one before has died. */
class Line {
  readonly ledger = emptyLedger();
  controller: Controller | undefined;
  readonly #ground: Ground;
  readonly #witness: Witness;
  readonly #subject: Subject;

  constructor(ground: Ground, witness: Witness, subject: Subject) {
    this.#subject = subject;
    this.#ground = ground;
    this.#witness = witness;
  }

  async through(work: (controller: Controller) => Promise<unknown>): Promise<void> {
    for (let lives = 0; lives < 3; lives++) {
      this.controller ??= await start(this.#ground, this.#witness, this.ledger, this.#subject.usual);
      try {
        await work(this.controller);
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.controller = undefined;
        this.#witness.at = undefined;
      }
    }
    throw new Error('one fault killed three controllers');
  }
}

interface Injection {
  readonly strike: Strike | undefined;
  /** Takes down the calls that a strike could be at. */
  readonly calls: string[];
  readonly kill: () => void;
}

/** Injects the fault. Returns how often it struck. */
function inject(ground: Ground, witness: Witness, { kind }: Subject, { strike, calls, kill }: Injection): () => number {
  let count = -1;
  let struck = 0;
  const fault = (): Fault => {
    struck += 1;
    if (strike?.mode === 'dies before' || strike?.mode === 'dies after') return { kind: 'crash', kill };
    return { kind: 'lost', how: 'timeout' };
  };
  const early = strike?.mode === 'dies before' || strike?.mode === 'gets no answer, without effect, to';
  ground.aws.faults = {
    before: ({ service, operation, principal }) => {
      const { at } = witness;
      if (at?.kind !== kind || at.effect === 'observe' || service === 'sts' || principal.includes('stranger'))
        return undefined;
      count += 1;
      calls.push(`${operation} (call ${count + 1}, ${at.effect})`);
      return early && struck === 0 && count === strike.at ? fault() : undefined;
    },
    after: ({ service, principal }) => {
      const late = strike !== undefined && !early && struck === 0 && count === strike.at;
      if (!late || witness.at?.kind !== kind || service === 'sts' || principal.includes('stranger')) return undefined;
      return fault();
    },
  };
  return () => struck;
}

/** Names and incarnations: a crash costs none. */
function known(placement: PlacementInventory): unknown {
  const entries = Object.values(placement.resources).map(({ kind, n, name, intent }) => ({ kind, n, name, intent }));
  return { entries: entries.sort((a, b) => (a.kind < b.kind ? -1 : 1)), retired: placement.retired };
}
