import type { ControllerConfig } from '../cli/programs.ts';
import { build } from '../cli/version.ts';
import type { Term } from '../controller/loop/term.ts';
import type { CheckDeps } from '../controller/questions/check.ts';

/** What questions are answered from: a term, and what the process may do. */
export function questionDeps(term: Term, { mode }: Pick<ControllerConfig, 'mode'>): CheckDeps {
  const { view, book, engine } = term;
  return {
    view,
    book,
    clock: engine.clock,
    mode: () => mode,
    version: build.version,
    cell: (name) => engine.cell(name),
    behind: () => term.behind,
  };
}
