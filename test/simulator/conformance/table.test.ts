import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformanceTable, simulatorPage } from '../../../src/simulator/conformance/page.ts';

const root = new URL('../../../', import.meta.url);
const rows = conformanceTable.flatMap(({ rows }) => rows);

describe('the conformance table', () => {
  it('names for each behaviour a source and a test that is there', () => {
    const wrong = rows.filter(({ source, test: [file, title] }) => {
      const path = new URL(file, root);
      return source === '' || !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
    });
    expect(wrong).toEqual([]);
  });

  it('says everything once', () => {
    const said = rows.map((row) => row.what);
    expect(said.filter((what, at) => said.indexOf(what) !== at)).toEqual([]);
  });

  it('is what docs/reference/simulator.md shows (node scripts/write-simulator-docs.mjs)', () => {
    expect(readFileSync(new URL('docs/reference/simulator.md', root), 'utf8')).toBe(simulatorPage());
  });
});
