import type { AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { answerDoor } from '../../../src/simulator/door.ts';
import { AwsError, type ServiceId } from '../../../src/simulator/kernel.ts';
import { installBeneathSend } from '../../../src/simulator/mounts/beneath-send.ts';
import { listen, type SocketMount } from '../../../src/simulator/mounts/socket.ts';
import { clientsOf } from '../support/clients.ts';
import { type SmallWorld, smallWorld } from './world.ts';

const region = 'us-east-1';
const role = 'arn:aws:iam::111111111111:role/cellwright/worker';
const session = 'arn:aws:sts::111111111111:assumed-role/worker/tester';

function document(...statements: readonly object[]) {
  const Statement = statements.map((one) => ({ Effect: 'Allow', Action: '*', ...one }));
  return { Version: '2012-10-17', Statement };
}
const rights = (...statements: readonly object[]) => document(...statements.map((one) => ({ Resource: '*', ...one })));
const trusting = (principal: object | string, more: object = {}) =>
  document({ Action: 'sts:AssumeRole', Principal: principal, ...more });

interface Keys {
  readonly accessKeyId: string;
  readonly sessionToken: string;
}

/** A session of a role, as `by` opens it. Throws what STS answers. */
function assume(world: SmallWorld, RoleArn: string, by: Partial<Keys> = {}, more: object = {}): Keys {
  const answer = world.aws.call({
    accessKeyId: '111111111111',
    ...by,
    region,
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn, RoleSessionName: 'tester', ...more },
  }) as AssumeRoleCommandOutput;
  const { AccessKeyId: accessKeyId = '', SessionToken: sessionToken = '' } = answer.Credentials ?? {};
  return { accessKeyId, sessionToken };
}

/** What AWS answers to a call: `ok`, or code, status and text of the refusal. */
function answer(world: SmallWorld, keys: Partial<Keys>, service: ServiceId, operation: string, input: object = {}) {
  try {
    world.aws.call({ accessKeyId: '', ...keys, region, service, operation, input });
    return { code: 'ok', message: '', status: 200 };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: error.code, message: error.message, status: error.details.status };
  }
}

/** A world in which the role has these policies. */
function worldWith(policies: readonly object[], more: object = {}): SmallWorld {
  const world = smallWorld();
  world.aws.iam.load({ roles: [{ arn: role, trust: trusting({ AWS: '111111111111' }), policies, ...more }] });
  return world;
}

/** The same, with a session of it. */
function workerWith(policies: readonly object[], more: object = {}): { world: SmallWorld; keys: Keys } {
  const world = worldWith(policies, more);
  return { world, keys: assume(world, role) };
}

