import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cell, documents, group, type PlainRecord, sharedTier, tenant, tier, write } from '../../support/fleet-plan.ts';
import { Installation } from '../../support/installation.ts';

const fleet: PlainRecord = { kind: 'Fleet', name: 'default', spec: {} };
const standard = tier('standard');
const one = cell('one', 'standard', 1);
const g1 = group('g1', one);
const three = cell('three', 'standard', 3);
const acme = tenant('acme', 'standard');
const shared = sharedTier('shared');
const two = cell('two', 'shared', 2);
const echo = tenant('echo', 'shared');
const all = [
  fleet,
  standard,
  one,
  g1,
  three,
  group('g3', three, { state: 'cordoned' }),
  acme,
  shared,
  two,
  group('h1', two),
  echo,
];
const levels: readonly [string, PlainRecord][] = [
  ['fleet', fleet],
  ['tier', standard],
  ['cell', one],
  ['infra group', g1],
  ['tenant', acme],
];

let run: Installation;
let round = 0;

beforeAll(async () => {
  run = await new Installation({ fleet: documents(all), throttle: false, latencyFactor: 0 }).init();
  run.start();
  await ready();
});

afterAll(() => run.stop());

function condition(name: string, type: string) {
  const status = run.leader?.term?.view.get('Tenant', name)?.status?.value;
  return status?.conditions.find((one) => one.type === type);
}

function current(name: string): boolean {
  const status = run.leader?.term?.view.get('Tenant', name)?.status?.value;
  return status !== undefined && status.phase === 'Ready' && status.observedGeneration === status.generation;
}

async function ready(): Promise<void> {
  await run.until('both tenants Ready', () => current('acme') && current('echo'));
}

function withMode(record: PlainRecord, mode: string | undefined): PlainRecord {
  return mode === undefined ? record : { ...record, spec: { ...record.spec, mode } };
}

/** Acme with an environment that it never had before. */
function changedAcme(mode?: string): PlainRecord {
  round += 1;
  return withMode(tenant('acme', 'standard', { service: { environment: { ROUND: String(round) } } }), mode);
}

/** The live service of acme is what the record of this round says. */
async function serves(): Promise<boolean> {
  const stored = await run.stored('Tenant', 'acme');
  return JSON.stringify(stored.spec?.value.spec ?? {}).includes(`"ROUND":"${round}"`) && current('acme');
}

describe.each(levels)('the mode of the %s', (_level, record) => {
  it.each(['observe', 'paused'])(
    '%s: nothing is changed in AWS, and active again resumes what waited',
    async (mode) => {
      const before = run.aws.log.last;
      await write(run, withMode(record, mode));
      await run.advance(5);
      await write(run, changedAcme(record === acme ? mode : undefined));
      await run.advance(200);
      expect(run.mutations(before).filter((call) => call.account !== '222222222222')).toEqual([]);
      const synced = condition('acme', 'Synced');
      expect(synced?.message).toContain(`mode ${mode}`);
      expect(synced?.reason).toBe(mode === 'observe' ? 'Observing' : 'Paused');
      if (mode === 'observe') expect(synced?.message).toMatch(/would: .*task_definition/);
      // What runs goes on, and is not said to be anything else.
      expect(run.route('acme.standard.example.com').answers).toMatchObject([{ tenant: 'acme', status: 200 }]);
      expect(condition('acme', 'Placed')?.status).toBe('True');
      const chain = condition('acme', 'ClusterReady');
      expect(chain).toMatchObject(mode === 'observe' ? { status: 'True' } : { status: 'Unknown', reason: 'Paused' });
      await write(run, record === acme ? changedAcme() : record);
      await run.until('acme as its record says', () => current('acme'));
      await run.advance(1);
      expect(await serves()).toBe(true);
      expect(run.mutations(before).map((call) => call.operation)).toContain('RegisterTaskDefinition');
    },
  );
});

describe('observe', () => {
  it('does not heal what drifts, and says what it would do; active again heals it', async () => {
    await ready();
    await write(run, withMode(fleet, 'observe'));
    await run.advance(5);
    const before = run.aws.log.last;
    const service = run.leader?.term?.view.get('Tenant', 'acme')?.status?.value.placements?.[0];
    expect(service?.ruleArn).toBeDefined();
    run.aws.call({
      accessKeyId: '111111111111',
      region: 'us-east-1',
      service: 'elbv2',
      operation: 'DeleteRule',
      input: { RuleArn: service?.ruleArn },
    });
    await run.advance(300);
    expect(run.mutations(before).map((call) => call.operation)).toEqual(['DeleteRule']);
    expect(condition('acme', 'Synced')?.message).toContain('would: create listener_rule');
    await write(run, fleet);
    await run.until('the rule back', () => run.route('acme.standard.example.com').answers[0]?.status === 200);
    await ready();
  });

  it('removes nothing, and says that it would', async () => {
    await ready();
    await write(run, withMode(fleet, 'observe'));
    await run.advance(5);
    const before = run.aws.log.last;
    await write(run, tenant('acme', 'standard', { state: 'deleted' }));
    await run.advance(200);
    expect(run.mutations(before)).toEqual([]);
    expect(condition('acme', 'Synced')).toMatchObject({ status: 'False', reason: 'Observing' });
    expect(condition('acme', 'Synced')?.message).toMatch(/would: .*(remove|delete|take)/);
    expect(run.route('acme.standard.example.com').answers).toMatchObject([{ tenant: 'acme', status: 200 }]);
    await write(run, acme);
    await write(run, fleet);
    await ready();
    // The definition of the round before is superseded, and no removal of the tenant.
    const removed = run.mutations(before).map((call) => call.operation);
    expect(removed.filter((name) => name.startsWith('Delete') && name !== 'DeleteTaskDefinitions')).toEqual([]);
  });

  it('builds nothing for a new tenant and publishes no shared name, and says so', async () => {
    await ready();
    await write(run, withMode(fleet, 'observe'));
    await run.advance(5);
    const before = run.aws.log.last;
    await write(run, tenant('newcomer', 'standard'));
    await run.advance(60);
    expect(run.mutations(before)).toEqual([]);
    expect(condition('newcomer', 'Placed')).toMatchObject({ status: 'False' });
    expect(condition('newcomer', 'Placed')?.message).toContain('observe');
    await write(run, fleet);
    await run.until('the newcomer Ready', () => current('newcomer'));
  });

  it('gives no order to leave that would outlive it', async () => {
    await ready();
    await write(run, group('g3', three), tenant('acme', 'standard', { placements: 2 }));
    const placements = () =>
      Object.values(run.leader?.term?.view.get('Tenant', 'acme')?.inventory?.value.placements ?? {});
    await run.until('two placements', () => placements().filter((one) => one.phase === 'serving').length === 2);
    await ready();
    await write(run, withMode(fleet, 'observe'));
    await run.advance(5);
    const before = run.aws.log.last;
    await write(run, tenant('acme', 'standard', { placements: 1 }));
    await run.advance(100);
    expect(condition('acme', 'Synced')?.message).toContain('would: remove');
    await write(run, tenant('acme', 'standard', { placements: 2 }));
    await run.advance(10);
    await write(run, fleet);
    await run.advance(200);
    expect(run.mutations(before)).toEqual([]);
    expect(placements()).toHaveLength(2);
    await write(run, acme);
    await run.until('one placement', () => placements().length === 1);
    await ready();
  });
});
