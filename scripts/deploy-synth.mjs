// Makes the CloudFormation templates of a deployment (deploy/): `npm run deploy:synth [-- --settings FILE] [--out FOLDER]`. Exit code 2: it could not be done, and why.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// Inside node_modules, where the bundle finds its packages.
const outfile = 'node_modules/.cache/deploy/main.mjs';
await build({
  absWorkingDir: root,
  entryPoints: ['deploy/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.chdir(root);
await import(new URL(`../${outfile}`, import.meta.url).href);
