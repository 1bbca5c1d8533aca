/** The demo's controller: a process of its own, so that its SIGKILL is a real one, on the clock that the demo hands it. Not part of the program. */

import type { DemoControllerConfig } from './demo/processes.ts';
import { createClock } from './model/clock.ts';
import { startController } from './wiring/controller.ts';
import { patienceFor } from './wiring/start.ts';
import { untilStopped } from './wiring/stopping.ts';

const config = JSON.parse(process.argv[2] ?? '{}') as DemoControllerConfig;
const { scale, origin, startAt, ...settings } = config;
const clock = createClock({ scale, origin, startAt });
const controller = await startController(settings, {
  clock,
  patience: patienceFor(scale),
  random: Math.random,
  newToken: () => crypto.randomUUID(),
  figures: false,
});
process.send?.({ url: controller.url });
await untilStopped();
await controller.stop();
process.disconnect?.();
