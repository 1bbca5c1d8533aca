import type { AdoptLocalRequest, ControllerConfig, PlanReport, PlanRequest } from '../cli/programs.ts';
import type { LoopObserver } from '../controller/loop/deps.ts';
import { Term } from '../controller/loop/term.ts';
import type { AdoptReport, RebuildReport } from '../model/reports.ts';
import type { StateWriter } from '../store/state-writer.ts';
import { type ControllerHost, machineHost } from './controller.ts';
import { type LeaderOptions, readOnlyTermDeps } from './leader.ts';

/** `cellwright plan --local`: the controller's own code in this process, reading everything and writing nothing. */
export async function planLocal(request: PlanRequest): Promise<PlanReport> {
  return withReadOnlyTerm(request.config, (term) => term.plan(request.tenant));
}

/** `cellwright rebuild --local`. */
export async function rebuildLocal(config: ControllerConfig): Promise<RebuildReport> {
  return withReadOnlyTerm(config, (term) => term.rebuildPlan());
}

/** `cellwright adopt --local`. */
export async function adoptLocal(request: AdoptLocalRequest): Promise<AdoptReport> {
  return withReadOnlyTerm(request.config, (term) => term.adoption(request));
}

/** Loads everything as a controller that starts does, for `work`; nothing is written. Throws `CallError`. */
export async function withReadOnlyTerm<T>(
  config: ControllerConfig,
  work: (term: Term) => T | Promise<T>,
  { host = machineHost, onCall }: { readonly host?: ControllerHost; readonly onCall?: LeaderOptions['onCall'] } = {},
): Promise<T> {
  const give = { state: nothingWritten, observer: silent, ...(onCall === undefined ? {} : { onCall }) };
  const { deps, close } = await readOnlyTermDeps(config, host, give);
  try {
    const term = new Term(deps);
    await term.load();
    return await work(term);
  } finally {
    close();
  }
}

/** Takes every write as done, and keeps it to itself. */
const nothingWritten: StateWriter = {
  writeStatus: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  writeSpec: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  writeInventory: async (_pk, value) => ({ value, rev: 0, epoch: 0 }),
  appendEvent: async () => undefined,
  remove: async () => undefined,
};

const nothing = (): void => undefined;
const silent: LoopObserver = {
  change: nothing,
  shared: nothing,
  wired: nothing,
  groupHeld: nothing,
  held: nothing,
  event: nothing,
  callFailed: nothing,
  moved: () => undefined,
  placed: nothing,
  swept: nothing,
  synced: nothing,
  detailPeriod: nothing,
  failed: nothing,
  queue: { added: nothing, started: nothing, finished: nothing, retried: nothing },
};
