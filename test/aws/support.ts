/** What the tests of src/aws share: a virtual clock, seeded randomness, and stand-ins for the SDK's request handler. */
import FakeTimers, { type Clock as FakeClock } from '@sinonjs/fake-timers';
import type { HttpHandler } from '@smithy/core/protocols';
import { HttpResponse } from '@smithy/core/protocols';
import type { AttemptOptions, LeaseFence } from '../../src/aws/fence.ts';
import type { Clock } from '../../src/model/clock.ts';

// Loaded before any virtual clock runs: loading takes real time, in which a virtual clock would run far ahead.
await Promise.all([
  import('@aws-sdk/client-ecs'),
  import('@aws-sdk/client-ec2'),
  import('@aws-sdk/client-elastic-load-balancing-v2'),
  import('@aws-sdk/client-route-53'),
  import('@aws-sdk/client-service-quotas'),
  import('@aws-sdk/client-sts'),
]);

/** A clock that moves only when told to; nothing global is replaced. */
export function virtualClock(): Clock & { readonly timers: FakeClock; advance(ms: number): Promise<void> } {
  const timers = FakeTimers.createClock(1_000_000);
  const after = (ms: number, run: () => void): (() => void) => {
    const id = timers.setTimeout(run, Math.max(0, ms));
    return () => timers.clearTimeout(id);
  };
  return {
    timers,
    now: () => timers.now,
    monotonic: () => timers.now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        });
      }),
    advance: async (ms) => {
      await settle();
      await timers.tickAsync(ms);
      await settle();
    },
  };
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Advances until the promise is settled, `limitMs` of the clock at most. */
export async function finish<T>(
  clock: ReturnType<typeof virtualClock>,
  promise: Promise<T>,
  limitMs = 600_000,
): Promise<T> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  const end = clock.now() + limitMs;
  while (!done && clock.now() < end) await clock.advance(100);
  if (!done) throw new Error(`not settled within ${limitMs} ms of the clock`);
  return promise;
}

/** Mulberry32: uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The controller's own, in account 000000000000. */
export const baseCredentials = async (): Promise<{ accessKeyId: string; secretAccessKey: string }> => ({
  accessKeyId: '000000000000',
  secretAccessKey: 'secret',
});

export const healthyLease: LeaseFence = { remainingMs: () => 12_000, epoch: 7 };

export type Request = Parameters<HttpHandler['handle']>[0];
export interface Seen {
  readonly request: Request;
  readonly options: AttemptOptions | undefined;
}
type Answer = (seen: Seen) => Promise<HttpResponse> | HttpResponse;

/** A request handler that answers as told and remembers what it saw. */
export function stubHandler(answer: Answer): HttpHandler & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    handle: async (request, options) => {
      const one = { request, options };
      seen.push(one);
      return { response: await answer(one) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** An HTTP answer with a body in one piece. */
export function reply(statusCode: number, body: string, headers: Record<string, string> = {}): HttpResponse {
  return new HttpResponse({ statusCode, headers, body: new TextEncoder().encode(body) });
}

export const json = (status: number, body: object): HttpResponse =>
  reply(status, JSON.stringify(body), { 'content-type': 'application/x-amz-json-1.1' });
export const xml = (status: number, body: string): HttpResponse => reply(status, body, { 'content-type': 'text/xml' });

/** AssumeRole's answer for a role, acting in the account of its ARN. */
export function assumedRole(roleArn: string, key = 'AKIDEXAMPLE'): HttpResponse {
  const account = roleArn.split(':')[4] ?? '';
  return xml(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/r/s</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2026-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
}

/** The body of a request, as text. */
export function bodyOf(request: Request): string {
  const body: unknown = request.body;
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}
