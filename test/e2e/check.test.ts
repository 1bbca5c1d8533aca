/** What the controller says for `cellwright check`, on fleets that are as they should be and on broken ones. */
import { afterEach, describe, expect, test } from 'vitest';
import { answerQuestion } from '../../src/controller/questions/answer.ts';
import type { CheckAnswer, CheckId, CheckResult } from '../../src/model/checks.ts';
import type { CapacityReport } from '../../src/model/reports.ts';
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
  run = await new Installation({ fleet: documents(records), apply: false, rights: 'unchecked' }).init();
  for (const record of records) await put(record, otherwise[record.name] ?? {});
  run.start();
  await run.until('the controller works', () => run.leader?.term?.working === true);
  await run.advance(30);
}

async function check(): Promise<readonly CheckResult[]> {
  const { term } = run.leader ?? {};
  if (term === undefined) throw new Error('nobody leads');
  const answer = answerQuestion(questionDeps(term, { mode: 'active' }), 'check', () => undefined);
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
    expect(found).toContain('infra-group infra group east-a failed');
    expect(found.join()).not.toContain('west');
    expect(await only('cell-roles', 'cell east, role reap')).toMatchObject({
      found: expect.stringContaining('not authorized to perform: sts:AssumeRole') as string,
      remedy: expect.stringContaining('externalId') as string,
    });
  });

  test('one role of which is missing is told with just that one', async () => {
    await start(land);
    const roles = east.spec['roles'] as Record<string, string>;
    await put(east, { roles: { ...roles, reap: 'arn:aws:iam::111111111111:role/cellwright/gone' } });
    await run.advance(60);
    const found = (await notOk()).filter((one) => one.startsWith('cell-roles'));
    expect(found).toEqual(['cell-roles cell east, role reap failed']);
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

test('an infra group whose subnet is not there is told with what the gate found', async () => {
  await start(land, { 'east-a': { subnetIds: ['subnet-0123456789abcdef0'] } });
  expect(await only('infra-group', 'infra group east-a')).toMatchObject({
    outcome: 'failed',
    found: expect.stringContaining('NetworkReady') as string,
  });
  expect(await only('infra-group', 'infra group west-a')).toMatchObject({ outcome: 'ok' });
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
  const local = (await ask('check')) as CheckAnswer;
  expect(local.checks.map(({ id, about, outcome }) => ({ id, about, outcome }))).toEqual(
    (await check()).map(({ id, about, outcome }) => ({ id, about, outcome })),
  );
  const { tiers } = (await ask('capacity')) as CapacityReport;
  expect(tiers.flatMap(({ cells }) => cells.flatMap(({ groups }) => groups.map(({ state }) => state)))).toEqual([
    'active',
    'active',
  ]);
});

function placed(): number {
  const entries = run.leader?.term?.view.all('Tenant') ?? [];
  return entries.filter((entry) => Object.keys(entry.inventory?.value.placements ?? {}).length > 0).length;
}

function zoneOf(record: PlainRecord | undefined): string {
  return (record?.spec['zone'] as { id: string }).id;
}
