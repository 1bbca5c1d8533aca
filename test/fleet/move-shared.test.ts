import { afterEach, describe, expect, it } from 'vitest';
import { leftOf } from '../e2e/leftovers.ts';
import { areReady, begun, groupsOf, placements, shares, status } from '../e2e/move-stage.ts';
import { TrafficWatch } from '../e2e/traffic-watch.ts';
import { cell, group, type PlainRecord, sharedTier, tenant, tier, write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';

const limit = 1_800_000;
const moves = { stepSeconds: 20, graceSeconds: 60 };
const names = ['dee', 'eve'];
const host = 'joint.example.com';
let run: Installation;
let watch: TrafficWatch;

afterEach(async () => {
  expect(watch.complaints()).toEqual([]);
  await run.stop();
});

async function begin(records: readonly PlainRecord[], names: readonly string[]): Promise<void> {
  run = await begun(records, (started) => areReady(started, names));
}

const one = cell('one', 'joint', 1);
const two = cell('two', 'joint', 2);
const joint = sharedTier('joint', { moves });
const base = [joint, one, two, group('g1', one), group('g2', two), ...names.map((name) => tenant(name, 'joint'))];

async function onBoth(): Promise<void> {
  await begin(base, names);
  await run.until('both load balancers', () => Object.keys(shares(run, host)).length === 2, limit);
  watch = new TrafficWatch(
    run,
    names.map((name) => ({ tenant: name, host, path: `/${name}` })),
  );
}

describe('an infra group of a shared name that is drained', () => {
  it('leaves the name by closure, then its tenants leave it, at no removal budget', async () => {
    await onBoth();
    await run.put('Fleet', 'default', { removals: { perTenMinutes: 0 } });
    const gone = names.flatMap((name) =>
      placements(run, name).flatMap(({ id, infraGroup }) => (infraGroup === 'g1' ? [id] : [])),
    );
    await write(run, group('g1', one, { state: 'draining' }));
    await run.until('out of the name', () => shares(run, host).g1 === undefined, limit);
    expect(groupsOf(run, 'dee')).toEqual(['g1', 'g2']);
    await run.until('empty', () => names.every((name) => groupsOf(run, name).join() === 'g2'), limit);
    await run.until('Ready', () => names.every((name) => status(run, name)?.phase === 'Ready'), limit);
    expect(await leftOf(run, gone)).toEqual([]);
    expect(shares(run, host)).toEqual({ g2: 100 });
    // Taken back: it is filled again, and joins the name by closure.
    await write(run, group('g1', one));
    await run.until('both again', () => shares(run, host).g1 === 50, limit);
  });

  it('comes back under the name when the drain is cancelled before its tenants left', async () => {
    await onBoth();
    const before = names.flatMap((name) => placements(run, name).map(({ id }) => id));
    await write(run, group('g1', one, { state: 'draining' }));
    await run.until('out of the name', () => shares(run, host).g1 === undefined, limit);
    await write(run, group('g1', one));
    await run.until('both again', () => shares(run, host).g1 === 50, limit);
    expect(names.flatMap((name) => placements(run, name).map(({ id }) => id))).toEqual(before);
  });

  it('stays as long as it is the last one', async () => {
    await begin([joint, one, group('g1', one), tenant('dee', 'joint')], ['dee']);
    watch = new TrafficWatch(run, [{ tenant: 'dee', host, path: '/dee' }]);
    await write(run, group('g1', one, { state: 'draining' }));
    await run.advance(400);
    expect(shares(run, host)).toEqual({ g1: 100 });
    const published = run.leader?.term?.view.get('Tier', 'joint')?.status?.value.conditions;
    expect(published?.find(({ type }) => type === 'Published')?.message).toContain('the last one stays');
  });

  it('goes on over the death of its controller', async () => {
    await onBoth();
    await write(run, group('g1', one, { state: 'draining' }));
    await run.until('out of the name', () => shares(run, host).g1 === undefined, limit);
    run.kill();
    run.start();
    await run.until(
      'empty',
      () => run.leader?.term?.working === true && names.every((name) => groupsOf(run, name).join() === 'g2'),
      limit,
    );
  });
});

describe('the weight of a cell', () => {
  /** The weights that a load balancer's record has had, in order. */
  async function weightsUntil(name: string, group: string, end: number): Promise<readonly number[]> {
    const seen: number[] = [];
    await run.until(
      `weight ${end}`,
      () => {
        const all = run.aws.truth.dns.zones.values();
        for (const zone of all)
          for (const { name: record, set } of zone.records.from('', 10_000)) {
            if (record !== `${name}.` || set.Type !== 'A' || !(set.SetIdentifier ?? '').includes(`/${group}/`))
              continue;
            if (seen.at(-1) !== set.Weight) seen.push(set.Weight ?? -1);
          }
        return seen.at(-1) === end;
      },
      limit,
    );
    return seen;
  }

  it('shifts the requests of a shared name in steps', async () => {
    await onBoth();
    await run.advance(240);
    await write(run, { ...one, spec: { ...one.spec, weight: 20 } });
    expect(await weightsUntil(host, 'g1', 20)).toEqual([100, 75, 50, 25, 20]);
    await write(run, { ...one, spec: { ...one.spec, weight: 200 } });
    expect(await weightsUntil(host, 'g1', 200)).toEqual([20, 70, 120, 170, 200]);
  });

  it("shifts those of a tenant's own name too, and sets a name that it has alone at once", async () => {
    const solo = tier('solo', { moves });
    const cells = [cell('one', 'solo', 1), cell('two', 'solo', 2)] as const;
    const groups = [group('g1', cells[0]), group('g2', cells[1])];
    const tenants = [tenant('acme', 'solo', { placements: 2 }), tenant('bolt', 'solo', { pin: ['g1'] })];
    await begin([solo, ...cells, ...groups, ...tenants], ['acme', 'bolt']);
    watch = new TrafficWatch(run, [
      { tenant: 'acme', host: 'acme.solo.example.com' },
      { tenant: 'bolt', host: 'bolt.solo.example.com' },
    ]);
    await write(run, { ...cells[0], spec: { ...cells[0].spec, weight: 30 } });
    expect(await weightsUntil('acme.solo.example.com', 'g1', 30)).toEqual([100, 75, 50, 30]);
    expect(await weightsUntil('bolt.solo.example.com', 'g1', 30)).toEqual([30]);
    await run.until('nothing left to do', () => placements(run).every(({ weight }) => weight === undefined), limit);
    expect(status(run)?.phase).toBe('Ready');
  });
});
