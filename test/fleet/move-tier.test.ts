import { afterEach, describe, expect, it } from 'vitest';
import { leftOf } from '../e2e/leftovers.ts';
import {
  areReady,
  begun,
  condition,
  groupsOf,
  isSettledIn,
  movePhaseOf,
  placements,
  status,
} from '../e2e/move-stage.ts';
import { type Address, TrafficWatch } from '../e2e/traffic-watch.ts';
import { cell, group, type PlainRecord, sharedTier, tenant, tier, write } from '../support/fleet-plan.ts';
import type { Installation } from '../support/installation.ts';

const limit = 1_800_000;
const moves = { stepSeconds: 10, graceSeconds: 120 };
let run: Installation;
let watch: TrafficWatch;

afterEach(async () => {
  expect(watch.complaints()).toEqual([]);
  await run.stop();
});

async function begin(records: readonly PlainRecord[], names: readonly string[]): Promise<void> {
  run = await begun(records, (started) => areReady(started, names));
}

function observe(...addresses: readonly Address[]): void {
  watch = new TrafficWatch(run, addresses);
}

const old = { tenant: 'acme', host: 'acme.bronze.example.com' };
const next = { tenant: 'acme', host: 'acme.gold.example.com' };
const one = cell('one', 'bronze', 1);
const two = cell('two', 'gold', 2);
const sameZone = {
  id: 'Z0BOTH0000000000000',
  roleArn: 'arn:aws:iam::999999999999:role/cellwright/dns',
  externalId: 'fleet-plan',
};

describe('a change of tier', () => {
  it.each([
    ['in two zones', undefined],
    ['in one zone', sameZone],
  ])('%s keeps the old name for its grace, and then gives it up', async (_where, zone) => {
    const fields = zone === undefined ? {} : { zone };
    const bronze = tier('bronze', { moves, ...fields });
    const gold = tier('gold', { moves, ...fields });
    await begin([bronze, gold, one, two, group('g1', one), group('g2', two), tenant('acme', 'bronze')], ['acme']);
    const ids = placements(run).map(({ id }) => id);
    observe(old);
    await write(run, tenant('acme', 'gold'));
    await run.until('Ramp', () => movePhaseOf(run) === 'Ramp', limit);
    await run.until('both names', () => run.route(next.host).answers.some(({ status: code }) => code === 200), limit);
    observe(old, next);
    expect(status(run)?.endpoint).toBe(old.host);
    await run.advance(100);
    expect(groupsOf(run)).toEqual(['g1', 'g2']);
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    expect(watch.complaints()).toEqual([]);
    watch = new TrafficWatch(run, [next]);
    expect(status(run)?.endpoint).toBe(next.host);
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
    expect(run.route(old.host).answers).toEqual([]);
    expect(await leftOf(run, ids)).toEqual([]);
    expect((await run.stored('Tenant', 'acme')).spec?.value.former).toBeUndefined();
    const zoneId = zone?.id ?? `Z0${'BRONZE'.padEnd(18, '0')}`;
    expect((await run.stored('Zone', zoneId)).capacity?.used.records ?? 0).toBe(zone === undefined ? 0 : 1);
  });

  it('is taken back within the grace: the old name was there all the time', async () => {
    const bronze = tier('bronze', { moves });
    const gold = tier('gold', { moves });
    await begin([bronze, gold, one, two, group('g1', one), group('g2', two), tenant('acme', 'bronze')], ['acme']);
    observe(old);
    await write(run, tenant('acme', 'gold'));
    await run.until('published by the new name', () => run.route(next.host).answers.length > 0, limit);
    await run.advance(30);
    await write(run, tenant('acme', 'bronze', { service: { image: 'registry.example.com/server:9' } }));
    await run.until('acme in g1', () => isSettledIn(run, ['g1']), limit);
    expect(run.route(next.host).answers).toEqual([]);
    expect((await run.stored('Tenant', 'acme')).spec?.value.former).toBeUndefined();
  });

  it('waits while the new tier has no room', async () => {
    const bronze = tier('bronze', { moves });
    const gold = tier('gold', { moves });
    const full = group('g2', two, { quotas: { rules: 0 } });
    await begin([bronze, gold, one, two, group('g1', one), group('g2', two), tenant('acme', 'bronze')], ['acme']);
    await write(run, full);
    await run.advance(30);
    observe(old);
    await write(run, tenant('acme', 'gold'));
    await run.until('a refusal', () => condition(run, 'Placed') === 'False Unplaceable', limit);
    await run.advance(60);
    expect(groupsOf(run)).toEqual(['g1']);
    await write(run, group('g2', two));
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    expect(watch.complaints()).toEqual([]);
    watch = new TrafficWatch(run, [next]);
    await run.until('acme in g2', () => isSettledIn(run, ['g2']), limit);
  });

  it('follows the record through a third tier', async () => {
    const three = cell('three', 'iron', 4);
    const records = [tier('bronze', { moves }), tier('gold', { moves }), tier('iron', { moves }), one, two, three];
    await begin(
      [...records, group('g1', one), group('g2', two), group('g3', three), tenant('acme', 'bronze')],
      ['acme'],
    );
    observe(old);
    await write(run, tenant('acme', 'gold'));
    await run.until('Warm', () => movePhaseOf(run) === 'Warm', limit);
    await write(run, tenant('acme', 'iron'));
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    expect(watch.complaints()).toEqual([]);
    watch = new TrafficWatch(run, [{ tenant: 'acme', host: 'acme.iron.example.com' }]);
    await run.until('acme in g3', () => isSettledIn(run, ['g3']), limit);
  });

  it('into a tier of one name and out of it again', async () => {
    const shared = sharedTier('gold', { moves });
    const records = [tier('bronze', { moves }), shared, one, two, group('g1', one), group('g2', two), group('g3', two)];
    await begin([...records, tenant('acme', 'bronze'), tenant('echo', 'gold')], ['acme', 'echo']);
    const echo = { tenant: 'echo', host: 'gold.example.com', path: '/echo' };
    const within = { tenant: 'acme', host: 'gold.example.com', path: '/acme' };
    observe(old, echo);
    await write(run, tenant('acme', 'gold'));
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    expect(watch.complaints()).toEqual([]);
    watch = new TrafficWatch(run, [within, echo]);
    await run.until('acme in both groups', () => isSettledIn(run, ['g2', 'g3']), limit);
    await write(run, tenant('acme', 'bronze'));
    await run.until('Drain', () => movePhaseOf(run) === 'Drain', limit);
    expect(watch.complaints()).toEqual([]);
    watch = new TrafficWatch(run, [old, echo]);
    await run.until('acme in g1', () => isSettledIn(run, ['g1']), limit);
    expect(status(run, 'echo')?.phase).toBe('Ready');
  });
});
