import { afterEach, describe, expect, it } from 'vitest';
import { cell, documents, group, tenant, tier, write } from '../support/fleet-plan.ts';
import { Installation } from '../support/installation.ts';

let run: Installation;
afterEach(() => run.stop());

/** What ECS itself knows of all services, past its lagging reads. */
function desiredCounts(): number[] {
  return [...run.aws.truth.ecs.regions.values()].flatMap(({ clusters }) =>
    [...clusters.values()].flatMap(({ services }) => [...services.values()].map(({ desiredCount }) => desiredCount)),
  );
}

describe('reads of ECS that lag behind', () => {
  it('do not let a suspension count as reached while a service just made cannot be seen', async () => {
    const home = cell('home', 'plain', 1);
    run = new Installation({
      fleet: documents([tier('plain'), home, group('home-1', home), tenant('acme', 'plain')]),
      readLagMs: { ecs: 12_000 },
    });
    await run.init();
    run.start();
    await run.until('a service is made', () => desiredCounts().length > 0);
    await write(run, tenant('acme', 'plain', { state: 'suspended' }));
    const status = () => run.leader?.term?.view.get('Tenant', 'acme')?.status?.value;
    await run.until('the suspension is reached', () => {
      if (status()?.observedGeneration !== 2) return false;
      expect(desiredCounts()).toEqual([0]);
      return true;
    });
    expect(run.phase('acme')).toBe('Suspended');
  });
});
