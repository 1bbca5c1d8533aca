import { afterEach, describe, expect, it } from 'vitest';
import { cell, documents, group, type PlainRecord, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation, type InstallationOptions } from '../support/installation.ts';

const standard = tier('standard', { placement: { strategy: 'pack', reservePercent: 10 } });
const one = cell('one', 'standard', 1);
const two = cell('two', 'standard', 2);
let run: Installation;

afterEach(() => run.stop());

async function begin(
  applied: readonly PlainRecord[],
  inAws: readonly PlainRecord[] = applied,
  config: InstallationOptions['config'] = {},
): Promise<void> {
  run = await new Installation({
    fleet: documents(inAws),
    apply: false,
    throttle: false,
    latencyFactor: 0,
    config: { concurrency: 20, ...config },
  }).init();
  await write(run, ...applied);
  run.start();
}

function status(name: string) {
  return run.leader?.term?.view.get('Tenant', name)?.status?.value;
}

function condition(name: string, type: string) {
  return status(name)?.conditions.find((each) => each.type === type);
}

function placements(name: string) {
  return Object.values(run.leader?.term?.view.get('Tenant', name)?.inventory?.value.placements ?? {});
}

function isCurrent(name: string): boolean {
  const found = status(name);
  return found?.phase === 'Ready' && found.observedGeneration === found.generation;
}

/** What the state table itself says is used, against what may be. */
async function used(kind: 'InfraGroup' | 'Cell' | 'Zone', name: string): Promise<Readonly<Record<string, number>>> {
  return (await run.stored(kind, name)).capacity?.used ?? {};
}

/** The definition that the live service of a tenant runs by. */
function liveDefinition(name: string): { taskDefinition: string; cpu: string } {
  const [placement] = placements(name);
  const cluster = placement?.resources.cluster?.arn ?? '';
  const accessKeyId = cluster.split(':')[4] ?? '';
  const ask = (operation: string, input: object) =>
    run.aws.call({ accessKeyId, region: 'us-east-1', service: 'ecs', operation, input });
  const service = placement?.resources.service?.arn ?? '';
  const { services } = ask('DescribeServices', { cluster, services: [service] }) as {
    services: { taskDefinition: string }[];
  };
  const taskDefinition = services[0]?.taskDefinition ?? '';
  const described = ask('DescribeTaskDefinition', { taskDefinition }) as { taskDefinition: { cpu: string } };
  return { taskDefinition, cpu: described.taskDefinition.cpu };
}

describe('200 tenants for 100 free slots', () => {
  it('places exactly 100, gives the other 100 a reason, and overdraws no dimension', async () => {
    // Of 60, 30 and 22 rules a tenth is reserved, rounded down: 54 + 27 + 19 = 100 are free.
    const groups = [
      group('g1', one, { quotas: { rules: 60 } }),
      group('g2', one, { quotas: { rules: 30 } }),
      group('g3', two, { quotas: { rules: 22 } }),
    ];
    const limits = new Map([
      ['g1', 54],
      ['g2', 27],
      ['g3', 19],
    ]);
    const names = Array.from({ length: 200 }, (_, index) => `t-${index}`);
    await begin([standard, one, two, ...groups]);
    await run.until('a term', () => run.leader?.term?.working === true);
    await write(run, ...names.map((name) => tenant(name, 'standard')));
    await run.until('a decision for each', () => names.every((name) => condition(name, 'Placed') !== undefined));
    const placed = names.filter((name) => condition(name, 'Placed')?.status === 'True');
    expect(placed).toHaveLength(100);
    for (const name of names.filter((each) => !placed.includes(each))) {
      const refused = condition(name, 'Placed');
      expect(refused).toMatchObject({ status: 'False', reason: 'Unplaceable' });
      expect(refused?.message).toContain('Of 3 infra groups of tier standard: 3 Insufficient(rules).');
      expect(refused?.message).toMatch(/Nearest: g\d in cell \w+: .*rule/);
      expect(refused?.message).toContain('What would help:');
      expect(status(name)?.phase).toBe('Unplaceable');
      expect(placements(name)).toEqual([]);
    }
    for (const [name, limit] of limits) expect((await used('InfraGroup', name)).rules, name).toBe(limit);
    expect((await used('Cell', 'one')).targetGroups).toBe(81);
    expect((await used('Cell', 'two')).clusters).toBe(19);
    const slots = placed.flatMap((name) => placements(name).map(({ infraGroup, slot }) => `${infraGroup}/${slot}`));
    expect(new Set(slots).size).toBe(100);
    expect(run.told.failures).toEqual([]);
  });
});

