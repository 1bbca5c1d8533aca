/** The files of `apply`: read, parsed and checked one record at a time. */
import { readFile } from 'node:fs/promises';
import { documentsMaxLength, parseDocuments } from '../model/records/documents.ts';
import type { DesiredRecord } from '../model/records/kinds.ts';
import { parseRecord } from '../model/records/parse.ts';
import type { InvalidField } from '../model/records/problems.ts';
import { objectKey } from '../store/keys.ts';
import { CliError } from './errors.ts';
import type { CliHost } from './host.ts';

/** What is wrong, and where it is written. */
export interface FileProblem extends InvalidField {
  readonly file: string;
  readonly line: number;
}

/** A valid record as somebody wrote it. */
export interface WrittenRecord {
  readonly file: string;
  readonly line: number;
  readonly record: DesiredRecord;
  /** The spec without defaults: what is written to the table, so that a default that changes later changes for this record too. */
  readonly spec: unknown;
}

/** Reads files (`-` is stdin). Throws `CliError` for what cannot be read, and with all problems where any record is invalid or there twice. */
export async function readRecords(host: CliHost, files: readonly string[]): Promise<readonly WrittenRecord[]> {
  const records: WrittenRecord[] = [];
  const problems: FileProblem[] = [];
  const seen = new Map<string, string>();
  for (const file of files) {
    const label = file === '-' ? 'stdin' : file;
    const documents = parseDocuments(await readText(host, file));
    for (const { line, field, found, expected } of documents.problems) {
      problems.push({ file: label, line, kind: '', name: '', field, found, expected });
    }
    for (const { raw, line } of documents.records) {
      const one = readOne(raw, label, line, seen);
      if ('record' in one) records.push(one);
      else problems.push(...one.problems);
    }
  }
  if (problems.length > 0) throw invalidRecords(problems);
  if (records.length === 0) throw nothingThere(files);
  return records;
}

/** The error for records that are refused, naming each. */
export function invalidRecords(problems: readonly FileProblem[]): CliError {
  const count = new Set(problems.map(({ file, line }) => `${file}:${line}`)).size;
  const lines = problems.map(
    ({ file, line, kind, name, field, found, expected }) =>
      `${file}:${line}: ${kind === '' && name === '' ? '' : `${kind}/${name}: `}${field === '' ? '' : `${field}: `}found ${found}, expected ${expected}`,
  );
  return new CliError({
    reason: 'InvalidRecords',
    what: `nothing was written: ${count === 1 ? 'a record is' : `${count} records are`} not valid`,
    why: lines.join('\n'),
    hint: 'correct them and apply again; the fields in words: cellwright explain KIND[.FIELD]',
    details: { problems },
  });
}

function readOne(
  raw: unknown,
  file: string,
  line: number,
  seen: Map<string, string>,
): WrittenRecord | { readonly problems: FileProblem[] } {
  const own = withoutStatus(raw);
  const parsed = parseRecord(own);
  if (!parsed.ok) return { problems: parsed.problems.map((problem) => ({ file, line, ...problem })) };
  const { record } = parsed;
  const key = objectKey(record.kind, record.name);
  const before = seen.get(key);
  if (before !== undefined) {
    const { kind, name } = record;
    const problem = {
      kind,
      name,
      field: 'name',
      found: `${key} a second time`,
      expected: `each record once (first at ${before})`,
    };
    return { problems: [{ file, line, ...problem }] };
  }
  seen.set(key, `${file}:${line}`);
  return { file, line, record, spec: specOf(own) };
}

/** What `get -o json` and `-o yaml` print can be applied: the status is the controller's and is left out. */
export function withoutStatus(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || !Object.hasOwn(raw, 'status')) return raw;
  const { status: _status, ...own } = raw as Record<string, unknown>;
  return own;
}

/** The spec as somebody wrote it, without defaults. */
export function specOf(raw: unknown): unknown {
  return typeof raw === 'object' && raw !== null && 'spec' in raw ? raw.spec : undefined;
}

/** A file's text, or stdin's for `-`. Throws `CliError` where it cannot be read. */
export async function readText(host: CliHost, file: string): Promise<string> {
  if (file === '-') return readAll(host.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new CliError({
      reason: 'FileNotRead',
      what: `${file} cannot be read`,
      why: error.message,
      hint: 'check the path; - reads from stdin',
    });
  }
}

/** Stops at the largest text that is parsed at all, so that an endless stream ends. */
async function readAll(input: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > 4 * documentsMaxLength) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function nothingThere(files: readonly string[]): CliError {
  return new CliError({
    reason: 'NoRecords',
    what: 'there is nothing to apply',
    why: `no record in ${files.join(', ')}`,
    hint: 'a record looks like this: {kind: Tenant, name: acme, spec: {tier: standard}}',
  });
}
