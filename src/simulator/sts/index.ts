/** STS: AssumeRole with trust and external id, sessions that expire, and GetCallerIdentity. */
import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { BucketDraw, Call, Operation, SimService, StsWorld, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { Role } from './sessions.ts';
import { Sessions, sessionArn } from './sessions.ts';

type Answer<T> = Omit<T, '$metadata'>;

// Documented: 600 requests a second for each account and Region, shared by all calls; a cross-account AssumeRole is the caller's.
const draws: readonly BucketDraw[] = [
  { bucket: 'sts', capacity: 600, refillPerSecond: 600, tokens: 1, scope: 'account-region' },
];

/** A role's longest session where nobody set another (documented). */
const longestSessionSeconds = 3600;

function invalid(name: string, value: unknown, constraint: string): AwsError {
  const text = `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: ${constraint}`;
  return new AwsError('ValidationError', text);
}

function checkInput(input: AssumeRoleCommandInput): void {
  const name = input.RoleSessionName ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw invalid('roleSessionName', name, 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}');
  }
  const seconds = input.DurationSeconds;
  if (seconds !== undefined && seconds < 900) {
    throw invalid('durationSeconds', seconds, 'Member must have value greater than or equal to 900');
  }
  if (seconds !== undefined && seconds > 43_200) {
    throw invalid('durationSeconds', seconds, 'Member must have value less than or equal to 43200');
  }
  const externalId = input.ExternalId;
  if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) {
    throw invalid('externalId', externalId, 'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*');
  }
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(input.RoleArn ?? '')) {
    throw new AwsError('ValidationError', `${input.RoleArn} is invalid`);
  }
}

/** The caller's ARN: an assumed role's session, or a user named like the access key. */
function callerArn(call: Call): string {
  return call.callerArn ?? `arn:aws:iam::${call.account}:user/${call.principal.split('/')[0]}`;
}

/** Lengths of sessions: chained ones are capped at an hour (documented), others by the role. */
function sessionSeconds(input: AssumeRoleCommandInput, call: Call): number {
  const seconds = input.DurationSeconds ?? 3600;
  if (seconds <= longestSessionSeconds) return seconds;
  const message =
    call.callerArn === undefined
      ? 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
      : 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.';
  throw new AwsError('ValidationError', message);
}

/** AWS answers a role that is not there and one that does not trust the caller alike. */
function mayAssume(role: Role | undefined, input: AssumeRoleCommandInput, call: Call): role is Role {
  if (role === undefined || role.trustedAccount !== call.account) return false;
  return role.externalId === undefined || role.externalId === input.ExternalId;
}

function assumeRole(input: AssumeRoleCommandInput, call: Call, sessions: Sessions): Answer<AssumeRoleCommandOutput> {
  checkInput(input);
  const role = sessions.role(input.RoleArn ?? '');
  if (!mayAssume(role, input, call)) {
    const message = `User: ${callerArn(call)} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`;
    throw new AwsError('AccessDenied', message, { status: 403 });
  }
  const name = input.RoleSessionName ?? '';
  const session = sessions.open(role, name, call.now + sessionSeconds(input, call) * 1000);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.token,
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: sessionArn(role, name) },
    PackedPolicySize: 0,
  };
}

function callerIdentity(call: Call): Answer<GetCallerIdentityCommandOutput> {
  const arn = callerArn(call);
  return { UserId: arn.slice(arn.lastIndexOf('/') + 1), Account: call.account, Arn: arn };
}

/** Makes the STS service. */
export function createSts(world: World): { service: SimService; world: StsWorld } {
  const sessions = new Sessions(world);
  const assume: Operation = {
    mutating: false,
    buckets: () => draws,
    run: (input: AssumeRoleCommandInput, call) => assumeRole(input, call, sessions),
    resources: (input: AssumeRoleCommandInput) => (input.RoleArn === undefined ? [] : [input.RoleArn]),
  };
  const identity: Operation = {
    mutating: false,
    buckets: () => draws,
    run: (_input: object, call) => callerIdentity(call),
  };
  return {
    service: {
      id: 'sts',
      operations: new Map([
        ['AssumeRole', assume],
        ['GetCallerIdentity', identity],
      ]),
      throttled: () => new AwsError('Throttling', 'Rate exceeded'),
    },
    world: sessions,
  };
}
