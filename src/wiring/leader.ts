import { type AwsClients, createAwsClients } from '../aws/clients.ts';
import { type CallBudgets, createCallBudgets } from '../aws/budget.ts';
import { defaultAttemptTimeoutMs } from '../aws/fence.ts';
import { createCellAccess } from '../aws/cells.ts';
import { createZoneAccess } from '../aws/zones.ts';
import type { LoopConfig, LoopObserver, TermDeps } from '../controller/loop/deps.ts';
import { Term } from '../controller/loop/term.ts';
import type { Clock } from '../model/clock.ts';
import { reconcilers } from '../reconcilers/registry.ts';
import { type AwsAccess, createDynamo, type Dynamo } from '../store/client.ts';
import { createDesiredTable } from '../store/desired.ts';
import { createLeaseTable } from '../store/lease-item.ts';
import { createLeaderLease, type LeaderLease } from '../store/lease.ts';
import { createRemovalBudget } from '../store/removals.ts';
import { createReservations } from '../store/reservations.ts';
import { createStateReader } from '../store/state.ts';
import { createStateWriter, type StateWriter } from '../store/state-writer.ts';
import { createStreamClient } from '../store/stream-client.ts';
import { createStreamReader } from '../store/stream.ts';

/** How long a call of a leader that vanished may still land: its attempt's time-out, and the five minutes for which AWS takes a signature. */
export const zombieMs = 5_000 + 300_000;

export interface LeaderOptions {
  readonly aws: AwsAccess;
  readonly desiredTable: string;
  readonly stateTable: string;
  readonly installation: string;
  readonly identity: string;
  readonly config: LoopConfig;
  readonly clock: Clock;
  /**
   * Stretches the time-outs of calls and the lease's own times. 1 in real time; on a clock that runs many times as fast as the machine's, what protects against a slow machine must
   * not shrink with it.
   */
  readonly patience: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly newToken: () => string;
  /** Made anew for each term; `events` writes an object's history. */
  readonly observer: (state: StateWriter) => LoopObserver;
  readonly onCall?: Parameters<typeof createAwsClients>[0]['onCall'];
  readonly log: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Competes for the lease, and works a term whenever it is won. A term that cannot be begun (a table that cannot be read) is tried again while the lease lasts; one whose lease is lost is
 * stopped without a further write.
 */
export class Leader {
  readonly lease: LeaderLease;
  readonly dynamo: Dynamo;
  readonly budgets: CallBudgets;
  readonly #options: LeaderOptions;
  readonly #clients: Promise<AwsClients>;
  #term: Term | undefined;
  #ending: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: LeaderOptions) {
    const { clock, random, aws, stateTable } = options;
    this.#options = options;
    const { patience } = options;
    this.dynamo = createDynamo(aws, { clock, random, attemptTimeoutMs: 5_000 * patience });
    const reader = createStateReader(this.dynamo, stateTable);
    this.lease = createLeaderLease(createLeaseTable(this.dynamo, stateTable, 2_500 * patience), {
      durationMs: 12_000 * patience,
      renewMs: 4_000 * patience,
      attemptMs: 3_000 * patience,
      clock,
      random,
      holder: `${options.identity}#${options.newToken()}`,
      highestEpoch: () => reader.highestEpoch(),
      onError: (error) => options.log('a call on the lease failed', { code: error.code, reason: error.message }),
    });
    this.budgets = createCallBudgets({ clock });
    this.#clients = createAwsClients({
      identity: options.identity,
      clock,
      random,
      fence: this.lease,
      attemptTimeoutMs: defaultAttemptTimeoutMs * patience,
      budgets: this.budgets,
      ...(aws.requestHandler === undefined ? {} : { requestHandler: aws.requestHandler as never }),
      ...(aws.credentials === undefined ? {} : { credentials: aws.credentials as never }),
      ...(aws.region === undefined ? {} : { region: aws.region }),
      ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
    });
  }

  /** The term under way; undefined while standing by. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** Competes until `stop`. */
  run(): void {
    this.lease.onAcquired((epoch, handedOver) => {
      this.#options.log('leading', { epoch, handedOver });
      this.#ending = this.#ending.then(() => this.#begin(epoch, handedOver));
    });
    this.lease.onLost((reason) => {
      this.#options.log('the lease is lost', { reason });
      this.#ending = this.#ending.then(() => this.#end());
    });
    this.#running = this.lease.run();
  }

  /** Stops: the term first, without a write; then the lease is handed over, so that a successor need not wait. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ending;
    await this.#end();
    const clients = await this.#clients;
    clients.close();
    await this.lease.stop({ release: true });
    await this.#running;
    this.dynamo.destroy();
  }

  async #begin(epoch: number, handedOver: boolean): Promise<void> {
    const { log, clock } = this.#options;
    while (!this.#stopped && this.lease.isLeader() && this.lease.epoch === epoch) {
      const term = new Term(await this.#termDeps(epoch, handedOver));
      this.#term = term;
      try {
        await term.start();
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log('complete views could not be had; trying again', { reason });
        await this.#end();
        await clock.sleep(2_000);
      }
    }
  }

  async #end(): Promise<void> {
    const term = this.#term;
    this.#term = undefined;
    await term?.stop();
  }

  async #termDeps(epoch: number, handedOver: boolean): Promise<TermDeps> {
    const { aws, desiredTable, stateTable, clock, random, newToken, installation, config } = this.#options;
    const { dynamo, lease, budgets } = this;
    const clients = await this.#clients;
    const fenced = { dynamo, table: stateTable, fence: lease };
    const state = createStateWriter(dynamo, stateTable, lease);
    return {
      config,
      clock,
      random,
      newToken,
      installation,
      epoch,
      removalsFrom: handedOver ? 0 : clock.now() + zombieMs,
      desired: createDesiredTable(dynamo, desiredTable),
      reader: createStateReader(dynamo, stateTable),
      state,
      reservations: createReservations(fenced, newToken),
      removals: createRemovalBudget(fenced),
      reconcilers,
      stream: (callbacks) =>
        createStreamReader({ client: createStreamClient(aws, dynamo, desiredTable), clock, random, ...callbacks }),
      cellAccess: (cell) => createCellAccess({ cell, clients, clock }),
      zoneAccess: (zone) =>
        createZoneAccess({
          zone,
          installation,
          clients,
          budgets,
          fence: lease,
          clock,
          randomId: () => newToken().slice(0, 8),
        }),
      setCallShare: (share) => budgets.setShare(share),
      observer: this.#options.observer(state),
    };
  }
}
