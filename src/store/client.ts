/** The way to DynamoDB: one client, one time-out and one retry policy for both tables. Every failure leaves here as a `CallError`. */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../model/clock.ts';
import type { CallError } from '../model/errors.ts';
import { toCallError } from './failures.ts';

/** What a client of the SDK needs; whatever is left out comes from the environment by the SDK's own rules. */
export interface AwsAccess {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: DynamoDBClientConfig['credentials'];
  /** Takes the place of the socket, for example by a simulator in the same process. */
  readonly requestHandler?: DynamoDBClientConfig['requestHandler'];
  /** Who calls, as the user agent's `app/<id>`; AWS cuts what is longer than 50 characters. */
  readonly appId?: string;
  /** Given each client of the SDK when it is made, before its first call. */
  readonly onClient?: (client: object) => void;
}

/** What calls need besides the way to AWS. */
export interface CallPolicy {
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of back-offs. */
  readonly random: () => number;
  /** After this many milliseconds of the clock an attempt is aborted and counts as lost (5,000). */
  readonly attemptTimeoutMs?: number;
}

/** One API call: what it is called in errors, and how it may be repeated. */
export interface CallInfo {
  readonly operation: string;
  /** The table or stream, for messages. */
  readonly about: string;
  readonly mutating: boolean;
  /** Whether a second run after an unknown first one does no harm (reads; writes with a client token; plain overwrites). */
  readonly repeatable: boolean;
  /** Overrides the policy's time-out for this call. */
  readonly timeoutMs?: number;
  /** How often it is tried in all (4); 1 where the caller resolves failures itself. */
  readonly attempts?: number;
  /** Runs before each attempt, in the same turn as the send; what it throws is final (the lease's guard stands here). */
  readonly guard?: () => void;
}

/** Sends calls by one policy. */
export interface Caller {
  readonly clock: Clock;
  readonly random: () => number;
  /** Runs `send` until it succeeds or its failure is final, then throws that `CallError`. */
  call<T>(info: CallInfo, send: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** The SDK's client together with how it is called. */
export interface Dynamo extends Caller {
  readonly sdk: DynamoDBClient;
  destroy(): void;
}

const defaultAttempts = 4;
const firstBackoffMs = 50;
const longestBackoffMs = 2_000;
const defaultTimeoutMs = 5_000;

/**
 * Makes the client. The SDK's own retries are off: they run on real timers, and they would repeat conditional writes, whose second
 * run fails by the effect of the first and looks like a lost race.
 */
export function createDynamo(access: AwsAccess, policy: CallPolicy): Dynamo {
  const sdk = new DynamoDBClient(sdkConfig(access));
  access.onClient?.(sdk);
  return { ...createCaller(policy), sdk, destroy: () => sdk.destroy() };
}

/** The configuration that all clients of the store share. */
export function sdkConfig(access: AwsAccess): DynamoDBClientConfig {
  return {
    maxAttempts: 1,
    ...(access.region === undefined ? {} : { region: access.region }),
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
    ...(access.credentials === undefined ? {} : { credentials: access.credentials }),
    ...(access.appId === undefined ? {} : { userAgentAppId: access.appId.slice(0, 50) }),
    requestHandler: access.requestHandler ?? {
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  };
}

/** The policy alone, for clients of other services. */
export function createCaller(policy: CallPolicy): Caller {
  const { clock, random } = policy;
  return {
    clock,
    random,
    call: async (info, send) => {
      const attempts = info.attempts ?? defaultAttempts;
      for (let attempt = 1; ; attempt += 1) {
        try {
          info.guard?.();
          return await withTimeout(clock, info.timeoutMs ?? policy.attemptTimeoutMs ?? defaultTimeoutMs, send);
        } catch (error) {
          const failure = toCallError(error, info);
          if (attempt >= attempts || !mayRepeat(failure, info)) throw failure;
        }
        await clock.sleep(backoffMs(attempt, random));
      }
    },
  };
}

/** Full jitter, so that callers that failed together do not come back together. Milliseconds. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt);
}

function mayRepeat(failure: CallError, info: CallInfo): boolean {
  if (failure.class === 'throttled' || failure.class === 'transient') return true;
  return failure.class === 'unknown_result' && info.repeatable;
}

/** Rejects with a `TimeoutError` when the clock says so, whether or not the transport heeds the abort. */
async function withTimeout<T>(clock: Clock, ms: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let cancel: (() => void) | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(ms, () => {
      const error = new Error(`no answer within ${ms} ms`);
      error.name = 'TimeoutError';
      reject(error);
      abort.abort(error);
    });
  });
  try {
    return await Promise.race([send(abort.signal), expired]);
  } finally {
    cancel?.();
  }
}
