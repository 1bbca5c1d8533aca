import { createServer, type Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { Readable } from 'node:stream';
import { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AttemptTimeoutError, FencedError } from '../../src/aws/classify.ts';
import { createFencedHandler } from '../../src/aws/fence.ts';
import { createSocketHandler } from '../../src/aws/sockets.ts';
import { systemClock } from '../../src/model/clock.ts';
import { certificate, key } from './localhost-certificate.ts';
import { finish, healthyLease, json, settle, stubHandler, virtualClock } from './support.ts';

const request = (port = 80): HttpRequest =>
  new HttpRequest({
    protocol: 'http:',
    hostname: '127.0.0.1',
    port,
    method: 'POST',
    path: '/',
    headers: {},
    body: 'x',
  });

describe('the fence', () => {
  it('lets no mutating attempt out unless the lease outlives it, whatever the lease does', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const property = fc.asyncProperty(
      fc.array(
        fc.record({
          waitMs: fc.integer({ min: 0, max: 3_000 }),
          act: fc.constantFrom('renew', 'write', 'write', 'read', 'unsaid'),
        }),
        { maxLength: 60 },
      ),
      async (steps) => {
        const clock = virtualClock();
        let leaseEnds = clock.monotonic() + 12_000;
        const sent: { at: number; left: number; kind: string }[] = [];
        const inner = stubHandler(async ({ options }) => {
          const kind = options?.mutating === false ? 'read' : 'write';
          sent.push({ at: clock.monotonic(), left: leaseEnds - clock.monotonic(), kind });
          return json(200, {});
        });
        const handler = createFencedHandler({
          inner,
          clock,
          fence: { remainingMs: () => leaseEnds - clock.monotonic(), epoch: 1 },
        });
        let refused = 0;
        for (const { waitMs, act } of steps) {
          await clock.advance(waitMs);
          if (act === 'renew') leaseEnds = clock.monotonic() + 12_000;
          else {
            const options = act === 'unsaid' ? {} : { mutating: act === 'write' };
            await handler.handle(request(), options).catch((error: unknown) => {
              expect(error).toBeInstanceOf(FencedError);
              refused++;
            });
          }
        }
        expect(sent.filter(({ kind, left }) => kind === 'write' && left <= 5_000)).toEqual([]);
        expect(sent.length + refused).toBe(steps.filter(({ act }) => act !== 'renew').length);
      },
    );
    await fc.assert(property, { seed, numRuns: 30 });
  });

  it('checks in the turn in which it hands the request on', async () => {
    const clock = virtualClock();
    let handed = false;
    let checkedBefore = false;
    const inner = stubHandler(() => json(200, {}));
    const handler = createFencedHandler({
      inner: { ...inner, handle: (...args) => ((handed = true), inner.handle(...args)) },
      clock,
      fence: { epoch: 1, remainingMs: () => ((checkedBefore = !handed), 12_000) },
    });
    const answered = handler.handle(request(), { mutating: true });
    expect({ handed, checkedBefore }).toEqual({ handed: true, checkedBefore: true });
    await answered;
  });

  it('ends an attempt that gets no answer, read or write, and aborts what carries it', async () => {
    for (const mutating of [true, false]) {
      const clock = virtualClock();
      const inner = stubHandler(() => new Promise<HttpResponse>(() => undefined));
      const handler = createFencedHandler({ inner, clock, fence: healthyLease, attemptTimeoutMs: 2_000 });
      const attempt = handler.handle(request(), { mutating });
      const outcome = expect(attempt).rejects.toBeInstanceOf(AttemptTimeoutError);
      await clock.advance(1_999);
      const signal = inner.seen[0]?.options?.abortSignal;
      expect(signal?.aborted).toBe(false);
      await clock.advance(1);
      expect(signal?.aborted).toBe(true);
      await outcome;
    }
  });

  it('counts the body as part of the answer', async () => {
    const clock = virtualClock();
    const body = new Readable({ read: () => undefined });
    const inner = stubHandler(() => new HttpResponse({ statusCode: 200, headers: {}, body }));
    const handler = createFencedHandler({ inner, clock, fence: healthyLease });
    await handler.handle(request(), { mutating: false });
    const failed = new Promise((resolve) => body.once('error', resolve));
    await clock.advance(5_000);
    expect(await failed).toBeInstanceOf(AttemptTimeoutError);
  });

  it('leaves no timer behind an attempt that was answered', async () => {
    const clock = virtualClock();
    const handler = createFencedHandler({ inner: stubHandler(() => json(200, {})), clock, fence: healthyLease });
    await handler.handle(request(), { mutating: true });
    await settle();
    expect(clock.timers.countTimers()).toBe(0);
  });
});

