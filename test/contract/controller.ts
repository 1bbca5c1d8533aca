/** The driver of the suite: the real chain and the real removal over an inventory that is durable in memory, with crashes. */
import { type ChainResult, convergeChain } from '../../src/controller/tenant/chain.ts';
import { type RemovalStep, removePlacement } from '../../src/controller/tenant/removal.ts';
import type { Change, PlacementInventory } from '../../src/model/resources.ts';
import type { PlacementContext, Reconciler } from '../../src/reconcilers/contract.ts';
import { reserved } from './facts.ts';
import { contextOf, type Ground, type Machine, type Variation } from './world.ts';

/** What survives a crash. */
export interface Ledger {
  placement: PlacementInventory;
}

export const emptyLedger = (): Ledger => ({ placement: reserved });

/** Thrown into what waits for a controller that was killed. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One controller process at work on the one placement. */
export class Controller {
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly applied: Change[] = [];
  protected readonly ground: Ground;
  readonly #reconcilers: readonly Reconciler[];
  readonly #usual: Variation;
  readonly #death: Promise<never>;
  #die: (error: Killed) => void = () => undefined;
  #dead = false;

  constructor(
    ground: Ground,
    machine: Machine,
    { ledger, reconcilers, usual }: { ledger: Ledger; reconcilers: readonly Reconciler[]; usual: Variation },
  ) {
    this.#usual = usual;
    this.ground = ground;
    this.machine = machine;
    this.ledger = ledger;
    this.#reconcilers = reconcilers;
    this.#death = new Promise((_resolve, reject) => {
      this.#die = reject;
    });
    this.#death.catch(() => undefined);
  }

  /** As by SIGKILL: nothing that it waits for comes any more, and nothing that it would still save is saved. */
  kill(): void {
    this.#dead = true;
    this.machine.process.kill();
    this.#die(new Killed('the controller was killed'));
  }

  /** One pass over the chain. Everything is read anew. Rejects with `Killed`. */
  async pass(varied: Variation = {}, reconcilers = this.#reconcilers): Promise<ChainResult> {
    const work = convergeChain(
      {
        reconcilers,
        clock: this.machine.process.clock,
        newToken: () => token(this.ground.random),
        save: (placement) => this.save(placement),
        guard: async () => undefined,
        report: (change, what) => {
          if (what === 'applied') this.applied.push(change);
        },
        write: true,
        depth: 'full',
        maxAgeMs: 0,
        driftAgeMs: 0,
      },
      this.machine.access,
      this.context(varied),
      (signals, conditions) => {
        const ready = conditions.find(({ type }) => type === 'RuleReady')?.status === 'True';
        const serves = ready && (signals.target_group?.healthyTargets ?? 0) > 0;
        const stood = this.ledger.placement.resources.dns_record?.arn !== undefined;
        return { ...this.context(varied).dns, want: stood || serves ? 'publish' : 'keep' };
      },
    );
    return this.alive(work);
  }

  /** Passes, and retirement of what was superseded, until nothing is left to do. Throws when that is not reached. */
  async settle(varied: Variation = {}, reconcilers = this.#reconcilers): Promise<ChainResult> {
    let last: ChainResult | undefined;
    for (let pass = 0; pass < 200; pass++) {
      last = await this.pass(varied, reconcilers);
      const healthy = (last.signals.target_group?.healthyTargets ?? 0) >= this.context(varied).tasks;
      const stable = last.converged && last.signals.service?.stable === true && healthy;
      if (stable && (await this.#insync()) && (await this.#retireOld(varied))) return last;
      await this.ground.clock.advance(3_000);
    }
    throw new Error(`not settled: ${JSON.stringify(last, undefined, 1)}`);
  }

  /** Takes the placement away until nothing is left of it. Throws when that is not reached. */
  async remove(): Promise<void> {
    let step = await this.removeStep();
    for (let pass = 0; pass < 60; pass++) {
      if (step.state === 'gone') return;
      if (step.state === 'held') throw new Error(`the removal is held: ${step.refusal.message}`);
      await this.ground.clock.advance(step.state === 'busy' ? step.checkInMs : 1_000);
      step = await this.removeStep();
    }
    throw new Error(`not gone: ${JSON.stringify(step, undefined, 1)}`);
  }

  /** As much of the removal as can be done now. */
  async removeStep(goal: 'stop' | 'remove' = 'remove'): Promise<RemovalStep> {
    const { placement } = this.ledger;
    const removal = placement.removal ?? { startedAt: this.#now(), reason: 'test' };
    await this.save({ ...placement, phase: 'leaving', removal });
    const work = removePlacement(
      {
        reconcilers: this.#reconcilers,
        clock: this.machine.process.clock,
        save: (next) => this.save(next),
        charge: async () => undefined,
        report: () => undefined,
      },
      this.machine.access,
      this.context(),
      goal,
    );
    return this.alive(work);
  }

  context(varied: Variation = {}): PlacementContext {
    const service = { ...this.#usual.service, ...varied.service };
    return contextOf(this.ledger.placement, { ...this.#usual, ...varied, service });
  }

  async #insync(): Promise<boolean> {
    const { placement } = this.ledger;
    const change = placement.dnsChange;
    if (change === undefined || change.insyncAt !== undefined) return true;
    const insync = await this.alive(this.machine.access.zone.insync(change.id));
    if (insync) await this.save({ ...placement, dnsChange: { ...change, insyncAt: this.#now() } });
    return insync;
  }

  /** Whether nothing superseded is left. */
  async #retireOld(varied: Variation): Promise<boolean> {
    for (const old of this.ledger.placement.retired) {
      const reconciler = this.#reconcilers.find(({ kind }) => kind === old.kind);
      const step = await this.alive(
        reconciler?.retire(this.machine.access, this.context(varied), old) ?? Promise.resolve(undefined),
      );
      if (step?.step !== 'gone') return false;
      const { placement } = this.ledger;
      await this.save({ ...placement, retired: placement.retired.filter((one) => one !== old) });
    }
    return true;
  }

  protected async save(placement: PlacementInventory): Promise<void> {
    if (this.#dead) return new Promise(() => undefined);
    this.ledger.placement = placement;
  }

  /** Lets time pass until the work is done, or the process dead. */
  protected alive<T>(work: Promise<T>): Promise<T> {
    return this.ground.run(Promise.race([work, this.#death]));
  }

  #now(): string {
    return new Date(this.ground.clock.now()).toISOString();
  }
}

export function token(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
}
