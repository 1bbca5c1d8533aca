import type { SimOptions } from '../cli/programs.ts';
import { createClock } from '../model/clock.ts';
import { listen } from '../simulator/mounts/socket.ts';
import { createFleetAws } from './simulated.ts';
import { untilStopped } from './stopping.ts';

/** `cellwright sim`: only the simulated AWS, on a socket. One line when it listens; ends when it is told to. */
export async function runSim(options: SimOptions): Promise<number> {
  const clock = createClock({ scale: options.timeScale });
  const aws = await createFleetAws({ ...options, clock, random: Math.random });
  const socket = await listen(aws, {
    port: options.port,
    onFault: (error) =>
      process.stderr.write(
        `the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      ),
  });
  process.stdout.write(
    `simulated AWS listens on ${socket.url} (AWS_ENDPOINT_URL=${socket.url}), time runs ${options.timeScale} times as fast\n`,
  );
  await untilStopped();
  await socket.close();
  return 0;
}
