import { DeniedActions } from '../aws/denied.ts';
import { loadSdk } from '../aws/sdk.ts';
import type { ControllerConfig } from '../cli/programs.ts';
import { build } from '../cli/version.ts';
import type { Term } from '../controller/loop/term.ts';
import { answerQuestion } from '../controller/questions/answer.ts';
import { Standby } from '../controller/standby/views.ts';
import { type Clock, systemClock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { createDynamo } from '../store/client.ts';
import { createDesiredTable } from '../store/desired.ts';
import { readInstallation } from '../store/installation.ts';
import { createStateReader } from '../store/state.ts';
import type { StateWriter } from '../store/state-writer.ts';
import { callCounter, collectBudgets } from '../telemetry/calls.ts';
import { FiguresLine } from '../telemetry/figures.ts';
import { collectFleet, collectProcess, setBuildInfo } from '../telemetry/gauges.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createObserver } from '../telemetry/observer.ts';
import { createWebServer, type WebServer } from '../web/server.ts';
import { snapshotOf } from '../web/snapshot.ts';
import type { FleetSnapshot } from '../web/snapshot-types.ts';
import type { Health } from '../web/sources.ts';
import { Leader } from './leader.ts';
import { questionDeps } from './questions.ts';

/** What a controller's process gives it besides its configuration. */
export interface ControllerHost {
  readonly clock: Clock;
  /** See `LeaderOptions.patience`. */
  readonly patience: number;
  readonly random: () => number;
  readonly newToken: () => string;
  /** Whether a line of figures is written each minute, whatever the level of the log. */
  readonly figures: boolean;
  /** Where log lines go; standard error where it is left out. */
  readonly write?: (line: string) => void;
}

/** A controller that runs. */
export interface RunningController {
  readonly leader: Leader;
  readonly url: string;
  stop(): Promise<void>;
}

/** How many keys of one lane (mostly: one cell) are worked on at once: their calls wait for AWS, not for this process. */
const concurrency = 20;

/** Real time and real randomness. */
export const machineHost: ControllerHost = {
  clock: systemClock,
  patience: 1,
  random: Math.random,
  newToken: () => crypto.randomUUID(),
  figures: true,
};

/** Starts the controller with its probes, metrics and page. Throws `StartError` when the tables are not there. */
export async function startController(config: ControllerConfig, host: ControllerHost): Promise<RunningController> {
  const { clock, random, newToken, patience } = host;
  const to = { clock, ...(host.write === undefined ? {} : { write: host.write }) };
  const logger = createLogger({ level: config.logLevel, ...to });
  const installation = await installationOf(config, host);
  const metrics = createMetrics();
  let state: StateWriter | undefined;
  const observer = createObserver({
    metrics,
    logger,
    clock,
    events: (key, event) => {
      state
        ?.appendEvent(key, event)
        .catch((error: unknown) => logger.warn({ object: key, detail: reasonOf(error) }, 'an event was not written'));
    },
    view: () => leader.term?.view,
  });
  const count = callCounter(metrics);
  const denied = new DeniedActions(clock);
  const leader: Leader = new Leader({
    ...config,
    installation,
    clock,
    patience,
    random,
    newToken,
    config: {
      resyncMs: config.resyncSeconds * 1_000,
      detailMs: config.detailSeconds * 1_000,
      concurrency,
      mode: config.mode,
    },
    observer: (writer) => {
      state = writer;
      return observer;
    },
    onCall: (report) => {
      count(report);
      denied.note(report);
    },
    log: (message, details) => logger.info(details, message),
  });
  leader.lease.onLost(() => observer.termEnded());
  const standby = new Standby({
    clock,
    reader: createStateReader(leader.dynamo, config.stateTable),
    desired: createDesiredTable(leader.dynamo, config.desiredTable),
    mode: config.mode,
    isNeeded: () => leader.term?.working !== true,
    failed: (error) => logger.warn({ code: error.code, detail: error.message }, "a standby's view was not read"),
  });
  const ofLeader = (): FleetSnapshot | undefined => {
    const { term } = leader;
    // While it loads, nothing is known to be present: everything would look like an orphan.
    if (term?.working !== true) return undefined;
    return snapshotOf(term.view, term.book, clock.now(), {
      mode: config.mode,
      refusals: observer.refusals(),
      capacity: term.capacity.report(),
      drains: term.movers.drains,
    });
  };
  setBuildInfo(metrics, build);
  metrics.beforeScrape(() => {
    // A standby's view never: sums over both processes would count everything twice.
    collectFleet(metrics, ofLeader(), observer.conflicts());
    collectBudgets(metrics, leader.budgets.levels());
    const isLeader = leader.lease.isLeader();
    const { resyncSeconds } = config;
    collectProcess(metrics, { isLeader, queueDepth: leader.term?.queue.depth, concurrency, resyncSeconds });
  });
  const onError = (error: Error): void =>
    logger.error({ detail: error.message }, 'a request failed by a fault of ours');
  const web = await createWebServer(
    { ...config.http, onError },
    {
      health: () => ({ ok: true, state: 'running', reasons: [] }),
      ready: () => readiness(leader),
      snapshot: () => ofLeader() ?? standbySnapshot(standby, leader, clock),
      activity: () => observer.activity(),
      plan: async (tenant) => termOf(leader).plan(tenant),
      rebuild: async () => termOf(leader).rebuildPlan(),
      adopt: async (request) => termOf(leader).adoption(request),
      answer: async (question, terms) => answerQuestion(questionDeps(termOf(leader), config, denied), question, terms),
      metrics: () => metrics.text(),
    },
  );
  const figures = new FiguresLine({
    metrics,
    logger: createLogger(to),
    clock,
    installation,
    identity: config.identity,
    standing: () => (leader.term?.working === true ? 'leading' : leader.lease.isLeader() ? 'loading' : 'standing by'),
  });
  if (host.figures) figures.start();
  loadSdk().catch((error: unknown) => logger.error({ detail: reasonOf(error) }, 'a client of the SDK was not loaded'));
  leader.run();
  standby
    .run()
    .catch((error: unknown) => logger.error({ detail: reasonOf(error) }, 'the standby ended by a fault of ours'));
  logger.info({ installation, identity: config.identity, http: web.url, mode: config.mode }, 'the controller runs');
  return { leader, url: web.url, stop: () => stopAll({ leader, standby, web, figures, logger }) };
}

/** The installation could not be told, or is not there: what to do stands in the message. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Waits for tables that cannot be reached yet; refuses where they are not there. */
async function installationOf(config: ControllerConfig, host: ControllerHost): Promise<string> {
  const dynamo = createDynamo(config.aws, {
    clock: host.clock,
    random: host.random,
    attemptTimeoutMs: 5_000 * host.patience,
  });
  try {
    const installation = await readInstallation(dynamo, config.stateTable);
    if (installation !== undefined) return installation;
    throw new StartError(`the state table ${config.stateTable} belongs to no installation yet: run cellwright init`);
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') {
      throw new StartError(
        `the state table ${config.stateTable} does not exist: run cellwright init, or name another by CELLWRIGHT_STATE_TABLE`,
      );
    }
    throw error;
  } finally {
    dynamo.destroy();
  }
}

