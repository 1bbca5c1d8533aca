import { type CallBudgets, createCallBudgets } from '../aws/budget.ts';
import { createCellAccess } from '../aws/cells.ts';
import { type AwsClients, createAwsClients } from '../aws/clients.ts';
import { defaultAttemptTimeoutMs } from '../aws/fence.ts';
import { createZoneAccess } from '../aws/zones.ts';
import type { ControllerConfig } from '../cli/programs.ts';
import type { LoopConfig, LoopObserver, TermDeps } from '../controller/loop/deps.ts';
import { Term } from '../controller/loop/term.ts';
import type { Clock } from '../model/clock.ts';
import { endpointReconciler, reconcilers } from '../reconcilers/registry.ts';
import { type AwsAccess, createDynamo, type Dynamo } from '../store/client.ts';
import { createDesiredTable } from '../store/desired.ts';
import { fencedError } from '../store/fence.ts';
import { readInstallation } from '../store/installation.ts';
import { createLeaderLease, type LeaderLease } from '../store/lease.ts';
import { createLeaseTable } from '../store/lease-item.ts';
import { createRemovalBudget } from '../store/removals.ts';
import { createReservations } from '../store/reservations.ts';
import { createRestoring } from '../store/restoring.ts';
import { createStateReader } from '../store/state.ts';
import { createStateWriter, type StateWriter } from '../store/state-writer.ts';
import { createStreamReader } from '../store/stream.ts';
import { createStreamClient } from '../store/stream-client.ts';

/** How long a call of a leader that vanished may still land: its attempt's time-out, and the five minutes for which AWS takes a signature. */
export const zombieMs = 5_000 + 300_000;

/**
 * Ten seconds until somebody may take over leave five to begin the term (decision 0019). Right before a renewal lands there are still more left than a mutating attempt takes: 10 s less the margin
 * of a twentieth, less 3 s, is above 5 s.
 */
const leaseMs = { duration: 10_000, renew: 3_000 } as const;

