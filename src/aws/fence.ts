/**
 * The last thing before the wire, below the SDK's serialiser, signer and retry step: no attempt of a mutating call leaves unless the lease outlives
 * the attempt, and no attempt, read or write, outlives its time-out. It wraps any request handler and does not know what is behind it.
 */
import { finished, Readable } from 'node:stream';
import type { HttpHandler } from '@smithy/core/protocols';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Clock } from '../model/clock.ts';
import { AttemptTimeoutError, FencedError } from './classify.ts';

/** Our lease as the wire sees it. */
export interface LeaseFence {
  /** Milliseconds of the clock until the lease ends; 0 or less when it is gone. */
  remainingMs(): number;
  /** The lease's epoch, higher with each new holder. */
  readonly epoch: number;
}

/** Options of one attempt, handed through `client.send`. A call that does not say whether it changes anything is taken to do so. */
export interface AttemptOptions extends HttpHandlerOptions {
  readonly mutating?: boolean;
}

export interface FencedHandler extends Omit<HttpHandler, 'handle'> {
  handle(request: Parameters<HttpHandler['handle']>[0], options?: AttemptOptions): ReturnType<HttpHandler['handle']>;
  /** Aborts at once every attempt whose time is up, timers or not: called in the turn in which a connection would start to write. */
  expireOverdue(): void;
}

/** Milliseconds of the clock that one attempt may take: below the lease (10 s, less its margin of a twentieth) less its renewal interval (3 s). */
export const defaultAttemptTimeoutMs = 5_000;

interface Attempt {
  /** On the monotonic clock. */
  readonly deadline: number;
  expire(): void;
}

/** Wraps `inner`. Each attempt rejects with `FencedError` (nothing was sent), `AttemptTimeoutError`, or what `inner` rejects with. */
export function createFencedHandler(deps: {
  readonly inner: HttpHandler;
  readonly fence: LeaseFence;
  readonly clock: Clock;
  readonly attemptTimeoutMs?: number;
}): FencedHandler {
  const { inner, fence, clock } = deps;
  const timeoutMs = deps.attemptTimeoutMs ?? defaultAttemptTimeoutMs;
  const attempts = new Set<Attempt>();

  const handle = (
    request: Parameters<HttpHandler['handle']>[0],
    options: AttemptOptions = {},
  ): ReturnType<HttpHandler['handle']> => {
    // From here to `inner.handle` nothing awaits: the lease that is checked is the lease under which the bytes are handed over.
    const remaining = fence.remainingMs();
    if ((options.mutating ?? true) && !(remaining > timeoutMs)) {
      return Promise.reject(
        new FencedError(
          `the lease has ${Math.round(remaining)} ms left; a mutating attempt needs more than ${timeoutMs} ms`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const controller = new AbortController();
      let body: unknown;
      const settle = (): void => {
        attempts.delete(attempt);
        cancelTimer();
      };
      const expire = (): void => {
        settle();
        const error = new AttemptTimeoutError(`no complete answer within ${timeoutMs} ms`);
        reject(error);
        controller.abort(error);
        if (body instanceof Readable) body.destroy(error);
      };
      const attempt: Attempt = { deadline: clock.monotonic() + timeoutMs, expire };
      const cancelTimer = clock.after(timeoutMs, expire);
      attempts.add(attempt);
      inner.handle(request, { ...options, abortSignal: controller.signal }).then(
        (result) => {
          body = result.response.body;
          // The answer is complete when its body is: until then the attempt's time runs on.
          if (body instanceof Readable) finished(body, settle);
          else settle();
          resolve(result);
        },
        (error: unknown) => {
          settle();
          reject(
            error instanceof Error ? error : new Error('the request handler rejected with something that is no Error'),
          );
        },
      );
    });
  };

  return {
    ...(inner.metadata === undefined ? {} : { metadata: inner.metadata }),
    handle,
    destroy: () => inner.destroy?.(),
    updateHttpClientConfig: (key, value) => inner.updateHttpClientConfig(key, value),
    httpHandlerConfigs: () => inner.httpHandlerConfigs(),
    expireOverdue: () => {
      const now = clock.monotonic();
      for (const attempt of attempts) if (attempt.deadline <= now) attempt.expire();
    },
  };
}
