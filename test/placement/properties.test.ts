import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { place, reservationFor } from '../../src/placement/decide.ts';
import type { Explanation } from '../../src/placement/explain.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import { resolvePlacement } from '../../src/placement/resolve.ts';
import type { PlacementRequest, PlacementView, Reservation } from '../../src/placement/types.ts';
import { cellDimensions, groupDimensions } from '../../src/placement/vector.ts';
import { cell, group, request, tier, view, zone } from './world.ts';

/** Give CELLWRIGHT_TEST_SEED to run one again; the seed stands in every title. */
const seed = Number(process.env['CELLWRIGHT_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const titled = (title: string): string => `${title} (CELLWRIGHT_TEST_SEED=${seed})`;

// --- worlds and histories -------------------------------------------------------------------------------------------------------

const quota = (most: number) => fc.integer({ min: 0, max: most });
const state = fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'cordoned' as const);
const reservePercent = fc.constantFrom(0, 10, 25);

const groupFields = fc.record({
  cell: fc.nat(3),
  state,
  dualstack: fc.boolean(),
  reservePercent,
  restingSlots: fc.array(fc.nat(3), { maxLength: 2 }),
  quotas: fc.record({ targetGroups: quota(8), rules: quota(8), targets: quota(40), subnetAddresses: quota(40) }),
  foreign: fc.record({ rules: quota(2), targets: quota(4) }),
});

const cellFields = fc.record({
  state,
  reservePercent,
  quotas: fc.record({
    fargateVcpu: quota(40 * 1024),
    targetGroups: quota(20),
    networkInterfaces: quota(80),
    clusters: quota(20),
  }),
});

const worlds = fc
  .record({
    scope: fc.constantFrom('tenant' as const, 'tenant' as const, 'tier' as const),
    strategy: fc.constantFrom('pack' as const, 'spread' as const),
    records: fc.integer({ min: 0, max: 40 }),
    cells: fc.array(cellFields, { minLength: 4, maxLength: 4 }),
    groups: fc.array(groupFields, { minLength: 1, maxLength: 7 }),
  })
  .map(
    ({ scope, strategy, records, cells, groups }): PlacementView =>
      view({
        tiers: [tier('standard', { scope, strategy })],
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

const requests = fc
  .record({
    tenant: fc.nat(11),
    placements: fc.integer({ min: 1, max: 3 }),
    pin: fc.oneof(
      { weight: 4, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(7), { minLength: 1, maxLength: 3 }) },
    ),
    antiAffinity: fc.constantFrom(undefined, undefined, 'bank', 'shop'),
    isolation: fc.constantFrom('shared' as const, 'shared' as const, 'shared' as const, 'dedicated' as const),
    size: sizes,
  })
  .map(({ tenant, pin, antiAffinity, ...rest }) => {
    const label = antiAffinity === undefined ? {} : { antiAffinity };
    return request(`t${tenant}`, { ...rest, ...label, pin: pin.map((n) => `g${n}`) });
  });

type Step =
  | { readonly kind: 'ask'; readonly asked: PlacementRequest }
  | { readonly kind: 'remove'; readonly tenant: string; readonly rest: boolean };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: requests.map((asked): Step => ({ kind: 'ask', asked })) },
    {
      weight: 1,
      arbitrary: fc
        .record({ tenant: fc.nat(11), rest: fc.boolean() })
        .map(({ tenant, rest }): Step => ({ kind: 'remove', tenant: `t${tenant}`, rest })),
    },
  ),
  { maxLength: 40 },
);

/** Runs a history over a ledger, as a controller would, and hands every state to `check`. */
function run(
  world: PlacementView,
  history: readonly Step[],
  check: (step: Step, outcome: ReturnType<typeof ask> | undefined, ledger: Ledger) => void,
): void {
  const ledger = new Ledger(world);
  let ids = 0;
  const nextId = (): string => `p${(ids += 1)}`;
  for (const step of history) {
    if (step.kind === 'remove') {
      for (const held of ledger.reservationsOf(step.tenant)) ledger.release(held.placement, step.rest);
      check(step, undefined, ledger);
    } else {
      check(step, ask(ledger, scoped(world, step.asked), nextId), ledger);
    }
  }
}

