/** STS: AssumeRole with trust and external id, GetSessionToken, sessions that expire, and GetCallerIdentity. */
import type {
  AssumeRoleCommandInput,
  GetSessionTokenCommandInput,
  GetSessionTokenCommandOutput,
} from '@aws-sdk/client-sts';
import type { BucketDraw, Call, Operation, SimService, StsWorld, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { assumeRole, assumeRoleMembers } from './assume-role.ts';
import { callerArn, callerIdentity } from './caller.ts';
import { credentialsOf, Sessions } from './sessions.ts';
import { Checks, validationError } from './validation.ts';

// Documented: 600 requests a second for each account and Region, shared by all calls; a cross-account AssumeRole is the caller's.
const draws: readonly BucketDraw[] = [
  { bucket: 'sts', capacity: 600, refillPerSecond: 600, tokens: 1, scope: 'account-region' },
];

/** What all operations share. What a session says is true at once: none of them is answered from the past. Assumed: how long an answer takes. */
const common = { mutating: false, latencyMs: 50, buckets: () => draws, consistent: () => true } as const;

/** A user's session lasts half a day unless it is told otherwise (API reference, GetSessionToken). */
const userSeconds = { usual: 43_200, least: 900, most: 129_600 };

function sessionToken(
  input: GetSessionTokenCommandInput,
  call: Call,
  sessions: Sessions,
): Omit<GetSessionTokenCommandOutput, '$metadata'> {
  const { DurationSeconds: seconds = userSeconds.usual } = input;
  new Checks().within('durationSeconds', seconds, userSeconds.least, userSeconds.most).raise();
  if (call.callerArn !== undefined) {
    throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 });
  }
  const principal = call.principal.split('/')[0] ?? '';
  const session = sessions.open({ account: call.account, principal, arn: callerArn(call) }, call.now + seconds * 1000);
  return {
    Credentials: credentialsOf(session),
  };
}

/** Makes the STS service. */
export function createSts(world: World): { service: SimService; world: StsWorld } {
  const sessions = new Sessions(world);
  const assume: Operation = {
    ...common,
    takes: assumeRoleMembers,
    run: (input: AssumeRoleCommandInput, call) => assumeRole(input, call, sessions),
    resources: (input: AssumeRoleCommandInput) => (input.RoleArn === undefined ? [] : [input.RoleArn]),
  };
  const identity: Operation = { ...common, takes: [], run: (_input: object, call) => callerIdentity(call, sessions) };
  const token: Operation = {
    ...common,
    takes: ['DurationSeconds'],
    run: (input: GetSessionTokenCommandInput, call) => sessionToken(input, call, sessions),
  };
  return {
    service: {
      id: 'sts',
      operations: new Map([
        ['AssumeRole', assume],
        ['GetCallerIdentity', identity],
        ['GetSessionToken', token],
      ]),
      throttled: () => new AwsError('Throttling', 'Rate exceeded'),
      untaken: (member) => validationError(`The parameter ${member} is not supported`),
    },
    world: sessions,
  };
}
