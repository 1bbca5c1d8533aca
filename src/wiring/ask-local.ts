import type { LocalQuestion } from '../cli/programs.ts';
import { answerQuestion } from '../controller/questions/answer.ts';
import { withReadOnlyTerm } from './plan-local.ts';

/** `capacity --local` and its like: the controller's own code in this process, reading everything and writing nothing. */
export async function askLocal({ question, terms, config }: LocalQuestion): Promise<object> {
  return withReadOnlyTerm(config, (term) =>
    // What the process may do is that of the controller that would be asked, not of this one, which writes nothing.
    answerQuestion(
      { view: term.view, book: term.book, clock: term.engine.clock, mode: () => config.mode },
      question,
      (name) => terms[name],
    ),
  );
}
