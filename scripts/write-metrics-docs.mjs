// Writes docs/reference/metrics.md from the catalogue. Run it after a change of src/telemetry/catalogue*.ts: `node scripts/write-metrics-docs.mjs`.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['src/telemetry/metrics-page.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { metricsPage } = await import(`data:text/javascript;base64,${code}`);
await mkdir(`${root}docs/reference`, { recursive: true });
await writeFile(`${root}docs/reference/metrics.md`, metricsPage());
console.log('docs/reference/metrics.md');
