// Bundles the program (src/main.ts) and the demo into dist/: ES modules, split so that each command loads only what it needs; packages stay in node_modules.
// Run it as `node scripts/build.mjs`, or import `build`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const entries = ['main.js', 'demo.js', 'demo-controller.js'];
/** Pieces of earlier builds stay this long: a running process may not have loaded all of its own yet. */
const keepMs = 24 * 3_600_000;
/** A package ships what this build made and nothing else. */
const packing = ['pack', 'publish'].includes(process.env.npm_command ?? '');

/** The commit that is built: CELLWRIGHT_COMMIT where it is set (an image is built without .git), else the checkout's; unknown where there is none, or no git. */
function commit() {
  const told = process.env.CELLWRIGHT_COMMIT ?? '';
  if (/^[0-9a-f]{7,64}$/.test(told)) return told.slice(0, 12);
  if (told !== '' && told !== 'unknown')
    throw new Error(`CELLWRIGHT_COMMIT is "${told}", expected a commit: 7 to 64 of 0-9 and a-f`);
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim();
  } catch {
    return 'unknown';
  }
}

/** SOURCE_DATE_EPOCH makes a build that can be repeated to the byte. */
function date() {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? '';
  if (seconds === '') return new Date().toISOString();
  if (/^[0-9]{1,10}$/.test(seconds)) return new Date(Number(seconds) * 1000).toISOString();
  throw new Error(`SOURCE_DATE_EPOCH is "${seconds}", expected seconds since 1970`);
}

/**
 * Builds dist/. Safe beside another build and beside processes that run from dist/: pieces are named after their content and never rewritten, and each
 * entry takes its place in one step, last.
 */
export async function build() {
  const esbuild = await import('esbuild');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries.map((name) => `src/${name.replace('.js', '.ts')}`),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    chunkNames: 'chunks/[name]-[hash]',
    define: { CELLWRIGHT_BUILD: JSON.stringify({ version, commit: commit(), date: date() }) },
    logLevel: 'warning',
    write: false,
  });
  mkdirSync(join(dist, 'chunks'), { recursive: true });
  const mains = result.outputFiles.filter((file) => isEntry(file));
  const chunks = result.outputFiles.filter((file) => !isEntry(file));
  for (const file of [...chunks, ...mains]) put(file);
  sweep(new Set(chunks.map(({ path }) => basename(path))));
}

function isEntry({ path }) {
  return entries.includes(basename(path));
}

/** Written aside first, so that nobody ever reads half a file. */
function put({ path, contents }) {
  if (!isEntry({ path }) && existsSync(path)) return;
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, contents);
  renameSync(aside, path);
}

function sweep(current) {
  const folder = join(dist, 'chunks');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (current.has(name)) continue;
    if (!packing && Date.now() - statSync(path, { throwIfNoEntry: false })?.mtimeMs < keepMs) continue;
    rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
