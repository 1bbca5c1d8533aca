/**
 * Every call to AWS goes through here: budget, role session, SDK client, attempts, classification, metrics. The SDK itself makes one attempt per
 * `send`; repeating is ours, because the SDK would repeat by code what only a class can tell (ECS's LimitExceededException is a quota, not a throttle),
 * and would sleep on the machine's timers instead of the clock's.
 */
import { setMaxListeners } from 'node:events';
import type { HttpHandler } from '@smithy/core/protocols';
import type { Clock } from '../model/clock.ts';
import { CallError, type ErrorClass } from '../model/errors.ts';
import { type BucketDraw, drawsOf, poolOf } from './buckets.ts';
import type { CallBudgets } from './budget.ts';
import { classify, isExpiredCredentials } from './classify.ts';
import { type AssumeRole, createRoleSessions, type RoleIdentity, type RoleSession } from './credentials.ts';
import { createFencedHandler, type LeaseFence } from './fence.ts';
import { type CellService, type OperationSpec, operations } from './operations.ts';
import type { CallPurpose } from './ports.ts';
import { createSdkClients, type SdkConfig, type SdkCredentials, type SendAttempt } from './sdk.ts';

/** Where a call goes and as whom. */
export interface CallTarget extends RoleIdentity {
  /** The account that the role must turn out to be in. */
  readonly accountId: string;
  readonly region: string;
}

export interface CallRequest {
  readonly target: CallTarget;
  readonly service: CellService;
  readonly operation: string;
  readonly input: object;
  readonly purpose: CallPurpose;
  /** Route 53 change tokens: one for each CREATE or DELETE. */
  readonly changeTokens?: number;
}

/** One finished call, for metrics. `durationMs` is of the clock and includes waiting for the budget. */
export interface CallReport {
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly result: 'ok' | ErrorClass;
  /** AWS's error code; empty for `ok`. */
  readonly code: string;
  readonly durationMs: number;
  readonly attempts: number;
  /** Set where the call itself was never refused: its role could not be assumed. */
  readonly unsent?: true;
}

export interface AwsClients {
  /** Answers with the SDK's output of this operation. Throws `CallError` and nothing else. */
  call(request: CallRequest): Promise<unknown>;
  /** Proves, by a new session where AWS's last word is older than `maxAgeMs`, that the role can be assumed and is in its account. Throws `CallError`. */
  prove(target: CallTarget, maxAgeMs: number): Promise<void>;
  /** Forgets clients and session of a role that is no longer used. */
  release(role: RoleIdentity): void;
  /** No call is begun any more: those that wait reject as `fenced`; those on the wire end by themselves. */
  quiesce(): void;
  /** Ends: as `quiesce`, and connections are closed. */
  close(): void;
}

export interface AwsClientsDeps {
  /** Session name of every role assumed, and the application id in the user agent. */
  readonly identity: string;
  /** The controller's own credentials, with which roles are assumed; by default the SDK's own chain. */
  readonly credentials?: () => Promise<SdkCredentials>;
  /** Region of STS calls; by default the SDK's own. */
  readonly region?: string;
  readonly clock: Clock;
  /** Uniform in [0, 1), for the jitter of repeated attempts. */
  readonly random: () => number;
  readonly fence: LeaseFence;
  readonly budgets: CallBudgets;
  /** What carries requests; by default kept-alive sockets. */
  readonly requestHandler?: HttpHandler;
  readonly attemptTimeoutMs?: number;
  readonly onCall?: (report: CallReport) => void;
  /** Given each client of the SDK when it is made, before its first call. */
  readonly onClient?: (client: object) => void;
}

/** In place of a role's ARN: no role is assumed, the controller's own credentials are used. */
export const ownCredentials = '';

/** The SDK takes an identity with an end for good until then; one that has always ended it asks for each time, and the cache is ours. */
const askEachTime = new Date(0);