describe('tenants that wait for room', () => {
  it('read nothing while nothing changes, and come in when another leaves or the quota is raised', async () => {
    const places = group('g1', one, { quotas: { rules: 4 } });
    const names = Array.from({ length: 10 }, (_, index) => `t-${index}`);
    const standing = tier('standard', { placement: { reservePercent: 0 } });
    const records = [standing, one, places, ...names.map((name) => tenant(name, 'standard'))];
    await begin(records, records, { resyncMs: 300_000, detailMs: 3_600_000 });
    await run.until('as many as fit', () => run.phases().Ready === 4 && run.phases().Unplaceable === 6);
    await run.advance(60);
    const since = run.aws.log.last;
    const ran = run.told.outcomes.length;
    await run.advance(600);
    const waits = run.told.outcomes.slice(ran).filter(({ outcome }) => outcome.kind === 'waiting');
    expect(waits.length).toBeGreaterThan(100);
    const reads = run.calls(since).filter(({ operation, resources }) => {
      return operation === 'GetItem' && resources.some((resource) => resource.includes('Tenant/'));
    });
    // Each sweep reads what the limits are: that is worth a look.
    expect(reads.length).toBeLessThan(waits.length / 3);
    const [first = ''] = names.filter((name) => status(name)?.phase === 'Ready');
    await write(run, tenant(first, 'standard', { state: 'deleted' }), {
      ...standing,
      spec: { ...standing.spec, retentionDays: 0 },
    });
    await run.until('one more', () => run.phases().Unplaceable === 5 && run.phases().Deleted === 1);
    await write(run, { ...places, spec: { ...places.spec, quotas: { rules: 20 } } });
    await run.until('a place for all', () => run.phases().Unplaceable === undefined, 60_000);
  });
});

describe('a demand that grows', () => {
  // 3 vCPU; a tenant of 256 CPU units takes 512 at the surge of a deployment.
  const tight = cell('one', 'standard', 1, { quotas: { fargateVcpu: 3 } });
  const roomy = tier('standard', { placement: { reservePercent: 0 } });

  it('leaves the old service serving while it does not fit, and is followed once there is room', async () => {
    await begin([roomy, tight, group('g1', tight), tenant('acme', 'standard'), tenant('bolt', 'standard')]);
    await run.until('both Ready', () => run.phases().Ready === 2);
    const before = liveDefinition('acme');
    await write(run, tenant('acme', 'standard', { service: { cpu: 2048, memoryMiB: 4096 } }));
    await run.until('a refusal', () => condition('acme', 'Placed')?.status === 'False');
    await run.advance(200);
    expect(condition('acme', 'Placed')).toMatchObject({ reason: 'Unplaceable' });
    expect(condition('acme', 'Placed')?.message).toContain('what runs stays as it was');
    expect(condition('acme', 'Placed')?.message).toMatch(/need.* 3\.5 Fargate vCPU|3\.5/);
    expect(condition('acme', 'Accepted')?.status).toBe('True');
    expect(condition('acme', 'Ready')?.status).toBe('False');
    expect(condition('acme', 'TargetsHealthy')?.status).toBe('True');
    expect(status('acme')?.phase).toBe('Updating');
    expect(status('acme')?.observedGeneration).toBe(1);
    expect(liveDefinition('acme')).toEqual(before);
    expect(run.route('acme.standard.example.com').answers).toMatchObject([{ tenant: 'acme', status: 200 }]);
    expect((await used('Cell', 'one')).fargateVcpu).toBe(1024);
    await write(run, { ...tight, spec: { ...tight.spec, quotas: { fargateVcpu: 6 } } });
    await run.until('acme as its record says', () => isCurrent('acme'));
    expect(liveDefinition('acme').cpu).toBe('2048');
    expect((await used('Cell', 'one')).fargateVcpu).toBe(4096 + 512);
  });

  it('gives back what a smaller service no longer needs, once it runs', async () => {
    await begin([
      roomy,
      tight,
      group('g1', tight),
      tenant('acme', 'standard', { service: { cpu: 1024, memoryMiB: 2048 } }),
    ]);
    await run.until('Ready', () => isCurrent('acme'));
    expect((await used('Cell', 'one')).fargateVcpu).toBe(2048);
    await write(
      run,
      tenant('acme', 'standard'),
      tenant('bolt', 'standard', { service: { cpu: 1024, memoryMiB: 2048 } }),
    );
    await run.until('both as their records say', () => isCurrent('acme') && isCurrent('bolt'));
    expect((await used('Cell', 'one')).fargateVcpu).toBe(2048 + 512);
  });
});

