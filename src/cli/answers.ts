/** Asking what the controller alone can know: over HTTP, or with `--local` in this process by the controller's own code. */
import type { CheckAnswer } from '../model/checks.ts';
import type { CapacityReport, DrainReport, RebalanceReport, RoomReport } from '../model/reports.ts';
import { awsAccessOf } from './aws-environment.ts';
import { readControllerSettings, readHttpSettings } from './config.ts';
import type { Context } from './context.ts';
import { CliError } from './errors.ts';
import { askController } from './http.ts';

/** Questions, by the path under `/api` that answers them. */
export interface Answers {
  readonly room: RoomReport;
  readonly drain: DrainReport;
  readonly rebalance: RebalanceReport;
  readonly capacity: CapacityReport;
  readonly check: CheckAnswer;
}

export type Question = keyof Answers;

/** What a question is about, as the query of its URL. */
export type Terms = Readonly<Record<string, string>>;

/** A member of each answer by which it is known to be one. */
const marks: Readonly<Record<Question, string>> = {
  room: 'fits',
  drain: 'going',
  rebalance: 'tiers',
  capacity: 'tiers',
  check: 'checks',
};

/** Asks. `command` is what to run without a controller. Throws `CliError` where nothing, or not that, comes back. */
export async function ask<Q extends Question>(
  context: Context,
  question: Q,
  terms: Terms,
  how: { readonly local: boolean; readonly command: string },
): Promise<Answers[Q]> {
  if (how.local) return askHere(context, question, terms);
  const settings = readHttpSettings(context.settings);
  const query = new URLSearchParams(terms).toString();
  const path = `/api/${question}${query === '' ? '' : `?${query}`}`;
  const answer = await askController(context.host, settings, path, `${how.command} --local`);
  if (typeof answer === 'object' && answer !== null && marks[question] in answer) return answer as Answers[Q];
  throw new CliError({
    reason: 'UnknownAnswer',
    what: 'the answer cannot be shown',
    why: `what answers at ${settings.host}:${settings.port} is not a controller of this version`,
    hint: `check CELLWRIGHT_HTTP, or ask without the controller: ${how.command} --local`,
  });
}

async function askHere<Q extends Question>(context: Context, question: Q, terms: Terms): Promise<Answers[Q]> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  context.output.say('reading everything anew, as a controller that starts does');
  const answer = await context.programs.askLocal({ question, terms, config: { ...settings, aws } });
  // The program answers the question that it was asked.
  return answer as Answers[Q];
}
