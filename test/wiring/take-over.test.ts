import { afterEach, describe, expect, it } from 'vitest';
import { zombieMs } from '../../src/wiring/leader.ts';
import { controllerWrites, settled } from '../e2e/outside.ts';
import { smallFleet } from '../e2e/small-fleet.ts';
import type { Installation } from '../support/installation.ts';

const standard = { tier: 'standard' } as const;

let run: Installation;
afterEach(() => run.stop());

async function smallRun(): Promise<Installation> {
  return settled({ fleet: smallFleet({ tenants: { acme: standard, bolt: standard } }) });
}

/** What was taken down in ECS and load balancers since call `since`. */
function removals(since: number): string[] {
  return controllerWrites(run, since)
    .map(({ operation }) => operation)
    .filter((operation) => /^(Delete|Deregister)/.test(operation));
}

async function leads(withinMs: number): Promise<number> {
  const began = run.clock.monotonic();
  await run.until('leads', () => run.leader?.term?.working === true, withinMs);
  return run.clock.monotonic() - began;
}

describe('a leader that vanished', () => {
  it('is replaced, and nothing is removed until none of its calls can land any more, though the next leader hands over meanwhile', async () => {
    run = await smallRun();
    run.kill();
    const vanished = run.clock.now();
    run.start();
    await leads(20_000);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', { ...standard, state: 'deleted' });
    await run.advance(90);
    // Long since out of DNS and idle, were it not for the call that may still be on its way.
    expect(removals(since)).toEqual([]);
    await run.stop();
    run.start();
    expect(await leads(5_000)).toBeLessThanOrEqual(5_000);
    await run.until('the freeze ends', () => run.clock.now() >= vanished + zombieMs, 400_000);
    expect(removals(since)).toEqual([]);
    await run.until('removed', () => run.phase('acme') === 'Deleted', 900_000);
    expect(removals(since)).toContain('DeleteService');
  });

  it('that handed over in full leaves nothing to wait for', async () => {
    run = await smallRun();
    await run.stop();
    run.start();
    await leads(5_000);
    const since = run.aws.log.last;
    await run.put('Tenant', 'acme', { ...standard, state: 'deleted' });
    await run.until('removed', () => run.phase('acme') === 'Deleted', zombieMs - 60_000);
    expect(removals(since)).toContain('DeleteService');
  });
});

describe('a controller that is told to stop', () => {
  it('while it loads its first term ends within seconds, and hands over', async () => {
    run = await smallRun();
    for (const afterMs of [100, 300, 700, 1_500]) {
      await run.stop();
      run.start();
      const { leader } = run;
      await run.until('the lease', () => leader?.lease.isLeader() === true, 10_000);
      await run.clock.advance(afterMs);
      const began = run.clock.monotonic();
      await run.stop();
      expect(run.clock.monotonic() - began, `told ${afterMs} ms into the term`).toBeLessThan(6_000);
    }
    run.start();
    expect(await leads(10_000)).toBeLessThanOrEqual(5_000);
  });
});
