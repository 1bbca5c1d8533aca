import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../src/model/records/kinds.ts';
import { kinds } from '../../../src/model/records/kinds.ts';
import { parseRecord } from '../../../src/model/records/parse.ts';
import { cell, group, listenerArn, parseAs, role, smallest, tenant, tier } from './fixtures.ts';

function refusal(kind: Kind, spec: unknown, name = kind === 'Fleet' ? 'default' : 'acme') {
  const result = parseRecord({ kind, name, spec });
  return result.ok ? [] : result.problems.map(({ field, found }) => `${field} = ${found}`);
}

describe('defaults', () => {
  it('fills in what the contract promises for a tier', () => {
    expect(tier().spec).toMatchObject({
      routing: { scope: 'tenant', by: 'host', header: 'x-tenant-id' },
      service: {
        containerPort: 8080,
        cpu: 512,
        memoryMiB: 1024,
        tasks: 2,
        scaling: { mode: 'fixed' },
        architecture: 'X86_64',
        healthCheck: { path: '/healthz' },
        startupSeconds: 60,
        drainSeconds: 60,
        environment: {},
        secrets: {},
      },
      placement: { strategy: 'pack', reservePercent: 10 },
      retentionDays: 7,
      mode: 'active',
    });
    expect(tier().spec.overridable).toContain('image');
  });

  it('fills in the other kinds', () => {
    expect(parseAs('Fleet', 'default', {}).spec).toEqual({
      mode: 'active',
      removals: {},
      allow: [],
      moves: { concurrent: 10 },
      rebalance: [],
      callShare: 0.7,
    });
    expect(cell().spec).toMatchObject({ weight: 100, foreignVcpu: 0, state: 'active', mode: 'active', quotas: {} });
    expect(group().spec).toMatchObject({ state: 'active', mode: 'active', endpointSecurityGroupIds: [] });
    const spec = tenant().spec;
    expect(spec).toMatchObject({ state: 'active', isolation: 'shared', ring: 0, movable: false, mode: 'active' });
    expect(spec.placements).toBeUndefined();
    expect(spec.service).toEqual({});
  });

  it('accepts the fields of later milestones', () => {
    const scaling = { mode: 'target-tracking', min: 1, max: 4, metric: 'cpu', target: 60 };
    const spec = {
      ...smallest.Tier,
      service: { image: 'app:1', tasks: 2, scaling },
      dependencies: [
        { name: 'cache', serviceName: 'com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b', privateDns: false },
      ],
      rollout: { wavePercents: [10, 100], bakeSeconds: 60, maxUnavailable: 5, maxFailures: 0, hold: false },
    };
    expect(tier(spec).spec).toMatchObject(spec);
    expect(tenant({ ring: 3, movable: true, service: { tasks: 3, scaling } }).spec.service.tasks).toBe(3);
  });
});

