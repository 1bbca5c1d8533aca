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

/** A way to the simulator that can be told to swallow everything from then on. `onCall` is told of each call before it goes on. */
async function between(url: string, onCall: () => void = () => undefined) {
  const line = { swallow: false, url: '' };
  const server = createServer((incoming, outgoing) => {
    onCall();
    if (line.swallow) return;
    const { method, headers, url: path } = incoming;
    const onwards = request(`${url}${path}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onwards.on('error', () => outgoing.destroy());
    incoming.pipe(onwards);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  line.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return line;
}

function controllerAt(endpoint: string): Program {
  const controller = new Program(['controller'], {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'x',
    CELLWRIGHT_HTTP: '127.0.0.1:0',
  });
  ends.push(() => controller.end('SIGKILL'));
  return controller;
}

it('a signal that comes while it starts is not lost, nor does it kill: it starts, stops, and hands over', async () => {
  const { url } = await simulator();
  let told = false;
  // The first call is held until the signal was sent.
  const line = await between(url, () => {
    if (!told) controller.child.kill('SIGTERM');
    told = true;
  });
  const controller = controllerAt(line.url);
  await once(controller.child, 'exit');
  expect({ code: controller.child.exitCode, signal: controller.child.signalCode }).toEqual({ code: 0, signal: null });
  expect(controller.output).toContain('"msg":"stopped"');
}, 60_000);

it('where AWS answers nothing any more it ends before ECS kills it, and at a second signal at once', async () => {
  const { url } = await simulator();
  const patient = await between(url);
  const hurried = await between(url);
  const [one, other] = [controllerAt(patient.url), controllerAt(hurried.url)];
  await Promise.all([one, other].map((each) => each.says('"msg":"the controller runs"', 30_000)));
  patient.swallow = true;
  hurried.swallow = true;
  const began = performance.now();
  one.child.kill('SIGTERM');
  other.child.kill('SIGTERM');
  await other.says('"msg":"stopping"', 5_000);
  other.child.kill('SIGTERM');
  await once(other.child, 'exit');
  // Not the end that the first signal leads to, which takes some twenty seconds here.
  expect(other.child.exitCode).toBe(130);
  if (one.running) await once(one.child, 'exit');
  expect(performance.now() - began).toBeLessThan(28_000);
  expect(one.child.signalCode).toBeNull();
}, 60_000);
