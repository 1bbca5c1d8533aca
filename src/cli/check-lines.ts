/** How `check` looks to people. */
import {
  type CheckId,
  type CheckOutcome,
  type CheckResult,
  checkGroups,
  checkKinds,
  checkOutcomes,
  runbookOf,
} from '../model/checks.ts';
import type { Paint, Tone } from './style.ts';
import { clean } from './table.ts';

/** How each outcome looks: a sign as well as a colour. */
const looks: Readonly<Record<CheckOutcome, { readonly sign: string; readonly tone: Tone }>> = {
  ok: { sign: '✓', tone: 'good' },
  warning: { sign: '!', tone: 'busy' },
  failed: { sign: '✗', tone: 'bad' },
  unknown: { sign: '?', tone: 'busy' },
  skipped: { sign: '-', tone: 'quiet' },
};

/** More of one check that hold are told in one line. */
const toldApart = 3;

/** All checks by group, and what they add up to. `wide`: those that hold one by one, too, however many they are. */
export function checkLines(
  checks: readonly CheckResult[],
  counts: Readonly<Record<CheckOutcome, number>>,
  { paint, wide }: { readonly paint: Paint; readonly wide: boolean },
): string[] {
  const groups = checkGroups.flatMap((group) => {
    const own = checks.filter(({ id }) => checkKinds[id].group === group);
    return own.length === 0 ? [] : [paint('strong', group), ...groupLines(own, paint, wide), ''];
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

function groupLines(checks: readonly CheckResult[], paint: Paint, wide: boolean): string[] {
  const [first] = checks;
  if (!wide && first !== undefined && checks.every(({ outcome }) => outcome === 'skipped'))
    return [`  ${signOf(first, paint)} skipped, ${first.found}`];
  const told = new Set<CheckId>();
  return checks.flatMap((one) => {
    const same = checks.filter(({ id }) => id === one.id);
    const holding = same.filter(({ outcome }) => outcome === 'ok');
    if (wide || one.outcome !== 'ok' || holding.length <= toldApart) return resultLines(one, paint);
    if (told.has(one.id)) return [];
    told.add(one.id);
    const count = holding.length === same.length ? `all ${same.length}` : `${holding.length} of ${same.length}`;
    return [`  ${signOf(one, paint)} ${checkKinds[one.id].holds}: ${count}`];
  });
}

function signOf({ outcome }: CheckResult, paint: Paint): string {
  const { sign, tone } = looks[outcome];
  return paint(tone, sign);
}

function resultLines(result: CheckResult, paint: Paint): string[] {
  const { id, about, outcome, found, remedy } = result;
  const { holds } = checkKinds[id];
  const what = about === undefined ? holds : `${about}: ${holds}`;
  const first = `  ${signOf(result, paint)} ${clean(`${what}: ${outcome === 'skipped' ? 'skipped, ' : ''}${found}`)}`;
  if (remedy === undefined) return [first];
  return [first, clean(`      what to do: ${remedy}`), clean(`      ${runbookOf(id)}`)];
}
