import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
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

  it.each([
    ['a session name that is too short', { RoleSessionName: 'a' }],
    ['a session name with a space', { RoleSessionName: 'a b' }],
    ['a session name that is too long', { RoleSessionName: 'a'.repeat(65) }],
    ['too short a duration', { DurationSeconds: 899 }],
    ['a duration beyond what the role allows', { DurationSeconds: 3_601 }],
    ['a role ARN that is none', { RoleArn: 'arn:aws:iam::222222222222:user/someone' }],
  ])('refuses %s', async (_what, changes) => {
    const { assume } = setUp();
    await expect(assume(changes)).rejects.toMatchObject({
      name: 'ValidationError',
      $metadata: { httpStatusCode: 400 },
    });
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

describe('throttling', () => {
  it('allows 600 calls a second, all charged to the caller’s account', async () => {
    const { clock, world } = setUp({ throttle: true });
    const call = (operation: string) => {
      world.call({
        accessKeyId: 'AKIA',
        region: 'us-east-1',
        service: 'sts',
        operation,
        input: { RoleArn: roleArn, RoleSessionName: 'aa', ExternalId: 'secret-handshake' },
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
