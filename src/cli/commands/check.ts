/** `check`: the environment, each failure with its remedy and its place in the runbook. */
import {
  type CheckAnswer,
  type CheckId,
  type CheckOutcome,
  type CheckResult,
  checkGroups,
  checkKinds,
  checkOutcomes,
  runbookOf,
} from '../../model/checks.ts';
import { ask } from '../answers.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { withSession } from '../session.ts';
import type { Tone } from '../style.ts';
import { clean } from '../table.ts';
import { skipped, tableChecks } from '../table-checks.ts';
import { build } from '../version.ts';

/** Checks everything, and prints it by group. 0 when nothing failed and all could be told, else 1. */
export async function check(context: Context, options: { readonly local: boolean }): Promise<number> {
  const own = await withSession(context.host, context.settings, tableChecks);
  const checks = [...own, ...(await controllerChecks(context, own, options.local))];
  const counts = Object.fromEntries(
    checkOutcomes.map((outcome) => [outcome, checks.filter((one) => one.outcome === outcome).length]),
  ) as Record<CheckOutcome, number>;
  const failed = counts.failed + counts.unknown > 0;
  const shown = checks.map((one) => ({
    group: checkKinds[one.id].group,
    holds: checkKinds[one.id].holds,
    ...one,
    ...(one.outcome === 'ok' || one.outcome === 'skipped' ? {} : { runbook: runbookOf(one.id) }),
  }));
  await context.output.data({ ok: !failed, counts, checks: shown }, () => linesOf(context, checks, counts));
  return failed ? exitCodes.no : exitCodes.yes;
}

const ofController = (Object.keys(checkKinds) as CheckId[]).filter(
  (id) => !['Environment', 'Tables'].includes(checkKinds[id].group) && id !== 'leader' && id !== 'controller',
);

async function controllerChecks(
  context: Context,
  own: readonly CheckResult[],
  local: boolean,
): Promise<readonly CheckResult[]> {
  const tables: readonly CheckId[] = ['credentials', 'desired-table', 'state-table'];
  if (own.some(({ id, outcome }) => tables.includes(id) && outcome === 'failed'))
    return (['controller', ...ofController] as const).map(skipped);
  try {
    const answer = await ask(context, 'check', {}, { local, command: 'cellwright check' });
    return [answers(answer, local), ...(local ? [] : [versionCheck(answer)]), ...answer.checks];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { what, why, hint } = error.trouble;
    return [
      { id: 'controller', outcome: 'failed', found: `${what}: ${why}`, remedy: hint },
      ...ofController.map(skipped),
    ];
  }
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

/** How each outcome looks: a sign as well as a colour. */
const looks: Readonly<Record<CheckOutcome, { readonly sign: string; readonly tone: Tone }>> = {
  ok: { sign: '✓', tone: 'good' },
  warning: { sign: '!', tone: 'busy' },
  failed: { sign: '✗', tone: 'bad' },
  unknown: { sign: '?', tone: 'busy' },
  skipped: { sign: '-', tone: 'quiet' },
};

function linesOf(
  { output }: Context,
  checks: readonly CheckResult[],
  counts: Readonly<Record<CheckOutcome, number>>,
): string[] {
  const { paint } = output;
  const groups = checkGroups.flatMap((group) => {
    const own = checks.filter(({ id }) => checkKinds[id].group === group);
    return own.length === 0 ? [] : [paint('strong', group), ...own.flatMap((one) => resultLines(one, paint)), ''];
  });
  const words: Readonly<Record<CheckOutcome, string>> = {
    ok: 'hold',
    warning: counts.warning === 1 ? 'warning' : 'warnings',
    failed: 'failed',
    unknown: 'not known',
    skipped: 'skipped',
  };
  const said = checkOutcomes
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${words[outcome]}`);
  return [...groups, said.join(', ')];
}

function resultLines({ id, about, outcome, found, remedy }: CheckResult, paint: Context['output']['paint']): string[] {
  const { sign, tone } = looks[outcome];
  const { holds } = checkKinds[id];
  const what = about === undefined ? holds : `${about}: ${holds}`;
  const first = `  ${paint(tone, sign)} ${clean(`${what}: ${outcome === 'skipped' ? 'skipped, ' : ''}${found}`)}`;
  if (remedy === undefined) return [first];
  return [first, clean(`      what to do: ${remedy}`), clean(`      ${runbookOf(id)}`)];
}
