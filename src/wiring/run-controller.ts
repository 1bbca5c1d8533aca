import type { ControllerConfig } from '../cli/programs.ts';
import { machineHost, startController } from './controller.ts';
import { untilStopped } from './stopping.ts';

/** `cellwright controller`: the production entry point. Ends when it is told to, after handing the lease over. */
export async function runController(config: ControllerConfig): Promise<number> {
  const controller = await startController(config, machineHost);
  await untilStopped();
  await controller.stop();
  return 0;
}
