import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { createSts } from '../../src/simulator/sts/index.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

const roleArn = 'arn:aws:iam::222222222222:role/path/apply';

function setUp(options: { throttle?: boolean } = {}) {
  const clock = new HandClock();
  const world = createSimulatedAws({ clock, throttle: false, ...options });
  world.sts.seedRole({ arn: roleArn, trustedAccount: '000000000000', externalId: 'secret-handshake' });
  const home = clientsOf(world, { accessKeyId: 'AKIACONTROLLER' });
  const assume = (changes: Partial<AssumeRoleCommandInput> = {}) =>
    home.sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: 'controller-1',
        ExternalId: 'secret-handshake',
        ...changes,
      }),
    );
  const as = (output: AssumeRoleCommandOutput, changes: { sessionToken?: string } = {}) => {
    const { AccessKeyId: accessKeyId = '', SessionToken: sessionToken = '' } = output.Credentials ?? {};
    return clientsOf(world, { accessKeyId, sessionToken, ...changes });
  };
  return { clock, world, home, assume, as };
}

describe('AssumeRole', () => {
  it('gives a session in the role’s account, under the session’s name', async () => {
    const { world, assume, as } = setUp();
    const output = await assume();
    expect(output.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(output.Credentials?.Expiration).toEqual(new Date(world.now() + 3_600_000));
    expect(output.AssumedRoleUser?.Arn).toBe('arn:aws:sts::222222222222:assumed-role/apply/controller-1');
    const identity = await as(output).sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: '222222222222',
      Arn: 'arn:aws:sts::222222222222:assumed-role/apply/controller-1',
    });
    expect(world.log.since(0, 5).map(({ account, principal, operation }) => [account, principal, operation])).toEqual([
      ['000000000000', 'AKIACONTROLLER', 'AssumeRole'],
      ['222222222222', 'controller-1', 'GetCallerIdentity'],
    ]);
  });

  it.each<[string, Partial<AssumeRoleCommandInput>]>([
    ['a role that does not exist', { RoleArn: 'arn:aws:iam::222222222222:role/none' }],
    ['a wrong external id', { ExternalId: 'guess' }],
    ['no external id', { ExternalId: undefined }],
  ])('refuses %s in the same words', async (_what, changes) => {
    const { assume } = setUp();
    const arn = changes.RoleArn ?? roleArn;
    await expect(assume(changes)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::000000000000:user/AKIACONTROLLER is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('refuses a caller of an account that the role does not trust', async () => {
    const { world } = setUp();
    const stranger = clientsOf(world, { accessKeyId: '333333333333' });
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'aa', ExternalId: 'secret-handshake' });
    await expect(stranger.sts.send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    [
      'a session name that is too short',
      { RoleSessionName: 'a' },
      "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a session name with a space',
      { RoleSessionName: 'a b' },
      "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    ['a session name that is too long', { RoleSessionName: 'a'.repeat(65) }, 'less than or equal to 64'],
    [
      'no session name',
      { RoleSessionName: undefined },
      "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'too short a session name and duration, both at once',
      { RoleSessionName: 'a', DurationSeconds: 899 },
      "2 validation errors detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    ['too long a duration', { DurationSeconds: 43_201 }, 'Member must have value less than or equal to 43200'],
    [
      'a duration beyond what the role allows',
      { DurationSeconds: 3_601 },
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    ],
    [
      'a role ARN that is none',
      { RoleArn: 'arn:aws:iam::222222222222:user/someone' },
      'arn:aws:iam::222222222222:user/someone is invalid',
    ],
    [
      'a role ARN that is too short',
      { RoleArn: 'arn:aws' },
      "at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      'an external id of one character',
      { ExternalId: 'x' },
      "at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    ['an external id that is too long', { ExternalId: 'x'.repeat(1225) }, 'less than or equal to 1224'],
    ['an external id with a space', { ExternalId: 'a b' }, 'regular expression pattern: [\\w+=,.@:\\/-]*'],
    [
      'a session policy that is too long',
      { Policy: `{"a":"${'x'.repeat(2048)}"}` },
      "at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    ],
    [
      '51 tags',
      { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: 'v' })) },
      'Member must have length less than or equal to 50',
    ],
    [
      'a tag key with a character that is none',
      { Tags: [{ Key: 'a;b', Value: 'v' }] },
      "at 'tags.1.member.key' failed to satisfy constraint",
    ],
    ['a source identity of one character', { SourceIdentity: 'x' }, "at 'sourceIdentity'"],
    ['MFA, which is not simulated', { SerialNumber: 'GAHT12345678' }, 'The parameter SerialNumber is not supported'],
  ])('refuses %s', async (_what, changes, message) => {
    const { assume } = setUp();
    await expect(assume(changes)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each<[string, Partial<AssumeRoleCommandInput>, string, string]>([
    [
      'two tags with one key',
      {
        Tags: [
          { Key: 'A', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      'a transitive key that is no tag',
      { TransitiveTagKeys: ['team'] },
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    ],
    [
      'a policy that is none',
      { Policy: 'no JSON' },
      'MalformedPolicyDocumentException',
      'This policy contains invalid Json',
    ],
    [
      'too much policy together',
      { Policy: '{}', PolicyArns: [{ arn: `arn:aws:iam::aws:policy/${'x'.repeat(2030)}` }] },
      'PackedPolicyTooLargeException',
      'of the allotted space',
    ],
  ])('refuses %s under a code of its own', async (_what, changes, name, message) => {
    const { assume } = setUp();
    await expect(assume(changes)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('lasts an hour unless it is told otherwise, and up to twelve where the role allows it', async () => {
    const { world, assume } = setUp();
    const expiry = async (changes: Partial<AssumeRoleCommandInput>) =>
      ((await assume(changes)).Credentials?.Expiration?.getTime() ?? 0) - world.now();
    expect(await expiry({})).toBe(3_600_000);
    expect(await expiry({ DurationSeconds: 900 })).toBe(900_000);
    world.sts.seedRole({ arn: roleArn, trustedAccount: '000000000000', longestSeconds: 43_200 });
    expect(await expiry({ DurationSeconds: 43_200 })).toBe(43_200_000);
  });

  it('shows how much of the policy’s room is taken, and the source identity', async () => {
    const { assume } = setUp();
    const plain = await assume();
    expect([plain.PackedPolicySize, plain.SourceIdentity]).toEqual([undefined, undefined]);
    const full = await assume({
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      Tags: [{ Key: 'team', Value: 'edge' }],
      TransitiveTagKeys: ['team'],
      SourceIdentity: 'alice',
    });
    expect(full.SourceIdentity).toBe('alice');
    expect(full.PackedPolicySize).toBeGreaterThan(0);
  });

  it('can be chained, for an hour at most', async () => {
    const { world, assume, as } = setUp();
    const next = 'arn:aws:iam::333333333333:role/next';
    world.sts.seedRole({ arn: next, trustedAccount: '222222222222' });
    const { sts } = as(await assume());
    const chained = (DurationSeconds: number) =>
      sts.send(new AssumeRoleCommand({ RoleArn: next, RoleSessionName: 'second', DurationSeconds }));
    await expect(chained(7_200)).rejects.toMatchObject({ message: expect.stringContaining('role chaining') });
    const identity = await as(await chained(900)).sts.send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe('333333333333');
  });
});

describe('GetCallerIdentity', () => {
  it('names users, their sessions, and assumed roles with the role’s id', async () => {
    const { world, home, assume, as } = setUp();
    const who = async (sts: typeof home.sts) => {
      const { UserId, Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
      return { UserId, Account, Arn };
    };
    const user = await who(home.sts);
    expect(user).toEqual({
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:user/AKIACONTROLLER',
    });
    const { Credentials } = await home.sts.send(new GetSessionTokenCommand({}));
    expect(await who(as({ Credentials, $metadata: {} }).sts)).toEqual(user);
    const assumed = await assume();
    expect(await who(as(assumed).sts)).toEqual({
      UserId: assumed.AssumedRoleUser?.AssumedRoleId,
      Account: '222222222222',
      Arn: 'arn:aws:sts::222222222222:assumed-role/apply/controller-1',
    });
    expect(assumed.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:controller-1$/);
    expect(world.log.last).toBeGreaterThan(0);
  });
});

describe('GetSessionToken', () => {
  const token = (DurationSeconds?: number) => new GetSessionTokenCommand({ DurationSeconds });

  it('lasts twelve hours, or from fifteen minutes to thirty-six hours', async () => {
    const { world, home } = setUp();
    const lasts = async (seconds?: number) =>
      ((await home.sts.send(token(seconds))).Credentials?.Expiration?.getTime() ?? 0) - world.now();
    expect([await lasts(), await lasts(900), await lasts(129_600)]).toEqual([43_200_000, 900_000, 129_600_000]);
    await expect(home.sts.send(token(899))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(home.sts.send(token(129_601))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('may assume roles, for an hour at most', async () => {
    const { world, home, as } = setUp();
    world.sts.seedRole({ arn: roleArn, trustedAccount: '000000000000', longestSeconds: 7_200 });
    const { sts } = as({ ...(await home.sts.send(token())), $metadata: {} });
    const assume = (DurationSeconds: number) =>
      sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'aa', DurationSeconds }));
    expect((await assume(3_600)).Credentials?.Expiration).toEqual(new Date(world.now() + 3_600_000));
    await expect(assume(3_601)).rejects.toMatchObject({ message: expect.stringContaining('role chaining') });
  });

  it('is refused to temporary credentials', async () => {
    const { home, assume, as } = setUp();
    const refusal = {
      name: 'AccessDenied',
      message: 'Cannot call GetSessionToken with session credentials',
      $metadata: { httpStatusCode: 403 },
    };
    await expect(as(await assume()).sts.send(token())).rejects.toMatchObject(refusal);
    const session = as({ ...(await home.sts.send(token())), $metadata: {} });
    await expect(session.sts.send(token())).rejects.toMatchObject(refusal);
  });
});

describe('a session', () => {
  it('ends at its time, in the words of each service', async () => {
    const { clock, assume, as } = setUp();
    const clients = as(await assume({ DurationSeconds: 900 }));
    clock.tick(899_999);
    await clients.ecs.send(new ListClustersCommand({}));
    clock.tick(1);
    await expect(clients.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(clients.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      Code: 'ExpiredToken',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(clients.elbv2.send(new DescribeTargetGroupsCommand({}))).rejects.toMatchObject({
      name: 'ExpiredToken',
    });
    await expect(clients.ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'RequestExpired' });
  });

  it('is refused with another token, or when nobody opened it', async () => {
    const { world, assume, as } = setUp();
    const output = await assume();
    await expect(
      as(output, { sessionToken: 'forged' }).sts.send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } });
    const invented = clientsOf(world, { accessKeyId: 'ASIAABCDEFGHIJKLMNOP', sessionToken: 'x' });
    await expect(invented.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });
});

describe('every operation', () => {
  it('answers in 50 ms', () => {
    const { service } = createSts(createSimulatedAws({ clock: new HandClock() }));
    expect([...service.operations.values()].map(({ latencyMs }) => latencyMs)).toEqual([50, 50, 50]);
  });
});

describe('throttling', () => {
  it('leaves the role’s account alone: assuming a role costs the caller’s', () => {
    const { world } = setUp({ throttle: true });
    const call = (accessKeyId: string) =>
      world.call({ accessKeyId, region: 'us-east-1', service: 'sts', operation: 'GetCallerIdentity', input: {} });
    for (let i = 0; i < 600; i++) {
      world.call({
        accessKeyId: 'AKIA',
        region: 'us-east-1',
        service: 'sts',
        operation: 'AssumeRole',
        input: { RoleArn: roleArn, RoleSessionName: 'aa', ExternalId: 'secret-handshake' },
      });
    }
    expect(() => call('AKIA')).toThrow('Rate exceeded');
    expect(call('222222222222')).toMatchObject({ Account: '222222222222' });
  });

  it('allows 600 calls a second, all charged to the caller’s account', async () => {
    const { clock, world } = setUp({ throttle: true });
    const call = (operation: string) => {
      world.call({
        accessKeyId: 'AKIA',
        region: 'us-east-1',
        service: 'sts',
        operation,
        input:
          operation === 'AssumeRole' ? { RoleArn: roleArn, RoleSessionName: 'aa', ExternalId: 'secret-handshake' } : {},
      });
    };
    for (let i = 0; i < 300; i++) {
      call('AssumeRole');
      call('GetCallerIdentity');
    }
    expect(() => call('AssumeRole')).toThrow('Rate exceeded');
    clock.tick(500);
    for (let i = 0; i < 300; i++) call('AssumeRole');
    expect(() => call('GetCallerIdentity')).toThrow('Rate exceeded');
  });
});
