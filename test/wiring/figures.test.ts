import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { startController } from '../../src/wiring/controller.ts';
import { createFleetAws, embeddedAccess } from '../../src/wiring/simulated.ts';
import { patienceFor } from '../../src/wiring/start.ts';
import { poll } from '../crash/processes.ts';

const fleetFile = fileURLToPath(new URL('../conformance/tiny-fleet.yaml', import.meta.url));

/** The real controller on a clock that runs 240 times as fast: a minute is a quarter of a second. */
it('a controller writes its figures though its log is silent, leads in them, and writes none after it stopped', async () => {
  const scale = 240;
  const clock = createClock({ scale });
  const tables = { desiredTable: 'desired', stateTable: 'state' };
  const aws = await createFleetAws({
    ...tables,
    clock,
    seed: 1,
    throttle: false,
    region: 'us-east-1',
    fleetFile,
    apply: true,
    random: () => 0.5,
  });
  const lines: string[] = [];
  const controller = await startController(
    {
      ...tables,
      aws: embeddedAccess(aws, 'us-east-1', 'controller-a'),
      resyncSeconds: 60,
      detailSeconds: 120,
      identity: 'controller-a',
      http: { host: '127.0.0.1', port: 0 },
      mode: 'active',
      logLevel: 'silent',
    },
    {
      clock,
      patience: patienceFor(scale),
      random: Math.random,
      newToken: () => crypto.randomUUID(),
      figures: true,
      write: (line) => void lines.push(line),
    },
  );
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  await poll(() => last()['standing'] === 'leading');
  expect(last()).toMatchObject({ msg: 'figures', identity: 'controller-a', leader: 1, resyncSeconds: 60 });
  expect(last()).toHaveProperty('tenants');
  await controller.stop();
  const written = lines.length;
  await clock.sleep(180_000);
  expect(lines).toHaveLength(written);
  expect(lines.filter((line) => !line.includes('"msg":"figures"'))).toEqual([]);
});
