// Writes the tables of docs/explanation/iam.md from what the code declares to need. Run it after a change of an iam.ts: `node scripts/write-iam-docs.mjs`.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['deploy/policies/page.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { withTables } = await import(`data:text/javascript;base64,${code}`);
const page = `${root}docs/explanation/iam.md`;
await writeFile(page, withTables(await readFile(page, 'utf8')));
console.log('docs/explanation/iam.md');