function readiness(leader: Leader): Health {
  if (leader.term?.working === true) {
    const { behind } = leader.term;
    return { ok: true, state: 'leading', reasons: behind === undefined ? [] : [behind] };
  }
  if (leader.lease.isLeader())
    return { ok: false, state: 'loading', reasons: ['complete views of the tables and cells are still being read'] };
  const holder = leaderOf(leader);
  if (holder !== undefined) return { ok: true, state: 'standing by', reasons: [`${holder} leads`] };
  return { ok: false, state: 'waiting', reasons: ['no leader is known yet'] };
}

/** The identity of the process that leads, as it was seen last. */
function leaderOf({ lease }: Leader): string | undefined {
  // A holder is an identity and what tells this run of it from others.
  return lease.observedHolder?.replace(/#[^#]*$/, '');
}

function standbySnapshot(standby: Standby, leader: Leader, clock: Clock): FleetSnapshot | undefined {
  const { current } = standby;
  if (current === undefined) return undefined;
  const { view, book, readAt } = current;
  const holder = leaderOf(leader);
  const note = {
    ...(holder === undefined ? {} : { leader: holder }),
    readAt: new Date(readAt).toISOString(),
    ageSeconds: Math.max(0, Math.round((clock.now() - readAt) / 1_000)),
  };
  return snapshotOf(view, book, readAt, { standby: note });
}

function termOf(leader: Leader): Term {
  const { term } = leader;
  if (term?.working === true) return term;
  const holder = leaderOf(leader);
  const who = holder === undefined ? 'no leader is known' : `${holder} leads`;
  throw new StartError(`this controller does not lead, or is still reading (${who}): ask the leader, or use --local`);
}

async function stopAll(parts: {
  readonly leader: Leader;
  readonly standby: Standby;
  readonly web: WebServer;
  readonly figures: FiguresLine;
  readonly logger: Logger;
}): Promise<void> {
  const { leader, standby, web, figures, logger } = parts;
  logger.info({}, 'stopping');
  figures.stop();
  standby.stop();
  await leader.stop();
  await web.close();
  logger.info({}, 'stopped');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
