/** What the controller says for `cellwright check`, on fleets that are as they should be and on broken ones. */
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53 } from '@aws-sdk/client-route-53';
import { afterEach, describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/controller/questions/answer.ts';
import type { CheckAnswer, CheckId, CheckResult } from '../../src/model/checks.ts';
import type { CapacityReport } from '../../src/model/reports.ts';
import { parseFaultPlan } from '../../src/simulator/fault-plan/rules.ts';
import { createRequestHandler } from '../../src/simulator/mounts/request-handler.ts';
import { askLocal } from '../../src/wiring/ask-local.ts';
import { questionDeps } from '../../src/wiring/questions.ts';
import { cell, documents, group, type PlainRecord, tenant, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(async () => run.stop());

const east = cell('east', 'standard', 1);
const west = cell('west', 'standard', 2);
const land = [tier('standard'), east, west, group('east-a', east), group('west-a', west)];

/** `otherwise`: what records say of AWS that is not so, by name. */
async function start(records: readonly PlainRecord[], otherwise: Readonly<Record<string, object>> = {}): Promise<void> {
  run = await new Installation({ fleet: documents(records), apply: false }).init();
  for (const record of records) await put(record, otherwise[record.name] ?? {});
  run.start();
  await run.until('the controller works', () => run.leader?.term?.working === true);
  await run.advance(30);
}

async function check(): Promise<readonly CheckResult[]> {
  const { term } = run.leader ?? {};
  if (term === undefined) throw new Error('nobody leads');
  const answer = answerQuestion(
    questionDeps(term, { mode: 'active', resyncSeconds: 60 }, run.denied),
    'check',
    () => undefined,
  );
  return ((await run.clock.drive(answer)) as CheckAnswer).checks;
}

async function notOk(): Promise<readonly string[]> {
  const checks = await check();
  return checks
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ id, about, outcome }) => `${id} ${about ?? ''} ${outcome}`);
}

async function only(id: CheckId, about: string): Promise<CheckResult | undefined> {
  return (await check()).find((one) => one.id === id && one.about === about);
}

const put = (record: PlainRecord, fields: object): Promise<void> =>
  run.put(record.kind, record.name, { ...record.spec, ...fields });

test('everything of a healthy fleet holds, each role by its own proof', async () => {
  await start(land);
  expect(await notOk()).toEqual([]);
  const roles = (await check()).filter(({ id }) => id === 'cell-roles').map(({ about }) => about);
  expect(roles).toEqual(
    ['east', 'west'].flatMap((name) => ['observe', 'apply', 'reap'].map((role) => `cell ${name}, role ${role}`)),
  );
});