/** Records are the tier's own in tier scope. */
function scoped(world: PlacementView, asked: PlacementRequest): PlacementRequest {
  const ownRecords = world.tiers[0]?.scope !== 'tier';
  return { ...asked, size: { ...asked.size, ownRecords } };
}

function ask(ledger: Ledger, asked: PlacementRequest, nextId: () => string) {
  const before = ledger.reservationsOf(asked.tenant);
  const resolution = resolvePlacement(asked, ledger);
  if (resolution.kind !== 'change') return { before, resolution };
  for (const { placement, after } of resolution.growth) ledger.revise(placement, { demand: after });
  for (const held of resolution.surplus) ledger.release(held.placement, true);
  for (const choice of resolution.choices) ledger.reserve(reservationFor(asked, choice, nextId()));
  for (const held of ledger.reservationsOf(asked.tenant)) {
    ledger.revise(held.placement, { antiAffinity: asked.antiAffinity, isolation: asked.isolation });
  }
  return { before, resolution };
}

// --- what must hold, computed from the reservations alone ---------------------------------------------------------------------------

const tenants = Array.from({ length: 12 }, (_, index) => `t${index}`);

function allHeld(ledger: Ledger): readonly Reservation[] {
  return tenants.flatMap((tenant) => ledger.reservationsOf(tenant));
}

function sum(held: readonly Reservation[], of: (reservation: Reservation) => number): number {
  return held.reduce((total, reservation) => total + of(reservation), 0);
}

function limit(
  entry: { readonly known: boolean; readonly quota?: number; readonly foreign?: number },
  reserve: number,
) {
  return Math.max(0, Math.floor(((entry.quota ?? 0) * (100 - reserve)) / 100) - (entry.foreign ?? 0));
}

function reserveOf(entry: { readonly known: boolean; readonly reservePercent?: number }): number {
  return entry.reservePercent ?? 0;
}

/** Use that exceeds a limit, by name; must be empty. */
function overcommitted(world: PlacementView, held: readonly Reservation[]): readonly string[] {
  const found: string[] = [];
  for (const { name, capacity } of world.groups) {
    const here = held.filter((reservation) => reservation.group === name);
    for (const dimension of groupDimensions) {
      const used = sum(here, ({ demand }) => demand.group[dimension]);
      if (used > limit(capacity[dimension], reserveOf(capacity[dimension]))) found.push(`${name} ${dimension}`);
    }
  }
  for (const { name, capacity } of world.cells) {
    const here = held.filter((reservation) => reservation.cell === name);
    for (const dimension of cellDimensions) {
      const used = sum(here, ({ demand }) => demand.cell[dimension]);
      if (used > limit(capacity[dimension], reserveOf(capacity[dimension]))) found.push(`${name} ${dimension}`);
    }
  }
  const records = world.zones[0]?.capacity.records;
  if (records !== undefined && sum(held, ({ demand }) => demand.zone.records) > limit(records, 0)) found.push('zone');
  return found;
}

/** Rules between tenants that are broken, by name; must be empty. */
function broken(world: PlacementView, held: readonly Reservation[]): readonly string[] {
  const everywhere = world.tiers[0]?.scope === 'tier';
  const slots = held.filter(({ group: name, slot }) => {
    const resting = world.groups.find((one) => one.name === name)?.restingSlots ?? [];
    return resting.includes(slot) || slot < 0 || 1000 + 2 * slot > 49_999;
  });
  const pairs = held.flatMap((a, index) =>
    held
      .slice(index + 1)
      .flatMap((b) => conflict(a, b, everywhere).map((what) => `${a.placement} ${b.placement} ${what}`)),
  );
  return [...slots.map(({ placement }) => `${placement} slot`), ...pairs];
}