describe('sockets', () => {
  const open: (Server | net.Server)[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });
  const listen = async (server: Server | net.Server): Promise<number> => {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  /** A clock whose time jumps without its timers running, as after SIGSTOP and SIGCONT. */
  const stoppedClock = (): typeof systemClock & { skip(ms: number): void } => {
    let skipped = 0;
    return {
      ...systemClock,
      monotonic: () => systemClock.monotonic() + skipped,
      skip: (ms) => {
        skipped += ms;
      },
    };
  };

  it('answer over kept-alive connections', async () => {
    const ports = new Set<number>();
    const port = await listen(
      createServer((incoming, outgoing) => {
        ports.add(incoming.socket.remotePort ?? 0);
        incoming.resume().on('end', () => outgoing.end('ok'));
      }),
    );
    const inner = createSocketHandler({ beforeWrite: () => undefined });
    const handler = createFencedHandler({ inner, clock: systemClock, fence: healthyLease });
    for (let n = 0; n < 3; n++) {
      const { response } = await handler.handle(request(port), { mutating: true });
      const chunks: string[] = [];
      for await (const chunk of response.body as Readable) chunks.push(String(chunk));
      expect(chunks.join('')).toBe('ok');
    }
    expect(ports.size).toBe(1);
    inner.destroy?.();
  });

  it('write nothing when the time passed while the connection was being made, before any timer ran', async () => {
    let bytes = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        bytes += data.length;
      });
    });
    const port = await listen(server);
    const clock = stoppedClock();
    const inner = createSocketHandler({ beforeWrite: () => handler.expireOverdue() });
    const handler = createFencedHandler({ inner, clock, fence: healthyLease });
    // Prepares the handler, which loads what it needs at its first request.
    const first = handler.handle(request(port), { mutating: true }).catch((error: unknown) => error);
    while (bytes === 0) await settle();
    bytes = 0;
    const connected = new Promise((resolve) => server.once('connection', resolve));
    const late = handler.handle(request(port), { mutating: true });
    const outcome = expect(late).rejects.toBeInstanceOf(AttemptTimeoutError);
    clock.skip(20_000);
    await outcome;
    await connected;
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(bytes).toBe(0);
    inner.destroy?.();
    expect(await first).toBeInstanceOf(Error);
  });

  it('write nothing when the time passed while the request waited for a free connection', async () => {
    const seen: string[] = [];
    let release: (() => void) | undefined;
    const port = await listen(
      createServer((incoming, outgoing) => {
        seen.push(incoming.url ?? '');
        incoming.resume();
        release = () => outgoing.end('ok');
      }),
    );
    const clock = stoppedClock();
    const inner = createSocketHandler({ beforeWrite: () => handler.expireOverdue(), maxSockets: 1 });
    const handler = createFencedHandler({ inner, clock, fence: healthyLease });
    const first = handler.handle(request(port), { mutating: false });
    while (release === undefined) await settle();
    const queued = handler.handle(request(port), { mutating: true });
    const outcome = expect(queued).rejects.toBeInstanceOf(AttemptTimeoutError);
    await settle();
    clock.skip(20_000);
    release();
    // The first is over its time as well: which of the two ends comes first does not matter.
    await first.then(
      ({ response }) => (response.body as Readable).on('error', () => undefined).resume(),
      () => undefined,
    );
    await outcome;
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(seen).toEqual(['/']);
    inner.destroy?.();
  });

  it('do the same over TLS: a request is written after the handshake, or not at all', async () => {
    let requests = 0;
    const server = https.createServer({ key, cert: certificate }, (incoming, outgoing) => {
      requests++;
      incoming.resume().on('end', () => outgoing.end('ok'));
    });
    const port = await listen(server);
    const secure = (): HttpRequest => Object.assign(request(port), { protocol: 'https:' });
    const clock = stoppedClock();
    const inner = createSocketHandler({ beforeWrite: () => handler.expireOverdue(), ca: certificate });
    const handler = createFencedHandler({ inner, clock, fence: healthyLease });
    const { response } = await handler.handle(secure(), { mutating: true });
    for await (const chunk of response.body as Readable) expect(String(chunk)).toBe('ok');
    expect(requests).toBe(1);

    inner.destroy?.();

    const fresh = createSocketHandler({ beforeWrite: () => late.expireOverdue(), ca: certificate });
    const late = createFencedHandler({ inner: fresh, clock, fence: healthyLease });
    const connected = new Promise((resolve) => server.once('connection', resolve));
    const attempt = expect(late.handle(secure(), { mutating: true })).rejects.toBeInstanceOf(AttemptTimeoutError);
    clock.skip(20_000);
    await Promise.all([connected, attempt]);
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(requests).toBe(1);
    fresh.destroy?.();

    const distrustful = createSocketHandler({ beforeWrite: () => undefined });
    await expect(distrustful.handle(secure())).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    distrustful.destroy?.();
  });

  it('destroy the connection when the time of an attempt is up', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const port = await listen(
      net.createServer((socket) =>
        socket
          .on('error', () => undefined)
          .on('close', () => closed?.())
          .resume(),
      ),
    );
    const inner = createSocketHandler({ beforeWrite: () => undefined });
    const handler = createFencedHandler({ inner, clock: systemClock, fence: healthyLease, attemptTimeoutMs: 50 });
    await expect(handler.handle(request(port), { mutating: true })).rejects.toBeInstanceOf(AttemptTimeoutError);
    await gone;
    inner.destroy?.();
  });

  it('say that nothing was sent when nobody listens', async () => {
    const port = await listen(net.createServer());
    await new Promise((resolve) => open.splice(0).at(-1)?.close(resolve));
    const inner = createSocketHandler({ beforeWrite: () => undefined });
    await expect(inner.handle(request(port))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('finish', () => {
  it('reports what never ends', async () => {
    await expect(finish(virtualClock(), new Promise(() => undefined), 1_000)).rejects.toThrow('not settled');
  });
});
