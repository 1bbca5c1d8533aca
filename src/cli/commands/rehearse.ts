/** `rehearse`: what a fleet, or a change to one, would come to. The playing is the composition root's; this reads the records and prints the report. */
import { numberFlag, wholeFlag } from '../config.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import type { RefusedRecord, RehearsalProgress, RehearsalRequest, RehearsedRecord } from '../rehearsal.ts';
import { type Readings, readFiles, readTable } from '../rehearse-input.ts';
import { refusalText, reportLines, spokenTime } from '../rehearse-output.ts';

export interface RehearseOptions {
  readonly filename: readonly string[];
  readonly base: readonly string[];
  readonly fromTable: boolean;
  readonly hours: string;
  readonly seed: string;
  /** All placements, calls and events in the table. */
  readonly wide: boolean;
}

/** Of records that are not valid, where nothing else is left to show. */
const shownProblems = 20;
/** How often progress is said, in real milliseconds. */
const progressEveryMs = 1_000;

/** Plays the records and prints the report. 0 when all would be as wanted, 1 when not. */
export async function rehearse(context: Context, options: RehearseOptions): Promise<number> {
  const hours = numberFlag('--hours', options.hours, 0.01, 8_760);
  const seed = wholeFlag('--seed', options.seed, 0, 999_999_999);
  checkUse(options);
  const { base, change } = await readings(context, options);
  const refused = [...base.refused, ...change.refused];
  checkFleet([...base.records, ...change.records], refused);
  const { host, output } = context;
  const request: RehearsalRequest = {
    base: base.records,
    change: change.records,
    refused,
    hours,
    seed,
    startAt: host.clock.now(),
    ...(host.stderr.isTTY === true ? { onProgress: sayProgress(context) } : {}),
  };
  const report = await played(context, request);
  await output.data(report, () => reportLines(report, { wide: options.wide, paint: output.paint }));
  return report.ok ? exitCodes.yes : exitCodes.no;
}

function checkUse({ filename, base, fromTable }: RehearseOptions): void {
  if (base.length > 0 && fromTable) throw misused('--base and --from-table both say what stands already', 'give one');
  if (filename.length === 0 && !fromTable) {
    const why = base.length > 0 ? '--base says what stands already, and nothing changes it' : 'no record is given';
    throw misused(why, 'cellwright rehearse -f FILE, or --from-table');
  }
}

function misused(why: string, hint: string): CliError {
  return new CliError({ reason: 'Usage', what: 'there is nothing to rehearse', why, hint });
}

/** A table without a change on top is played from nothing, like a file. */
async function readings(
  { host, settings }: Context,
  { filename, base, fromTable }: RehearseOptions,
): Promise<{ base: Readings; change: Readings }> {
  if (!fromTable) return { base: await readFiles(host, base), change: await readFiles(host, filename) };
  const table = await readTable(host, settings);
  const none: Readings = { records: [], refused: [] };
  return filename.length === 0
    ? { base: none, change: table }
    : { base: table, change: await readFiles(host, filename) };
}

/** A rehearsal of tenants wants something to put them on. */
function checkFleet(records: readonly RehearsedRecord[], refused: readonly RefusedRecord[]): void {
  const has = (kind: string): boolean => records.some(({ record }) => record.kind === kind);
  const missing = (['Tier', 'Cell', 'InfraGroup'] as const).filter((kind) => !has(kind));
  if (missing.length === 0) return;
  const among = `among ${records.length} valid records there is no ${missing.join(', no ')}`;
  const told = refused.slice(0, shownProblems).map(refusalText);
  const more = refused.length > told.length ? [`and ${refused.length - told.length} more problems`] : [];
  throw new CliError({
    reason: 'NoFleet',
    what: 'there is nothing to place tenants on',
    why: [among, ...told, ...more].join('\n'),
    hint:
      refused.length > 0
        ? 'correct the records that are not valid'
        : 'add the fleet that stands already: --base FLEET, or --from-table for the live desired table',
    details: { problems: refused },
  });
}

async function played({ programs }: Context, request: RehearsalRequest) {
  try {
    return await programs.rehearse(request);
  } catch (error) {
    // Told by name, as loading the program here would slow down every command.
    if (!(error instanceof Error) || error.name !== 'RehearsalError') throw error;
    throw new CliError(
      {
        reason: 'NotPlayable',
        what: 'the records cannot be played',
        why: error.message,
        hint: 'correct the record that is named: the AWS side of a rehearsal is made from Tier, Cell and InfraGroup records',
      },
      { cause: error },
    );
  }
}

function sayProgress({ host, output }: Context): (progress: RehearsalProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ stage, seconds, asWanted, objects }) => {
    const now = host.clock.monotonic();
    if (now - last < progressEveryMs) return;
    last = now;
    const what = stage === 'base' ? 'what stands already' : 'the change';
    output.say(`${what}: ${spokenTime(seconds)} of virtual time, ${asWanted} of ${objects} objects as wanted`);
  };
}