function conflict(a: Reservation, b: Reservation, everywhere: boolean): readonly string[] {
  const sameGroup = a.group === b.group;
  const sameCell = a.cell === b.cell;
  const sameTenant = a.tenant === b.tenant;
  const rules: Record<string, boolean> = {
    slot: sameGroup && a.slot === b.slot,
    spread: sameTenant && (sameGroup || (!everywhere && sameCell)),
    antiAffinity: !sameTenant && sameCell && a.antiAffinity !== undefined && a.antiAffinity === b.antiAffinity,
    isolation: !sameTenant && sameGroup && [a.isolation, b.isolation].includes('dedicated'),
  };
  return Object.keys(rules).filter((name) => rules[name]);
}

function assertWellExplained(explanation: Explanation): void {
  expect(explanation.text.length).toBeGreaterThan(40);
  expect(explanation.remedies.length).toBeGreaterThan(0);
  expect(explanation.found).toBeLessThan(explanation.needed);
}

const options = { seed, numRuns: 300 };

describe('over random arrivals, growth, reductions and removals', () => {
  it(titled('no dimension is ever overcommitted and no rule between tenants is broken'), () => {
    fc.assert(
      fc.property(worlds, steps, (world, history) => {
        run(world, history, (_step, _outcome, ledger) => {
          const held = allHeld(ledger);
          expect(overcommitted(world, held)).toEqual([]);
          expect(broken(world, held)).toEqual([]);
        });
      }),
      options,
    );
  });

  it(titled("the ledger's sums are those of its reservations, and 0 when all are gone"), () => {
    fc.assert(
      fc.property(worlds, steps, (world, history) => {
        run(world, history, (_step, _outcome, ledger) => {
          const fresh = new Ledger({ ...world, reservations: allHeld(ledger) });
          for (const { name } of world.groups) {
            expect(ledger.site(name)?.account.used).toEqual(fresh.site(name)?.account.used);
            expect(ledger.site(name)?.cell.account.used).toEqual(fresh.site(name)?.cell.account.used);
          }
          expect(ledger.meanDemand('standard')).toEqual(fresh.meanDemand('standard'));
          for (const a of world.cells) {
            for (const b of world.cells) {
              if (a.name !== b.name)
                expect(ledger.inCommon(a.name, b.name, '')).toBe(fresh.inCommon(a.name, b.name, ''));
            }
          }
        });
      }),
      { ...options, numRuns: 60 },
    );
  });

  it(titled('what is placed is never moved, and grows only by what was asked'), () => {
    fc.assert(
      fc.property(worlds, steps, (world, history) => {
        run(world, history, (step, outcome, ledger) => {
          if (step.kind !== 'ask' || outcome === undefined) return;
          const now = new Map(ledger.reservationsOf(step.asked.tenant).map((held) => [held.placement, held]));
          const { before, resolution } = outcome;
          const gone = resolution.kind === 'change' ? resolution.surplus.map(({ placement }) => placement) : [];
          for (const held of before) {
            const after = now.get(held.placement);
            if (gone.includes(held.placement)) expect(after).toBeUndefined();
            else expect(after).toMatchObject({ group: held.group, cell: held.cell, slot: held.slot });
            if (resolution.kind !== 'change') expect(after).toEqual(held);
          }
        });
      }),
      options,
    );
  });

  it(titled('every refusal has its reasons: in tenant scope, at least one for each infra group'), () => {
    fc.assert(
      fc.property(worlds, steps, requests, (world, history, last) => {
        run(world, history, (_step, outcome) => {
          if (outcome?.resolution.kind === 'unplaceable') assertWellExplained(outcome.resolution.explanation);
        });
        const ledger = new Ledger(world);
        for (const step of history) if (step.kind === 'ask') ask(ledger, scoped(world, step.asked), ids());
        const decision = place({ ...scoped(world, last), tenant: 'new' }, ledger);
        if (decision.kind === 'placed') return;
        assertWellExplained(decision.explanation);
        const silent = decision.explanation.groups.filter(({ rejections }) => rejections.length === 0);
        expect(silent).toEqual([]);
        if (world.tiers[0]?.scope === 'tenant') {
          expect(decision.explanation.groups).toHaveLength(world.groups.length);
        }
      }),
      options,
    );
  });

  it(titled('decisions depend on what the view holds, not on its order'), () => {
    fc.assert(
      fc.property(worlds, steps, (world, history) => {
        const turned = { ...world, cells: world.cells.toReversed(), groups: world.groups.toReversed() };
        const results = [world, turned].map((one) => {
          const outcomes: unknown[] = [];
          run(one, history, (_step, outcome) => outcomes.push(outcome));
          return outcomes;
        });
        expect(results[1]).toEqual(results[0]);
      }),
      options,
    );
  });
});

