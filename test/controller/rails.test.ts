import { afterEach, describe, expect, it } from 'vitest';
import type { CallRecord } from '../../src/simulator/kernel.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { cell, documents, group, type PlainRecord, sharedTier, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

const standard = tier('standard');
const shared = sharedTier('shared');
const one = cell('one', 'standard', 1);
const two = cell('two', 'standard', 2);
const four = cell('four', 'shared', 4);
const g1 = group('g1', one);
const g2 = group('g2', two);
const h1 = group('h1', four);
const frame = [standard, shared, one, two, four, g1, g2, h1];
const some = [
  tenant('acme', 'standard', { pin: ['g1'] }),
  tenant('bolt', 'standard', { pin: ['g2'] }),
  tenant('echo', 'shared'),
];
let run: Installation;

afterEach(() => run.stop());

async function install(records: readonly PlainRecord[], latencyFactor = 0): Promise<void> {
  run = await new Installation({ fleet: documents(records), throttle: false, latencyFactor }).init();
}

async function settled(count = some.length): Promise<void> {
  await run.until('all Ready', () => run.phases().Ready === count);
}

function conditionOf(kind: 'Tier' | 'Cell' | 'InfraGroup' | 'Tenant', name: string, type: string) {
  const status = run.leader?.term?.view.get(kind, name)?.status?.value;
  return status?.conditions.find((each) => each.type === type);
}

function placed(name: string) {
  return conditionOf('Tenant', name, 'Placed');
}

/** All that the state table holds is gone, as after somebody deleted and made it anew. */
function wipeStateTable(): void {
  const ask = (operation: string, input: object) =>
    run.aws.call({ accessKeyId: '000000000000', region: 'us-east-1', service: 'dynamodb', operation, input });
  const { Items } = ask('Scan', { TableName: 'state' }) as { Items: { pk: object; sk: object }[] };
  for (const { pk, sk } of Items) ask('DeleteItem', { TableName: 'state', Key: { pk, sk } });
}

const removes = /^(Delete|Deregister)/;

/** Calls that take something away, or that change DNS. */
function removals(calls: readonly CallRecord[]): string[] {
  return calls.filter((call) => removes.test(call.operation)).map((call) => `${call.at} ${call.operation}`);
}

/** How many answers each of the usual tenants has that are its own. */
function served(): Record<string, number> {
  const own = (name: string, host: string, path: string) =>
    run.route(host, path).answers.filter((answer) => answer.tenant === name && answer.status === 200).length;
  return {
    acme: own('acme', 'acme.standard.example.com', '/'),
    bolt: own('bolt', 'bolt.standard.example.com', '/'),
    echo: own('echo', 'shared.example.com', '/echo'),
  };
}

describe('a state table that was wiped under serving tenants', () => {
  it.each([['before a start'], ['under a running leader']])(
    '%s: nothing is placed, nothing is removed, and it says rebuild',
    async (when) => {
      await install([...frame, ...some]);
      run.start();
      await settled();
      expect(served()).toEqual({ acme: 1, bolt: 1, echo: 1 });
      if (when === 'before a start') await run.stop();
      wipeStateTable();
      const before = run.aws.log.last;
      if (when === 'before a start') run.start();
      // A running leader finds out by the lease, which is gone too: what it knows until then is still right.
      await run.advance(15);
      await write(run, tenant('newcomer', 'standard'));
      await run.until(
        'a refusal',
        () => placed('newcomer')?.reason === 'PlacingClosed' && placed('acme')?.reason === 'PlacingClosed',
      );
      await run.advance(150);
      expect(placed('newcomer')?.message).toMatch(/the state table does not know .*rebuilt/);
      expect(run.mutations(before)).toEqual([]);
      expect(served()).toEqual({ acme: 1, bolt: 1, echo: 1 });
    },
  );

  it('is no first start: that one finds no mark, and places', async () => {
    await install([...frame, ...some]);
    run.start();
    await settled();
    expect(placed('acme')).toMatchObject({ status: 'True' });
  });

  it('with nothing live any more is known by the fence in the zone', async () => {
    await install([...frame, ...some]);
    // A third term writes the zones: the epoch of their fences is higher than that of a table that begins anew.
    for (let term = 0; term < 2; term += 1) {
      run.start();
      await run.until('a term', () => run.leader?.term?.working === true);
      await run.stop();
    }
    run.start();
    await settled();
    for (const record of some) await write(run, { ...record, spec: { tier: record.spec.tier, state: 'deleted' } });
    await run.until('all Deleted', () => run.phases().Deleted === 3);
    await run.advance(60);
    await run.stop();
    wipeStateTable();
    const before = run.aws.log.last;
    run.start();
    await write(run, tenant('newcomer', 'standard'));
    await run.until('a refusal', () => placed('newcomer')?.reason === 'PlacingClosed');
    expect(placed('newcomer')?.message).toMatch(/the fence in zone Z0\w+ names epoch \d, the lease is at 1/);
    await run.advance(120);
    expect(run.mutations(before)).toEqual([]);
  });
});

