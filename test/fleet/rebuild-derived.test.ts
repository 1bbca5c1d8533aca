/** What is derived is compared with what was there, field by field. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseCapacity } from '../../src/store/capacity.ts';
import { controllerWrites } from '../e2e/outside.ts';
import {
  backup,
  fleetCondition,
  fleetOf,
  inventoryOf,
  loseItem,
  loseStateTable,
  orderRebuild,
  restore,
  tenantsOf,
} from '../e2e/rebuild.ts';
import { tenant } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

vi.setConfig({ testTimeout: 400_000 });

const calm = { resyncMs: 60_000, detailMs: 600_000 };
const usual = tenantsOf(12);

async function start(records = usual): Promise<void> {
  run = await new Installation({ fleet: fleetOf(records), throttle: false, latencyFactor: 0, config: calm }).init();
  run.start();
  await run.until('all settled', () => settled(records.length));
  await run.advance(150);
}

function settled(count: number): boolean {
  const { Ready = 0, Suspended = 0, Retained = 0, Orphaned = 0 } = run.phases();
  return Ready + Suspended + Retained + Orphaned === count;
}

/** Totals and slots of every place, by key; slots at rest are free. */
async function books(): Promise<Record<string, unknown>> {
  const items = (await backup(run)).filter(({ sk }) => sk === 'capacity');
  return Object.fromEntries(
    items.map((item) => {
      const { used, slots } = parseCapacity(item);
      const held = Object.fromEntries(Object.entries(slots).filter(([, slot]) => 'placement' in slot));
      const counted = Object.fromEntries(Object.entries(used).filter(([, amount]) => amount !== 0));
      return [String(item.pk), { used: counted, held }];
    }),
  );
}