/** Creates the gate to AWS. */
export async function createAwsClients(deps: AwsClientsDeps): Promise<AwsClients> {
  const { clock, budgets } = deps;
  const closing = new AbortController();
  // Every call that waits listens; there may be thousands.
  setMaxListeners(0, closing.signal);
  const handler = await fencedHandler(deps);
  const sdk = createSdkClients({ clock, onClient: deps.onClient });
  const common = {
    requestHandler: handler,
    userAgentAppId: deps.identity,
    maxAttempts: 1,
    retryMode: 'standard',
  } as const satisfies Partial<SdkConfig>;

  /** Attempts until one succeeds, or none more is allowed; reports the call. */
  const attempts = async <T>(plan: AttemptPlan, attempt: () => Promise<T>): Promise<T> => {
    const startedAt = clock.monotonic();
    const { service, operation, account } = plan;
    let unanswered: CallError | undefined;
    for (let count = 1; ; count++) {
      const report = (result: CallReport['result'], code: string, by = service): void =>
        deps.onCall?.({
          service,
          operation,
          account,
          result,
          code,
          durationMs: clock.monotonic() - startedAt,
          attempts: count,
          ...(by === service ? {} : { unsent: true }),
        });
      try {
        const output = await attempt();
        report('ok', '');
        return output;
      } catch (error) {
        const failure = classify(error, plan);
        if (failure.class === 'unknown_result') unanswered = failure;
        if (count < plan.maxAttempts && isRepeatable(failure)) {
          await pause(count);
          continue;
        }
        // A later attempt that was refused says nothing about an earlier one that got no answer.
        const final = unanswered !== undefined && isRepeatable(failure) ? unanswered : failure;
        report(final.class, final.code, final.service);
        throw final;
      }
    }
  };
  const pause = (count: number): Promise<void> =>
    clock.sleep(200 * 2 ** (count - 1) * (0.5 + deps.random() / 2), closing.signal);

  const assumeRole: AssumeRole = async (input) => {
    const account = input.RoleArn.split(':')[4] ?? '';
    const plan = { service: 'sts', operation: 'assumeRole', account, mutating: false, maxAttempts: 3 };
    const config = (): SdkConfig => ({
      ...common,
      ...(deps.region === undefined ? {} : { region: deps.region }),
      ...(deps.credentials === undefined ? {} : { credentials: deps.credentials }),
    });
    try {
      return await attempts(plan, async () => {
        closing.signal.throwIfAborted();
        const send = await sdk.client('sts', 'sts', config);
        return (await send('assumeRole', input, { mutating: false })) as Awaited<ReturnType<AssumeRole>>;
      });
    } catch (error) {
      throw refusedRole(classify(error, plan), input.RoleArn);
    }
  };
  const sessions = createRoleSessions({ assumeRole, identity: deps.identity, clock });

  const own = deps.credentials === undefined ? {} : { credentials: deps.credentials };
  const assumed = (target: CallTarget): Pick<SdkConfig, 'credentials'> => ({
    credentials: async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await sessions.session(target);
      return { accessKeyId, secretAccessKey, sessionToken, expiration: askEachTime };
    },
  });
  const clientOf = (target: CallTarget, service: CellService): Promise<SendAttempt> =>
    sdk.client(`${rolePrefix(target)}${target.region} ${service}`, service, () => ({
      ...common,
      region: target.region,
      ...(target.roleArn === ownCredentials ? own : assumed(target)),
    }));

  const call = async (request: CallRequest): Promise<unknown> => {
    const { target, service, operation } = request;
    const spec = operationSpec(service, operation);
    const draws = drawsOf(service, operation, spec.bucket, request.changeTokens);
    const pool = poolOf(service, target.accountId, target.region);
    const plan = {
      service,
      operation,
      account: target.accountId,
      mutating: spec.mutating,
      maxAttempts: attemptsOf(spec),
    };
    return attempts(plan, async () => {
      await budgets.acquire({ pool, draws, purpose: request.purpose, signal: closing.signal });
      const session = target.roleArn === ownCredentials ? undefined : await sessions.session(target);
      if (session !== undefined) checkAccount(session, target, plan);
      const send = await clientOf(target, service);
      try {
        return await send(operation, request.input, { mutating: spec.mutating });
      } catch (error) {
        const failure = classify(error, plan);
        if (failure.class === 'throttled') budgets.throttled(pool, specificDraws(draws));
        if (session !== undefined && isExpiredCredentials(failure)) sessions.expired(target, session.accessKeyId);
        throw failure;
      }
    });
  };

  const prove = async (target: CallTarget, maxAgeMs: number): Promise<void> => {
    if (target.roleArn === ownCredentials) return;
    checkAccount(await sessions.prove(target, maxAgeMs), target, { service: 'sts', operation: 'assumeRole' });
  };

  const quiesce = (): void => {
    closing.abort(
      new CallError({
        class: 'fenced',
        service: 'aws',
        operation: 'close',
        code: 'Closed',
        message: 'the controller stops; this call was not made',
      }),
    );
  };

  return {
    call,
    prove,
    release: (role) => {
      sdk.release(rolePrefix(role));
      sessions.forget(role);
    },
    quiesce,
    close: () => {
      quiesce();
      handler.destroy?.();
    },
  };
}

