import { expect, it } from 'vitest';
import { cell, documents, group, sharedTier, tenant } from '../support/fleet-plan.ts';
import { settled } from './outside.ts';

it('tenants of a shared name that come at once are looked at together: the name is not passed over for each of them and each load balancer', async () => {
  const place = cell('one', 'shared', 1);
  const names = Array.from({ length: 40 }, (_none, n) => `t-${n}`);
  const records = [sharedTier('shared'), place, group('g1', place), group('g2', place)];
  const run = await settled({
    fleet: documents([...records, ...names.map((name) => tenant(name, 'shared'))]),
    throttle: false,
    latencyFactor: 0.3,
  });
  const seconds = run.clock.monotonic() / 1_000;
  const passes = run.told.outcomes.filter(({ key }) => key === 'Tier/shared').length;
  expect(passes).toBeGreaterThan(2);
  // Far fewer than there are changes, and a few for what else it is woken by.
  expect(passes, `in ${seconds} s`).toBeLessThan(seconds / 3 + 5);
  await run.stop();
});
