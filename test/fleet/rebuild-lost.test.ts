import { afterEach, describe, expect, it } from 'vitest';
import { controllerWrites } from '../e2e/outside.ts';
import { fleetOf, inventoryOf, loseStateTable, orderRebuild, tenantsOf } from '../e2e/rebuild.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

const tenants = tenantsOf(60);
const calm = { resyncMs: 60_000, detailMs: 600_000 };

describe('the state table deleted under 60 serving tenants', () => {
  it.each(['while none runs', 'under a running controller'])('%s', { timeout: 400_000 }, async (when) => {
    run = await new Installation({ fleet: fleetOf(tenants), throttle: false, latencyFactor: 0, config: calm }).init();
    run.start();
    const active = tenants.filter(({ spec }) => spec['state'] === undefined).length;
    const isDone = () => run.phases()['Ready'] === active && run.phases()['Suspended'] === 60 - active;
    await run.until('all as wanted', isDone);
    await run.advance(120);
    const before = inventoryOf(run);
    if (when === 'while none runs') await run.stop();
    const since = run.aws.log.last;
    await loseStateTable(run);
    if (when === 'while none runs') run.start();
    await run.until('held', () => run.told.held.filter(({ reason }) => reason === 'state_behind').length >= 60);
    await run.advance(150);
    expect(controllerWrites(run, since)).toEqual([]);
    expect(run.phases()['Ready'] ?? 0).toBe(0);
    await orderRebuild(run);
    await run.until('all as wanted again', isDone);
    await run.advance(200);
    expect(isDone()).toBe(true);
    expect(controllerWrites(run, since)).toEqual([]);
    expect([...inventoryOf(run).keys()].sort()).toEqual([...before.keys()].sort());
  });
});