interface AttemptPlan {
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly mutating: boolean;
  readonly maxAttempts: number;
}

async function fencedHandler(deps: AwsClientsDeps): Promise<HttpHandler> {
  const { clock, fence, attemptTimeoutMs } = deps;
  const timing = { clock, fence, ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }) };
  if (deps.requestHandler !== undefined) return createFencedHandler({ inner: deps.requestHandler, ...timing });
  const { createSocketHandler } = await import('./sockets.ts');
  const handler = createFencedHandler({
    inner: createSocketHandler({ beforeWrite: () => handler.expireOverdue() }),
    ...timing,
  });
  return handler;
}

/** How an operation is to be called. Throws when the table lacks it: a fault of ours. */
export function operationSpec(service: CellService, operation: string): OperationSpec {
  const table: Readonly<Record<string, OperationSpec>> = operations[service];
  const spec = table[operation];
  if (spec === undefined) throw new Error(`${service}.${operation} is not in the table of operations`);
  return spec;
}

/** What is not idempotent gets one attempt: its outcome is looked up, not repeated. */
function attemptsOf(spec: OperationSpec): number {
  if (!spec.idempotent) return 1;
  return spec.mutating ? 2 : 3;
}

function isRepeatable(failure: CallError): boolean {
  if (isExpiredCredentials(failure)) return true;
  return failure.class === 'throttled' || failure.class === 'transient' || failure.class === 'unknown_result';
}

/** Account-wide buckets are not slowed by a throttle of one category: AWS does not say which of the two was empty. */
function specificDraws(draws: readonly BucketDraw[]): readonly BucketDraw[] {
  return draws.filter(({ bucket }) => !bucket.endsWith(':account'));
}

/** Any refusal of AssumeRole that is no throttle and no trouble of STS means that the role cannot be used. */
function refusedRole(failure: CallError, roleArn: string): CallError {
  const passing: readonly ErrorClass[] = ['throttled', 'transient', 'fenced', 'bug'];
  return new CallError({
    class: passing.includes(failure.class) ? failure.class : 'denied',
    service: failure.service,
    operation: failure.operation,
    code: failure.code,
    message: `role ${roleArn} could not be assumed: ${failure.message}`,
    requestId: failure.requestId,
    cause: failure,
  });
}

function checkAccount(
  session: RoleSession,
  target: CallTarget,
  plan: Pick<AttemptPlan, 'service' | 'operation'>,
): void {
  if (session.accountId === target.accountId) return;
  throw new CallError({
    class: 'denied',
    service: plan.service,
    operation: plan.operation,
    code: 'WrongAccount',
    message:
      `role ${target.roleArn} acts in account ${session.accountId}; expected ${target.accountId}. ` +
      'Nothing was sent: correct accountId or roles of the record.',
  });
}

function rolePrefix(role: RoleIdentity): string {
  return `${role.roleArn} ${role.externalId ?? ''} `;
}
