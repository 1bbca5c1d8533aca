/** `check`: the environment, each failure with its remedy and its place in the runbook. */
import {
  type CheckAnswer,
  type CheckId,
  type CheckOutcome,
  type CheckResult,
  checkKinds,
  checkOutcomes,
  runbookOf,
} from '../../model/checks.ts';
import { CallError } from '../../model/errors.ts';
import { ask } from '../answers.ts';
import { checkLines } from '../check-lines.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { type Session, withSession } from '../session.ts';
import { leaderCheck, skipped, tableChecks } from '../table-checks.ts';
import { build } from '../version.ts';

export interface CheckOptions {
  /** By the controller's own code in this process. */
  readonly local: boolean;
  /** Before a controller runs. */
  readonly pre: boolean;
  /** Every check in a line of its own. */
  readonly wide: boolean;
  /** For how long it is looked again while something fails. */
  readonly waitSeconds: number;
}

const againMs = 5_000;

/** Checks everything, and prints it by group. 0 when nothing failed, 1 when something did, 2 when nothing failed and something could not be told. */
export async function check(context: Context, options: CheckOptions): Promise<number> {
  const { clock } = context.host;
  const until = clock.monotonic() + options.waitSeconds * 1_000;
  for (;;) {
    const checks = await withSession(context.host, context.settings, (session) => allChecks(context, session, options));
    const counts = countsOf(checks);
    const open = counts.failed + counts.unknown;
    if (open === 0 || clock.monotonic() >= until) return print(context, checks, counts, options.wide);
    const names = [...new Set(checks.filter(isOpen).map(({ id }) => id))].join(', ');
    context.output.say(`not yet: ${names}; looking again`);
    await clock.sleep(Math.min(againMs, Math.max(0, until - clock.monotonic())), context.host.interrupts());
  }
}

function isOpen({ outcome }: CheckResult): boolean {
  return outcome === 'failed' || outcome === 'unknown';
}

function countsOf(checks: readonly CheckResult[]): Readonly<Record<CheckOutcome, number>> {
  const counts = checkOutcomes.map((one) => [one, checks.filter(({ outcome }) => outcome === one).length]);
  return Object.fromEntries(counts) as Record<CheckOutcome, number>;
}

async function print(
  { output }: Context,
  checks: readonly CheckResult[],
  counts: Readonly<Record<CheckOutcome, number>>,
  wide: boolean,
): Promise<number> {
  const shown = checks.map((one) => ({
    group: checkKinds[one.id].group,
    holds: checkKinds[one.id].holds,
    ...one,
    ...(one.outcome === 'ok' || one.outcome === 'skipped' ? {} : { runbook: runbookOf(one.id) }),
  }));
  const data = { ok: counts.failed + counts.unknown === 0, counts, checks: shown };
  await output.data(data, () => checkLines(checks, counts, { paint: output.paint, wide }));
  if (counts.failed > 0) return exitCodes.no;
  return counts.unknown > 0 ? exitCodes.unanswered : exitCodes.yes;
}

/** What the controller alone can know. */
const ofController = (Object.keys(checkKinds) as CheckId[]).filter(
  (id) => !['Environment', 'Tables'].includes(checkKinds[id].group) && id !== 'leader' && id !== 'controller',
);
/** Without these nothing more can be asked. */
const needed: readonly CheckId[] = ['credentials', 'desired-table', 'state-table'];

const none: Promise<readonly CheckResult[]> = Promise.resolve([]);

async function allChecks(
  context: Context,
  session: Session,
  { local, pre }: CheckOptions,
): Promise<readonly CheckResult[]> {
  const own = await tableChecks(session, { pre });
  if (!own.every(allowsMore))
    return pre ? own : [...own, ...(['leader', 'controller', ...ofController] as const).map(skipped)];
  const [leader, told] = await Promise.all([
    pre ? none : leaderCheck(session).then((one) => [one]),
    pre && !local ? none : controllerChecks(context, { local, pre }),
  ]);
  return [...own, ...leader, ...told];
}

/** Whether more can be asked, as far as this check goes. */
function allowsMore({ id, outcome }: CheckResult): boolean {
  return id === 'clock' ? outcome !== 'failed' : !needed.includes(id) || outcome === 'ok';
}

async function controllerChecks(
  context: Context,
  { local, pre }: Pick<CheckOptions, 'local' | 'pre'>,
): Promise<readonly CheckResult[]> {
  try {
    const answer = await ask(context, 'check', {}, { local, command: 'cellwright check' });
    const own = pre ? [] : [answers(answer, local), ...(local ? [] : [versionCheck(answer)])];
    return [...own, ...answer.checks];
  } catch (error) {
    return [{ id: 'controller', outcome: 'failed', ...wordsOf(error) }, ...ofController.map(skipped)];
  }
}

/** Why nothing came of asking, and what to do. Throws what is no answer of the controller's or AWS's. */
function wordsOf(error: unknown): { readonly found: string; readonly remedy: string } {
  if (error instanceof CliError) {
    const { what, why, hint } = error.trouble;
    return { found: `${what}: ${why}`, remedy: hint };
  }
  if (!(error instanceof CallError)) throw error;
  const remedy = 'see that these credentials may read both tables to their end: docs/explanation/iam.md';
  return { found: `what it would know could not be read: ${error.message}`, remedy };
}

function answers({ at }: CheckAnswer, local: boolean): CheckResult {
  const found = local ? 'not asked: all was read by this command' : `as of ${at}`;
  return { id: 'controller', outcome: local ? 'skipped' : 'ok', found };
}

function versionCheck({ version }: CheckAnswer): CheckResult {
  const id = 'version';
  if (version === build.version) return { id, outcome: 'ok', found: version };
  const found = `the controller is ${version}, this command ${build.version}`;
  return { id, outcome: 'warning', found, remedy: 'use the command of the version that runs' };
}
