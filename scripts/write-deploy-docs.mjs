// Writes the tables of docs/reference/deploy.md from the schema of the settings. Run it after a change of deploy/settings.ts: `node scripts/write-deploy-docs.mjs`.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = 'node_modules/.cache/deploy/settings-page.mjs';
await build({
  absWorkingDir: root,
  entryPoints: ['deploy/settings-page.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
});
const { withSettings } = await import(new URL(`../${outfile}`, import.meta.url).href);
const page = `${root}docs/reference/deploy.md`;
await writeFile(page, withSettings(await readFile(page, 'utf8')));
console.log('docs/reference/deploy.md');