let idCount = 0;
function ids(): () => string {
  return () => `q${(idCount += 1)}`;
}

// --- completeness: an oracle that knows nothing of filters and scores -----------------------------------------------------------------

/** Whether a group could take a new tenant, from reservations and limits alone. */
function couldTake(world: PlacementView, held: readonly Reservation[], asked: PlacementRequest, name: string): boolean {
  const place = world.groups.find((one) => one.name === name);
  const home = world.cells.find((one) => one.name === place?.cell);
  if (place?.state !== 'active' || home?.state !== 'active') return false;
  if (asked.pin.length > 0 && !asked.pin.includes(name)) return false;
  const here = held.filter((reservation) => reservation.group === name);
  if (here.some(({ isolation }) => isolation === 'dedicated')) return false;
  if (asked.isolation === 'dedicated' && here.length > 0) return false;
  const label = asked.antiAffinity;
  if (label !== undefined && held.some((one) => one.cell === home.name && one.antiAffinity === label)) return false;
  const tasks = asked.size.tasks * 2;
  const base: Reservation = {
    placement: 'probe',
    tenant: asked.tenant,
    tier: asked.tier,
    cell: home.name,
    group: name,
    slot: 0,
    isolation: 'shared',
    demand: {
      group: { targetGroups: 1, rules: 1, targets: tasks, subnetAddresses: tasks, rps: asked.size.expectedRps ?? 0 },
      cell: { fargateVcpu: tasks * asked.size.cpu, targetGroups: 1, networkInterfaces: tasks, clusters: 1 },
      zone: { records: 0 },
    },
  };
  return overcommitted(world, [...held, base]).length === 0;
}

describe('a tenant is placed exactly when it can be', () => {
  it(titled('by an oracle that tries every combination of cells'), () => {
    fc.assert(
      fc.property(worlds, steps, requests, (anyWorld, history, last) => {
        const world = { ...anyWorld, tiers: [tier('standard')] };
        const ledger = new Ledger(world);
        for (const step of history) if (step.kind === 'ask') ask(ledger, step.asked, ids());
        const asked = { ...last, tenant: 'new' };
        const held = allHeld(ledger);
        const cheapest = new Map<string, number>();
        for (const { name, cell: home, dualstack } of world.groups) {
          if (!couldTake(world, held, asked, name)) continue;
          cheapest.set(home, Math.min(cheapest.get(home) ?? 2, dualstack ? 2 : 1));
        }
        const records = [...cheapest.values()].sort((a, b) => a - b).slice(0, asked.placements);
        const zoneQuota = world.zones[0]?.capacity.records;
        const free = limit(zoneQuota ?? { known: false }, 0) - sum(held, ({ demand }) => demand.zone.records);
        const needed = records.reduce((total, each) => total + each, 0);
        const possible = records.length === asked.placements && needed <= free;
        const decision = place(asked, ledger);
        expect(decision.kind).toBe(possible ? 'placed' : 'unplaceable');
        if (decision.kind === 'placed') expect(decision.choices).toHaveLength(asked.placements);
      }),
      options,
    );
  });
});
