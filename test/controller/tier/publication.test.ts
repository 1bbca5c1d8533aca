import { afterEach, describe, expect, it } from 'vitest';
import { cell, documents, group, type PlainRecord, sharedTier, tenant, write } from '../../support/fleet-plan.ts';
import { Installation } from '../../support/installation.ts';

const tierRecord = sharedTier('shared');
const one = cell('one', 'shared', 1);
const two = cell('two', 'shared', 2);
const g1 = group('g1', one);
const g2 = group('g2', two);
const host = 'shared.example.com';
let run: Installation;

afterEach(() => run.stop());

/** A tier in scope tier whose second infra group exists in AWS, and joins when a test writes its record. */
async function begin(tenants: readonly PlainRecord[], first: readonly PlainRecord[] = [tierRecord, one, g1]) {
  const everything = documents([tierRecord, one, two, g1, g2]);
  run = await new Installation({ fleet: everything, apply: false, throttle: false, latencyFactor: 0.2 }).init();
  await write(run, ...first, ...tenants);
  run.start();
}

function load(path: string) {
  return run.route(host, path).answers;
}

/** The load balancers that stand under the name, by infra group. */
function standing(): string[] {
  const names = run.route(host).answers.map((answer) => /app\/(\w+)\//.exec(answer.loadBalancer)?.[1] ?? '');
  return [...new Set(names)].sort();
}

/** Whether every answer that DNS may give leads the tenant to its own tasks. */
function isServed(name: string): boolean {
  const answers = load(`/${name}`);
  return answers.length > 0 && answers.every((answer) => answer.status === 200 && answer.tenant === name);
}

function published() {
  const status = run.leader?.term?.view.get('Tier', 'shared')?.status?.value;
  return status?.conditions.find((condition) => condition.type === 'Published');
}

/** All tasks of a tenant, or those in one infra group, fail their health checks from now on. ECS replaces such tasks: new ones are as ill. */
function sicken(name: string, infraGroup?: string): void {
  const placements = Object.values(run.leader?.term?.view.get('Tenant', name)?.inventory?.value.placements ?? {});
  for (const placement of placements.filter((one) => infraGroup === undefined || one.infraGroup === infraGroup)) {
    const cluster = placement.resources.cluster?.arn;
    if (cluster === undefined) continue;
    const accessKeyId = cluster.split(':')[4] ?? '';
    const call = {
      accessKeyId,
      region: 'us-east-1',
      service: 'ecs',
      operation: 'ListTasks',
      input: { cluster },
    } as const;
    const { taskArns } = run.aws.call(call) as { taskArns: string[] };
    for (const arn of taskArns) run.aws.tasks.setTaskAnswering(arn, false);
  }
}

/** Lets time pass, second by second, while tenants are kept ill: their new tasks must never get to be healthy. */
async function withIll(what: string, holds: () => boolean, ill: () => void, limitSeconds = 600): Promise<void> {
  for (let second = 0; second < limitSeconds; second += 1) {
    ill();
    if (holds()) return;
    await run.advance(1);
  }
  if (what !== '') throw new Error(`${what}: not within ${limitSeconds} s\n${run.describe()}`);
}

describe('a shared name whose every infra group is being emptied', () => {
  it('is published all the same: there is nowhere else to go', async () => {
    await begin([tenant('acme', 'shared')], [tierRecord, one, g1]);
    await run.until('a placement', () => run.phase('acme') === 'Provisioning');
    await write(run, group('g1', one, { state: 'draining' }));
    await run.until('Ready', () => run.phase('acme') === 'Ready');
    expect(standing()).toEqual(['g1']);
    expect(isServed('acme')).toBe(true);
  });
});

describe('a second load balancer under a shared name', () => {
  it('joins only when every tenant that is reached by the name is served there too', async () => {
    await begin([tenant('acme', 'shared'), tenant('bolt', 'shared'), tenant('crane', 'shared')]);
    await run.until('all Ready', () => run.phases().Ready === 3);
    expect(standing()).toEqual(['g1']);
    await write(run, two, g2);
    let joined = false;
    for (let second = 0; second < 600 && !joined; second += 1) {
      await run.advance(1);
      joined = standing().includes('g2');
      // At no moment is a tenant led to a load balancer that does not know it.
      for (const name of ['acme', 'bolt', 'crane']) expect(isServed(name), `${name} at ${second} s`).toBe(true);
    }
    expect(joined).toBe(true);
    await run.until('all Ready again', () => run.phases().Ready === 3);
    await run.until('the tier to say so', () => published()?.status === 'True');
    expect(load('/acme').map((answer) => answer.share)).toEqual([0.5, 0.5]);
  });

  it('waits for no tenant that is healthy nowhere, and says what it waits for while it waits', async () => {
    await begin([tenant('acme', 'shared'), tenant('sick', 'shared')]);
    const ill = () => sicken('sick');
    await withIll('acme Ready', () => run.phase('acme') === 'Ready', ill);
    await write(run, two, g2);
    await withIll('the second load balancer under the name', () => standing().includes('g2'), ill);
    expect(isServed('acme')).toBe(true);
    expect(run.phase('sick')).toBe('Provisioning');
    await withIll('acme Ready again', () => run.phase('acme') === 'Ready', ill);
  });

  it('is never withdrawn because one tenant falls ill', async () => {
    await begin([tenant('acme', 'shared'), tenant('bolt', 'shared')], [tierRecord, one, g1, two, g2]);
    await run.until('all Ready', () => run.phases().Ready === 2 && standing().length === 2);
    const before = run.aws.log.last;
    await withIll(
      '',
      () => false,
      () => sicken('bolt'),
      150,
    );
    expect(run.phase('bolt')).toBe('Degraded');
    expect(standing()).toEqual(['g1', 'g2']);
    expect(isServed('acme')).toBe(true);
    const records = run.mutations(before).filter((call) => call.service === 'route53');
    expect(records).toEqual([]);
  });
});

describe('mode observe', () => {
  it('adds no load balancer to a name and claims none, says what it would do, and does it when active again', async () => {
    await begin([tenant('acme', 'shared')], [tierRecord, one, g1, two, g2]);
    await run.until('Ready behind both', () => run.phase('acme') === 'Ready' && standing().length === 2);
    await write(run, { ...tierRecord, spec: { ...tierRecord.spec, mode: 'observe' } });
    await run.advance(5);
    const view = run.leader?.term?.engine.zone('shared')?.view({ maxAgeMs: 0 }) ?? Promise.reject(new Error('no zone'));
    const records = (await run.clock.drive(view))
      .named(host)
      .filter((record) => record.setIdentifier?.includes('/g2/'));
    const Changes = records.map((record) => ({ Action: 'DELETE', ResourceRecordSet: record.raw }));
    const HostedZoneId = (tierRecord.spec.zone as { id: string }).id;
    const outside = { accessKeyId: '999999999999', region: 'us-east-1', service: 'route53' } as const;
    run.aws.call({
      ...outside,
      operation: 'ChangeResourceRecordSets',
      input: { HostedZoneId, ChangeBatch: { Changes } },
    });
    const before = run.aws.log.last;
    await run.advance(300);
    expect(standing()).toEqual(['g1']);
    expect(run.mutations(before)).toEqual([]);
    expect(published()).toMatchObject({ status: 'False' });
    expect(published()?.message).toContain('leads to 1 of 2 load balancers');
    expect(published()?.message).toContain('mode observe: a record would be created');
    await write(run, tierRecord);
    await run.until('both again', () => standing().length === 2);
  });
});

describe('the last record', () => {
  it('stays while a tenant is suspended, and goes with the last tenant', async () => {
    await begin([tenant('acme', 'shared'), tenant('bolt', 'shared')]);
    await run.until('all Ready', () => run.phases().Ready === 2);
    await write(run, tenant('bolt', 'shared', { state: 'deleted' }));
    await run.until('bolt Deleted', () => run.phase('bolt') === 'Deleted');
    expect(isServed('acme')).toBe(true);
    await write(run, tenant('acme', 'shared', { state: 'suspended' }));
    await run.until('acme Suspended', () => run.phase('acme') === 'Suspended');
    await run.advance(200);
    expect(standing()).toEqual(['g1']);
    await write(run, tenant('acme', 'shared', { state: 'deleted' }));
    await run.until('acme Deleted', () => run.phase('acme') === 'Deleted');
    await run.until('nothing under the name', () => standing().length === 0, 300_000);
  });

  it('stays when the records of all tenants vanish', async () => {
    await begin([tenant('acme', 'shared'), tenant('bolt', 'shared')]);
    await run.until('all Ready', () => run.phases().Ready === 2);
    for (const name of ['acme', 'bolt']) await run.clock.drive(run.desired.delete('Tenant', name));
    await run.until('both orphans', () => run.phases().Orphaned === 2);
    await run.advance(300);
    expect(isServed('acme') && isServed('bolt')).toBe(true);
  });
});

describe('a weight', () => {
  it('follows its cell, and heals', async () => {
    await begin([tenant('acme', 'shared')], [tierRecord, one, g1, two, g2]);
    await run.until('Ready behind both', () => run.phase('acme') === 'Ready' && standing().length === 2);
    await write(run, { ...two, spec: { ...two.spec, weight: 50 } });
    const shares = () => load('/acme').map((answer) => Math.round(answer.share * 100));
    await run.until('two thirds and one third', () => shares().sort().join() === '33,67');
    expect(isServed('acme')).toBe(true);
  });

  it('is not raised while a tenant that is reached by the name is not served there', async () => {
    await begin([tenant('acme', 'shared'), tenant('bolt', 'shared')], [tierRecord, one, g1, two, g2]);
    await run.until('all Ready', () => run.phases().Ready === 2 && standing().length === 2);
    const ill = () => sicken('bolt', 'g2');
    await withIll('', () => false, ill, 60);
    await write(run, { ...two, spec: { ...two.spec, weight: 200 } });
    await withIll('', () => false, ill, 60);
    expect(load('/acme').map((answer) => answer.share)).toEqual([0.5, 0.5]);
    expect(published()?.message).toContain('bolt');
  });
});
