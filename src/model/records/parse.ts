import { guardRaw } from './guard.ts';
import type { DesiredRecord, Kind, Specs } from './kinds.ts';
import { freezeDeep, isKind, kinds, specSchemas } from './kinds.ts';
import type { Finding, InvalidField, Step } from './problems.ts';
import { invalidField, problemsMax } from './problems.ts';
import { secretPrefix } from './secrets.ts';
import { nameExpected, nameMaxLength, namePattern } from './shapes.ts';

/** A record that may be used, frozen and with defaults filled in, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly record: DesiredRecord }
  | { readonly ok: false; readonly problems: InvalidField[] };

const recordFields = new Set(['kind', 'name', 'spec']);

/**
 * Reads one item of the desired table, or one document of `apply -f`, as it came out of its reader: plain values, with numbers that
 * JavaScript cannot hold as bigint or as NumberValue, sets as Set, binary as Uint8Array, NULL as null. Never throws: whatever comes in
 * is a valid record or a list of problems (at most 20), each with the field, what was found and what was expected.
 */
export function parseRecord(raw: unknown): ParseResult {
  const { kind, name } = identityOf(raw);
  const fail = (findings: readonly Finding[]): ParseResult => ({
    ok: false,
    problems: firstOfEach(findings).map((finding) => invalidField(kind, name, finding)),
  });
  const guarded = guardRaw(raw);
  if (!guarded.ok) return fail(guarded.findings);
  if (!isMap(guarded.value)) {
    return fail([{ path: ['record'], value: raw, expected: 'a map with kind, name and spec' }]);
  }
  const envelope = checkEnvelope(guarded.value);
  if (envelope.length > 0 || !isKind(kind) || typeof name !== 'string') return fail(envelope);
  const parsed = parseSpec(kind, name, guarded.value['spec']);
  return parsed.ok ? { ok: true, record: parsed.record } : fail(parsed.findings);
}

/** Whether a text is the name of a record. */
export function isRecordName(text: string): boolean {
  return text.length <= nameMaxLength && namePattern.test(text);
}

/** One finding per field, the first: that a text is too long says enough, without that it is no name either. */
function firstOfEach(findings: readonly Finding[]): Finding[] {
  const byPath = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify(finding.path);
    if (!byPath.has(key)) byPath.set(key, finding);
  }
  return [...byPath.values()].slice(0, problemsMax);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kind and name as far as they are there, for the words of every problem. Reads own data fields only, so it runs nobody's code. */
function identityOf(raw: unknown): { kind: unknown; name: unknown } {
  if (!isMap(raw)) return { kind: undefined, name: undefined };
  const own = (field: string): unknown => Object.getOwnPropertyDescriptor(raw, field)?.value;
  return { kind: own('kind'), name: own('name') };
}

function checkEnvelope(record: Record<string, unknown>): Finding[] {
  const findings: Finding[] = [];
  const { kind, name, spec } = record;
  if (!isKind(kind)) findings.push({ path: ['kind'], value: kind, expected: `one of ${kinds.join(', ')}` });
  if (typeof name !== 'string' || !isRecordName(name))
    findings.push({ path: ['name'], value: name, expected: nameExpected });
  else if (kind === 'Fleet' && name !== 'default') {
    findings.push({ path: ['name'], value: name, expected: 'default, the name of the only Fleet' });
  }
  if (!isMap(spec)) findings.push({ path: ['spec'], value: spec, expected: 'a map' });
  for (const field of Object.keys(record)) {
    if (recordFields.has(field)) continue;
    findings.push({ path: [field], value: record[field], expected: 'no such field; known here: kind, name, spec' });
  }
  return findings;
}

type SpecResult =
  | { readonly ok: true; readonly record: DesiredRecord }
  | { readonly ok: false; readonly findings: Finding[] };

function parseSpec(kind: Kind, name: string, spec: unknown): SpecResult {
  switch (kind) {
    case 'Fleet':
      return finish('Fleet', spec, (parsed) => ({ kind: 'Fleet', name, spec: freezeDeep(parsed) }));
    case 'Tier':
      return finish('Tier', spec, (parsed) => ({ kind: 'Tier', name, spec: freezeDeep(parsed) }));
    case 'Cell':
      return finish('Cell', spec, (parsed) => ({ kind: 'Cell', name, spec: freezeDeep(parsed) }));
    case 'InfraGroup':
      return finish('InfraGroup', spec, (parsed) => ({ kind: 'InfraGroup', name, spec: freezeDeep(parsed) }));
    case 'Tenant':
      return finish(
        'Tenant',
        spec,
        (parsed) => ({ kind: 'Tenant', name, spec: freezeDeep(parsed) }),
        (parsed) => foreignSecrets(name, parsed.service.secrets ?? {}),
      );
  }
}

function finish<K extends Kind>(
  kind: K,
  spec: unknown,
  wrap: (parsed: Specs[K]) => DesiredRecord,
  check: (parsed: Specs[K]) => Finding[] = () => [],
): SpecResult {
  const result = specSchemas[kind].safeParse(spec, { reportInput: true });
  if (!result.success) {
    return { ok: false, findings: result.error.issues.flatMap((issue) => findingsOf(issue, spec)) };
  }
  // The schema table maps each kind to the schema of its own spec type; TypeScript does not follow that through the lookup.
  const parsed = result.data as Specs[K];
  const findings = check(parsed);
  return findings.length === 0 ? { ok: true, record: wrap(parsed) } : { ok: false, findings };
}

/** A tenant may name only its own secrets: a name in full must be under its own prefix. */
function foreignSecrets(tenant: string, secrets: Readonly<Record<string, { readonly name: string }>>): Finding[] {
  const prefix = secretPrefix(tenant);
  return Object.entries(secrets)
    .filter(([, secret]) => secret.name.startsWith('/') && !secret.name.startsWith(prefix))
    .map(([variable, secret]) => ({
      path: ['spec', 'service', 'secrets', variable, 'name'],
      value: secret.name,
      expected: `a name under ${prefix}, or a relative one`,
    }));
}

/** What zod says about one place. Only these members are used, so that any issue of any schema fits. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
}

function findingsOf(issue: Issue, spec: unknown): Finding[] {
  const path: Step[] = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({
      path: ['spec', ...path, key],
      value: valueAt(spec, [...path, key]),
      expected: issue.message,
    }));
  }
  // A wrong name of a map's entry: what is expected of the name stands one level below.
  const expected = issue.code === 'invalid_key' ? (issue.issues?.[0]?.message ?? issue.message) : issue.message;
  return [{ path: ['spec', ...path], value: valueAt(spec, path) ?? defaultInput(issue), expected }];
}

/** A default that does not fit with what was written: not in the record, but what zod looked at. It gives the whole map where a field is missing. */
function defaultInput(issue: Issue): unknown {
  return issue.code === 'custom' && typeof issue.input !== 'object' ? issue.input : undefined;
}

function valueAt(value: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.getOwnPropertyDescriptor(at, step)?.value as unknown;
  }, value);
}
