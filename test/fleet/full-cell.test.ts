import { expect, it } from 'vitest';
import { cell, documents, group, tier } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

/** Another size: `CELLWRIGHT_TENANTS=480 npx vitest run --config vitest.fleet.config.ts test/fleet/full-cell.test.ts`. */
const tenants = Number(process.env.CELLWRIGHT_TENANTS ?? 160);
const perGroup = 80;

it(`a term begins where ${tenants} tenants live in one cell: its reading does not wait for the load balancers' buckets`, async () => {
  const one = cell('one', 'standard', 1, { quotas: { fargateVcpu: 4_000 } });
  const groups = Array.from({ length: Math.ceil(tenants / perGroup) }, (_, index) => group(`g${index}`, one));
  const run = await new Installation({
    fleet: documents([tier('standard'), one, ...groups]),
    config: { resyncMs: 3_600_000, detailMs: 36_000_000, concurrency: 40 },
  }).init();
  for (let index = 0; index < tenants; index += 1) await run.put('Tenant', `t${index}`, { tier: 'standard' });
  run.start();
  await run.until('onboarded', () => run.phases().Ready === tenants, 7_200_000);
  await run.stop();
  const since = run.aws.log.last;
  run.start();
  while (run.leader?.lease.isLeader() !== true) await run.clock.advance(50);
  const began = run.clock.monotonic();
  while (run.leader?.term?.working !== true) await run.clock.advance(50);
  const seconds = (run.clock.monotonic() - began) / 1_000;
  const asked = run.calls(since).filter(({ service }) => service === 'elbv2').length;
  await run.stop();
  console.info(
    `${tenants} tenants in one cell: a term begins within ${seconds} s of the lease, ${asked} calls of load balancers`,
  );
  expect(seconds).toBeLessThanOrEqual(2);
});
