/** At the end of the whole suite: what its controllers called is what the code declares to need, no less and no more. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { differences } from './differences.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where workers leave what they noted. */
    rightsDirectory: string;
  }
}

export default function setup(project: TestProject): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'cellwright-rights-'));
  project.provide('rightsDirectory', directory);
  return async () => {
    const called = new Set(
      readdirSync(directory).flatMap((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as string[]),
    );
    rmSync(directory, { recursive: true });
    if (!(await ranWhole(project))) return;
    const found = differences(called);
    if (found.length === 0)
      return console.log(`rights: ${called.size} actions by role were called, each declared, and each declared one`);
    // An error thrown here is told of and changes nothing about how the run ends.
    process.exitCode = 1;
    console.error(`rights and calls of the whole suite differ:\n  ${found.join('\n  ')}`);
  };
}

/** A part of the suite proves nothing about what nobody calls, and neither does one that failed. */
async function ranWhole(project: TestProject): Promise<boolean> {
  const { state, config } = project.vitest;
  const { testFiles } = await project.globTestFiles();
  const isFiltered = config.testNamePattern !== undefined || config.shard !== undefined || config.watch;
  return !isFiltered && state.getPaths().length >= testFiles.length && state.getCountOfFailedTests() === 0;
}