describe('a session of a role of the file', () => {
  it.each<[ServiceId, string, object, string]>([
    ['ecs', 'ListClusters', {}, 'ecs:ListClusters'],
    ['elbv2', 'DescribeRules', { ListenerArn: 'x' }, 'elasticloadbalancing:DescribeRules'],
    ['route53', 'ListHostedZones', {}, 'route53:ListHostedZones'],
    ['acm', 'ListCertificates', {}, 'acm:ListCertificates'],
    ['dynamodb', 'ListTables', {}, 'dynamodb:ListTables'],
    ['dynamodb-streams', 'ListStreams', {}, 'dynamodb:ListStreams'],
    [
      'application-autoscaling',
      'DescribeScalableTargets',
      { ServiceNamespace: 'ecs' },
      'application-autoscaling:DescribeScalableTargets',
    ],
  ])('is refused in the words of %s', (service, operation, input, action) => {
    const { world, keys } = workerWith([rights({ Action: 'sts:*' })]);
    const isJson = service !== 'elbv2' && service !== 'route53';
    expect(answer(world, keys, service, operation, input)).toEqual({
      ...(isJson ? { code: 'AccessDeniedException', status: 400 } : { code: 'AccessDenied', status: 403 }),
      message: `User: ${session} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
    });
  });

  it('is refused by EC2 with words of its own before them', () => {
    const { world, keys } = workerWith([]);
    expect(answer(world, keys, 'ec2', 'DescribeVpcs')).toEqual({
      code: 'UnauthorizedOperation',
      status: 403,
      message: `You are not authorized to perform this operation. User: ${session} is not authorized to perform: ec2:DescribeVpcs on resource: * because no identity-based policy allows the ec2:DescribeVpcs action`,
    });
  });

  it('may do what its policies allow, and a refused call has no effect', () => {
    const cluster = 'arn:aws:ecs:us-east-1:111111111111:cluster/mine-*';
    const { world, keys } = workerWith([
      rights({ Action: ['ecs:*', 'iam:*'] }, { Effect: 'Deny', Action: 'ecs:Delete*' }),
    ]);
    const named = workerWith([rights({ Action: 'ecs:CreateCluster', Resource: cluster }, { Action: 'iam:*' })]);
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'any' }).code).toBe('ok');
    expect(answer(world, keys, 'ecs', 'DeleteCluster', { cluster: 'any' }).message).toContain(
      'with an explicit deny in an identity-based policy',
    );
    expect(world.call('ecs', 'DescribeClusters', { clusters: ['any'] })).toMatchObject({
      clusters: [{ status: 'ACTIVE' }],
    });
    expect(answer(named.world, named.keys, 'ecs', 'CreateCluster', { clusterName: 'mine-1' }).code).toBe('ok');
    expect(answer(named.world, named.keys, 'ecs', 'CreateCluster', { clusterName: 'yours' }).code).toBe(
      'AccessDeniedException',
    );
    expect(named.world.call('ecs', 'ListClusters', {})).toMatchObject({
      clusterArns: [expect.stringContaining('mine-1')],
    });
  });

  it('needs every action that a call asks for, whichever comes first', () => {
    const { world, keys } = workerWith([rights({ Action: ['ecs:CreateCluster', 'iam:CreateServiceLinkedRole'] })]);
    const tags = [{ key: 'owner', value: 'a' }];
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'one', tags }).message).toContain(
      'is not authorized to perform: ecs:TagResource on resource: arn:aws:ecs:us-east-1:111111111111:cluster/one',
    );
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'one' }).code).toBe('ok');
  });

  it('makes AWS’s own role with an account’s first cluster, and needs no right to it afterwards', () => {
    const { world, keys } = workerWith([rights({ Action: 'ecs:CreateCluster' })]);
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'one' }).message).toContain(
      'iam:CreateServiceLinkedRole',
    );
    world.aws.iam.load({
      roles: [{ arn: role, trust: trusting('*'), policies: [rights({ Action: ['ecs:CreateCluster', 'iam:*'] })] }],
    });
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'one' }).code).toBe('ok');
    world.aws.iam.load({
      roles: [{ arn: role, trust: trusting('*'), policies: [rights({ Action: 'ecs:CreateCluster' })] }],
    });
    expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'two' }).code).toBe('ok');
  });

  it('is held by the boundary, and by the policy of the session', () => {
    const all = [rights({})];
    const bounded = workerWith(all, { boundary: rights({ Action: 'ec2:*' }) });
    expect(answer(bounded.world, bounded.keys, 'ec2', 'DescribeVpcs').code).toBe('ok');
    expect(answer(bounded.world, bounded.keys, 'ecs', 'ListClusters').message).toContain(
      'because no permissions boundary allows the ecs:ListClusters action',
    );
    const { world } = workerWith(all);
    const Policy = JSON.stringify(rights({ Action: 'ec2:*' }));
    const keys = assume(world, role, {}, { Policy });
    expect(answer(world, keys, 'ec2', 'DescribeVpcs').code).toBe('ok');
    expect(answer(world, keys, 'ecs', 'ListClusters').message).toContain(
      'because no session policy allows the ecs:ListClusters action',
    );
  });

  it('is not opened with a policy that cannot be enforced', () => {
    const { world } = workerWith([rights({})]);
    const odd = JSON.stringify(rights({ Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } } }));
    expect(() => assume(world, role, {}, { Policy: odd })).toThrow('DateLessThan');
    expect(() => assume(world, role, {}, { Policy: '{' })).toThrow(/JSON/);
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }];
    expect(() => assume(world, role, {}, { PolicyArns })).toThrow('not simulated');
  });

  it('is checked from the moment that its role is, also where it was opened before', () => {
    const world = smallWorld();
    world.aws.sts.seedRole({ arn: role, trustedAccount: '111111111111' });
    const keys = assume(world, role);
    expect(answer(world, keys, 'ecs', 'ListClusters').code).toBe('ok');
    world.aws.iam.load({ roles: [{ arn: role, trust: trusting('*'), policies: [] }] });
    expect(answer(world, keys, 'ecs', 'ListClusters').code).toBe('AccessDeniedException');
  });

  it('always knows who it is', () => {
    const { world, keys } = workerWith([rights({ Effect: 'Deny' })]);
    expect(answer(world, keys, 'sts', 'GetCallerIdentity').code).toBe('ok');
  });

  it('is told of, when it was refused', () => {
    const { world, keys } = workerWith([]);
    const seen: unknown[] = [];
    world.aws.iam.onDenial = (denial) => void seen.push(denial);
    answer(world, keys, 'ecs', 'ListClusters');
    expect(seen).toEqual([{ at: world.aws.now(), caller: session, action: 'ecs:ListClusters', resource: '*' }]);
    expect(world.aws.log.since(world.aws.log.last - 1, 1)).toMatchObject([{ error: 'AccessDeniedException' }]);
  });
});

describe('everybody else', () => {
  it('may do anything in their account: long-lived keys, and sessions of roles that the file does not name', () => {
    const { world } = workerWith([]);
    const other = 'arn:aws:iam::111111111111:role/other';
    world.aws.sts.seedRole({ arn: other, trustedAccount: '111111111111' });
    for (const keys of [{ accessKeyId: '111111111111' }, { accessKeyId: 'AKIAADMIN' }, assume(world, other)]) {
      expect(answer(world, keys, 'ecs', 'CreateCluster', { clusterName: 'one' }).code).toBe('ok');
    }
  });
});

describe('assuming a role of the file', () => {
  const target = 'arn:aws:iam::222222222222:role/cell/apply';
  const neighbour = 'arn:aws:iam::111111111111:role/neighbour';

  function chain(trust: object, own: readonly object[], arn = target) {
    const world = smallWorld();
    world.aws.iam.load({
      roles: [
        { arn: role, trust: trusting({ AWS: '111111111111' }), policies: own },
        { arn, trust, policies: [rights({})] },
      ],
    });
    return { world, keys: assume(world, role) };
  }
  const mayAssume = [rights({ Action: 'sts:AssumeRole' })];
  const asking = { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } };
  const refusal = `User: ${session} is not authorized to perform: sts:AssumeRole on resource: ${target}`;

  it('takes the trust of the role and the right of the caller', () => {
    const { world, keys } = chain(trusting({ AWS: role }, asking), mayAssume);
    const next = assume(world, target, keys, { ExternalId: 'secret' });
    expect(answer(world, next, 'ecs', 'ListClusters').code).toBe('ok');
    expect(() => assume(world, target, keys, { ExternalId: 'guess' })).toThrow(refusal);
    expect(() => assume(world, target, keys)).toThrow(refusal);
    const untrusting = chain(trusting({ AWS: '333333333333' }), mayAssume);
    expect(() => assume(untrusting.world, target, untrusting.keys)).toThrow(refusal);
    const powerless = chain(trusting({ AWS: role }), [rights({ Action: 'ecs:*' })]);
    expect(() => assume(powerless.world, target, powerless.keys)).toThrow(refusal);
  });

  it('in one account, who is named himself needs no right of his own, unless he is denied', () => {
    const free = chain(trusting({ AWS: role }), [], neighbour);
    expect(assume(free.world, neighbour, free.keys)).toBeDefined();
    const byAccount = chain(trusting({ AWS: '111111111111' }), [], neighbour);
    expect(() => assume(byAccount.world, neighbour, byAccount.keys)).toThrow('not authorized');
    const denied = chain(trusting({ AWS: role }), [rights({ Effect: 'Deny' })], neighbour);
    expect(() => assume(denied.world, neighbour, denied.keys)).toThrow('not authorized');
  });

  it('asks for session tags by an action of their own', () => {
    const Tags = [{ Key: 'owner', Value: 'a' }];
    const trust = trusting({ AWS: '111111111111' });
    const plain = smallWorld();
    plain.aws.iam.load({ roles: [{ arn: role, trust, policies: [] }] });
    expect(() => assume(plain, role, {}, { Tags })).toThrow('sts:TagSession');
    plain.aws.iam.load({
      roles: [{ arn: role, trust: trusting('*', { Action: ['sts:AssumeRole', 'sts:TagSession'] }), policies: [] }],
    });
    expect(assume(plain, role, {}, { Tags })).toBeDefined();
  });

  it('goes by the file’s trust policy for good, whatever account a fleet would have it trust', () => {
    const world = worldWith([rights({})], { trust: trusting({ AWS: '222222222222' }) });
    world.aws.sts.seedRole({ arn: role, trustedAccount: '111111111111' });
    expect(() => assume(world, role)).toThrow('not authorized');
    expect(assume(world, role, { accessKeyId: '222222222222' })).toBeDefined();
  });
});

describe('in every mount', () => {
  const mounts: SocketMount[] = [];
  afterEach(async () => {
    for (const mount of mounts.splice(0)) await mount.close();
  });

  it.each(['request handler', 'beneath send', 'socket'])('%s', async (kind) => {
    const { world, keys } = workerWith([rights({ Action: ['ecs:*'] })]);
    const options = { ...keys, region };
    const beneath = kind === 'beneath send' ? clientsOf(undefined, options) : undefined;
    for (const client of Object.values(beneath ?? {})) installBeneathSend(client as never, world.aws);
    if (kind === 'socket')
      mounts.push(await listen(world.aws, { port: 0, onFault: (error) => expect.fail(String(error)) }));
    const [mount] = mounts;
    const clients =
      beneath ??
      (mount === undefined ? clientsOf(world.aws, options) : clientsOf(undefined, { ...options, endpoint: mount.url }));
    const { ListClustersCommand } = await import('@aws-sdk/client-ecs');
    const { DescribeVpcsCommand } = await import('@aws-sdk/client-ec2');
    const { ListHostedZonesCommand } = await import('@aws-sdk/client-route-53');
    const { DescribeTargetGroupsCommand } = await import('@aws-sdk/client-elastic-load-balancing-v2');
    const { ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
    expect((await clients.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    await expect(clients.ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
    for (const sent of [
      clients.route53.send(new ListHostedZonesCommand({})),
      clients.elbv2.send(new DescribeTargetGroupsCommand({})),
    ]) {
      await expect(sent).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    }
    await expect(clients.dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining('dynamodb:ListTables') as string,
    });
  });
});

describe('the credentials of a task’s role, at the door', () => {
  const trust = trusting(
    { Service: 'ecs-tasks.amazonaws.com' },
    {
      Condition: {
        StringEquals: { 'aws:SourceAccount': '111111111111' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:111111111111:*' },
      },
    },
  );
  const ask = (world: SmallWorld, query: Readonly<Record<string, string>>) => {
    const found = answerDoor(world.aws, {
      method: 'GET',
      path: '/_sim/credentials',
      query: new URLSearchParams(query),
      body: '',
    });
    return { status: found?.status, body: JSON.parse(found?.body ?? '{}') as Record<string, string> };
  };

  it('are a session of the role, in the form that ECS has for containers', () => {
    const world = worldWith([rights({ Action: 'ecs:*' })], { trust });
    const { status, body } = ask(world, { role, session: 'controller-1' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ RoleArn: role, Expiration: expect.stringMatching(/Z$/) as string });
    const keys = { accessKeyId: body['AccessKeyId'] ?? '', sessionToken: body['Token'] ?? '' };
    expect(answer(world, keys, 'ecs', 'ListClusters').code).toBe('ok');
    expect(answer(world, keys, 'ec2', 'DescribeVpcs').message).toContain('assumed-role/worker/controller-1');
    // ECS renews them: a task never holds any that are over.
    world.clock.tick(90_000_000);
    expect(answer(world, keys, 'ecs', 'ListClusters').code).toBe('ok');
  });

  it('are refused where the trust policy does not let tasks of that Region in, and for a role that is not there', () => {
    const world = worldWith([], { trust });
    expect(ask(world, { role, region: 'eu-west-1' })).toMatchObject({ status: 403 });
    expect(ask(worldWith([]), { role })).toMatchObject({ status: 403 });
    expect(ask(world, { role: `${role}s` })).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('role') as string },
    });
    expect(ask(world, { role, session: 'a b' })).toMatchObject({ status: 400 });
  });
});
