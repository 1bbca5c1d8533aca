/** What a client meets where an answer is kept from it, by a fault or for as long as AWS takes. */
import type { HttpHandlerOptions } from '@smithy/types';
import type { LostAnswer } from '../faults.ts';
import type { SimulatedAws } from '../world.ts';

/** The signal type that the SDK hands to its handlers. */
export type AbortSignalLike = HttpHandlerOptions['abortSignal'];

/** Ends a request without an answer, after the fault's time, unless the caller gives up first. A dead caller's request ends only by its signal. */
export function lose(world: SimulatedAws, fault: LostAnswer, signal: AbortSignalLike): Promise<never> {
  return new Promise((_resolve, reject) => {
    const cancel =
      fault.how === 'never' ? undefined : world.clock.after(fault.afterMs, () => reject(connectionError(fault.how)));
    onAbort(signal, (error) => {
      cancel?.();
      reject(error);
    });
  });
}

/** Holds an answer back for `ms` of the simulator's clock. Rejects with `AbortError` when the caller gives up first; the call has been made all the same. */
export function holdBack(world: SimulatedAws, ms: number, signal: AbortSignalLike): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = world.clock.after(ms, resolve);
    onAbort(signal, (error) => {
      cancel();
      reject(error);
    });
  });
}

function onAbort(signal: AbortSignalLike, give: (error: Error) => void): void {
  if (signal === undefined) return;
  const abort = (): void => give(abortError(signal));
  if ('addEventListener' in signal) signal.addEventListener('abort', abort, { once: true });
  else signal.onabort = abort;
}

/** Node's HTTP handler names a request's time-out `TimeoutError`; a connection that breaks has the code of the socket's error. */
function connectionError(how: LostAnswer['how']): Error {
  if (how === 'timeout') {
    const error = new Error('the simulated AWS did not answer in time');
    error.name = 'TimeoutError';
    return error;
  }
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** Throws `AbortError`, as Node's HTTP handler does, when the caller has given up. */
export function throwIfAborted(signal: AbortSignalLike): void {
  if (signal?.aborted === true) throw abortError(signal);
}

function abortError(signal: NonNullable<AbortSignalLike>): Error {
  const reason: unknown = 'reason' in signal ? signal.reason : undefined;
  const error = new Error('Request aborted', reason === undefined ? undefined : { cause: reason });
  error.name = 'AbortError';
  return error;
}
