import { afterEach, describe, expect, it } from 'vitest';
import type { Installation } from '../support/installation.ts';
import { sweepConfig } from './healing.ts';
import { allReady, type Chain, chainOf, settled, Watch } from './outside.ts';
import { smallFleet } from './small-fleet.ts';

let run: Installation;
afterEach(() => run.stop());

const twice = { tier: 'standard', placements: 2 } as const;

/** Takes away whatever service there is now: what was made in the place of the one before it too. */
async function lose({ hands, cluster }: Chain): Promise<void> {
  const { serviceArns = [] } = await run.clock.drive(hands.ecs.listServices({ cluster }));
  for (const service of serviceArns) {
    try {
      await run.clock.drive(hands.ecs.deleteService({ cluster, service, force: true }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ServiceNotActiveException') throw error;
    }
  }
}

/** Infra groups whose load balancers the name leads to, and the share of requests that are served. */
function answered(tenant: string): { groups: string[]; served: number } {
  const { answers } = run.route(`${tenant}.standard.example.com`);
  const groups = answers.map((answer) => answer.loadBalancer.split('/')[2] ?? '');
  const served = answers.filter((answer) => answer.status === 200).reduce((sum, answer) => sum + answer.share, 0);
  return { groups: [...new Set(groups)].sort(), served };
}

describe('the name of a tenant in two cells', () => {
  it('does without the placement that is down for a minute, and leads to it again when it serves', async () => {
    run = await settled({
      fleet: smallFleet({ tenants: { acme: twice, bolt: { tier: 'standard' } } }),
      config: sweepConfig,
    });
    const watch = new Watch(run, ['acme', 'bolt']);
    const chain = chainOf(run, 'acme');
    const other = chainOf(run, 'acme', 1).placement.infraGroup;
    for (let step = 0; answered('acme').groups.length > 1; step += 1) {
      if (step > 60) throw new Error('the name still leads to the placement that is down');
      if (step < 30) await lose(chain);
      await watch.advance(5, ['bolt']);
      expect(answered('acme').served).toBeGreaterThan(0);
    }
    expect(answered('acme')).toEqual({ groups: [other], served: 1 });
    expect(run.phase('acme')).toBe('Degraded');
    await watch.until('both again', () => allReady(run) && answered('acme').groups.length === 2);
    expect(answered('acme').served).toBe(1);
    await watch.advance(60);
    expect(watch.complaints()).toEqual([]);
  });

  it('keeps all of them when so many look down that the observer is the likelier fault', async () => {
    const names = ['acme', 'bolt', 'crane'];
    const tenants = Object.fromEntries(names.map((name) => [name, twice]));
    run = await settled({ fleet: smallFleet({ tenants }), config: sweepConfig });
    const watch = new Watch(run, names);
    const lost = names.map((name, index) => chainOf(run, name, index % 2));
    for (let step = 0; step < 26; step += 1) {
      for (const chain of lost) {
        await lose(chain);
        expect(answered(chain.tenant).groups).toEqual(['a1', 'b1']);
      }
      await watch.advance(5, []);
    }
    expect(run.told.held.map((one) => one.reason)).toContain('observer_suspected');
    await watch.until('all Ready', () => allReady(run), []);
    expect(watch.complaints()).toEqual([]);
  });
});
