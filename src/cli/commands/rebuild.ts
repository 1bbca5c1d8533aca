/** `rebuild`: the state table from what is live. It shows what would be written, asks, gives the order, and waits for the outcome. */
import { type Condition, notRebuilt, stateKnown } from '../../model/conditions.ts';
import type { RebuildReport, RebuiltTenant } from '../../model/reports.ts';
import { awsAccessOf } from '../aws-environment.ts';
import { readControllerSettings, readHttpSettings } from '../config.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { addTimedEntry } from '../edit-list.ts';
import { CliError, exitCodes } from '../errors.ts';
import { askController } from '../http.ts';
import { type Session, withSession } from '../session.ts';
import { clean } from '../table.ts';
import { pause } from '../watch.ts';

/** How long the order stands. */
const orderMs = 900_000;
const pollMs = 1_000;

/** 0: nothing to do, or rebuilt. 1: not confirmed, not complete, or not within the time of the order. 2: no answer. */
export async function rebuild(context: Context, options: { local?: boolean; yes?: boolean }): Promise<number> {
  const report = options.local === true ? await here(context) : await there(context);
  const { output, host } = context;
  if (report.behind === undefined) {
    await output.data({ ...report, ordered: false }, () => [
      'Nothing to rebuild: the state table knows everything that bears our mark',
      ...findingLines(report),
    ]);
    return exitCodes.yes;
  }
  const lines = reportLines(report);
  // What is to be agreed to is shown first, and stays out of the data.
  for (const line of lines) output.say(line);
  const count = report.tenants.reduce((sum, { add }) => sum + add.length, 0);
  const question = `Write ${count} placements of ${report.tenants.length} tenants into the state table? AWS is not changed. No other controller of this installation may run.`;
  const command = 'cellwright rebuild --yes';
  if (
    !(await confirm(context, question, { yes: options.yes === true, command, what: 'the rebuild was not confirmed' }))
  ) {
    output.say('nothing was written');
    await output.data({ ...report, ordered: false }, () => []);
    return exitCodes.no;
  }
  const until = new Date(host.clock.now() + orderMs).toISOString();
  return withSession(host, context.settings, async (session) => {
    await addTimedEntry(
      session,
      { kind: 'Fleet', name: 'default', field: 'allow', make: true },
      { reason: 'state_behind', until },
      { now: host.clock.now(), replaces: ({ reason }) => reason === 'state_behind' },
    );
    output.say(`ordered: the Fleet record allows state_behind until ${until}; waiting for the controller that leads`);
    const outcome = await outcomeOf(context, session, until);
    const done = outcome.status === 'True';
    await output.data({ ...report, ordered: true, until, outcome }, () => [
      `${done ? 'Rebuilt' : 'Not complete'}: ${clean(outcome.message)}`,
    ]);
    return done ? exitCodes.yes : exitCodes.no;
  });
}

async function here(context: Context): Promise<RebuildReport> {
  const settings = readControllerSettings(context.settings);
  const aws = context.host.access ?? awsAccessOf(context.host.env, settings.identity);
  context.output.say('reading everything anew, as a controller that starts does');
  return context.programs.rebuildLocal({ ...settings, aws });
}

async function there(context: Context): Promise<RebuildReport> {
  const settings = readHttpSettings(context.settings);
  const answer = await askController(context.host, settings, '/api/rebuild', 'cellwright rebuild --local');
  if (isReport(answer)) return answer;
  throw new CliError({
    reason: 'UnknownAnswer',
    what: 'the rebuild cannot be shown',
    why: `what answers at ${settings.host}:${settings.port} is not a controller of this version`,
    hint: 'check CELLWRIGHT_HTTP, or ask without the controller: cellwright rebuild --local',
  });
}

function isReport(answer: unknown): answer is RebuildReport {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'tenants' in answer && Array.isArray(answer.tenants) && 'findings' in answer && 'epoch' in answer;
}

/** Waits until the leader has told what became of the order. */
async function outcomeOf(
  context: Context,
  session: Session,
  until: string,
): Promise<Pick<Condition, 'status' | 'reason' | 'message'>> {
  const { clock } = context.host;
  const signal = context.host.interrupts();
  let last: Condition | undefined;
  while (clock.now() < Date.parse(until)) {
    const { spec, status } = await session.state.query('Fleet/default');
    const condition = status?.value.conditions.find(({ type }) => type === stateKnown);
    const seen = hasOrder(spec?.value.spec, until) && status?.value.generation === spec?.value.generation;
    if (seen && condition?.status === 'True') return condition;
    if (seen) last = condition;
    // What could not be read is tried again for as long as the order stands; who waits is told at once.
    if (seen && condition?.reason === notRebuilt) return condition;
    await pause(context, pollMs, signal);
  }
  throw new CliError(
    {
      reason: 'TimedOut',
      what: 'the state table was not rebuilt while the order stood',
      why: last?.message ?? 'no controller has taken up the order',
      hint: 'is a controller running and leading? cellwright describe fleet default',
    },
    { exitCode: exitCodes.no },
  );
}

function hasOrder(spec: unknown, until: string): boolean {
  if (typeof spec !== 'object' || spec === null || !('allow' in spec) || !Array.isArray(spec.allow)) return false;
  return spec.allow.some(
    (entry: unknown) => typeof entry === 'object' && entry !== null && 'until' in entry && entry.until === until,
  );
}

function reportLines(report: RebuildReport): string[] {
  const { fence, lease } = report.epoch;
  return [
    `behind: ${clean(report.behind ?? '')}`,
    `read: ${report.cells.length === 0 ? 'no cell' : report.cells.join(', ')}`,
    ...report.tenants.flatMap(tenantLines),
    ...findingLines(report),
    ...(fence === undefined ? [] : [`the lease rises above epoch ${fence}, which a zone's fence names (now ${lease})`]),
  ];
}

function tenantLines({ tenant, standing, add, drop }: RebuiltTenant): string[] {
  const kept = standing === 'kept' ? ' (no accepted record: counted, and left as it is)' : '';
  return [
    ...add.map(
      ({ placement, infraGroup, cell, slot, phase, resources }) =>
        `+ ${clean(tenant)}${kept}: placement ${placement} in ${infraGroup} (${cell}), slot ${slot}, ${phase}: ${resources.join(', ')}`,
    ),
    ...drop.map((placement) => `- ${clean(tenant)}: placement ${placement}, of which nothing is live`),
  ];
}

function findingLines({ findings }: RebuildReport): string[] {
  return findings.map(({ message }) => `! ${clean(message)}`);
}
