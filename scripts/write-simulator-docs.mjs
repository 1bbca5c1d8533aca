// Writes docs/reference/simulator.md from the conformance table. Run it after a change of src/simulator/conformance: `node scripts/write-simulator-docs.mjs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['src/simulator/conformance/page.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { simulatorPage } = await import(`data:text/javascript;base64,${code}`);
await mkdir(`${root}docs/reference`, { recursive: true });
await writeFile(`${root}docs/reference/simulator.md`, simulatorPage());
console.log('docs/reference/simulator.md');
