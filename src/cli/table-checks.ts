/** What `check` finds out by itself: credentials, clock, the two tables, and who leads. */
import type { CheckId, CheckResult } from '../model/checks.ts';
import { CallError } from '../model/errors.ts';
import { inspectTable, readServerTime, type TableInspection } from '../store/inspect.ts';
import { readInstallation } from '../store/installation.ts';
import { createLeaseTable, type LeaseItem } from '../store/lease-item.ts';
import { desiredShape, stateShape } from '../store/tables.ts';
import type { Session } from './session.ts';

/** AWS refuses requests that are signed this far from its own time. */
const refusedSkewMs = 300_000;
/** From here on somebody should look; a Date header tells whole seconds. */
const noticedSkewMs = 5_000;
const setClock = 'set the clock by NTP: AWS refuses what is signed five minutes off';
/** A leader renews every four seconds. */
const renewalsSeenMs = 10_000;
const lookMs = 1_000;

/** How the tables are looked at. */
export interface TableChecksOptions {
  /** Before there is an installation: what `init` has yet to make is a warning. */
  readonly pre: boolean;
}

/** The checks of environment and tables, in order; those that cannot work without another that failed are skipped. Throws nothing that AWS answers. */
export async function tableChecks(session: Session, { pre }: TableChecksOptions): Promise<readonly CheckResult[]> {
  const { dynamo, tables } = session;
  const [desired, state] = await Promise.all([
    attempt(() => inspectTable(dynamo, tables.desiredTable, desiredShape)),
    attempt(() => inspectTable(dynamo, tables.stateTable, stateShape)),
  ]);
  const [trouble] = [desired, state].filter((one) => one instanceof CallError && !isOfOneTable(one));
  if (trouble instanceof CallError) return withoutAws(trouble);
  const checks: CheckResult[] = [
    { id: 'credentials', outcome: 'ok', found: whereOf(desired) ?? whereOf(state) ?? 'DynamoDB answers' },
    await clockCheck(session, isThere(desired) ? tables.desiredTable : undefined),
    tableCheck('desired-table', tables.desiredTable, desired, pre),
    tableCheck('state-table', tables.stateTable, state, pre),
  ];
  if (!isThere(desired) || !isThere(state))
    return [...checks, ...(['installation', 'stream', 'protection'] as const).map((id) => skipped(id))];
  return [
    ...checks,
    await installationCheck(session, desired, state, pre),
    streamCheck(tables.desiredTable, desired),
    protectionCheck(tables.desiredTable, desired),
    protectionCheck(tables.stateTable, state),
  ];
}

type Look = TableInspection | undefined | CallError;

function isThere(table: Look): table is TableInspection {
  return table !== undefined && !(table instanceof CallError);
}

/** Whether a failure says something of the table; all others say that AWS cannot be asked at all. */
function isOfOneTable({ code }: CallError): boolean {
  return code === 'AccessDeniedException';
}

/** Account and Region, as the table's ARN has them. */
function whereOf(table: Look): string | undefined {
  if (!isThere(table)) return undefined;
  const [, , , region = '', account = ''] = table.arn.split(':');
  return account === '' ? undefined : `account ${account}, Region ${region}`;
}

/** What `work` returns, or the failure that AWS answered with. */
async function attempt<T>(work: () => Promise<T>): Promise<T | CallError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
}

function withoutAws(error: CallError): readonly CheckResult[] {
  const found = `${error.code}: ${error.message}`;
  const others = ['desired-table', 'state-table', 'installation', 'stream', 'protection'] as const;
  // The signature itself is good: it bears another time than AWS's.
  if (/signature (expired|not yet current)/i.test(error.message) || error.code === 'RequestTimeTooSkewed')
    return [
      skipped('credentials'),
      { id: 'clock', outcome: 'failed', found, remedy: setClock },
      ...others.map(skipped),
    ];
  const remedy = 'see AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the credentials: aws sts get-caller-identity';
  return [{ id: 'credentials', outcome: 'failed', found, remedy }, ...(['clock', ...others] as const).map(skipped)];
}

/** A check that cannot be made. */
export function skipped(id: CheckId): CheckResult {
  return { id, outcome: 'skipped', found: 'not looked at, because of what failed above' };
}

async function clockCheck({ dynamo }: Session, table: string | undefined): Promise<CheckResult> {
  if (table === undefined) return skipped('clock');
  const before = dynamo.clock.now();
  const at = await attempt(() => readServerTime(dynamo, table));
  const after = dynamo.clock.now();
  if (at === undefined)
    return { id: 'clock', outcome: 'skipped', found: 'the answers of this AWS have no Date header' };
  if (at instanceof CallError)
    return { id: 'clock', outcome: 'unknown', found: at.message, remedy: 'compare it with another clock' };
  // The header was written somewhere between the two, and tells whole seconds.
  const skewMs = Math.max(0, before - (at + 1_000), at - after);
  const found = skewMs === 0 ? 'to the second' : `${Math.round(skewMs / 1_000)} s apart`;
  if (skewMs < noticedSkewMs) return { id: 'clock', outcome: 'ok', found };
  return { id: 'clock', outcome: skewMs < refusedSkewMs ? 'warning' : 'failed', found, remedy: setClock };
}