describe('a change that asks for a move to where there is no room', () => {
  it('changes nothing that runs and says why; taken back, all is well', async () => {
    const other = tier('other');
    const three = cell('three', 'other', 3);
    const groups = [group('g1', one), group('g2', two), group('g3', three)];
    const label = { antiAffinity: 'pair' };
    await begin([
      standard,
      other,
      one,
      two,
      three,
      ...groups,
      tenant('acme', 'standard', { pin: ['g1'] }),
      tenant('bolt', 'standard', { pin: ['g1'], ...label }),
    ]);
    await run.until('both Ready', () => run.phases().Ready === 2);
    await write(run, ...groups.slice(1).map((place) => ({ ...place, spec: { ...place.spec, state: 'cordoned' } })));
    await run.advance(20);
    const before = run.aws.log.last;
    const where = placements('acme')[0]?.id;
    const changes: [words: string, spec: PlainRecord][] = [
      ['NotActive(cordoned)', tenant('acme', 'standard', { pin: ['g2'] })],
      ['of tier other', tenant('acme', 'other')],
      ['NotInPin', tenant('acme', 'standard', { pin: ['g1'], ...label })],
      ['IsolationClass', tenant('acme', 'standard', { pin: ['g1'], isolation: 'dedicated' })],
    ];
    for (const [words, record] of changes) {
      await write(run, record);
      await run.until(words, () => condition('acme', 'Placed')?.message.includes(words) === true, 60_000);
      await run.advance(100);
      expect(condition('acme', 'Placed')).toMatchObject({ status: 'False', reason: 'Unplaceable' });
      expect(run.route('acme.standard.example.com').answers).toMatchObject([{ tenant: 'acme', status: 200 }]);
      expect(placements('acme').map(({ id }) => id)).toEqual([where]);
    }
    expect(run.mutations(before)).toEqual([]);
    await write(run, tenant('acme', 'standard', { pin: ['g1'] }));
    await run.until('acme as its record says', () => isCurrent('acme'));
    expect(condition('acme', 'Placed')?.status).toBe('True');
    expect(run.mutations(before)).toEqual([]);
  });

  it('is decided before a cordon or after it, never in between', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await begin([standard, one, two, group('g1', one), group('g2', two)]);
    await write(run, ...names.map((name) => tenant(name, 'standard')), group('g1', one, { state: 'cordoned' }));
    await run.until('all Ready', () => run.phases().Ready === names.length);
    // The generation of the infra group, raised by the cordon, and that of its cell.
    expect((await run.stored('InfraGroup', 'g1')).capacity?.capacityEpoch).toBe(3);
    const accepted = Date.parse((await run.stored('InfraGroup', 'g1')).spec?.value.acceptedAt ?? '');
    for (const { infraGroup, reservedAt } of names.flatMap((name) => placements(name)))
      if (infraGroup === 'g1') expect(Date.parse(reservedAt)).toBeLessThanOrEqual(accepted + 1_000);
  });
});