/** An inventory without what only its own history could tell: when, why, and what was applied last. */
function plain(inventory: ReturnType<typeof inventoryOf>) {
  return [...inventory.values()]
    .map(({ why: _w, reservedAt: _r, removal, dnsChange: _d, resources, ...rest }) => ({
      ...rest,
      leaves: removal?.reason,
      resources: Object.fromEntries(
        Object.entries(resources).map(([kind, { applied: _a, confirmedAt: _c, ...resource }]) => [kind, resource]),
      ),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function lose(): Promise<void> {
  await run.stop();
  await loseStateTable(run);
  run.start();
  await run.until('behind', () => run.leader?.term?.behind !== undefined);
}

describe('what is derived', () => {
  it('is what was there: inventories, slots and totals', async () => {
    await start();
    // A target group and a service of later incarnations, a superseded revision, and a retained tenant.
    await run.put('Tenant', 't01', { tier: 'standard', state: 'deleted' });
    const t00 = [...inventoryOf(run).values()].find((one) => one.tenant === 't00');
    await run.until('retained', () => run.phase('t01') === 'Retained');
    await run.advance(100);
    const [before, totals] = [plain(inventoryOf(run)), await books()];
    expect(before.find(({ tenant: name }) => name === 't01')).toMatchObject({ phase: 'retained', leaves: 'deleted' });
    await lose();
    const since = run.aws.log.last;
    await orderRebuild(run);
    await run.until('rebuilt', () => settled(12) && run.leader?.term?.behind === undefined);
    await run.advance(200);
    expect(plain(inventoryOf(run))).toEqual(before);
    expect(await books()).toEqual(totals);
    expect(fleetCondition(run)).toBe('True Rebuilt');
    expect(controllerWrites(run, since)).toEqual([]);
    expect(t00).toBeDefined();
    // Again: nothing is left to do.
    await orderRebuild(run, 20);
    await run.advance(60);
    expect(plain(inventoryOf(run))).toEqual(before);
    expect(await books()).toEqual(totals);
  });

  it('is kept as it is where no record says how it is to be, and is driven once one does', async () => {
    await start();
    await run.clock.drive(run.desired.delete('Tenant', 't00'));
    await run.put('Tenant', 't02', { tier: 'standard', placements: 'many' });
    await run.advance(70);
    const totals = await books();
    const before = plain(inventoryOf(run));
    await lose();
    const since = run.aws.log.last;
    await orderRebuild(run);
    await run.until('rebuilt', () => run.leader?.term?.behind === undefined);
    await run.advance(200);
    expect(run.phase('t00')).toBe('Orphaned');
    expect(plain(inventoryOf(run))).toEqual(before);
    expect(await books()).toEqual(totals);
    expect(controllerWrites(run, since)).toEqual([]);
    for (const name of ['t00', 't02'])
      expect(run.route(`${name}.standard.example.com`, '/').answers).toMatchObject([{ tenant: name, status: 200 }]);
    await run.put('Tenant', 't00', { tier: 'standard' });
    await run.put('Tenant', 't02', { tier: 'standard', state: 'deleted' });
    await run.until('driven', () => run.phase('t00') === 'Ready' && run.phase('t02') === 'Retained');
    await run.advance(60);
    expect(plain(inventoryOf(run)).filter(({ tenant: name }) => name !== 't02')).toEqual(
      before.filter(({ tenant: name }) => name !== 't02'),
    );
  });
});

describe('one item lost', () => {
  it.each(['inventory', 'capacity'])('%s: the books are right again', async (sk) => {
    await start();
    const [before, totals] = [plain(inventoryOf(run)), await books()];
    const group = before.find(({ tenant: name }) => name === 't00')?.infraGroup ?? '';
    await run.stop();
    if (sk === 'inventory') loseItem(run, 'Tenant/t00', sk);
    else {
      // Books alone are not missed by anybody: they are counted again with the next rebuild.
      loseItem(run, `InfraGroup/${group}`, sk);
      loseItem(run, 'Tenant/t06', 'inventory');
    }
    const since = run.aws.log.last;
    run.start();
    await run.until('behind', () => run.leader?.term?.behind !== undefined);
    await orderRebuild(run);
    await run.until('rebuilt', () => run.leader?.term?.behind === undefined && settled(12));
    await run.advance(100);
    expect(plain(inventoryOf(run))).toEqual(before);
    expect(await books()).toEqual(totals);
    expect(controllerWrites(run, since)).toEqual([]);
  });
});

describe('an old backup', () => {
  it('builds nothing twice: what moved since is known by its marks, and what it names beside that is dropped', async () => {
    await start();
    await run.stop();
    const old = await backup(run);
    run.start();
    // Since then: one tenant went and came anew elsewhere, one is new, one is gone for good.
    const gone = { tier: 'standard', state: 'deleted' };
    await run.put('Tier', 'standard', { ...(await tierSpec()), retentionDays: 0 });
    for (const name of ['t00', 't01']) await run.put('Tenant', name, gone);
    await run.until('gone', () => ['t00', 't01'].every((name) => run.phase(name) === 'Deleted'), 2_000_000);
    await run.advance(700);
    for (const name of ['t00', 't01']) await run.clock.drive(run.desired.delete('Tenant', name));
    await run.until('forgotten', () => run.leader?.term?.view.get('Tenant', 't00') === undefined);
    await run.put('Tenant', 't00', { tier: 'standard' });
    await run.put('Tenant', 'fresh', { tier: 'standard' });
    await run.until('Ready', () => run.phase('t00') === 'Ready' && run.phase('fresh') === 'Ready');
    await run.advance(100);
    const [before, totals] = [plain(inventoryOf(run)), await books()];
    await run.stop();
    await restore(run, old);
    const since = run.aws.log.last;
    run.start();
    await run.until('behind', () => run.leader?.term?.behind !== undefined);
    await run.advance(200);
    expect(controllerWrites(run, since)).toEqual([]);
    await orderRebuild(run);
    await run.until('rebuilt', () => run.leader?.term?.behind === undefined && run.phase('t00') === 'Ready');
    await run.advance(200);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(plain(inventoryOf(run))).toEqual(before);
    expect(await books()).toEqual(totals);
  });
});

async function tierSpec(): Promise<Record<string, unknown>> {
  const raw = await run.clock.drive(run.desired.get('Tier', 'standard'));
  return raw?.['spec'] as Record<string, unknown>;
}

describe('a cell that cannot be read', () => {
  it('is left out, and its tier stays closed until it can be: nobody is placed twice', async () => {
    await start();
    const before = plain(inventoryOf(run));
    run.grant({
      closed: ['observe', 'apply', 'reap'].map((name) => `arn:aws:iam::222222222222:role/cellwright/${name}`),
    });
    await lose();
    const since = run.aws.log.last;
    await run.put('Tenant', 'newcomer', { tier: 'standard' });
    await run.put('Tenant', 'sharer', { tier: 'shared' });
    await orderRebuild(run, 3);
    await run.until('partly', () => fleetCondition(run) === 'False NotRebuilt');
    await run.until('the other tier', () => run.phase('sharer') === 'Ready');
    await run.advance(100);
    const known = plain(inventoryOf(run)).filter(({ tenant: name }) => name !== 'sharer');
    expect(known).toEqual(before.filter(({ cell }) => cell !== 'two'));
    // A controller that comes after knows it too.
    run.kill();
    run.start();
    await run.until('a term', () => run.leader?.term?.working === true);
    await run.advance(100);
    const clusters = controllerWrites(run, since).filter(({ operation }) => operation === 'CreateCluster');
    expect(clusters).toHaveLength(2);
    expect(run.leader?.term?.behind).toContain('cell two was not rebuilt');
    expect(run.phase('newcomer')).toBe('Unplaceable');
    run.grant();
    await orderRebuild(run);
    await run.until('all', () => run.leader?.term?.behind === undefined && run.phase('newcomer') === 'Ready');
    const others = plain(inventoryOf(run)).filter(({ tenant: name }) => name !== 'sharer' && name !== 'newcomer');
    expect(others).toEqual(before);
  });
});

describe('a fence above the lease', () => {
  it('is risen above before DNS is written again', async () => {
    await start([tenant('acme', 'standard')]);
    // Terms that wrote the zone, and a table that remembers none of them.
    await run.stop();
    for (let term = 0; term < 3; term += 1) {
      run.start();
      await run.until('a term', () => run.leader?.term?.working === true);
      await run.stop();
    }
    run.start();
    await run.until('Ready', () => run.phase('acme') === 'Ready');
    await run.put('Tenant', 'bolt', { tier: 'standard' });
    await run.until('both', () => run.phase('bolt') === 'Ready');
    await lose();
    expect(run.leader?.lease.epoch).toBe(1);
    await orderRebuild(run);
    await run.until('rebuilt', () => run.leader?.term?.behind === undefined && run.phases()['Ready'] === 2);
    expect(run.leader?.lease.epoch).toBeGreaterThan(5);
    await run.put('Tenant', 'crane', { tier: 'standard' });
    await run.until('published', () => run.phase('crane') === 'Ready');
  });
});

describe('a crash', () => {
  it('at any write of the rebuild is resumed by the next controller', async () => {
    await start(tenantsOf(6));
    const [before, totals] = [plain(inventoryOf(run)), await books()];
    for (let crash = 0; crash < 60; crash += 1) {
      await lose();
      const since = run.aws.log.last;
      await orderRebuild(run);
      // Dies at write number `crash` of the state table.
      const isWrite = ({ operation, mutating }: { operation: string; mutating: boolean }): boolean =>
        mutating && (operation === 'TransactWriteItems' || operation === 'UpdateItem' || operation === 'PutItem');
      const writes = () =>
        run.aws.log.since(since, 100_000).filter((call) => call.service === 'dynamodb' && isWrite(call)).length;
      let over = false;
      for (let step = 0; writes() < crash && !over; step += 1) {
        await run.clock.advance(5);
        over = step > 4_000 || (run.leader?.term?.behind === undefined && run.leader?.term?.working === true);
      }
      run.kill();
      run.start();
      await run.until(
        'rebuilt',
        () => run.leader?.term?.working === true && run.leader.term.behind === undefined && settled(6),
      );
      await run.advance(30);
      expect(plain(inventoryOf(run)), `crash at write ${crash}`).toEqual(before);
      expect(await books(), `crash at write ${crash}`).toEqual(totals);
      expect(controllerWrites(run, since), `crash at write ${crash}`).toEqual([]);
      if (over) break;
      // The order is over, so that the next loss waits for one of its own.
      await run.put('Fleet', 'default', { removals: { perTenMinutes: 100 } });
    }
  });
});