describe('refusals name the field and what was found', () => {
  const lb = smallest.InfraGroup['loadBalancerArn'];
  const cases: [string, Kind, Record<string, unknown>, string[]][] = [
    ['an unknown field', 'Tenant', { tier: 'a', replicas: 3 }, ['spec.replicas = number']],
    [
      'an unknown nested field',
      'Tenant',
      { tier: 'a', service: { port: 'abc' } },
      ['spec.service.port = string of 3 characters'],
    ],
    [
      'a field that is the tier’s alone',
      'Tenant',
      { tier: 'a', service: { taskRoleName: 'x' } },
      ['spec.service.taskRoleName = string of 1 characters'],
    ],
    ['an enum', 'Tenant', { tier: 'a', state: 'gone' }, ['spec.state = gone']],
    ['a number as text', 'Tenant', { tier: 'a', placements: '2' }, ['spec.placements = string "2"']],
    ['a number out of range', 'Tenant', { tier: 'a', placements: 0 }, ['spec.placements = 0']],
    ['a missing field', 'Tenant', {}, ['spec.tier = nothing']],
    ['NULL', 'Tenant', { tier: 'a', pin: null }, ['spec.pin = NULL']],
    ['a set', 'Tenant', { tier: 'a', pin: new Set(['a']) }, ['spec.pin = set of 1 elements']],
    ['the same group twice', 'Tenant', { tier: 'a', pin: ['a', 'a'] }, ['spec.pin = list of 2 elements']],
    [
      'an environment value',
      'Tenant',
      { tier: 'a', service: { environment: { PASSWORD: 5 } } },
      ['spec.service.environment.PASSWORD = number'],
    ],
    [
      'a reserved variable',
      'Tenant',
      { tier: 'a', service: { environment: { TENANT_ID: 'evil' } } },
      ['spec.service.environment.TENANT_ID = string of 4 characters'],
    ],
    [
      'a reserved secret',
      'Tenant',
      { tier: 'a', service: { secrets: { CELL: { name: 'x' } } } },
      ['spec.service.secrets.CELL = map of 1 fields'],
    ],
    [
      'a secret’s ARN',
      'Tenant',
      { tier: 'a', service: { secrets: { A: { name: 'arn:aws:ssm:eu-west-1:1:parameter/x' } } } },
      ['spec.service.secrets.A.name = string of 35 characters'],
    ],
    [
      'another tenant’s secret',
      'Tenant',
      { tier: 'a', service: { secrets: { A: { name: '/cellwright/beta/db' } } } },
      ['spec.service.secrets.A.name = string of 19 characters'],
    ],
    [
      'a way out of the prefix',
      'Tenant',
      { tier: 'a', service: { secrets: { A: { name: '/cellwright/acme/../beta/db' } } } },
      ['spec.service.secrets.A.name = string of 27 characters'],
    ],
    [
      'a tier’s secret in full',
      'Tier',
      {
        ...smallest.Tier,
        service: { image: 'a', executionRoleName: 'x', secrets: { A: { name: '/cellwright/acme/db' } } },
      },
      ['spec.service.secrets.A.name = string of 19 characters'],
    ],
    [
      'secrets without a role to read them',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', secrets: { A: { name: 'db' } } } },
      ['spec.service.executionRoleName = nothing'],
    ],
    [
      'a Fargate size that does not exist',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', cpu: 256, memoryMiB: 4096 } },
      ['spec.service.memoryMiB = 4096'],
    ],
    [
      'a default that does not fit',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', cpu: 4096 } },
      ['spec.service.memoryMiB = 1024'],
    ],
    [
      'a cpu that does not exist',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', cpu: 300 } },
      ['spec.service.cpu = 300'],
    ],
    [
      'a health time-out as long as the interval',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', healthCheck: { intervalSeconds: 5, timeoutSeconds: 5 } } },
      ['spec.service.healthCheck.timeoutSeconds = 5'],
    ],
    [
      'a matcher that falls',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', healthCheck: { matcher: '299-200' } } },
      ['spec.service.healthCheck.matcher = 299-200'],
    ],
    [
      'a matcher above 499',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', healthCheck: { matcher: '200,500' } } },
      ['spec.service.healthCheck.matcher = 200,500'],
    ],
    [
      'a health path without slash',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', healthCheck: { path: 'x' } } },
      ['spec.service.healthCheck.path = x'],
    ],
    [
      'a role’s ARN for its name',
      'Tier',
      { ...smallest.Tier, service: { image: 'a', taskRoleName: role } },
      [`spec.service.taskRoleName = ${role}`],
    ],
    ['an image with a space', 'Tier', { ...smallest.Tier, service: { image: 'a b' } }, ['spec.service.image = a b']],
    ['tenant + header', 'Tier', { ...smallest.Tier, routing: { by: 'header' } }, ['spec.routing.by = header']],
    ['tier + host', 'Tier', { ...smallest.Tier, routing: { scope: 'tier' } }, ['spec.routing.by = host']],
    [
      'a header of the load balancer',
      'Tier',
      { ...smallest.Tier, routing: { scope: 'tier', by: 'header', header: 'X-Forwarded-For' } },
      ['spec.routing.header = X-Forwarded-For'],
    ],
    [
      'an underscore in a header',
      'Tier',
      { ...smallest.Tier, routing: { scope: 'tier', by: 'header', header: 'x_tenant' } },
      ['spec.routing.header = x_tenant'],
    ],
    ['an upper-case domain', 'Tier', { ...smallest.Tier, domain: 'Example.com' }, ['spec.domain = Example.com']],
    [
      'an escaped domain',
      'Tier',
      { ...smallest.Tier, domain: '\\052.example.com' },
      ['spec.domain = \\\\052.example.com'],
    ],
    [
      'a look-alike domain',
      'Tier',
      { ...smallest.Tier, domain: 'ex\u0430mple.com' },
      ['spec.domain = ex\\u{430}mple.com'],
    ],
    [
      'a domain with a dot at the end',
      'Tier',
      { ...smallest.Tier, domain: 'example.com.' },
      ['spec.domain = example.com.'],
    ],
    ['one label', 'Tier', { ...smallest.Tier, domain: 'localhost' }, ['spec.domain = localhost']],
    ['digits in the last label', 'Tier', { ...smallest.Tier, domain: 'example.c0m' }, ['spec.domain = example.c0m']],
    [
      'a role of another account',
      'Cell',
      { ...smallest.Cell, roles: { apply: role, reap: 'arn:aws:iam::999988887777:role/x' } },
      ['spec.roles.reap = arn:aws:iam::999988887777:role/x'],
    ],
    ['a role of another partition', 'Cell', { ...smallest.Cell, region: 'cn-north-1' }, [`spec.roles.apply = ${role}`]],
    [
      'an account id of 11 digits',
      'Cell',
      { ...smallest.Cell, accountId: '12345678901' },
      ['spec.accountId = 12345678901'],
    ],
    [
      'an account id as number',
      'Cell',
      { ...smallest.Cell, accountId: 111122223333 },
      ['spec.accountId = 111122223333'],
    ],
    ['a weight above 255', 'Cell', { ...smallest.Cell, weight: 256 }, ['spec.weight = 256']],
    ['a negative quota', 'Cell', { ...smallest.Cell, quotas: { fargateVcpu: -1 } }, ['spec.quotas.fargateVcpu = -1']],
    [
      'an external id, never shown',
      'Cell',
      { ...smallest.Cell, externalId: 'top secret' },
      ['spec.externalId = string of 10 characters'],
    ],
    [
      'a network load balancer',
      'InfraGroup',
      { ...smallest.InfraGroup, loadBalancerArn: String(lb).replace('/app/', '/net/') },
      [`spec.loadBalancerArn = ${String(lb).replace('/app/', '/net/').slice(0, 77)}...`],
    ],
    [
      'the listener of another load balancer',
      'InfraGroup',
      { ...smallest.InfraGroup, listenerArn: listenerArn.replace('/shared/', '/other/') },
      [`spec.listenerArn = ${listenerArn.replace('/shared/', '/other/').slice(0, 77)}...`],
    ],
    [
      'six security groups',
      'InfraGroup',
      { ...smallest.InfraGroup, taskSecurityGroupIds: [1, 2, 3, 4, 5, 6].map((n) => `sg-0${n}`) },
      ['spec.taskSecurityGroupIds = list of 6 elements'],
    ],
    [
      'something to adopt that is no endpoint',
      'InfraGroup',
      { ...smallest.InfraGroup, adopt: [{ arn: 'vpc-0a1b', until: '2027-01-01T00:00:00Z' }] },
      ['spec.adopt[0].arn = vpc-0a1b'],
    ],
    [
      'an unknown guard',
      'Fleet',
      { allow: [{ reason: 'please', until: '2027-01-01T00:00:00Z' }] },
      ['spec.allow[0].reason = please'],
    ],
    [
      'a day that does not exist',
      'Fleet',
      { allow: [{ reason: 'removal_budget', until: '2027-02-30T00:00:00Z' }] },
      ['spec.allow[0].until = 2027-02-30T00:00:00Z'],
    ],
    ['a call share above 1', 'Fleet', { callShare: 1.5 }, ['spec.callShare = 1.5']],
    [
      'tracking without a metric',
      'Tenant',
      { tier: 'a', service: { scaling: { mode: 'target-tracking', target: 1 } } },
      ['spec.service.scaling.metric = nothing'],
    ],
    [
      'more than all of the cpu',
      'Tenant',
      { tier: 'a', service: { scaling: { mode: 'target-tracking', metric: 'cpu', target: 101 } } },
      ['spec.service.scaling.target = 101'],
    ],
    [
      'nothing to aim at',
      'Tenant',
      { tier: 'a', service: { scaling: { mode: 'target-tracking', metric: 'requests', target: 0 } } },
      ['spec.service.scaling.target = 0'],
    ],
    [
      'no task at all',
      'Tenant',
      { tier: 'a', service: { scaling: { mode: 'target-tracking', min: 0, metric: 'cpu', target: 50 } } },
      ['spec.service.scaling.min = 0'],
    ],
    [
      'a maximum below the minimum',
      'Tenant',
      { tier: 'a', service: { scaling: { mode: 'target-tracking', min: 3, max: 2, metric: 'cpu', target: 50 } } },
      ['spec.service.scaling.max = 2'],
    ],
    [
      'a metric without tracking',
      'Tenant',
      { tier: 'a', service: { scaling: { metric: 'cpu' } } },
      ['spec.service.scaling.metric = cpu'],
    ],
  ];
  it.each(cases)('%s', (_title, kind, spec, expected) => {
    expect(refusal(kind, spec)).toEqual(expected);
  });

  it('accepts endpoints to adopt by id and by ARN', () => {
    const until = '2027-01-01T00:00:00Z';
    const names = ['vpce-0a1b2c3d', 'arn:aws-cn:ec2:cn-north-1:111122223333:vpc-endpoint/vpce-0a1b2c3d'];
    const adopt = names.map((arn) => ({ arn, until }));
    expect(refusal('InfraGroup', { ...smallest.InfraGroup, adopt })).toEqual([]);
  });

  it('accepts the time that the contract asks for, and leap days', () => {
    for (const until of ['2028-02-29T23:59:59.5+02:00', '2027-01-01T00:00:00Z']) {
      expect(refusal('Fleet', { allow: [{ reason: 'removal_budget', until }] })).toEqual([]);
    }
  });

  it('tells every known field in the words for an unknown one', () => {
    const result = parseRecord({ kind: 'Tenant', name: 'acme', spec: { tier: 'a', bogus: 1 } });
    expect(result.ok ? '' : result.problems[0]?.expected).toContain('placements');
  });
});

