/**
 * Fault injection. An injector sees every call twice: `before` it reaches AWS, and `after` it ran. What it returns is what the
 * caller then meets instead of the answer. So "a time-out without effect" is a lost answer before, and "with effect" one after.
 */

import type { AwsError, Call, ServiceId } from './kernel.ts';

/** What a call is met by instead of its answer. */
export type Fault =
  /** The caller gets this error. Before: the call never runs. After: it ran, and the answer is replaced. */
  | { readonly kind: 'error'; readonly error: AwsError }
  /** The caller gets the service's own throttling error. */
  | { readonly kind: 'throttle' }
  /** No answer arrives: the client's request ends in a time-out, or in a reset connection, after `afterMs` (0) of the clock. */
  | { readonly kind: 'lost'; readonly how: 'timeout' | 'reset'; readonly afterMs?: number }
  /** The caller gets a body that no protocol of AWS's can be read from: a proxy's or a gateway's page. */
  | { readonly kind: 'garbage'; readonly status: number }
  /** The caller dies: `kill` runs, and the call is never answered at all (only the request's own abort signal ends it). */
  | { readonly kind: 'crash'; readonly kill: () => void };

/** The call runs, and is answered otherwise than it would be. Only before a call. */
export type BentFault =
  /** A read is answered as it would have been `ms` ago; a call that writes, or that asks for a consistent read, runs as it is. */
  | { readonly kind: 'stale'; readonly ms: number }
  /** A list is answered with the smallest page that AWS gives, and a token for the rest. */
  | { readonly kind: 'partial-page' };

/** How a call went before `after` is asked. */
export type CallOutcome = { readonly output: object } | { readonly error: AwsError };

/** Decides about faults. Both hooks run synchronously; returning undefined lets the call be. */
export interface FaultInjector {
  before?(call: Call, input: object): Fault | BentFault | undefined;
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
  garbled: number;
  crashBefore: number;
  crashAfter: number;
  /** Reads answered from the past by a fault (not by a service's own lag). */
  stale: number;
  partialPage: number;
}

/** Counts with nothing injected yet. */
export function noFaults(): FaultCounts {
  return {
    throttle: 0,
    serverError: 0,
    otherError: 0,
    lostWithoutEffect: 0,
    lostWithEffect: 0,
    garbled: 0,
    crashBefore: 0,
    crashAfter: 0,
    stale: 0,
    partialPage: 0,
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

/** Thrown by `call` where the caller gets a body that is no answer of AWS's. */
export class GarbledAnswer extends Error {
  override readonly name = 'GarbledAnswer';
  readonly status: number;
  readonly contentType = 'text/html';
  readonly body: string;

  constructor(status: number) {
    super(`the answer was garbled (status ${status})`);
    this.status = status;
    this.body = `<html><head><title>${status}</title></head><body><h1>${status}</h1><hr>gateway</body></html>\n`;
  }
}

/** Whether the call runs in spite of the fault. */
export function isBent(fault: Fault | BentFault): fault is BentFault {
  return fault.kind === 'stale' || fault.kind === 'partial-page';
}

/** The member with which each service's lists are told the size of a page, and the smallest that is allowed (API references). */
const pageSizes: Readonly<Partial<Record<ServiceId, readonly [member: string, least: number]>>> = {
  ecs: ['maxResults', 1],
  elbv2: ['PageSize', 1],
  route53: ['MaxItems', 1],
  ec2: ['MaxResults', 5],
  'service-quotas': ['MaxResults', 1],
  dynamodb: ['Limit', 1],
  'dynamodb-streams': ['Limit', 1],
  acm: ['MaxItems', 1],
  'application-autoscaling': ['MaxResults', 1],
};

/** The input with the smallest page size, or undefined where the operation takes none. */
export function withSmallestPage(service: ServiceId, takes: readonly string[], input: object): object | undefined {
  const [member, least] = pageSizes[service] ?? [];
  if (member === undefined || !takes.includes(member)) return undefined;
  return { ...input, [member]: least };
}

/** Counts `fault` and returns what the caller must be thrown. A crash kills the caller here. */
export function meetFault(
  fault: Fault,
  phase: 'before' | 'after',
  throttled: () => AwsError,
  counts: FaultCounts,
): AwsError | LostAnswer | GarbledAnswer {
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
    case 'garbage':
      counts.garbled += 1;
      return new GarbledAnswer(fault.status);
    case 'crash':
      counts[phase === 'before' ? 'crashBefore' : 'crashAfter'] += 1;
      fault.kill();
      return new LostAnswer('never');
  }
}
