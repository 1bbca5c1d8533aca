import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** All modules that loading a file of the store loads, followed through its own files; type imports load nothing. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const url = new URL(`../../src/store/${file}`, import.meta.url);
  const source = readFileSync(url, 'utf8');
  for (const [, typeOnly, name = ''] of source.matchAll(/^(?:import|export)( type)?[^;]*? from '([^']+)';/gm)) {
    if (typeOnly !== undefined || seen.has(name)) continue;
    seen.add(name);
    if (name.startsWith('./')) loadedBy(name.slice(2), seen);
  }
  return seen;
}

test.each(['desired.ts', 'state.ts', 'tables.ts', 'installation.ts', 'reservations.ts'])(
  '%s, which commands load, does not load the client of streams',
  (file) => {
    const loaded = loadedBy(file);
    expect(loaded).toContain('./items.ts');
    expect([...loaded].filter((name) => name.includes('stream'))).toEqual([]);
  },
);

test('the stream is behind its own file', () => {
  expect(loadedBy('stream-client.ts')).toContain('@aws-sdk/client-dynamodb-streams');
  expect(loadedBy('stream.ts')).not.toContain('@aws-sdk/client-dynamodb-streams');
});