describe('more places', () => {
  it('adds a second placement in another cell, and takes it back DNS first', async () => {
    await begin([standard, one, two, group('g1', one), group('g2', two), tenant('acme', 'standard')]);
    await run.until('Ready', () => isCurrent('acme'));
    const [first] = placements('acme');
    await write(run, tenant('acme', 'standard', { placements: 2 }));
    await run.until('two answers', () => run.route('acme.standard.example.com').answers.length === 2);
    await run.until('acme as its record says', () => isCurrent('acme'));
    expect(new Set(placements('acme').map((each) => each.cell)).size).toBe(2);
    expect(placements('acme').map((each) => each.id)).toContain(first?.id);
    const answers = run.route('acme.standard.example.com').answers;
    expect(answers.map((answer) => [answer.account, answer.tenant, answer.share]).sort()).toEqual([
      ['111111111111', 'acme', 0.5],
      ['222222222222', 'acme', 0.5],
    ]);
    await write(run, tenant('acme', 'standard', { placements: 1 }));
    let seen = 2;
    for (let second = 0; second < 900 && placements('acme').length === 2; second += 1) {
      await run.advance(1);
      const now = run.route('acme.standard.example.com').answers;
      expect(now.every((answer) => answer.status === 200 && answer.tenant === 'acme')).toBe(true);
      expect(now.length).toBeGreaterThan(0);
      seen = Math.min(seen, now.length);
    }
    expect(seen).toBe(1);
    await run.until('acme as its record says', () => isCurrent('acme'));
  });

  it('a new infra group takes those who waited', async () => {
    const g1 = group('g1', one, { quotas: { targetGroups: 4 } });
    const g2 = group('g2', two);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const tenants = names.map((name) => tenant(name, 'standard'));
    await begin([standard, one, g1, ...tenants], [standard, one, two, g1, g2]);
    await run.until('three Ready, three without a place', () => {
      const { Ready, Unplaceable } = run.phases();
      return Ready === 3 && Unplaceable === 3;
    });
    await write(run, two, g2);
    await run.until('all Ready', () => run.phases().Ready === 6, 120_000);
    expect(names.flatMap((name) => placements(name).map((each) => each.infraGroup)).sort()).toEqual([
      'g1',
      'g1',
      'g1',
      'g2',
      'g2',
      'g2',
    ]);
  });
});

describe('a suspended tenant', () => {
  const two1 = group('h1', two);
  const asleep = (fields: object): PlainRecord => tenant('acme', 'standard', { state: 'suspended', ...fields });

  it('is not told as its record says while a placement of it cannot be found, though it has just moved', async () => {
    const places = [standard, one, two, group('g1', one), two1];
    await begin([...places, tenant('acme', 'standard', { pin: ['g1'] })]);
    await run.until('Ready', () => isCurrent('acme'));
    await write(run, asleep({ pin: ['g1'] }));
    await run.until('suspended', () => status('acme')?.phase === 'Suspended');
    await write(run, asleep({ pin: ['h1'] }));
    await run.until('moving', () => placements('acme').length === 2);
    await write(run, asleep({ pin: ['h1'], placements: 2 }));
    await run.until('moved', () => placements('acme').length === 1, 1_200_000);
    await run.advance(120);
    expect(condition('acme', 'Placed')).toMatchObject({ status: 'False', reason: 'Unplaceable' });
    expect(status('acme')).toMatchObject({ phase: 'Suspended', generation: 4 });
    expect(status('acme')?.observedGeneration).toBeLessThan(4);
    await write(run, asleep({ pin: ['g1', 'h1'], placements: 2 }));
    await run.until('both', () => status('acme')?.observedGeneration === 5);
    expect(placements('acme')).toHaveLength(2);
  });
});
