import { CreateClusterCommand, CreateServiceCommand, DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { installBeneathSend } from '../../src/simulator/mounts/beneath-send.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { listen } from '../../src/simulator/mounts/socket.ts';
import { HandClock } from './support/clock.ts';

const config = {
  region: 'us-east-1',
  credentials: { accessKeyId: '111111111111', secretAccessKey: 'x' },
  maxAttempts: 1,
};

/** Milliseconds of the clock until `call` has ended, well or not. */
async function lasts(clock: HandClock, call: () => Promise<unknown>): Promise<number> {
  const start = clock.now();
  let ended = false;
  const finish = (): void => {
    ended = true;
  };
  const made = call().then(finish, finish);
  while (!ended) {
    await new Promise((resolve) => setImmediate(resolve));
    // Nothing waits while the call is still on its way through the client.
    if (clock.waiting > 0) clock.tick(10);
  }
  await made;
  return clock.now() - start;
}

function setUp(options: { answerDelays?: boolean; latencyFactor?: number } = { answerDelays: true }) {
  const clock = new HandClock();
  const world = createSimulatedAws({ clock, ...options });
  return { clock, world };
}

describe('answers take their time', () => {
  const create = new CreateClusterCommand({ clusterName: 'one' });
  const read = new DescribeClustersCommand({});
  const refused = new CreateServiceCommand({ cluster: 'none', serviceName: 'svc' });

  it('over the request handler, refusals too', async () => {
    const { clock, world } = setUp();
    const client = new ECSClient({ ...config, requestHandler: createRequestHandler(world) });
    expect(await lasts(clock, () => client.send(create))).toBe(300);
    expect(await lasts(clock, () => client.send(read))).toBe(50);
    expect(await lasts(clock, () => client.send(refused))).toBe(500);
  });

  it('beneath send', async () => {
    const { clock, world } = setUp();
    const client = new ECSClient(config);
    installBeneathSend(client, world);
    expect(await lasts(clock, () => client.send(create))).toBe(300);
    expect(await lasts(clock, () => client.send(refused))).toBe(500);
  });

  it('on the socket', async () => {
    const { clock, world } = setUp();
    const mount = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
    const client = new ECSClient({ ...config, endpoint: mount.url });
    expect(await lasts(clock, () => client.send(create))).toBe(300);
    client.destroy();
    await mount.close();
  });

  it('scaled by the one factor for all latencies, or not at all unless asked for', async () => {
    const halved = setUp({ answerDelays: true, latencyFactor: 0.5 });
    const client = new ECSClient({ ...config, requestHandler: createRequestHandler(halved.world) });
    expect(await lasts(halved.clock, () => client.send(create))).toBe(150);
    const none = setUp({});
    const quick = new ECSClient({ ...config, requestHandler: createRequestHandler(none.world) });
    expect(await lasts(none.clock, () => quick.send(create))).toBe(0);
  });

  it('unless the caller gives up first, which does not undo the call', async () => {
    const { clock, world } = setUp();
    const client = new ECSClient({ ...config, requestHandler: createRequestHandler(world) });
    const gone = new AbortController();
    const sent = expect(client.send(create, { abortSignal: gone.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await sent;
    expect(clock.waiting).toBe(0);
    expect(world.log.since(0, 10)).toMatchObject([{ operation: 'CreateCluster', error: null }]);
  });
});
