/**
 * Fault injection. An injector sees every call twice: `before` it reaches AWS, and `after` it ran. What it returns is what the
 * caller then meets instead of the answer. So "a time-out without effect" is a lost answer before, and "with effect" one after.
 */

import type { Call } from './kernel.ts';
import { AwsError } from './kernel.ts';

/** What happens to one call. */
export type Fault =
  /** The caller gets this error. Before: the call never runs. After: it ran, and the answer is replaced. */
  | { readonly kind: 'error'; readonly error: AwsError }
  /** The caller gets the service's own throttling error. */
  | { readonly kind: 'throttle' }
  /** No answer arrives: the client's request ends in a time-out, or in a reset connection, after `afterMs` (0) of the clock. */
  | { readonly kind: 'lost'; readonly how: 'timeout' | 'reset'; readonly afterMs?: number }
  /** The caller dies: `kill` runs, and the call is never answered at all (only the request's own abort signal ends it). */
  | { readonly kind: 'crash'; readonly kill: () => void };

/** How a call went before `after` is asked. */
export type CallOutcome = { readonly output: object } | { readonly error: AwsError };

/** Decides about faults. Both hooks run synchronously; returning undefined lets the call be. */
export interface FaultInjector {
  before?(call: Call, input: object): Fault | undefined;
  after?(call: Call, input: object, outcome: CallOutcome): Fault | undefined;
}

/** How many faults were injected, by what they are for the caller. */
export interface FaultCounts {
  throttle: number;
  /** Errors with a status of 500 or above. */
  serverError: number;
  /** All other AWS errors. */
  otherError: number;
  lostWithoutEffect: number;
  lostWithEffect: number;
  crashBefore: number;
  crashAfter: number;
}

/** Counts with nothing injected yet. */
export function noFaults(): FaultCounts {
  return {
    throttle: 0,
    serverError: 0,
    otherError: 0,
    lostWithoutEffect: 0,
    lostWithEffect: 0,
    crashBefore: 0,
    crashAfter: 0,
  };
}

/** Thrown by `call` where the answer must not reach the caller; mounts turn it into what a client's HTTP handler would see. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
  /** `never`: the caller is dead, nothing may be said to it. */
  readonly how: 'timeout' | 'reset' | 'never';
  readonly afterMs: number;

  constructor(how: LostAnswer['how'], afterMs = 0) {
    super(`the answer was lost (${how})`);
    this.how = how;
    this.afterMs = afterMs;
  }
}

/** A fault that answers with an internal failure of the service; `status` 500 or 503 (the SDK retries both). */
export function serverFault(status: 500 | 503 = 500): Fault {
  const error =
    status === 503
      ? new AwsError('ServiceUnavailable', 'The service is unavailable. Please try again shortly.', { status })
      : new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', { status });
  return { kind: 'error', error };
}

/** Counts `fault` and returns what the caller must be thrown. A crash kills the caller here. */
export function meetFault(
  fault: Fault,
  phase: 'before' | 'after',
  throttled: () => AwsError,
  counts: FaultCounts,
): AwsError | LostAnswer {
  switch (fault.kind) {
    case 'throttle':
      counts.throttle += 1;
      return throttled();
    case 'error':
      counts[(fault.error.details.status ?? 400) >= 500 ? 'serverError' : 'otherError'] += 1;
      return fault.error;
    case 'lost':
      counts[phase === 'before' ? 'lostWithoutEffect' : 'lostWithEffect'] += 1;
      return new LostAnswer(fault.how, fault.afterMs ?? 0);
    case 'crash':
      counts[phase === 'before' ? 'crashBefore' : 'crashAfter'] += 1;
      fault.kill();
      return new LostAnswer('never');
  }
}
