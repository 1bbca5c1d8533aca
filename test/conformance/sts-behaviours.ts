import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import { heard } from './heard.ts';

/** An implementation of STS: a role that the caller may assume with `externalId`, and a client for other credentials. */
export interface StsTarget {
  readonly sts: STSClient;
  readonly roleArn: string;
  readonly externalId: string;
  readonly as: (accessKeyId: string, secretAccessKey: string, sessionToken: string) => STSClient;
}

export interface StsBehaviour {
  readonly name: string;
  readonly run: (target: StsTarget) => Promise<unknown>;
}

const assume = ({ sts, roleArn, externalId }: StsTarget, more: Partial<AssumeRoleCommandInput> = {}) =>
  sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'judge', ExternalId: externalId, ...more }));

/** What two honest implementations agree on in an answer of AssumeRole: forms, not values. */
async function opened(target: StsTarget, more: Partial<AssumeRoleCommandInput> = {}): Promise<unknown> {
  const answer = await heard(assume(target, more));
  if (typeof answer !== 'object' || answer === null || !('Credentials' in answer)) return answer;
  const { Credentials, AssumedRoleUser } = (await assume(target, more)) ?? {};
  return {
    key: Credentials?.AccessKeyId?.slice(0, 4),
    keyLength: Credentials?.AccessKeyId?.length,
    hasToken: Credentials?.SessionToken !== undefined,
    arn: AssumedRoleUser?.Arn,
    id: AssumedRoleUser?.AssumedRoleId?.replace(/^AROA[A-Z0-9]{17}/, 'AROA'),
    lasts: Math.round(((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 60_000) > 0,
  };
}

const refusal = (name: string, more: Partial<AssumeRoleCommandInput>): StsBehaviour => ({
  name: `sts: AssumeRole with ${name}`,
  run: (target) => opened(target, more),
});

/** What STS is asked. */
export const stsBehaviours: readonly StsBehaviour[] = [
  { name: 'sts: AssumeRole', run: (target) => opened(target) },
  refusal('a session policy and tags', {
    Policy: '{"Version":"2012-10-17","Statement":[]}',
    Tags: [{ Key: 'team', Value: 'edge' }],
  }),
  refusal('a session name of one character', { RoleSessionName: 'a' }),
  refusal('a session name with a space', { RoleSessionName: 'a b' }),
  refusal('a session name of 65 characters', { RoleSessionName: 'a'.repeat(65) }),
  refusal('899 seconds', { DurationSeconds: 899 }),
  refusal('43,201 seconds', { DurationSeconds: 43_201 }),
  refusal('more seconds than the role allows', { DurationSeconds: 3_601 }),
  refusal('a role that is not there', { RoleArn: 'arn:aws:iam::222222222222:role/nobody' }),
  refusal('an ARN that is no role', { RoleArn: 'arn:aws:iam::222222222222:user/somebody' }),
  refusal('an external id that is wrong', { ExternalId: 'guess' }),
  refusal('an external id of one character', { ExternalId: 'x' }),
  refusal('a policy that is no JSON', { Policy: 'nonsense' }),
  refusal('one tag key twice', {
    Tags: [
      { Key: 'team', Value: '1' },
      { Key: 'team', Value: '2' },
    ],
  }),
  refusal('a transitive key that is no tag', { TransitiveTagKeys: ['team'] }),
  {
    name: 'sts: GetCallerIdentity of a user',
    run: async ({ sts }) => {
      const { Account, UserId, Arn } = await sts.send(new GetCallerIdentityCommand({}));
      return { Account, kind: UserId?.slice(0, 4), arn: Arn?.split('/')[0] };
    },
  },
  {
    name: 'sts: GetCallerIdentity of an assumed role',
    run: async (target) => {
      const { Credentials, AssumedRoleUser } = await assume(target);
      const sts = target.as(
        Credentials?.AccessKeyId ?? '',
        Credentials?.SecretAccessKey ?? '',
        Credentials?.SessionToken ?? '',
      );
      const { Account, UserId, Arn } = await sts.send(new GetCallerIdentityCommand({}));
      sts.destroy();
      return { Account, Arn, sameUser: UserId === AssumedRoleUser?.AssumedRoleId };
    },
  },
  {
    name: 'sts: GetCallerIdentity with a key that nobody was given',
    run: async (target) => {
      const sts = target.as('ASIAABCDEFGHIJKLMNOP', 'conformance', 'forged');
      const answer = await heard(sts.send(new GetCallerIdentityCommand({})));
      sts.destroy();
      return answer;
    },
  },
  {
    name: 'sts: GetSessionToken',
    run: async ({ sts }) => {
      const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
      return { key: Credentials?.AccessKeyId?.slice(0, 4), hasToken: Credentials?.SessionToken !== undefined };
    },
  },
  {
    name: 'sts: GetSessionToken of 899 seconds',
    run: async ({ sts }) => {
      const answer = await heard(sts.send(new GetSessionTokenCommand({ DurationSeconds: 899 })));
      return typeof answer === 'object' && answer !== null && 'Credentials' in answer ? 'accepted' : answer;
    },
  },
  {
    name: 'sts: GetSessionToken with an assumed role',
    run: async (target) => {
      const { Credentials } = await assume(target);
      const sts = target.as(
        Credentials?.AccessKeyId ?? '',
        Credentials?.SecretAccessKey ?? '',
        Credentials?.SessionToken ?? '',
      );
      const answer = await heard(sts.send(new GetSessionTokenCommand({})));
      sts.destroy();
      return typeof answer === 'object' && answer !== null && 'Credentials' in answer ? 'accepted' : answer;
    },
  },
];