describe('a cell', () => {
  test('whose external id is wrong is told with its three roles, and hides no other', async () => {
    await start(land);
    await put(east, { externalId: 'another' });
    await run.advance(60);
    const found = await notOk();
    for (const role of ['observe', 'apply', 'reap'])
      expect(found).toContain(`cell-roles cell east, role ${role} failed`);
    expect(found).toContain('cell-read cell east skipped');
    expect(found).toContain('group-read infra group east-a skipped');
    expect(found.join()).not.toContain('rights');
    expect(found.join()).not.toContain('west');
    expect(await only('cell-roles', 'cell east, role reap')).toMatchObject({
      found: expect.stringContaining('not authorized to perform: sts:AssumeRole') as string,
      remedy: expect.stringMatching(/^see first that its trust policy asks for the record's externalId/) as string,
    });
  });

  test('one role of which is missing is told with just that one', async () => {
    await start(land);
    const roles = east.spec['roles'] as Record<string, string>;
    await put(east, { roles: { ...roles, reap: 'arn:aws:iam::111111111111:role/cellwright/gone' } });
    await run.advance(60);
    const found = (await notOk()).filter((one) => one.startsWith('cell-roles'));
    expect(found).toEqual(['cell-roles cell east, role reap failed']);
    expect(await only('cell-roles', 'cell east, role reap')).toMatchObject({
      remedy: expect.stringMatching(
        /^see first that arn:aws:iam::111111111111:role\/cellwright\/gone exists/,
      ) as string,
    });
  });
});

test('a zone that is not the one of the domain is told', async () => {
  await start(land, { standard: { domain: 'elsewhere.example.net' } });
  expect(await notOk()).toContain(`zone-name tier standard, zone ${zoneOf(land[0])} failed`);
});

test('a zone that is not there is told', async () => {
  await start(land, { standard: { zone: { id: 'Z0NOWHERE000000000001' } } });
  expect(await notOk()).toContain('zone-read tier standard, zone Z0NOWHERE000000000001 failed');
});

test('the fence is looked at: one that nobody can read is told, and the zone is readable all the same', async () => {
  await start(land);
  const about = `tier standard, zone ${zoneOf(land[0])}`;
  expect(await only('zone-fence', about)).toMatchObject({
    outcome: 'ok',
    found: expect.stringMatching(/^none/) as string,
  });
  const fence = { Name: `_cellwright-${run.installation}.standard.example.com.`, Type: 'TXT', TTL: 60 } as const;
  const Changes = [
    { Action: 'CREATE' as const, ResourceRecordSet: { ...fence, ResourceRecords: [{ Value: '"hands off"' }] } },
  ];
  await run.clock.drive(
    route53().changeResourceRecordSets({ HostedZoneId: zoneOf(land[0]), ChangeBatch: { Changes } }),
  );
  await run.advance(90);
  expect(await notOk()).toEqual([`zone-fence ${about} failed`]);
});

test("a zone's role that is not there is told by a proof of its own", async () => {
  const zone = { ...(land[0]?.spec['zone'] as object), roleArn: 'arn:aws:iam::999999999999:role/cellwright/gone' };
  await start(land, { standard: { zone } });
  const about = `tier standard, zone ${zoneOf(land[0])}`;
  expect(await notOk()).toEqual(expect.arrayContaining([`zone-role ${about} failed`, `zone-read ${about} skipped`]));
});

describe('an infra group', () => {
  const partsOf = async (name: string): Promise<readonly string[]> =>
    (await check())
      .filter(({ about, outcome }) => about === `infra group ${name}` && outcome !== 'ok')
      .map(({ id, outcome }) => `${id} ${outcome}`);

  test('whose subnet is not there is told with that part, and the quota that cannot be known for it', async () => {
    await start(land, { 'east-a': { subnetIds: ['subnet-0123456789abcdef0'] } });
    expect(await partsOf('east-a')).toEqual(['group-read failed', 'network failed']);
    expect(await only('network', 'infra group east-a')).toMatchObject({
      found: expect.stringContaining('subnet-0123456789abcdef0') as string,
    });
    expect(await partsOf('west-a')).toEqual([]);
  });

  test('whose certificate is about to end is told with the day', async () => {
    await start(land);
    const arn = 'arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000001';
    const notAfter = run.clock.now() + 10 * 86_400_000;
    run.aws.acm.seedCertificate({ arn, names: ['*.standard.example.com'], type: 'IMPORTED', notAfter });
    const ListenerArn = String(land[3]?.spec['listenerArn']);
    await run.clock.drive(elb().modifyListener({ ListenerArn, Certificates: [{ CertificateArn: arn }] }));
    await run.advance(90);
    expect(await partsOf('east-a')).toEqual(['certificate failed']);
    expect(await only('certificate', 'infra group east-a')).toMatchObject({
      found: expect.stringContaining(new Date(notAfter).toISOString().slice(0, 10)) as string,
    });
  });

  test('that lacks an endpoint for a dependency of its tier is told with what is in the way', async () => {
    const dependencies = [{ name: 'orders', serviceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0' }];
    await start([tier('standard', { dependencies }), ...land.slice(1)]);
    expect(await partsOf('east-a')).toEqual(['endpoints failed']);
    expect(await only('endpoints', 'infra group east-a')).toMatchObject({
      found: expect.stringContaining('endpointSecurityGroupIds') as string,
    });
  });
});

test('what AWS denies is told by account, role and action, until it is let through', async () => {
  await start(land);
  run.aws.plan.add(
    parseFaultPlan([
      {
        on: { service: 'elbv2', operation: 'DescribeListeners', account: '111111111111' },
        until: 60,
        fault: 'access-denied',
      },
    ]),
  );
  await run.advance(60);
  expect(await only('rights', 'account 111111111111, role observe')).toMatchObject({
    outcome: 'failed',
    found: expect.stringMatching(/^elasticloadbalancing:DescribeListeners \(\d+ times, last at 20/) as string,
  });
  await run.advance(120);
  expect(await notOk()).toEqual([]);
});

test('a cell for which STS does not answer is told as not known within half a minute, and hides no other', async () => {
  await start(land);
  run.aws.plan.add(parseFaultPlan([{ on: { service: 'sts', resource: '*111111111111*' }, fault: 'timeout' }]));
  await run.advance(90);
  const began = run.clock.monotonic();
  const found = await notOk();
  expect(run.clock.monotonic() - began).toBeLessThan(30_000);
  for (const role of ['observe', 'apply', 'reap'])
    expect(found).toContain(`cell-roles cell east, role ${role} unknown`);
  expect(found.join()).not.toContain('west');
});

test('a table that cannot be listed any more is told as a controller that does not keep up', async () => {
  await start(land);
  run.aws.plan.add(
    parseFaultPlan([{ on: { service: 'dynamodb', operation: 'Scan', resource: 'desired' }, fault: 'access-denied' }]),
  );
  await run.advance(240);
  expect((await check()).find(({ id }) => id === 'keeps-up')).toMatchObject({
    outcome: 'failed',
    found: expect.stringMatching(/^listed 2\d\d s ago/) as string,
  });
});

test('quotas near their end are told: the room that is left, and whose loss could not be carried', async () => {
  const tenants = Array.from({ length: 5 }, (_, index) => tenant(`t-${index}`, 'standard'));
  await start([...land.filter(({ name }) => !name.startsWith('west')), ...tenants], {
    'east-a': { quotas: { rules: 6 } },
  });
  await run.until('all are placed', () => (run.leader?.term?.view.count('Tenant') ?? 0) === 5 && placed() === 5);
  const found = (await check()).filter(({ id }) => id === 'capacity');
  expect(found.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'warning']);
  expect(found.map(({ found: words }) => words).join()).toMatch(/tier standard: 100 % full.*cell east were lost/);
});

test('a fleet that is paused and a record that is refused are warned of', async () => {
  await start([...land, { kind: 'Fleet', name: 'default', spec: { mode: 'paused' } }]);
  await run.put('Tenant', 'acme', { tier: 'none' });
  await run.advance(60);
  const found = await notOk();
  expect(found).toContain('mode  warning');
  expect(found).toContain('records  warning');
});

test('without a controller the same is found out, and room is reckoned as a controller would that may act', async () => {
  await start(land);
  const config = {
    desiredTable: 'desired',
    stateTable: 'state',
    resyncSeconds: 300,
    detailSeconds: 900,
    identity: 'cli',
    http: { host: '127.0.0.1', port: 9400 },
    mode: 'active',
    logLevel: 'info',
    aws: run.access,
  } as const;
  const host = { clock: run.clock, patience: 1, random: run.random, newToken: () => 'token', figures: false };
  const ask = (question: string): Promise<object> => run.clock.drive(askLocal({ question, terms: {}, config }, host));
  const since = run.aws.log.last;
  const local = (await ask('check')) as CheckAnswer;
  const calls = run.calls(since).filter(({ principal }) => principal.includes('cli'));
  expect(calls.length).toBeGreaterThan(20);
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
  const told = (checks: readonly CheckResult[]) => checks.map(({ id, about, outcome }) => ({ id, about, outcome }));
  // There is no loop here that could lag.
  expect(told(local.checks)).toEqual(told(await check()).filter(({ id }) => id !== 'keeps-up'));
  const { tiers } = (await ask('capacity')) as CapacityReport;
  expect(tiers.flatMap(({ cells }) => cells.flatMap(({ groups }) => groups.map(({ state }) => state)))).toEqual([
    'active',
    'active',
  ]);
});

const clientConfig = (account: string) => ({
  region: 'us-east-1',
  credentials: { accessKeyId: account, secretAccessKey: 'x' },
  requestHandler: createRequestHandler(run.aws),
  maxAttempts: 1,
});
const route53 = (): Route53 => new Route53(clientConfig('999999999999'));
const elb = (): ElasticLoadBalancingV2 => new ElasticLoadBalancingV2(clientConfig('111111111111'));

function placed(): number {
  const entries = run.leader?.term?.view.all('Tenant') ?? [];
  return entries.filter((entry) => Object.keys(entry.inventory?.value.placements ?? {}).length > 0).length;
}

function zoneOf(record: PlainRecord | undefined): string {
  return (record?.spec['zone'] as { id: string }).id;
}
