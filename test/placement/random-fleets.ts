import fc from 'fast-check';
import { place, reservationFor } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import type { PlacementRequest, PlacementView } from '../../src/placement/types.ts';
import { cell, group, request, tier, view, zone } from './world.ts';

/** Give CELLWRIGHT_TEST_SEED to run one again; the seed stands in every title. */
export const seed = Number(process.env['CELLWRIGHT_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
export const titled = (title: string): string => `${title} (CELLWRIGHT_TEST_SEED=${seed})`;
export const options = { seed, numRuns: 200 };

const quota = (least: number, most: number) => fc.integer({ min: least, max: most });
const state = fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'cordoned' as const);

const groupFields = fc.record({
  cell: fc.nat(3),
  state,
  dualstack: fc.boolean(),
  reservePercent: fc.constantFrom(0, 10),
  quotas: fc.record({
    targetGroups: quota(1, 8),
    rules: quota(1, 8),
    targets: quota(4, 40),
    subnetAddresses: quota(4, 40),
  }),
});

const cellFields = fc.record({
  state: fc.constantFrom(
    'active' as const,
    'active' as const,
    'active' as const,
    'active' as const,
    'cordoned' as const,
  ),
  quotas: fc.record({
    fargateVcpu: quota(4 * 1024, 60 * 1024),
    targetGroups: quota(2, 20),
    networkInterfaces: quota(8, 80),
    clusters: quota(2, 20),
  }),
});

/** Small fleets with nobody in them, in which every limit is felt. */
export const worlds = fc
  .record({
    strategy: fc.constantFrom('pack' as const, 'pack' as const, 'spread' as const),
    records: fc.integer({ min: 4, max: 60 }),
    cells: fc.array(cellFields, { minLength: 4, maxLength: 4 }),
    groups: fc.array(groupFields, { minLength: 2, maxLength: 8 }),
  })
  .map(
    ({ strategy, records, cells, groups }): PlacementView =>
      view({
        tiers: [tier('standard', { strategy })],
        zones: [zone('Z1', records)],
        cells: cells.map((fields, index) => cell(`c${index}`, fields)),
        groups: groups.map(({ cell: index, ...fields }, n) => group(`g${n}`, `c${index}`, fields)),
      }),
  );

const sizes = fc.record({
  cpu: fc.constantFrom(256, 512, 2048),
  tasks: fc.integer({ min: 0, max: 4 }),
  expectedRps: fc.nat(50),
});

export const requests = fc
  .record({
    tenant: fc.nat(11),
    placements: fc.constantFrom(1, 1, 1, 2, 3),
    pin: fc.oneof(
      { weight: 5, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(7), { minLength: 1, maxLength: 3 }) },
    ),
    antiAffinity: fc.constantFrom(undefined, undefined, undefined, 'bank', 'shop'),
    isolation: fc.constantFrom(
      'shared' as const,
      'shared' as const,
      'shared' as const,
      'shared' as const,
      'dedicated' as const,
    ),
    size: sizes,
  })
  .map(({ tenant, pin, antiAffinity, ...rest }) => {
    const label = antiAffinity === undefined ? {} : { antiAffinity };
    return request(`t${tenant}`, { ...rest, ...label, pin: pin.map((n) => `g${n}`) });
  });

/** Different tenants, in the order in which they come. */
export const crowds = fc
  .array(requests, { minLength: 1, maxLength: 24 })
  .map((all) => all.map((one, index) => ({ ...one, tenant: `t${index}` })));

export interface RandomFleet {
  readonly view: PlacementView;
  readonly ledger: Ledger;
  /** Those who are in it. */
  readonly requests: ReadonlyMap<string, PlacementRequest>;
}

/** Places a crowd one by one in a fleet; some of it leaves again, so that there are holes. */
export function populate(
  world: PlacementView,
  crowd: readonly PlacementRequest[],
  leavers: readonly number[],
): RandomFleet {
  const ledger = new Ledger(world);
  const inside = new Map<string, PlacementRequest>();
  for (const asked of crowd) {
    const decision = place(asked, ledger);
    if (decision.kind !== 'placed') continue;
    for (const [index, choice] of decision.choices.entries()) {
      ledger.reserve(reservationFor(asked, choice, `${asked.tenant}-${index}`));
    }
    inside.set(asked.tenant, asked);
  }
  for (const leaver of leavers) {
    const tenant = `t${leaver}`;
    for (const held of ledger.reservationsOf(tenant)) ledger.release(held.placement, true);
    inside.delete(tenant);
  }
  return { view: world, ledger, requests: inside };
}

export const fleets = fc
  .record({ world: worlds, crowd: crowds, leavers: fc.array(fc.nat(23), { maxLength: 8 }) })
  .map(({ world, crowd, leavers }) => populate(world, crowd, leavers));
