/** Questions that are answered without a controller: as the one that would be asked answers them, and writing nothing. */
import { describe, expect, it } from 'vitest';
import type { ControllerConfig } from '../../src/cli/programs.ts';
import { createClock } from '../../src/model/clock.ts';
import { askLocal } from '../../src/wiring/ask-local.ts';
import { planLocal } from '../../src/wiring/plan-local.ts';
import { createFleetAws, embeddedAccess } from '../../src/wiring/simulated.ts';
import { smallFleet } from '../e2e/small-fleet.ts';

async function stage(): Promise<{
  aws: Awaited<ReturnType<typeof createFleetAws>>;
  config: (mode: 'active' | 'paused') => ControllerConfig;
}> {
  const names = { desiredTable: 'desired', stateTable: 'state', region: 'us-east-1' };
  const clock = createClock({ unref: true });
  const aws = await createFleetAws({
    ...names,
    clock,
    seed: 1,
    throttle: false,
    fleetText: smallFleet(),
    apply: true,
    random: () => 0.5,
  });
  const config = (mode: 'active' | 'paused'): ControllerConfig => ({
    ...names,
    resyncSeconds: 300,
    detailSeconds: 900,
    identity: 'local',
    http: { host: '127.0.0.1', port: 0 },
    mode,
    logLevel: 'error',
    aws: embeddedAccess(aws, names.region, 'local'),
  });
  return { aws, config };
}

describe('without a controller', () => {
  it('the room is what the controller would say it is, and a plan says where tenants would be placed', async () => {
    const { aws, config } = await stage();
    const since = aws.log.last;
    const capacity = (await askLocal({ question: 'capacity', terms: {}, config: config('active') })) as {
      tiers: readonly { cells: readonly { groups: readonly { state: string }[] }[] }[];
    };
    const groups = capacity.tiers.flatMap(({ cells }) => cells.flatMap((cell) => cell.groups));
    expect(groups.map(({ state }) => state)).toEqual(groups.map(() => 'active'));
    const { tenants } = await planLocal({ config: config('active') });
    expect(tenants.length).toBeGreaterThan(0);
    expect(tenants.flatMap(({ notes = [] }) => notes).filter((note) => note.includes('ModeNotActive'))).toEqual([]);
    expect(tenants.flatMap(({ notes = [] }) => notes).join('\n')).toContain('to be placed in');
    expect(aws.log.since(since, 10_000).filter(({ mutating }) => mutating)).toEqual([]);
  });

  it('a process that is told to be paused has no room for anybody', async () => {
    const { config } = await stage();
    const { tenants } = await planLocal({ config: config('paused') });
    expect(tenants.flatMap(({ notes = [] }) => notes).join('\n')).toContain('ModeNotActive(paused)');
  });
});
