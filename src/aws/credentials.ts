/**
 * Sessions of the roles in cells and zones, assumed with the controller's own credentials: cached, renewed before they end by our clock,
 * one AssumeRole at a time per role, and at most one probe a minute of a role that refuses us.
 * Source: AWS STS AssumeRole (session name 2 to 64 characters; a session from a chained role lasts one hour at most).
 */
import type { Clock } from '../model/clock.ts';
import { CallError } from '../model/errors.ts';
import { incompleteAnswer } from './pages.ts';

export interface RoleIdentity {
  readonly roleArn: string;
  readonly externalId: string | undefined;
}

export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** The account that the session acts in, by AssumeRole's own answer. */
  readonly accountId: string;
}

/** The part of AssumeRole that is used. Rejects with `CallError`. */
export type AssumeRole = (input: {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
  readonly DurationSeconds: number;
}) => Promise<{
  readonly Credentials?:
    | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
    | undefined;
  readonly AssumedRoleUser?: { Arn?: string | undefined } | undefined;
}>;

export interface RoleSessions {
  /** A session good for at least five more minutes where AWS lets us have one. Throws `CallError`; `denied` where the role refuses. */
  session(role: RoleIdentity): Promise<RoleSession>;
  /** Assumes the role anew, unless AWS let us (or refused us) less than `maxAgeMs` ago. A session that is good stays in use where that fails. Throws `CallError`. */
  prove(role: RoleIdentity, maxAgeMs: number): Promise<RoleSession>;
  /** AWS called this session expired: the next call assumes the role anew. */
  expired(role: RoleIdentity, accessKeyId: string): void;
  /** Forgets a role that is no longer used. */
  forget(role: RoleIdentity): void;
}

const durationSeconds = 3_600;
const renewBeforeMs = 300_000;
const refusalMemoryMs = 60_000;

interface RoleState {
  session?: RoleSession | undefined;
  /** On the monotonic clock. */
  endsAt: number;
  /** When the session was asked for. */
  provenAt: number;
  pending?: Promise<RoleSession> | undefined;
  refusal?: { readonly error: CallError; readonly until: number } | undefined;
}

/** The caller's identity as a role session name: whatever STS does not allow becomes `-`, cut to 64 characters. */
export function sessionNameOf(identity: string): string {
  return identity
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}

/** Creates the cache of role sessions. */
export function createRoleSessions(deps: {
  readonly assumeRole: AssumeRole;
  readonly identity: string;
  readonly clock: Clock;
}): RoleSessions {
  const { clock } = deps;
  const roles = new Map<string, RoleState>();
  const keyOf = (role: RoleIdentity): string => JSON.stringify([role.roleArn, role.externalId ?? null]);

  const assume = async (role: RoleIdentity, state: RoleState): Promise<RoleSession> => {
    // Counted from before the call, so that the session never lasts longer with us than with AWS.
    const asked = clock.monotonic();
    const answer = await deps.assumeRole({
      RoleArn: role.roleArn,
      RoleSessionName: sessionNameOf(deps.identity),
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      DurationSeconds: durationSeconds,
    });
    state.session = sessionFrom(answer, role.roleArn);
    state.endsAt = asked + durationSeconds * 1000;
    state.provenAt = asked;
    return state.session;
  };

  const renew = async (role: RoleIdentity, state: RoleState, proving = false): Promise<RoleSession> => {
    try {
      return await assume(role, state);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (error.class === 'denied') state.refusal = { error, until: clock.monotonic() + refusalMemoryMs };
      if (proving) throw error;
      if (error.class !== 'denied' && state.session !== undefined && clock.monotonic() < state.endsAt)
        return state.session;
      throw error;
    } finally {
      state.pending = undefined;
    }
  };

  const stateOf = (role: RoleIdentity): RoleState => {
    const key = keyOf(role);
    const state = roles.get(key) ?? { endsAt: 0, provenAt: 0 };
    roles.set(key, state);
    return state;
  };

  return {
    session: async (role) => {
      const state = stateOf(role);
      const now = clock.monotonic();
      if (state.session !== undefined && now < state.endsAt - renewBeforeMs) return state.session;
      if (state.pending !== undefined) return state.pending;
      if (state.refusal !== undefined && now < state.refusal.until) throw state.refusal.error;
      state.refusal = undefined;
      state.pending = renew(role, state);
      return state.pending;
    },
    prove: async (role, maxAgeMs) => {
      const state = stateOf(role);
      const now = clock.monotonic();
      if (state.refusal !== undefined && now < state.refusal.until) throw state.refusal.error;
      if (state.session !== undefined && now < state.provenAt + maxAgeMs) return state.session;
      return renew(role, state, true);
    },
    expired: (role, accessKeyId) => {
      const state = roles.get(keyOf(role));
      if (state?.session?.accessKeyId === accessKeyId) state.session = undefined;
    },
    forget: (role) => {
      roles.delete(keyOf(role));
    },
  };
}

function sessionFrom(answer: Awaited<ReturnType<AssumeRole>>, roleArn: string): RoleSession {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  const accountId = answer.AssumedRoleUser?.Arn?.split(':')[4];
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !accountId) {
    throw incompleteAnswer(
      { service: 'sts', operation: 'assumeRole' },
      `neither credentials nor the assumed role's ARN for ${roleArn}`,
    );
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    accountId,
  };
}
