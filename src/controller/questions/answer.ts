import { capacityAnswer } from './capacity.ts';
import { drainReport } from './drain.ts';
import { type QuestionDeps, QuestionError, quoted, type Terms } from './question.ts';
import { rebalanceReport } from './rebalance.ts';
import { roomReport } from './room.ts';

/** Questions about capacity and moves, by the path under `/api` that answers them. */
const questions = {
  capacity: capacityAnswer,
  drain: drainReport,
  rebalance: rebalanceReport,
  room: roomReport,
} as const satisfies Record<string, (deps: QuestionDeps, terms: Terms) => object>;

/** Their names. */
export const questionNames = Object.keys(questions) as readonly (keyof typeof questions)[];

/**
 * Answers one of them from the fleet as it is.
 * @throws QuestionError when it is not understood, or asks about what is not there.
 */
export function answerQuestion(deps: QuestionDeps, question: string, terms: Terms): object {
  const name = questionNames.find((each) => each === question);
  if (name === undefined)
    throw new QuestionError(`there is no question ${quoted(question)}; known: ${questionNames.join(', ')}`, false);
  return questions[name](deps, terms);
}
