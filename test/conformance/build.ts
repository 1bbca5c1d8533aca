import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds the program that these suites judge: what stands in dist/ may be older than the sources. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: fileURLToPath(new URL('../..', import.meta.url)) });
}