describe('a cell that denies access', () => {
  it('concerns nobody else: others are built and heal, and its tenants are said to be out of reach', async () => {
    await install([...frame, ...some]);
    run.start();
    await settled();
    await run.stop();
    const { roles } = one.spec as unknown as { roles: Record<string, string> };
    run.grant({ closed: Object.values(roles) });
    const before = run.aws.log.last;
    run.start();
    await write(run, tenant('newcomer', 'standard'));
    await run.until('the newcomer Ready', () => run.phase('newcomer') === 'Ready');
    expect(placed('newcomer')?.message).toContain('g2');
    await run.advance(200);
    expect(conditionOf('Cell', 'one', 'Reachable')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(conditionOf('InfraGroup', 'g1', 'InfraReady')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(conditionOf('Cell', 'two', 'Reachable')).toMatchObject({ status: 'True' });
    for (const type of ['Synced', 'ClusterReady', 'Ready'])
      expect(conditionOf('Tenant', 'acme', type), type).toMatchObject({ status: 'Unknown', reason: 'AccessDenied' });
    expect(conditionOf('Tenant', 'acme', 'Synced')?.message).toContain('sts');
    expect(placed('acme')?.status).toBe('True');
    expect(run.phase('acme')).toBe('Ready');
    expect(run.mutations(before).filter((call) => call.account === '111111111111')).toEqual([]);
    expect(removals(run.mutations(before))).toEqual([]);
    expect(served()).toEqual({ acme: 1, bolt: 1, echo: 1 });
    run.grant();
    await run.until('acme within reach', () => conditionOf('Tenant', 'acme', 'Ready')?.status === 'True', 200_000);
  });
});

describe('a zone that denies access', () => {
  it('is said of its tiers and tenants, stops no healing in the cells, and comes back by itself', async () => {
    await install([...frame, ...some]);
    run.start();
    await settled();
    await run.stop();
    const arn = (standard.spec.zone as { roleArn: string }).roleArn;
    run.grant({ closed: [arn] });
    const before = run.aws.log.last;
    run.start();
    await run.advance(60);
    const rule = run.leader?.term?.view.get('Tenant', 'acme')?.status?.value.placements?.[0]?.ruleArn;
    const outside = { accessKeyId: '111111111111', region: 'us-east-1', service: 'elbv2' } as const;
    run.aws.call({ ...outside, operation: 'DeleteRule', input: { RuleArn: rule } });
    await run.until('the rule back', () => served().acme === 1, 250_000);
    await write(run, tenant('newcomer', 'standard'));
    await run.advance(60);
    expect(placed('newcomer')).toMatchObject({ status: 'False', reason: 'Unplaceable' });
    expect(placed('newcomer')?.message).toContain('AccessDenied');
    expect(conditionOf('Tier', 'standard', 'ZoneReadable')).toMatchObject({ status: 'False', reason: 'AccessDenied' });
    expect(conditionOf('Tier', 'shared', 'Published')).toMatchObject({ status: 'Unknown', reason: 'AccessDenied' });
    expect(run.mutations(before).filter((call) => call.service === 'route53')).toEqual([]);
    expect(served()).toEqual({ acme: 1, bolt: 1, echo: 1 });
    run.grant();
    await run.until('all Ready', () => run.phases().Ready === 4, 300_000);
  });
});

describe('a quota that cannot be read', () => {
  const denyQuota = (account: string, code: string): void => {
    run.aws.faults = {
      before: (call, input) =>
        call.operation === 'GetServiceQuota' && call.account === account && JSON.stringify(input).includes(code)
          ? { kind: 'error', error: new AwsError('AccessDeniedException', 'not authorized: GetServiceQuota') }
          : undefined,
    };
  };
  const fargateVcpu = 'L-3032A538';

  it('closes its cell for new placements and says so; what is elsewhere goes on', async () => {
    await install(frame);
    denyQuota('111111111111', fargateVcpu);
    run.start();
    await write(run, ...some);
    await run.until('bolt and echo Ready', () => run.phase('bolt') === 'Ready' && run.phase('echo') === 'Ready');
    expect(placed('acme')).toMatchObject({ status: 'False', reason: 'Unplaceable' });
    expect(placed('acme')?.message).toContain('QuotaUnknown');
    const quotas = conditionOf('Cell', 'one', 'QuotasRead');
    expect(quotas).toMatchObject({ status: 'False', reason: 'Unreadable' });
    expect(quotas?.message).toMatch(/closed for new placements: fargateVcpu: .*AccessDenied/);
    expect(conditionOf('Cell', 'two', 'QuotasRead')?.status).toBe('True');
    run.aws.faults = undefined;
    await run.until('acme Ready', () => run.phase('acme') === 'Ready', 200_000);
  });

  it('is not needed where the record states it', async () => {
    await install(frame);
    denyQuota('111111111111', fargateVcpu);
    await write(run, { ...one, spec: { ...one.spec, quotas: { fargateVcpu: 2 } } });
    run.start();
    await write(run, ...some, tenant('large', 'standard', { pin: ['g1'], service: { cpu: 1024, memoryMiB: 2048 } }));
    await run.until('acme Ready', () => run.phase('acme') === 'Ready');
    await run.until('an answer for the large one', () => placed('large') !== undefined);
    // The record's 2 vCPU less the reserve count, whatever AWS would allow.
    expect(placed('large')).toMatchObject({ status: 'False', reason: 'Unplaceable' });
    expect(placed('large')?.message).toContain('Fargate vCPU');
    expect(conditionOf('Cell', 'one', 'QuotasRead')).toMatchObject({ status: 'True' });
  });
});

describe('a new leader', () => {
  const gone = { ...some[1], spec: { ...some[1]?.spec, state: 'deleted' } } as PlainRecord;

  it('removes nothing for 305 s after a crash, heals meanwhile, and removes then', async () => {
    await install([...frame, ...some]);
    run.start();
    await settled();
    run.kill();
    await write(run, gone);
    run.start();
    await run.until('a term', () => run.leader?.term?.working === true, 30_000);
    const since = run.clock.monotonic();
    const before = run.aws.log.last;
    const rule = run.leader?.term?.view.get('Tenant', 'acme')?.status?.value.placements?.[0]?.ruleArn;
    run.aws.call({
      accessKeyId: '111111111111',
      region: 'us-east-1',
      service: 'elbv2',
      operation: 'DeleteRule',
      input: { RuleArn: rule },
    });
    await run.until('the rule back', () => served().acme === 1, 200_000);
    await run.clock.advance(since + 290_000 - run.clock.monotonic());
    expect(removals(run.mutations(before).filter((call) => call.principal.includes('controller')))).toEqual([]);
    expect(served().bolt).toBe(1);
    await run.until('bolt Deleted', () => run.phase('bolt') === 'Deleted');
    expect(run.clock.monotonic()).toBeGreaterThan(since + 300_000);
  });

  it('need not wait after a leader that stopped properly', async () => {
    await install([...frame, ...some]);
    run.start();
    await settled();
    await run.stop();
    await write(run, gone);
    run.start();
    await run.until('bolt out of DNS', () => served().bolt === 0, 60_000);
    await run.until('bolt Deleted', () => run.phase('bolt') === 'Deleted', 200_000);
  });

  it('is followed by no call of the one before, whose lease was lost in mid-run', async () => {
    await install(frame, 0.5);
    run.start();
    const first = run.leader;
    await run.until('a term', () => first?.term?.working === true);
    await write(run, ...some, ...['x', 'y', 'z'].map((name) => tenant(name, 'standard')));
    await run.advance(4);
    // From here on nothing of the first one's reaches the tables; AWS itself answers it as ever.
    run.aws.faults = {
      before: (call) =>
        call.service === 'dynamodb' && call.principal.includes('controller-1')
          ? { kind: 'lost', how: 'timeout', afterMs: 5_000 }
          : undefined,
    };
    const cut = run.clock.now();
    run.start();
    await settled(6);
    const late = run
      .calls(0)
      .filter((call) => call.principal.includes('controller-1') && call.mutating && Date.parse(call.at) > cut + 12_000);
    expect(late).toEqual([]);
    const early = run.mutations(0).filter((call) => call.principal.includes('controller-1'));
    expect(early.length).toBeGreaterThan(0);
    const second = run.calls(0).find((call) => call.principal.includes('controller-2') && call.service === 'ecs');
    expect(Date.parse(second?.at ?? '')).toBeGreaterThan(cut + 7_000);
    run.aws.faults = undefined;
    if (first !== undefined) await run.clock.drive(first.stop());
  });
});

describe('a stop', () => {
  it('writes nothing but the release of the lease, whenever it comes', async () => {
    for (const second of [2, 5, 9, 14]) {
      await install(frame, 0.5);
      run.start();
      await run.until('a term', () => run.leader?.term?.working === true);
      await write(run, ...some, ...['x', 'y', 'z'].map((name) => tenant(name, 'standard')));
      await run.advance(second);
      // In the middle of building.
      expect(run.phases().Ready ?? 0).toBeLessThan(6);
      const before = run.aws.log.last;
      await run.stop();
      await run.advance(120);
      const written = run.calls(before).filter((call) => call.mutating);
      expect(
        written.map((call) => `${call.service} ${call.operation} ${call.resources.join()}`),
        `stopped after ${second} s`,
      ).toEqual([expect.stringMatching(/^dynamodb PutItem .*lease/i) as string]);
      // And all is well when it goes on.
      run.start();
      await settled(6);
      const clusters = run.calls(0).filter((call) => call.operation === 'CreateCluster' && call.error === null);
      expect(new Set(clusters.flatMap((call) => call.resources)).size).toBe(6);
      await run.stop();
    }
  });
});
