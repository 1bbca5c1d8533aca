import { DeniedActions } from '../aws/denied.ts';
import type { LocalQuestion } from '../cli/programs.ts';
import { answerQuestion } from '../controller/questions/answer.ts';
import { type ControllerHost, machineHost } from './controller.ts';
import { withReadOnlyTerm } from './plan-local.ts';
import { questionDeps } from './questions.ts';

/** `capacity --local` and its like: the controller's own code in this process, reading everything and writing nothing. */
export async function askLocal(
  { question, terms, config }: LocalQuestion,
  host: ControllerHost = machineHost,
): Promise<object> {
  const denied = new DeniedActions(host.clock);
  return withReadOnlyTerm(
    config,
    // What the process may do is that of the controller that would be asked, not of this one, which writes nothing.
    (term) => answerQuestion(questionDeps(term, config, denied), question, (name) => terms[name]),
    { host, onCall: (report) => denied.note(report) },
  );
}
