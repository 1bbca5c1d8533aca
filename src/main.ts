/** The composition root of the program: the command line, and the programs behind it, each loaded when it is asked for. */
import { runCli } from './cli/index.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  start: async (options) => (await import('./wiring/start.ts')).runStart(options),
  sim: async (options) => (await import('./wiring/sim.ts')).runSim(options),
  controller: async (config) => (await import('./wiring/run-controller.ts')).runController(config),
  rebuildLocal: async (config) => (await import('./wiring/plan-local.ts')).rebuildLocal(config),
  adoptLocal: async (request) => (await import('./wiring/plan-local.ts')).adoptLocal(request),
  planLocal: async (request) => (await import('./wiring/plan-local.ts')).planLocal(request),
  askLocal: async (request) => (await import('./wiring/ask-local.ts')).askLocal(request),
  rehearse: async (request) => (await import('./wiring/rehearse/run.ts')).runRehearsal(request),
});
