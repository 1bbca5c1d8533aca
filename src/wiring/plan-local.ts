import type { AdoptLocalRequest, ControllerConfig, PlanReport, PlanRequest } from '../cli/programs.ts';
import { Term } from '../controller/loop/term.ts';
import type { AdoptReport, RebuildReport } from '../model/reports.ts';
import { type ControllerHost, machineHost } from './controller.ts';
import { type LeaderOptions, readOnlyTermDeps } from './leader.ts';
import { nothingWritten, silent } from './read-only.ts';

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
