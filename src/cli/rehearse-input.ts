/** What `rehearse` plays: records of files and of the desired table. A record that is refused is part of the answer, not a reason to give none. */
import { parseDocuments } from '../model/records/documents.ts';
import { parseRecord } from '../model/records/parse.ts';
import { objectKey } from '../store/keys.ts';
import { readText, specOf, withoutStatus } from './apply-input.ts';
import { readTableNames, type SettingSource } from './config.ts';
import { CliError } from './errors.ts';
import type { CliHost } from './host.ts';
import type { RefusedRecord, RehearsedRecord } from './rehearsal.ts';

/** Records that can be played, and those that cannot. */
export interface Readings {
  readonly records: readonly RehearsedRecord[];
  readonly refused: readonly RefusedRecord[];
}

/** Reads files. Throws `CliError` for what cannot be read, or is no YAML. */
export async function readFiles(host: CliHost, files: readonly string[]): Promise<Readings> {
  const records: RehearsedRecord[] = [];
  const refused: RefusedRecord[] = [];
  const seen = new Map<string, string>();
  for (const file of files) {
    const label = file === '-' ? 'stdin' : file;
    const documents = parseDocuments(await readText(host, file));
    const [problem] = documents.problems;
    if (problem !== undefined) throw unreadable(label, problem);
    for (const { raw, line } of documents.records) {
      const own = withoutStatus(raw);
      const parsed = parseRecord(own);
      if (!parsed.ok) {
        refused.push(...parsed.problems.map((one) => ({ file: label, line, ...one })));
        continue;
      }
      const { record } = parsed;
      const key = objectKey(record.kind, record.name);
      const before = seen.get(key);
      if (before === undefined) records.push({ record, spec: specOf(own) });
      else refused.push({ file: label, line, ...doubled(record, before) });
      seen.set(key, before ?? `${label}:${line}`);
    }
  }
  return { records, refused };
}

function doubled({ kind, name }: { readonly kind: string; readonly name: string }, before: string) {
  return {
    kind,
    name,
    field: 'name',
    found: 'the same record a second time',
    expected: `each record once (first at ${before})`,
  };
}

function unreadable(
  file: string,
  { line, column, found, expected }: { line: number; column: number; found: string; expected: string },
): CliError {
  return new CliError({
    reason: 'FileNotRead',
    what: `${file} cannot be read`,
    why: `${file}:${line}:${column}: found ${found}, expected ${expected}`,
    hint: 'correct it; cellwright apply --dry-run -f FILE shows all that is wrong with a file',
  });
}

/** Reads the desired table: DynamoDB reads and nothing else. Throws `CallError`. */
export async function readTable(host: CliHost, source: SettingSource): Promise<Readings> {
  const { desiredTable } = readTableNames(source);
  // Loaded here: without a table, a rehearsal has no business with the way to AWS.
  const [{ createDynamo }, { createDesiredTable }, { awsAccessOf }] = await Promise.all([
    import('../store/client.ts'),
    import('../store/desired.ts'),
    import('./aws-environment.ts'),
  ]);
  const access = host.access ?? awsAccessOf(host.env, 'cellwright-cli');
  const dynamo = createDynamo(access, { clock: host.clock, random: host.random });
  try {
    const records: RehearsedRecord[] = [];
    const refused: RefusedRecord[] = [];
    for (const raw of await createDesiredTable(dynamo, desiredTable).list()) {
      const parsed = parseRecord(raw);
      if (parsed.ok) records.push({ record: parsed.record, spec: raw['spec'] });
      else refused.push(...parsed.problems);
    }
    return { records, refused };
  } finally {
    dynamo.destroy();
  }
}
