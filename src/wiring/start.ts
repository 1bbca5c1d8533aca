import type { StartOptions } from '../cli/programs.ts';
import { type Clock, createClock } from '../model/clock.ts';
import { listen } from '../simulator/mounts/socket.ts';
import { startController } from './controller.ts';
import { createFleetAws, embeddedAccess } from './simulated.ts';
import { untilStopped } from './stopping.ts';

/**
 * On a clock that runs this many times as fast as the machine's, time-outs and the lease keep two fifths of their real length: they protect against a slow machine, and
 * that does not get faster with the clock.
 */
export function patienceFor(timeScale: number): number {
  return Math.max(1, timeScale * 0.4);
}

/** `cellwright start`: the simulated AWS, the controller and the page in one process, on one clock. Ends when it is told to. */
export async function runStart(options: StartOptions): Promise<number> {
  const { settings, region, timeScale } = options;
  const clock = createClock({ scale: timeScale });
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const aws = await createFleetAws({
    ...options,
    ...settings,
    clock,
    throttle: true,
    apply: true,
    random: Math.random,
  });
  const socket = await listenOn(aws, options.port, say);
  const controller = await startController(
    { ...settings, aws: embeddedAccess(aws, region, settings.identity) },
    {
      clock,
      patience: patienceFor(timeScale),
      random: Math.random,
      newToken: () => crypto.randomUUID(),
      figures: false,
    },
  );
  say(`simulated AWS  ${socket.url}  (AWS_ENDPOINT_URL for the aws CLI and for cellwright's own commands)`);
  say(`page           ${controller.url}`);
  say(`time           runs ${timeScale} times as fast as the machine's, throttles are on`);
  const progress = reportProgress(
    clock,
    () => controller.leader.term?.view.all('Tenant').map((entry) => entry.status?.value.phase),
    say,
  );
  await untilStopped();
  progress();
  await controller.stop();
  await socket.close();
  return 0;
}

/** Where it was told to; else on 4566 where that is free, else on any port. */
async function listenOn(aws: Parameters<typeof listen>[0], port: number | undefined, say: (line: string) => void) {
  const onFault = (error: unknown): void =>
    say(`the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  if (port !== undefined) return listen(aws, { port, onFault });
  try {
    return await listen(aws, { port: 4566, onFault });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    return listen(aws, { port: 0, onFault });
  }
}

/** One line whenever the number of ready tenants has changed; returns what ends it. */
function reportProgress(
  clock: Clock,
  phases: () => readonly (string | undefined)[] | undefined,
  say: (line: string) => void,
): () => void {
  const began = performance.now();
  let last = '';
  let cancel: () => void = () => undefined;
  const look = (): void => {
    const all = phases() ?? [];
    const ready = all.filter((phase) => phase === 'Ready').length;
    const line = `${ready} of ${all.length} tenants Ready`;
    if (all.length > 0 && line !== last)
      say(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
    last = line;
    cancel = clock.after(5_000, look);
  };
  look();
  return () => cancel();
}
