import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import type { SocketMount } from '../../src/simulator/mounts/socket.ts';
import { listen } from '../../src/simulator/mounts/socket.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

describe('the door', () => {
  const world = createSimulatedAws({ clock: new HandClock(), throttle: false });
  let mount: SocketMount;
  beforeEach(async () => {
    mount = await listen(world, { port: 0, onFault: (error) => expect.fail(String(error)) });
  });
  afterEach(async () => {
    await mount.close();
  });
  const ask = async (path: string, method = 'GET', sent?: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${mount.url}${path}`, { method, ...(sent === undefined ? {} : { body: sent }) });
    return { status: response.status, body: await response.json() };
  };

  it('says that it is well', async () => {
    expect(await ask('/_sim/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('moves time forward', async () => {
    const before = world.now();
    let ran = false;
    world.at(before + 90_000, () => {
      ran = true;
    });
    const { status, body } = await ask('/_sim/advance?seconds=90.5', 'POST');
    expect(status).toBe(200);
    expect(body).toEqual({ now: new Date(before + 90_500).toISOString() });
    expect(ran).toBe(true);
  });

  it('lists calls after a number', async () => {
    const since = world.log.last;
    const { ecs } = clientsOf(world, { appId: 'me' });
    await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    await ecs.send(new CreateClusterCommand({ clusterName: 'b' }));
    const { body } = await ask(`/_sim/calls?since=${since + 1}`);
    expect(body).toEqual([
      {
        n: since + 2,
        at: new Date(world.now()).toISOString(),
        principal: '111111111111/me',
        account: '111111111111',
        region: 'us-east-1',
        service: 'ecs',
        operation: 'CreateCluster',
        resources: expect.arrayContaining(['arn:aws:ecs:us-east-1:111111111111:cluster/b']),
        mutating: true,
        error: null,
      },
    ]);
  });

  it('tells where a name leads; one that does not resolve has no answers', async () => {
    expect(await ask('/_sim/route?host=nobody.example.com&path=/x&header=X-Tenant-Id:acme&cached=true')).toEqual({
      status: 200,
      body: { name: 'nobody.example.com', answers: [] },
    });
  });

  it.each([
    ['/_sim/route', 'GET', 400, 'host'],
    ['/_sim/route?host=a&header=nonsense', 'GET', 400, 'header'],
    ['/_sim/route?host=a&cached=maybe', 'GET', 400, 'cached'],
    ['/_sim/calls?since=-1', 'GET', 400, 'since'],
    ['/_sim/advance?seconds=soon', 'POST', 400, 'seconds'],
    ['/_sim/advance?seconds=5', 'GET', 405, 'POST'],
    ['/_sim/nothing', 'GET', 404, '/_sim/health'],
  ])('refuses %s by %s, naming what it expected', async (path, method, status, named) => {
    const answer = await ask(path, method);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(named);
  });

  it('takes faults, says what became of them, and lets them go', async () => {
    const { ecs } = clientsOf(undefined, { endpoint: mount.url });
    const rule = { on: { service: 'ecs', operation: 'CreateCluster' }, fault: 'throttle', times: 1 };
    const added = await ask('/_sim/fault', 'POST', JSON.stringify(rule));
    expect(added).toMatchObject({ status: 200, body: { faults: [{ rule, matched: 0, met: 0 }] } });
    const create = new CreateClusterCommand({ clusterName: 'faulty' });
    await expect(ecs.send(create)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(ecs.send(create)).resolves.toBeDefined();
    expect(await ask('/_sim/fault')).toMatchObject({ body: { faults: [{ matched: 1, met: 1 }] } });
    expect(await ask('/_sim/fault', 'DELETE')).toEqual({ status: 200, body: { faults: [] } });
    await expect(ecs.send(create)).resolves.toBeDefined();
  });

  it.each([
    ['{', 'the body is no JSON'],
    ['{"fault": "melt"}', 'faults[0].fault: found "melt", expected one of throttle'],
    ['{"fault": {"stale": 5}}', 'it has to keep it from its start'],
  ])('refuses %s as a fault, and says why', async (sent, why) => {
    expect(await ask('/_sim/fault', 'POST', sent)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(why) },
    });
  });
});
