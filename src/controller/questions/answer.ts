import { capacityAnswer } from './capacity.ts';
import { type CheckDeps, checkAnswer } from './check.ts';
import { drainReport } from './drain.ts';
import { QuestionError, quoted, type Terms } from './question.ts';
import { rebalanceReport } from './rebalance.ts';
import { roomReport } from './room.ts';

/** Questions about capacity, moves and the environment, by the path under `/api` that answers them. */
const questions = {
  capacity: capacityAnswer,
  check: checkAnswer,
  drain: drainReport,
  rebalance: rebalanceReport,
  room: roomReport,
} as const satisfies Record<string, (deps: CheckDeps, terms: Terms) => object | Promise<object>>;

/** Their names. */
export const questionNames = Object.keys(questions) as readonly (keyof typeof questions)[];

/**
 * Answers one of them from the fleet as it is.
 * @throws QuestionError when it is not understood, or asks about what is not there.
 */
export async function answerQuestion(deps: CheckDeps, question: string, terms: Terms): Promise<object> {
  const name = questionNames.find((each) => each === question);
  if (name === undefined)
    throw new QuestionError(`there is no question ${quoted(question)}; known: ${questionNames.join(', ')}`, false);
  return questions[name](deps, terms);
}
