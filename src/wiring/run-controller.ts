import type { ControllerConfig } from '../cli/programs.ts';
import { machineHost, startController } from './controller.ts';
import { untilStopped } from './stopping.ts';

/** ECS kills what has not ended 30 seconds after it was told to (stopTimeout's default): before that we end ourselves, and the lease runs out. Milliseconds. */
const stopLimitMs = 25_000;

/** `cellwright controller`: the production entry point. Ends when it is told to, after handing the lease over. */
export async function runController(config: ControllerConfig): Promise<number> {
  // Before anything is awaited: as the first process of a container nobody but us ends us on a signal.
  const stopped = untilStopped();
  const controller = await startController(config, machineHost);
  await stopped;
  const limit = setTimeout(() => {
    process.stderr.write(`not stopped within ${stopLimitMs / 1_000} s: ending without handing the lease over\n`);
    process.exit(1);
  }, stopLimitMs);
  await controller.stop();
  clearTimeout(limit);
  return 0;
}
