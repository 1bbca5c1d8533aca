/** `apply`: writes records to the desired table, all of them or none. */
import { type DesiredRecord, kinds } from '../../model/records/kinds.ts';
import { parseRecord } from '../../model/records/parse.ts';
import type { InvalidField } from '../../model/records/problems.ts';
import type { RawRecord } from '../../store/desired.ts';
import { objectKey } from '../../store/keys.ts';
import { type FieldEdit, specEdits } from '../apply-diff.ts';
import { type FileProblem, invalidRecords, readRecords, type WrittenRecord } from '../apply-input.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { type FleetTables, loadFleet } from '../objects.ts';
import { type Session, withSession } from '../session.ts';
import { type Candidate, refusals } from '../table-check.ts';
import { spoken } from '../words.ts';

/** What becomes of one record. */
interface Outcome {
  readonly record: DesiredRecord;
  readonly spec: unknown;
  readonly action: 'add' | 'change' | 'none';
  readonly edits: readonly FieldEdit[];
}

/**
 * Validates every record of the files, together and against what stands in the tables, shows what changes and writes it. One invalid record, and nothing is
 * written: 2, with every problem. A dry run writes nothing either way.
 */
export async function apply(context: Context, options: { filename: string[]; dryRun?: boolean }): Promise<number> {
  const written = await readRecords(context.host, options.filename);
  return withSession(context.host, context.settings, async (session) => {
    const tables = await loadFleet(session);
    checkTogether(context, written, tables);
    const outcomes = inOrder(written).map((one) => outcomeOf(one, tables));
    const changes = outcomes.filter(({ action }) => action !== 'none');
    const dryRun = options.dryRun === true;
    if (!dryRun) await writeAll(context, session, changes);
    const items = outcomes.map(({ record, action, edits }) => ({
      kind: record.kind,
      name: record.name,
      action,
      fields: edits,
    }));
    await context.output.data({ items, dryRun }, () => [
      ...outcomes.flatMap((outcome) => outcomeLines(context, outcome)),
      summary(outcomes, dryRun),
    ]);
    return exitCodes.yes;
  });
}

/** Throws for refusals of the files' own records; what they break elsewhere is said, as those records keep their last good specs. */
function checkTogether(context: Context, written: readonly WrittenRecord[], tables: FleetTables): void {
  const replaced = new Set(written.map(({ record }) => objectKey(record.kind, record.name)));
  const standing = tables.records.map((raw) => candidateOf(raw, tables));
  const added = new Map<Candidate, WrittenRecord>(
    written.map((one) => [{ parsed: { ok: true, record: one.record }, isNew: true }, one]),
  );
  const others = standing.filter((_, index) => !replaced.has(keyOf(tables.records[index])));
  const refused = refusals([...others, ...added.keys()], tables.stored);
  const own: FileProblem[] = refused.flatMap(({ candidate, problems }) => {
    const one = added.get(candidate);
    return one === undefined ? [] : problems.map((problem) => ({ file: one.file, line: one.line, ...problem }));
  });
  if (own.length > 0) throw invalidRecords(own);
  // Only tiers and cells decide about records other than themselves.
  if (!written.some(({ record }) => record.kind === 'Tier' || record.kind === 'Cell')) return;
  const before = new Set(refusals(standing, tables.stored).map(({ candidate }) => candidate));
  for (const { candidate, problems } of refused) {
    const [first] = problems;
    if (first !== undefined && !before.has(candidate)) context.output.say(`warning: ${otherText(first)}`);
  }
}

function candidateOf(raw: RawRecord, tables: FleetTables): Candidate {
  return { parsed: tables.views.get(keyOf(raw))?.parsed ?? parseRecord(raw) };
}

function keyOf(raw: RawRecord | undefined): string {
  return raw === undefined ? '' : objectKey(raw.kind, raw.name);
}

function otherText({ kind, name, field, found, expected }: InvalidField): string {
  return `${kind}/${name} is not accepted as it stands, and keeps its last accepted spec: ${field}: found ${found}, expected ${expected}`;
}

/** From the top of the fleet down, so that whoever reads in between finds what a record refers to. */
function inOrder(written: readonly WrittenRecord[]): WrittenRecord[] {
  return [...written].sort((a, b) => kinds.indexOf(a.record.kind) - kinds.indexOf(b.record.kind));
}

function outcomeOf({ record, spec }: WrittenRecord, tables: FleetTables): Outcome {
  const standing = tables.views.get(objectKey(record.kind, record.name))?.raw;
  if (standing === undefined) return { record, spec, action: 'add', edits: [] };
  const edits = specEdits(record.kind, standing, spec);
  return { record, spec, action: edits.length === 0 ? 'none' : 'change', edits };
}

/** How many records are written at once; more would only meet DynamoDB's throttling sooner. */
const writtenAtOnce = 16;
/** Progress is said each time so many are written. */
const progressEvery = 480;

/** Writes kind by kind, so that whoever reads in between finds what a record refers to. */
async function writeAll(context: Context, session: Session, outcomes: readonly Outcome[]): Promise<void> {
  let done = 0;
  for (const batch of batchesOf(outcomes)) {
    const results = await Promise.allSettled(
      batch.map(({ record, spec }) => session.desired.put({ kind: record.kind, name: record.name, spec })),
    );
    done += results.filter(({ status }) => status === 'fulfilled').length;
    results.forEach((result, index) => {
      if (result.status === 'rejected')
        throw partlyWritten(result.reason, batch[index], { done, all: outcomes.length });
    });
    if (done % progressEvery === 0) context.output.say(`${done} of ${outcomes.length} records are written`);
  }
}

function batchesOf(outcomes: readonly Outcome[]): Outcome[][] {
  const batches: Outcome[][] = [];
  for (const outcome of outcomes) {
    const last = batches.at(-1);
    if (last !== undefined && last.length < writtenAtOnce && last[0]?.record.kind === outcome.record.kind) {
      last.push(outcome);
    } else batches.push([outcome]);
  }
  return batches;
}

/** Where nothing was written yet, the failure speaks for itself. */
function partlyWritten(error: unknown, at: Outcome | undefined, count: { done: number; all: number }): unknown {
  if (at === undefined || count.done === 0) return error;
  return new CliError(
    {
      reason: 'PartlyWritten',
      what: `${count.done} of ${count.all} records were written, then one failed`,
      why: `${spoken(at.record.kind, at.record.name)}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'apply the same file again: what is written already is left alone',
    },
    { cause: error },
  );
}

function outcomeLines(context: Context, { record, action, edits }: Outcome): string[] {
  const { paint } = context.output;
  const about = spoken(record.kind, record.name);
  if (action === 'none') return [paint('quiet', `= ${about}`)];
  if (action === 'add') return [paint('good', `+ ${about}`)];
  return [
    paint('busy', `~ ${about}`),
    ...edits.map(({ field, before, after }) => `    ${field}: ${before} -> ${after}`),
  ];
}

function summary(outcomes: readonly Outcome[], dryRun: boolean): string {
  const count = (action: Outcome['action']): number => outcomes.filter((each) => each.action === action).length;
  const words = dryRun ? 'Would write' : 'Written';
  return `${words}: ${count('add')} added, ${count('change')} changed, ${count('none')} unchanged`;
}
