import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createClock } from '../../src/model/clock.ts';
import { listen, type SocketMount } from '../../src/simulator/mounts/socket.ts';
import { createFleetAws } from '../../src/wiring/simulated.ts';
import { Program } from '../crash/processes.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** An empty installation, its tables made. */
async function simulator(): Promise<SocketMount> {
  const aws = await createFleetAws({
    clock: createClock({ unref: true }),
    seed: 1,
    throttle: false,
    region: 'us-east-1',
    desiredTable: 'cellwright-desired',
    stateTable: 'cellwright-state',
    fleetText: '{kind: Fleet, name: default, spec: {}}',
    apply: true,
    random: () => 0.5,
  });
  const mount = await listen(aws, { port: 0, onFault: (error) => console.error(error) });
  ends.push(() => mount.close());
  return mount;
}

it('a signal that comes while it starts is not lost, nor does it kill: it starts, stops, and hands over', async () => {
  const { url } = await simulator();
  let told = false;
  // Between the two: the first call is held until the signal was sent.
  const between = createServer((incoming, outgoing) => {
    if (!told) controller.child.kill('SIGTERM');
    told = true;
    const { method, headers, url: path } = incoming;
    const onwards = request(`${url}${path}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onwards.on('error', () => outgoing.destroy());
    incoming.pipe(onwards);
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  ends.push(() => between.close());
  const address = between.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const controller = new Program(['controller'], {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'x',
    CELLWRIGHT_HTTP: '127.0.0.1:0',
  });
  ends.push(() => controller.end('SIGKILL'));
  await once(controller.child, 'exit');
  expect({ code: controller.child.exitCode, signal: controller.child.signalCode }).toEqual({ code: 0, signal: null });
  expect(controller.output).toContain('"msg":"stopped"');
}, 60_000);
