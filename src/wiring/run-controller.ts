import type { ControllerConfig } from '../cli/programs.ts';
import { machineHost, startController } from './controller.ts';
import { untilStopped } from './stopping.ts';

/** `cellwright controller`: the production entry point. Ends when it is told to, after handing the lease over. */
export async function runController(config: ControllerConfig): Promise<number> {
  // Before anything is awaited: as the first process of a container nobody but us ends us on a signal.
  const stopped = untilStopped();
  const controller = await startController(config, machineHost);
  await stopped;
  await controller.stop();
  return 0;
}