/** What the lease's run-out and the tables leave of 15 seconds: so long a take-over waits for all cells before it begins with those that have answered. */
const readsWithinMs = 2_500;

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
  /** The lease, closed for good once we stop: what runs then makes no further call. */
  readonly #fence: Pick<LeaderLease, 'epoch' | 'attemptMs' | 'remainingMs' | 'assertRemaining'>;
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
      durationMs: leaseMs.duration * patience,
      renewMs: leaseMs.renew * patience,
      attemptMs: 3_000 * patience,
      clock,
      random,
      holder: `${options.identity}#${options.newToken()}`,
      vanishedMs: zombieMs,
      highestEpoch: () => reader.highestEpoch(),
      onError: (error) => options.log('a call on the lease failed', { code: error.code, reason: error.message }),
    });
    this.#fence = this.#fenceOf(this.lease);
    this.budgets = createCallBudgets({ clock });
    this.#clients = createAwsClients({
      identity: options.identity,
      clock,
      random,
      fence: this.#fence,
      attemptTimeoutMs: defaultAttemptTimeoutMs * patience,
      budgets: this.budgets,
      ...awsOf(aws),
      ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
    });
  }

  /** The term under way; undefined while standing by. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** Competes until `stop`. */
  run(): void {
    this.lease.onAcquired((epoch, handedOver, unsettledMs) => {
      this.#options.log('leading', { epoch, handedOver, unsettledSeconds: Math.ceil(unsettledMs / 1_000) });
      const removalsFrom = unsettledMs === 0 ? 0 : this.#options.clock.now() + unsettledMs;
      this.#ending = this.#ending.then(() => this.#begin(epoch, removalsFrom));
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
    const clients = await this.#clients;
    clients.quiesce();
    await this.#end();
    await this.#ending;
    await this.#end();
    // Nothing of ours is on the wire any more: a successor may begin at once. What a leader that vanished before us may still have there, the lease tells it.
    await this.lease.stop();
    clients.close();
    await this.#running;
    this.dynamo.destroy();
  }

  async #begin(epoch: number, removalsFrom: number): Promise<void> {
    const { log, clock } = this.#options;
    while (!this.#stopped && this.lease.isLeader() && this.lease.epoch === epoch) {
      const term = new Term(await this.#termDeps(epoch, removalsFrom));
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

  #fenceOf(lease: LeaderLease) {
    const stopped = (): boolean => this.#stopped;
    return {
      get epoch(): number {
        return lease.epoch;
      },
      attemptMs: lease.attemptMs,
      remainingMs: () => (stopped() ? 0 : lease.remainingMs()),
      assertRemaining: (ms: number) => {
        if (stopped()) throw fencedError('stop', 'this controller stops: nothing more is written');
        lease.assertRemaining(ms);
      },
    };
  }

  async #termDeps(epoch: number, removalsFrom: number): Promise<TermDeps> {
    const { dynamo, budgets } = this;
    const fence = this.#fence;
    const state = createStateWriter(dynamo, this.#options.stateTable, fence);
    const clients = await this.#clients;
    return termDepsOf({
      ...this.#options,
      dynamo,
      budgets,
      clients,
      fence,
      epoch,
      removalsFrom,
      readsWithinMs: this.lease.watched ? readsWithinMs * this.#options.patience : undefined,
      state,
      raiseEpoch: (above) => this.lease.raise(above),
      observer: this.#options.observer(state),
    });
  }
}

/** What a term needs to read everything and to write nothing: for plans outside the controller. No lease is asked for. */
export async function readOnlyTermDeps(
  config: ControllerConfig,
  host: Pick<LeaderOptions, 'clock' | 'random' | 'newToken'>,
  give: Pick<LeaderOptions, 'onCall'> & { readonly state: StateWriter; readonly observer: LoopObserver },
): Promise<{ deps: TermDeps; close: () => void }> {
  const { clock, random } = host;
  const dynamo = createDynamo(config.aws, { clock, random });
  const installation = (await readInstallation(dynamo, config.stateTable)) ?? '';
  const epoch = await createStateReader(dynamo, config.stateTable).highestEpoch();
  const fence = { epoch, remainingMs: () => 0, assertRemaining: refuse };
  const budgets = createCallBudgets({ clock });
  const clients = await createAwsClients({
    identity: config.identity,
    clock,
    random,
    fence,
    budgets,
    ...awsOf(config.aws),
    ...(give.onCall === undefined ? {} : { onCall: give.onCall }),
  });
  const loop: LoopConfig = {
    resyncMs: 300_000,
    detailMs: 900_000,
    concurrency: 1,
    mode: 'observe',
    placingMode: config.mode,
  };
  const nothing = (): void => undefined;
  const reads = { removalsFrom: 0, config: loop, raiseEpoch: nothing };
  // The epoch that the next leader would have: a fence that names it is another's.
  const parts = { dynamo, budgets, clients, fence, epoch: epoch + 1, installation, ...reads };
  const close = (): void => {
    clients.close();
    dynamo.destroy();
  };
  return { deps: termDepsOf({ ...config, ...host, ...parts, ...give }), close };
}

interface TermParts
  extends Pick<
    LeaderOptions,
    'aws' | 'desiredTable' | 'stateTable' | 'installation' | 'config' | 'clock' | 'random' | 'newToken'
  > {
  readonly dynamo: Dynamo;
  readonly budgets: CallBudgets;
  readonly clients: AwsClients;
  readonly fence: Pick<LeaderLease, 'epoch' | 'remainingMs' | 'assertRemaining'>;
  readonly epoch: number;
  readonly removalsFrom: number;
  readonly readsWithinMs?: number | undefined;
  readonly raiseEpoch: (above: number) => void;
  readonly state: StateWriter;
  readonly observer: LoopObserver;
}

function termDepsOf(parts: TermParts): TermDeps {
  const { aws, desiredTable, stateTable, clock, random, newToken, installation, dynamo, budgets, clients, fence } =
    parts;
  const { streamPollMs } = parts.config;
  const fenced = { dynamo, table: stateTable, fence };
  return {
    config: parts.config,
    clock,
    random,
    newToken,
    installation,
    epoch: parts.epoch,
    removalsFrom: parts.removalsFrom,
    readsWithinMs: parts.readsWithinMs,
    desired: createDesiredTable(dynamo, desiredTable),
    reader: createStateReader(dynamo, stateTable),
    state: parts.state,
    reservations: createReservations(fenced, newToken),
    restoring: createRestoring(fenced, newToken),
    raiseEpoch: parts.raiseEpoch,
    removals: createRemovalBudget(fenced),
    reconcilers,
    endpoints: endpointReconciler,
    stream: (callbacks) =>
      createStreamReader({
        client: createStreamClient(aws, dynamo, desiredTable),
        clock,
        random,
        ...(streamPollMs === undefined ? {} : { pollMs: streamPollMs }),
        ...callbacks,
      }),
    cellAccess: (cell) => createCellAccess({ cell, clients, clock }),
    zoneAccess: (zone) =>
      createZoneAccess({ zone, installation, clients, budgets, fence, clock, randomId: () => newToken().slice(0, 8) }),
    setCallShare: (share) => budgets.setShare(share),
    observer: parts.observer,
  };
}

function refuse(): never {
  throw fencedError('plan', 'a plan writes nothing');
}

function awsOf(aws: AwsAccess) {
  return {
    ...(aws.requestHandler === undefined ? {} : { requestHandler: aws.requestHandler as never }),
    ...(aws.credentials === undefined ? {} : { credentials: aws.credentials as never }),
    ...(aws.region === undefined ? {} : { region: aws.region }),
    ...(aws.onClient === undefined ? {} : { onClient: aws.onClient }),
  };
}
