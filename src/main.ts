/** The composition root: the only file that wires all of it. */
import { runCli } from './cli/index.ts';

const notWired = (): Promise<never> => Promise.reject(new Error('not wired'));

process.exitCode = await runCli(process.argv.slice(2), {
  start: notWired,
  sim: notWired,
  controller: notWired,
  planLocal: notWired,
});
