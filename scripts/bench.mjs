// Runs the benches (bench/NAME.ts), all of them or the ones that are named: `npm run bench [-- NAME...]`. Exit code 1: a gate fell; 2: there is no such bench.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const known = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));
const asked = process.argv.slice(2);
const wrong = asked.filter((name) => !known.includes(name));
if (wrong.length > 0) {
  console.error(`found no bench ${wrong.join(', ')}, expected one of: ${known.join(', ')}`);
  process.exit(2);
}
// Inside node_modules, where the bundles find their packages.
const outdir = 'node_modules/.cache/bench';
await build({
  absWorkingDir: root,
  entryPoints: known.map((name) => `bench/${name}.ts`),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
for (const name of asked.length > 0 ? asked : known) {
  console.log(`bench ${name}\n`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--no-warnings', join(outdir, `${name}.mjs`)], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
