import type { DeniedAction } from '../../aws/denied.ts';
import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import type { CheckAnswer, CheckResult } from '../../model/checks.ts';
import { kinds } from '../../model/records/kinds.ts';
import { capacityReport } from '../forecast/report.ts';
import { cellChecks, isUnseen } from './check-cells.ts';
import { groupChecks } from './check-groups.ts';
import { not, ok } from './check-result.ts';
import { zoneChecks } from './check-zones.ts';
import { answeredAt, type QuestionDeps } from './question.ts';

/** What a check needs besides the fleet as it is. */
export interface CheckDeps extends QuestionDeps {
  /** Of the program that answers. */
  readonly version: string;
  readonly cell: (name: string) => Pick<CellAccess, 'roles'> | undefined;
  /** The hosted zone of a tier. */
  readonly zone: (tier: string) => Pick<ZoneAccess, 'role'> | undefined;
  /** Why the state table is behind what is live; undefined where it is not. */
  readonly behind: () => string | undefined;
  /** How the loop gets on; undefined where none runs. */
  readonly progress: () => Progress | undefined;
  /** What AWS denied in the last hour. */
  readonly denied: () => readonly DeniedAction[];
}

/** How the loop gets on; times in milliseconds. */
export interface Progress {
  /** When the desired table was last listed, since the epoch. */
  readonly syncedAt: number;
  readonly resyncMs: number;
  /** Keys that wait for a worker, and for how long the longest has. */
  readonly waiting: number;
  readonly oldestWaitMs: number;
  readonly longestRunMs: number;
}

/** Looks at everything that the controller alone can know. Nothing is written. */
export async function checkAnswer(deps: CheckDeps): Promise<CheckAnswer> {
  const [cells, zones] = await Promise.all([
    Promise.all(named(deps.view.cells()).map(({ name }) => cellChecks(deps, name))),
    Promise.all(named(deps.view.tiers()).map(({ name }) => zoneChecks(deps, name))),
  ]);
  const checks = [
    modeCheck(deps),
    ...progressCheck(deps),
    ...rightsChecks(deps),
    behindCheck(deps),
    ...cells.flat(),
    ...zones.flat(),
    ...named(deps.view.groups()).flatMap(({ name }) =>
      groupChecks(deps, name, isUnseen(cells.flat(), deps.view.spec('InfraGroup', name)?.cell ?? '')),
    ),
    ...capacityChecks(deps),
    ...recordChecks(deps),
  ];
  return { at: answeredAt(deps), version: deps.version, checks };
}

/** The same order each time, whoever is asked. */
function named<T extends { readonly name: string }>(objects: readonly T[]): readonly T[] {
  return [...objects].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function modeCheck({ mode, view }: CheckDeps): CheckResult {
  const process = mode();
  const fleet = view.fleet()?.mode ?? 'active';
  const remedy = 'set CELLWRIGHT_MODE, or cellwright unpause fleet, when it shall act again';
  if (process !== 'active') return not('mode', 'warning', { found: `its own mode is ${process}`, remedy });
  if (fleet !== 'active') return not('mode', 'warning', { found: `the mode of the Fleet record is ${fleet}`, remedy });
  return ok('mode', 'mode active');
}

/** A key that runs or waits longer than this is stuck, or crowded out. */
const stuckMs = 600_000;

function progressCheck({ progress, clock }: CheckDeps): readonly CheckResult[] {
  const at = progress();
  if (at === undefined) return [];
  const { waiting, oldestWaitMs, longestRunMs, resyncMs } = at;
  const ageMs = clock.now() - at.syncedAt;
  const found = `listed ${seconds(ageMs)} ago; ${waiting} waiting${waiting === 0 ? '' : `, the longest for ${seconds(oldestWaitMs)}`}`;
  if (ageMs > 3 * resyncMs) {
    const remedy = 'the log names the call that fails: look for "list"';
    return [not('keeps-up', 'failed', { found: `${found}; it should be every ${seconds(resyncMs)}`, remedy })];
  }
  if (longestRunMs > stuckMs) {
    const remedy = 'look at the log for what it waits for; restart the controller if nothing is said';
    return [
      not('keeps-up', 'failed', { found: `${found}; one has been worked on for ${seconds(longestRunMs)}`, remedy }),
    ];
  }
  if (oldestWaitMs <= stuckMs) return [ok('keeps-up', found)];
  const remedy = 'see whether AWS throttles (cellwright_call_budget_waiting), or whether one change touches everything';
  return [not('keeps-up', 'warning', { found, remedy })];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

/** One for each account and role, with the actions that it lacks. */
function rightsChecks({ denied }: CheckDeps): readonly CheckResult[] {
  const actions = denied();
  if (actions.length === 0) return [ok('rights', 'none')];
  const places = [...new Set(actions.map(placeOf))];
  return places.map((place) => {
    const own = actions.filter((one) => placeOf(one) === place);
    const found = own
      .map(({ action, count, at }) => `${action} (${count} times, last at ${new Date(at).toISOString()})`)
      .join(', ');
    const remedy = `let the role do it: docs/explanation/iam.md has each action with its reason, and the stacks in deploy/ make the policies`;
    return not('rights', 'failed', { found, remedy }, place);
  });
}

function placeOf({ account, role }: DeniedAction): string {
  return account === '' ? "the controller's own credentials" : `account ${account}, role ${role}`;
}

function behindCheck({ behind }: CheckDeps): CheckResult {
  const why = behind();
  if (why === undefined) return ok('state-known', 'nothing bears our mark that it does not know');
  const remedy = 'look at cellwright rebuild: it shows its plan before it writes';
  return not('state-known', 'failed', { found: why, remedy });
}

function capacityChecks(deps: CheckDeps): readonly CheckResult[] {
  const { tiers, warnings } = capacityReport(deps);
  const remedy = 'cellwright capacity: what would make room';
  const near = warnings.map(({ severity, text }) =>
    not('capacity', severity === 'critical' ? 'failed' : 'warning', { found: text, remedy }),
  );
  const lost = tiers.flatMap(({ lossOf }) =>
    lossOf
      .filter(({ carried }) => !carried)
      .map(({ text }) =>
        not('capacity', 'warning', { found: text, remedy: 'add a cell, or infra groups to the others' }),
      ),
  );
  const found = [...near, ...lost];
  return found.length > 0 ? found : [ok('capacity', 'less than 85 % of each is used')];
}

function recordChecks({ view }: CheckDeps): readonly CheckResult[] {
  const refused = kinds.flatMap((kind) => view.all(kind).filter((entry) => entry.present && !entry.isAccepted));
  if (refused.length === 0) return [ok('records', 'none is refused')];
  const names = refused.slice(0, 5).map(({ key }) => key);
  const more = refused.length > names.length ? ` and ${refused.length - names.length} more` : '';
  const remedy = 'cellwright get invalid: field, what was found, what was expected';
  return [not('records', 'warning', { found: `refused: ${names.join(', ')}${more}`, remedy })];
}