function tableCheck(id: 'desired-table' | 'state-table', name: string, table: Look, pre: boolean): CheckResult {
  if (table instanceof CallError) {
    const remedy = `allow dynamodb:DescribeTable and dynamodb:ListTagsOfResource on table ${name}: docs/explanation/iam.md`;
    return { id, about: name, outcome: 'failed', found: `${table.code}: ${table.message}`, remedy };
  }
  if (table === undefined) {
    const remedy = 'run cellwright init, or name another by CELLWRIGHT_DESIRED_TABLE and CELLWRIGHT_STATE_TABLE';
    return { id, about: name, outcome: pre ? 'warning' : 'failed', found: 'there is no such table', remedy };
  }
  if (table.misshapen !== undefined) {
    return { id, about: name, outcome: 'failed', found: table.misshapen, remedy: 'name the right table' };
  }
  if (table.status === 'ACTIVE' || table.status === 'UPDATING')
    return { id, about: name, outcome: 'ok', found: table.status };
  const remedy = 'wait until it is ACTIVE, or restore it: docs/runbook/checks.md';
  return { id, about: name, outcome: 'failed', found: `it is ${table.status}`, remedy };
}

async function installationCheck(
  { dynamo, tables }: Session,
  desired: TableInspection,
  state: TableInspection,
  pre: boolean,
): Promise<CheckResult> {
  const id = 'installation';
  const item = await attempt(() => readInstallation(dynamo, tables.stateTable));
  if (item instanceof CallError) {
    const remedy = `allow dynamodb:GetItem on table ${tables.stateTable}: docs/explanation/iam.md`;
    return { id, outcome: 'failed', found: `${item.code}: ${item.message}`, remedy };
  }
  const places: readonly (readonly [string, string | undefined])[] = [
    ['the state table', item],
    ["the desired table's tag", desired.installation],
    ["the state table's tag", state.installation],
  ];
  const ids = new Set(places.flatMap(([, found]) => found ?? []));
  const missing = places.filter(([, found]) => found === undefined).map(([place]) => place);
  const [only] = ids;
  if (ids.size === 1 && missing.length === 0) return { id, outcome: 'ok', found: only ?? '' };
  if (ids.size > 1) {
    const found = places.map(([place, one]) => `${place} says ${one ?? 'nothing'}`).join('; ');
    return {
      id,
      outcome: 'failed',
      found,
      remedy: 'name the two tables of one installation, or correct the wrong tag',
    };
  }
  const found = ids.size === 0 ? 'no id stands anywhere' : `${only ?? ''}, but not in ${missing.join(' and ')}`;
  const remedy = 'run cellwright init: it puts the id where it is missing';
  return { id, outcome: pre ? 'warning' : 'failed', found, remedy };
}

function streamCheck(name: string, { stream }: TableInspection): CheckResult {
  const id = 'stream';
  if (stream !== undefined) return { id, about: name, outcome: 'ok', found: stream };
  const remedy = `aws dynamodb update-table --table-name ${name} --stream-specification StreamEnabled=true,StreamViewType=KEYS_ONLY`;
  return {
    id,
    about: name,
    outcome: 'failed',
    found: 'it is off: changes are seen at the next full list only',
    remedy,
  };
}

function protectionCheck(name: string, { deletionProtected, pointInTime }: TableInspection): CheckResult {
  const id = 'protection';
  const lacks = [
    ...(deletionProtected ? [] : ['deletion protection is off']),
    ...(pointInTime === false ? ['point-in-time recovery is off'] : []),
  ];
  if (lacks.length > 0) {
    const remedy = [
      ...(deletionProtected ? [] : [`aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`]),
      ...(pointInTime === false
        ? [
            `aws dynamodb update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
          ]
        : []),
    ].join('; ');
    return { id, about: name, outcome: 'warning', found: lacks.join(', '), remedy };
  }
  const found = pointInTime === undefined ? 'deletion protection is on; backups may not be seen' : 'both are on';
  return { id, about: name, outcome: 'ok', found };
}

/** Whether somebody leads: seen by a renewal, as no clock of ours says how old the last one is. */
export async function leaderCheck({ dynamo, tables }: Session): Promise<CheckResult> {
  const id = 'leader';
  const table = createLeaseTable(dynamo, tables.stateTable);
  const until = dynamo.clock.monotonic() + renewalsSeenMs;
  const remedy = 'look at the log and /readyz of the controllers, or start one: cellwright controller';
  const failed = (found: string): CheckResult => ({ id, outcome: 'failed', found, remedy });
  let first: LeaseItem | undefined;
  for (;;) {
    const seen = await attempt(() => table.read());
    if (seen instanceof CallError) return failed(`${seen.code}: ${seen.message}`);
    if (seen === undefined) return failed('no controller ever led');
    if (first !== undefined && !seen.released && isRenewed(first, seen))
      return { id, outcome: 'ok', found: `${seen.holder}, epoch ${seen.epoch}` };
    first ??= seen;
    if (dynamo.clock.monotonic() >= until)
      return failed(
        seen.released
          ? `${seen.holder} handed over, and nobody took the lease`
          : `${seen.holder} did not renew the lease for ${renewalsSeenMs / 1_000} s`,
      );
    await dynamo.clock.sleep(lookMs);
  }
}

function isRenewed(before: LeaseItem, now: LeaseItem): boolean {
  return now.sequence !== before.sequence || now.epoch !== before.epoch;
}
