import { afterEach, expect, it } from 'vitest';
import { Installation } from '../support/installation.ts';
import { controllerWrites } from './outside.ts';
import { fleetOf, inventoryOf, loseStateTable, orderRebuild, tenantsOf } from './rebuild.ts';

let run: Installation;
afterEach(() => run.stop());

/** The same with many tenants, under a running controller, from backups and through crashes: test/fleet. */
it('a few tenants, one of each kind, are known again after their state table was lost, and nothing of them was touched', async () => {
  const tenants = tenantsOf(9);
  run = await new Installation({ fleet: fleetOf(tenants) }).init();
  run.start();
  const suspended = tenants.filter(({ spec }) => spec['state'] === 'suspended').length;
  const isDone = () => run.phases()['Ready'] === tenants.length - suspended && run.phases()['Suspended'] === suspended;
  await run.until('all as wanted', isDone);
  await run.advance(120);
  const before = inventoryOf(run);
  await run.stop();
  const since = run.aws.log.last;
  await loseStateTable(run);
  run.start();
  await run.until('held', () => run.told.held.some(({ reason }) => reason === 'state_behind'));
  await orderRebuild(run);
  await run.until('all as wanted again', isDone);
  await run.advance(200);
  expect(controllerWrites(run, since)).toEqual([]);
  expect([...inventoryOf(run).keys()].sort()).toEqual([...before.keys()].sort());
});
