import { afterEach, describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../../src/simulator/fault-plan/rules.ts';
import { cell, documents, group, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

const crowd = 24;
const image = (tag: string) => ({ service: { image: `registry.example.com/server:${tag}` } });
const many = (tag: string) => Array.from({ length: crowd }, (_none, n) => tenant(`crowd-${n}`, 'crowded', image(tag)));
const lone = (tag: string) => tenant('lone', 'quiet', image(tag));

/** How many seconds a new image takes to reach a tenant while two dozen of another account are to get one too. */
async function rolloutBeside(fault: unknown): Promise<number> {
  const [a, b] = [cell('crowded-a', 'crowded', 1), cell('quiet-b', 'quiet', 2)];
  const records = [tier('crowded'), tier('quiet'), a, b, group('crowded-a1', a), group('quiet-b1', b)];
  run = new Installation({
    fleet: documents([...records, ...many('1'), lone('1')]),
    config: { concurrency: 4 },
  });
  await run.init();
  run.start();
  await run.until('all are ready', () => run.phases()['Ready'] === crowd + 1);
  if (fault !== undefined) run.aws.plan.add(parseFaultPlan(fault));
  await write(run, ...many('2'));
  await run.advance(20);
  const from = run.clock.monotonic();
  await write(run, lone('2'));
  const status = () => run.leader?.term?.view.get('Tenant', 'lone')?.status?.value;
  await run.until('the lone tenant has it', () => status()?.observedGeneration === 2, 1_800_000);
  return (run.clock.monotonic() - from) / 1_000;
}

describe('one account changes nothing for the others', () => {
  it('when it cannot be reached at all', async () => {
    const calm = await rolloutBeside(undefined);
    await run.stop();
    const cutOff = await rolloutBeside({ on: { account: '111111111111' }, fault: 'unreachable' });
    expect(cutOff).toBeLessThan(calm + 30);
  });

  it('when it is throttled nearly all of the time', async () => {
    const calm = await rolloutBeside(undefined);
    await run.stop();
    const throttled = await rolloutBeside({ on: { account: '111111111111' }, fault: 'throttle', probability: 0.9 });
    expect(throttled).toBeLessThan(calm + 30);
  });
});