describe('names', () => {
  it.each(['a', 'a-b', 'a1', 'x'.repeat(40)])('%s is one', (name) => {
    expect(parseRecord({ kind: 'Tenant', name, spec: { tier: 'a' } }).ok).toBe(true);
  });
  it.each([
    '',
    'A',
    '1a',
    'a-',
    'a--b',
    'a_b',
    'a.b',
    'x'.repeat(41),
    'аcme',
    'a\u200db',
    'a b',
    '\\141pp',
    '*',
    'a\n',
  ])('%j is none', (name) => {
    const result = parseRecord({ kind: 'Tenant', name, spec: { tier: 'a' } });
    expect(result.ok ? [] : result.problems.map(({ field }) => field)).toEqual(['name']);
  });
  it('lets a Fleet be called default only', () => {
    expect(refusal('Fleet', {}, 'other')).toEqual(['name = other']);
  });
});

describe('every kind', () => {
  it.each(kinds)('%s: its smallest spec is valid, frozen, and valid again once parsed', (kind) => {
    const name = kind === 'Fleet' ? 'default' : 'some';
    const { spec } = parseAs(kind, name, smallest[kind]);
    expect(Object.isFrozen(spec)).toBe(true);
    expect(parseAs(kind, name, structuredClone(spec)).spec).toEqual(spec);
  });
});
