import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentsMaxLength, parseDocuments } from '../../../src/model/records/documents.ts';
import { parseRecord } from '../../../src/model/records/parse.ts';

function names(text: string): unknown[] {
  const { records, problems } = parseDocuments(text);
  expect(problems).toEqual([]);
  return records.map(({ raw, line }) => [(raw as { name?: unknown }).name, line]);
}

/** Problems of the text, and of the records in it. */
function refusals(text: string): string[] {
  const { records, problems } = parseDocuments(text);
  const inner = records.flatMap(({ raw }) => {
    const parsed = parseRecord(raw);
    return parsed.ok ? [] : parsed.problems.map(({ field, found }) => `${field} = ${found}`);
  });
  return [...problems.map(({ line, field, found }) => `${line}: ${field}: ${found}`), ...inner];
}

describe('forms', () => {
  it('YAML documents, with where each begins', () => {
    const text = '# fleet\nkind: Tenant\nname: a\nspec: {tier: t}\n---\nkind: Tenant\nname: b\nspec: {tier: t}\n---\n';
    expect(names(text)).toEqual([
      ['a', 2],
      ['b', 6],
    ]);
  });
  it('a YAML list, a JSON object, a JSON array and items', () => {
    expect(names('- {name: a}\n- name: b\n')).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(names('{"name": "a"}')).toEqual([['a', 1]]);
    expect(names('[{"name": "a"},\n {"name": "b"}]')).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(names('{"items": [\n{"name": "a"},\n{"name": "b"}]}')).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });
  it('nothing at all is no record and no problem', () => {
    expect(parseDocuments('')).toEqual({ records: [], problems: [] });
    expect(parseDocuments('---\n# only a comment\n')).toEqual({ records: [], problems: [] });
  });
  it('gives records that parse', () => {
    const [record] = parseDocuments('kind: Tenant\nname: acme\nspec: {tier: standard, placements: 2}\n').records;
    expect(parseRecord(record?.raw).ok).toBe(true);
  });
  it('anchors may share settings', () => {
    const text = 'kind: Tenant\nname: acme\nspec:\n  tier: t\n  service:\n    environment: {A: &v x, B: *v}\n';
    expect(refusals(text)).toEqual([]);
  });
});

describe('refused by name', () => {
  it('duplicate keys, in YAML and JSON', () => {
    expect(refusals('kind: Tenant\nname: a\nname: b\n')).toEqual(['3: name: name twice in one map']);
    expect(refusals('{"kind": "Tenant",\n "spec": {"tier": "a", "tier": "b"}}')).toEqual([
      '2: tier: tier twice in one map',
    ]);
  });
  it('NaN and infinity', () => {
    const text = 'kind: Tenant\nname: a\nspec: {tier: t, expectedRps: .nan, placements: -.inf}\n';
    expect(refusals(text)).toEqual(['spec.expectedRps = NaN', 'spec.placements = -Infinity']);
    expect(refusals('{"kind": "Tenant", "name": "a", "spec": {"tier": "t", "expectedRps": NaN}}')).toEqual([
      'spec.expectedRps = string "NaN"',
    ]);
  });
  it('numbers beyond 2^53, unrounded', () => {
    const text = 'kind: Tenant\nname: a\nspec: {tier: t, placements: 9007199254740993}\n';
    expect(refusals(text)).toEqual(['spec.placements = 9007199254740993']);
  });
  it('keys that aim at prototypes', () => {
    const text = '{"kind": "Tenant", "name": "a", "spec": {"tier": "t", "__proto__": {"polluted": 1}}}';
    expect(refusals(text)).toEqual(['spec.__proto__ = map of 1 fields']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
  it('tags, also with a YAML 1.1 header', () => {
    expect(refusals('kind: !!js/function "x"\n')[0]).toContain('!!js/function');
    expect(refusals('%YAML 1.1\n---\nkind: !!binary aGVsbG8=\n')[0]).toContain('!!binary');
  });
  it('merge keys, as the unknown field that they are', () => {
    expect(refusals('kind: Tenant\nname: a\nspec:\n  <<: {tier: t}\n')).toContain('spec.<< = map of 1 fields');
  });
  it('a bad document, and keeps the good ones', () => {
    const { records, problems } = parseDocuments('name: a\n---\nname: [\n---\nname: c\n');
    expect(records.map(({ raw }) => raw)).toEqual([{ name: 'a' }, { name: 'c' }]);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('texts that are out to hurt', () => {
  it('aliases that expand without end', () => {
    const laughs = Array.from(
      { length: 12 },
      (_, n) =>
        `a${n}: &a${n} [${Array(10)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join(',')}]`,
    );
    expect(refusals(laughs.join('\n'))).toHaveLength(1);
    expect(refusals('kind: Tenant\nname: a\nspec: &s {tier: *s}\n')[0]).toContain('an alias inside its own anchor');
    expect(refusals('kind: *nowhere\n')[0]).toContain('nowhere');
  });
  it('nesting that would run out of stack', () => {
    for (const text of ['['.repeat(300_000), '{"a":'.repeat(100_000), '- '.repeat(100_000), '? '.repeat(50_000)]) {
      expect(parseDocuments(text).problems[0]?.found).toBe('more than 64 levels');
    }
  });
  it('more than it reads', () => {
    expect(parseDocuments(' '.repeat(documentsMaxLength + 1)).problems[0]?.expected).toContain('at most');
  });
  it('never throws', () => {
    const piece = fc.constantFrom(
      'kind: ',
      'name',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!!x ',
      '"',
      "'",
      '|\n',
      '---\n',
      '...',
      '%YAML 1.1\n',
      '<<: ',
      '? ',
      '#',
      ',',
      '\t',
      '.nan',
      '1e999',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { records, problems } = parseDocuments(pieces.join(''));
        for (const { raw } of records) parseRecord(raw);
        return problems.every(
          ({ line, column, found, expected }) => line > 0 && column > 0 && found !== '' && expected !== '',
        );
      }),
      { numRuns: 2000 },
    );
  });
});
