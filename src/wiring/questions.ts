import type { DeniedActions } from '../aws/denied.ts';
import type { ControllerConfig } from '../cli/programs.ts';
import { build } from '../cli/version.ts';
import type { Term } from '../controller/loop/term.ts';
import type { CheckDeps, Progress } from '../controller/questions/check.ts';

/** What questions are answered from: a term, what the process may do, and what it was denied. */
export function questionDeps(
  term: Term,
  { mode, resyncSeconds }: Pick<ControllerConfig, 'mode' | 'resyncSeconds'>,
  denied: Pick<DeniedActions, 'list'>,
): CheckDeps {
  const { view, book, engine } = term;
  return {
    view,
    book,
    clock: engine.clock,
    mode: () => mode,
    version: build.version,
    cell: (name) => engine.cell(name),
    zone: (tier) => engine.zone(tier),
    behind: () => term.behind,
    progress: () => progressOf(term, resyncSeconds),
    denied: () => denied.list(),
  };
}

function progressOf({ syncedAt, queue }: Term, resyncSeconds: number): Progress | undefined {
  if (syncedAt === undefined) return undefined;
  return {
    syncedAt,
    resyncMs: resyncSeconds * 1_000,
    waiting: queue.depth,
    oldestWaitMs: queue.oldestWaitMs(),
    longestRunMs: queue.longestRunMs(),
  };
}
