/** What somebody could do who stole one of the roles, by the policies that the product makes: decided by the simulated IAM, on an installation that runs. */
import type { AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Asked } from '../../src/simulator/iam/evaluate.ts';
import { refusalOf } from '../../src/simulator/iam/evaluate.ts';
import { readRoles } from '../../src/simulator/iam/roles-file.ts';
import { AwsError, type Call, type ServiceId } from '../../src/simulator/kernel.ts';
import type { Installation } from '../support/installation.ts';
import { MissingRight } from '../support/missing-right.ts';
import { rolesOf } from '../support/roles.ts';
import { type Chain, chainOf, settled } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

const accountA = '111111111111';
const accountB = '222222222222';
const zoneAccount = '999999999999';
const roleArn = (account: string, name: string): string => `arn:aws:iam::${account}:role/cellwright/${name}`;

/** Names of roles are the same in all fleets of these tests. */
function roleOf({ assumed }: Call): string | undefined {
  return /(observe|apply|reap|dns)$/.exec(assumed?.roleArn ?? '')?.[1];
}

describe('everything that a controller changes', () => {
  /** `<role> <operation>` of calls that would have been allowed otherwise than they were. */
  const calls = new Set<string>();
  const allowedToOthers = new Set<string>();
  const allowedBare = new Set<string>();
  const allowedUnmarked = new Set<string>();

  const without = (asked: readonly Asked[], keys: RegExp): readonly Asked[] =>
    asked.map((one) => ({
      ...one,
      context: Object.fromEntries(Object.entries(one.context).filter(([key]) => !keys.test(key))),
    }));

  beforeAll(async () => {
    const scenario = await MissingRight.begin();
    const { run } = scenario;
    const own = new Map(readRoles(rolesOf(run.rolesOptions())).map((role) => [role.arn, role]));
    const others = new Map(
      readRoles(rolesOf({ ...run.rolesOptions(), installation: 'another' })).map((role) => [role.arn, role]),
    );
    run.aws.faults = {
      before: (call, input) => {
        const role = roleOf(call);
        const arn = call.assumed?.roleArn ?? '';
        const mutating = run.aws.service(call.service)?.operations.get(call.operation)?.mutating === true;
        if (role === undefined || !mutating) return undefined;
        const what = `${role} ${call.operation}`;
        const asked = run.aws.iam.asked(call, input);
        const isAllowed = (some: readonly Asked[], rights = own.get(arn)): boolean =>
          rights !== undefined && some.every((one) => refusalOf(one, rights) === undefined);
        calls.add(what);
        if (!isAllowed(asked)) throw new Error(`${what} is not allowed as it was`);
        if (isAllowed(asked, others.get(arn))) allowedToOthers.add(what);
        if (isAllowed(without(asked, /ResourceTag\//))) allowedUnmarked.add(what);
        if (isAllowed(without(asked, /ResourceTag\/|RequestTag\/|TagKeys/))) allowedBare.add(what);
        return undefined;
      },
    };
    run.start();
    await run.until('all Ready', () => scenario.ready());
    await scenario.provoke();
    await run.advance(240);
    await scenario.withdraw();
    await run.advance(300);
    await run.stop();
  }, 180_000);

  it('is a good part of all that it may do', () => {
    expect(calls.size).toBeGreaterThanOrEqual(30);
    for (const what of [
      'apply CreateService',
      'apply CreateVpcEndpoint',
      'reap DeleteService',
      'dns ChangeResourceRecordSets',
    ]) {
      expect(calls).toContain(what);
    }
  });

  it('is denied to the roles of another installation on ours, but for what AWS cannot limit', () => {
    expect([...allowedToOthers].sort()).toEqual(['apply SetRulePriorities', 'reap DeregisterTaskDefinition']);
  });

  it('is denied on what bears no mark, but for what creates', () => {
    const creating = [...allowedUnmarked].filter((what) => !/ (Create|Register\w*T|Change)/.test(what));
    expect(creating.sort()).toEqual(['apply SetRulePriorities', 'reap DeregisterTaskDefinition']);
  });

  it('is denied where neither the call nor what it is about bears the mark', () => {
    expect([...allowedBare].filter((what) => !what.startsWith('dns')).sort()).toEqual([
      'apply SetRulePriorities',
      'reap DeregisterTaskDefinition',
    ]);
  });
});

describe('a stolen role', () => {
  let run: Installation;
  let chain: Chain;
  let apply: Keys;
  let reap: Keys;
  beforeAll(async () => {
    run = await settled({ fleet: smallFleet({ tenants: { acme: { tier: 'standard', placements: 2 } } }) });
    chain = chainOf(run, 'acme');
    apply = keysOf(roleArn(accountA, 'apply'));
    reap = keysOf(roleArn(accountA, 'reap'));
  }, 60_000);
  afterAll(() => run.stop());

  interface Keys {
    readonly accessKeyId: string;
    readonly sessionToken: string;
  }

  /** A session as the controller opens it, which is what a thief would have. */
  function keysOf(RoleArn: string): Keys {
    const { AccessKeyId = '', Token = '' } =
      run.aws.sts.taskCredentials(roleArn('000000000000', 'controller'), 'thief') ?? {};
    const answer = run.aws.call({
      accessKeyId: AccessKeyId,
      sessionToken: Token,
      region: 'us-east-1',
      service: 'sts',
      operation: 'AssumeRole',
      input: { RoleArn, RoleSessionName: 'thief', ExternalId: 'e2e' },
    }) as AssumeRoleCommandOutput;
    return { accessKeyId: answer.Credentials?.AccessKeyId ?? '', sessionToken: answer.Credentials?.SessionToken ?? '' };
  }

  /** `denied`, or whatever else AWS answered. */
  function answer(keys: Keys, [service, operation, input]: Attempt, region = 'us-east-1'): string {
    const { onDenial } = run.aws.iam;
    let denied = false;
    // The harness ends a test in which the controller was denied something; here it is the thief.
    run.aws.iam.onDenial = () => {
      denied = true;
    };
    try {
      run.aws.call({ ...keys, region, service, operation, input });
      return 'done';
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return denied ? 'denied' : error.code;
    } finally {
      run.aws.iam.onDenial = onDenial;
    }
  }

  type Attempt = readonly [service: ServiceId, operation: string, input: object];

  test('apply: deletes nothing of ECS and Elastic Load Balancing, ours or not', () => {
    const { cluster, service, definition, targetGroup, rule } = chain;
    const ListenerArn = rule.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');
    const LoadBalancerArn = ListenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
    const attempts: readonly Attempt[] = [
      ['ecs', 'DeleteService', { cluster, service, force: true }],
      ['ecs', 'DeleteCluster', { cluster }],
      ['ecs', 'DeregisterTaskDefinition', { taskDefinition: definition }],
      ['ecs', 'DeleteTaskDefinitions', { taskDefinitions: [definition] }],
      ['ecs', 'UntagResource', { resourceArn: cluster, tagKeys: ['cellwright:installation'] }],
      ['elbv2', 'DeleteRule', { RuleArn: rule }],
      ['elbv2', 'DeleteTargetGroup', { TargetGroupArn: targetGroup }],
      ['elbv2', 'DeleteListener', { ListenerArn }],
      ['elbv2', 'DeleteLoadBalancer', { LoadBalancerArn }],
      ['elbv2', 'DeregisterTargets', { TargetGroupArn: targetGroup, Targets: [{ Id: '10.0.0.1' }] }],
      ['elbv2', 'RemoveTags', { ResourceArns: [rule], TagKeys: ['cellwright:installation'] }],
      ['ec2', 'DeleteVpcEndpoints', { VpcEndpointIds: ['vpce-0000000000000000a'] }],
    ];
    for (const attempt of attempts) expect(answer(apply, attempt), attempt[1]).toBe('denied');
  });

  test('apply: gives nothing of ours away, and takes nothing that is not ours', () => {
    const tags = (value: string) => [{ key: 'cellwright:installation', value }];
    const foreign = run.aws.call({
      accessKeyId: accountA,
      region: 'us-east-1',
      service: 'ecs',
      operation: 'CreateCluster',
      input: { clusterName: 'theirs', tags: tags('another') },
    }) as { cluster: { clusterArn: string } };
    const attempts: readonly Attempt[] = [
      ['ecs', 'TagResource', { resourceArn: chain.cluster, tags: tags('another') }],
      ['ecs', 'TagResource', { resourceArn: chain.cluster, tags: [{ key: 'other', value: 'x' }] }],
      ['ecs', 'TagResource', { resourceArn: foreign.cluster.clusterArn, tags: tags(run.installation) }],
      ['ecs', 'UpdateCluster', { cluster: 'theirs', settings: [{ name: 'containerInsights', value: 'enabled' }] }],
      ['ecs', 'CreateCluster', { clusterName: 'mine' }],
      ['ecs', 'CreateCluster', { clusterName: 'mine', tags: tags(run.installation) }],
      ['ecs', 'CreateCluster', { clusterName: `${run.installation}--mine` }],
    ];
    for (const [at, attempt] of attempts.entries())
      expect(answer(apply, attempt), `${at} ${attempt[1]}`).toBe('denied');
    for (const attempt of [['ecs', 'DeleteCluster', { cluster: 'theirs' }]] as const)
      expect(answer(reap, attempt), attempt[1]).toBe('denied');
  });

  test('apply: hands no other role to a task than the tier’s', () => {
    const container = { name: 'app', image: 'x', essential: true };
    const register = (taskRoleArn: string): Attempt => [
      'ecs',
      'RegisterTaskDefinition',
      {
        family: `${run.installation}--x`,
        taskRoleArn,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [container],
        tags: [{ key: 'cellwright:installation', value: run.installation }],
      },
    ];
    expect(answer(apply, register(roleArn(accountA, 'admin')))).toBe('denied');
    expect(answer(apply, register(roleArn(accountA, 'task')))).toBe('done');
  });

  test.each(['observe', 'apply', 'reap'])(
    '%s of a cell: touches no other cell, Region or zone, and becomes nobody else',
    (name) => {
      const keys = keysOf(roleArn(accountA, name));
      const other = chainOf(run, 'acme', chain.account === accountA ? 1 : 0);
      expect(other.account).not.toBe(accountA);
      const assume = (RoleArn: string): Attempt => [
        'sts',
        'AssumeRole',
        { RoleArn, RoleSessionName: 'thief', ExternalId: 'e2e' },
      ];
      const attempts: readonly Attempt[] = [
        ['ecs', 'UpdateService', { cluster: other.cluster, service: other.service, desiredCount: 0 }],
        ['ecs', 'DeleteService', { cluster: other.cluster, service: other.service, force: true }],
        ['ecs', 'DeleteCluster', { cluster: other.cluster }],
        [
          'elbv2',
          'ModifyRule',
          { RuleArn: other.rule, Conditions: [{ Field: 'host-header', Values: ['x.example.com'] }] },
        ],
        ['elbv2', 'DeleteRule', { RuleArn: other.rule }],
        ['elbv2', 'DeleteTargetGroup', { TargetGroupArn: other.targetGroup }],
        ['route53', 'ListHostedZones', {}],
        ['dynamodb', 'Scan', { TableName: 'state' }],
        ...[roleArn(accountB, name), roleArn(accountA, 'apply'), roleArn(zoneAccount, 'dns')].map(assume),
      ];
      for (const attempt of attempts) expect(answer(keys, attempt), attempt[1]).toBe('denied');
      for (const attempt of [
        ['ecs', 'ListClusters', {}],
        ['ec2', 'DescribeVpcs', {}],
      ] as const)
        expect(answer(keys, attempt, 'eu-west-1'), attempt[1]).toBe('denied');
    },
  );

  test('dns: changes A and AAAA of tenants’ names, and the fence; no other type, name or zone', () => {
    const keys = keysOf(roleArn(zoneAccount, 'dns'));
    const alias = { HostedZoneId: 'Z35SXDOTRQ7X7K', DNSName: 'x.example.net', EvaluateTargetHealth: false };
    const fence = `_cellwright-${run.installation}.standard.example.com`;
    const change = (Name: string, Type: string, more: object = {}) => ({
      Action: 'CREATE',
      ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: [{ Value: '"x"' }], ...more },
    });
    const address = (Name: string, Type = 'A') => ({
      Action: 'CREATE',
      ResourceRecordSet: { Name, Type, AliasTarget: alias, SetIdentifier: 'x', Weight: 1 },
    });
    const batch = (...Changes: readonly object[]): Attempt => [
      'route53',
      'ChangeResourceRecordSets',
      { HostedZoneId: 'Z0STANDARD00000000001', ChangeBatch: { Changes } },
    ];
    for (const [words, attempt] of Object.entries({
      'a CNAME': batch(change('acme.standard.example.com', 'CNAME')),
      mail: batch(change('standard.example.com', 'MX')),
      'an ACME challenge': batch(change('_acme-challenge.standard.example.com', 'TXT')),
      'an ACME challenge of a tenant': batch(change('_acme-challenge.acme.standard.example.com', 'TXT')),
      'a mail key': batch(change('x._domainkey.standard.example.com', 'TXT')),
      'a wildcard': batch(address('*.standard.example.com')),
      'a name two labels deep': batch(address('a.b.standard.example.com')),
      'a name outside the domain': batch(address('example.com')),
      'somebody’s name servers': batch(change('acme.standard.example.com', 'NS')),
      'another installation’s fence': batch(change('_cellwright-another.standard.example.com', 'TXT')),
      'one good change with a bad one': batch(
        address('acme.standard.example.com'),
        change('acme.standard.example.com', 'MX'),
      ),
      'another zone': [
        'route53',
        'ChangeResourceRecordSets',
        { HostedZoneId: 'Z0SHARED0000000000001', ChangeBatch: { Changes: [address('app.example.com')] } },
      ] as Attempt,
      'the zone itself': ['route53', 'DeleteHostedZone', { Id: 'Z0STANDARD00000000001' }] as Attempt,
      'all zones': ['route53', 'ListHostedZones', {}] as Attempt,
    }))
      expect(answer(keys, attempt), words).toBe('denied');
    for (const attempt of [
      batch(change(fence, 'TXT'), address('acme.standard.example.com', 'AAAA')),
      batch(change(fence, 'TXT'), address('zz.standard.example.com')),
    ])
      expect(answer(keys, attempt)).not.toBe('denied');
  });
});
