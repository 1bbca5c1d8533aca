/** Seeded fleets to place tenants in. The mix decides which dimension binds: it stands in the instance's name and in the report. */
import { capacityOf } from '../../src/placement/capacity.ts';
import { demandOf } from '../../src/placement/demand.ts';
import type { CellView, GroupView, PlacementRequest, PlacementView } from '../../src/placement/types.ts';
import {
  cellDimensions,
  type Demand,
  type GroupDimension,
  groupDimensions,
  zoneDimensions,
} from '../../src/placement/vector.ts';
import { drawn, pareto, seeded } from './random.ts';

export interface Instance {
  readonly name: string;
  readonly tenants: number;
  readonly seed: number;
  /** The fleet with nobody in it. */
  readonly view: PlacementView;
  /** What each infra group has to give: they are all alike. */
  readonly limits: Readonly<Record<GroupDimension, number>>;
  /** Twice as many as there are tenants at a time, in the order in which they come: the second half replaces those that leave. */
  readonly requests: readonly PlacementRequest[];
  /** Tenants that may be moved to tidy up. */
  readonly movable: ReadonlySet<string>;
}

export type Mix = 'balanced' | 'cpu' | 'rps' | 'pinned' | 'cells';

interface Shape {
  /** The tail of the tenants' sizes: the smaller, the more a few take. */
  readonly alpha: number;
  /** What a hundred average tenants take of each dimension, over what an infra group has. */
  readonly pressure: Readonly<Record<GroupDimension, number>>;
  /** Requests per second of a vCPU, by weight. */
  readonly rps: readonly (readonly [number, number])[];
  readonly replicas: readonly (readonly [number, number])[];
  /** Shares of the tenants. */
  readonly pinned: number;
  readonly labelled: number;
  readonly dedicated: number;
  readonly unmovable: number;
}

const even = { targetGroups: 1, rules: 1, targets: 1, subnetAddresses: 1, rps: 1 };
const plain: Shape = {
  alpha: 1,
  pressure: even,
  rps: [
    [5, 0.2],
    [15, 0.6],
    [60, 0.2],
  ],
  replicas: [[1, 1]],
  pinned: 0,
  labelled: 0,
  dedicated: 0,
  unmovable: 0,
};

const shapes: Readonly<Record<Mix, Shape>> = {
  balanced: plain,
  cpu: { ...plain, alpha: 0.7, pressure: { ...even, targets: 1.6, subnetAddresses: 1.6 } },
  rps: {
    ...plain,
    pressure: { ...even, rps: 1.6 },
    rps: [
      [5, 0.5],
      [15, 0.4],
      [200, 0.1],
    ],
  },
  pinned: { ...plain, pinned: 0.05, labelled: 0.1, dedicated: 0.001, unmovable: 0.02 },
  cells: {
    ...plain,
    replicas: [
      [1, 0.75],
      [2, 0.2],
      [3, 0.05],
    ],
  },
};

/** Tenants that an average infra group holds. */
const perGroup = 100;
const groupsPerCell = 15;
/** How many infra groups there are, over the number that the fullest dimension alone needs. */
const pool = 1.35;

/** Makes a fleet and those who want to be in it. The same name, number and seed give the same instance, always. */
export function instanceOf(mix: Mix, tenants: number, seed: number): Instance {
  const shape = shapes[mix];
  const random = seeded(seed);
  const wanted = Array.from({ length: 2 * tenants }, (_none, index) => tenantOf(shape, random, index));
  const demands = wanted.map(({ size, placements }) => ({ demand: demandOf(size, { dualstack: false }), placements }));
  const placements = demands.reduce((sum, one) => sum + one.placements, 0);
  const mean = (of: (demand: Demand) => number): number =>
    demands.reduce((sum, one) => sum + of(one.demand) * one.placements, 0) / placements;
  const largest = (of: (demand: Demand) => number): number => Math.max(...demands.map(({ demand }) => of(demand)));
  const quotas = Object.fromEntries(
    groupDimensions.map((dimension) => {
      const of = (demand: Demand): number => demand.group[dimension];
      return [dimension, Math.max(largest(of), Math.round((perGroup * mean(of)) / shape.pressure[dimension]))];
    }),
  ) as Record<GroupDimension, number>;
  const atOnce = demands.slice(0, tenants);
  const bound = Math.max(
    ...groupDimensions.map(
      (dimension) =>
        atOnce.reduce((sum, one) => sum + one.demand.group[dimension] * one.placements, 0) / quotas[dimension],
    ),
  );
  const dedicated = wanted.slice(0, tenants).filter(({ isolation }) => isolation === 'dedicated').length;
  const groupCount = Math.ceil(bound * pool) + Math.ceil(1.5 * dedicated);
  const vcpu = Math.round(1.3 * groupsPerCell * perGroup * mean((demand) => demand.cell.fargateVcpu));
  const groups = Array.from({ length: groupCount }, (_none, index) => groupOf(index, quotas));
  const cells = Array.from({ length: cellsFor(groupCount) }, (_none, index) => cellOf(index, vcpu));
  const view: PlacementView = {
    tiers: [{ name: 'standard', scope: 'tenant', strategy: 'pack', zone: 'Z1', typical: meanOf(mean) }],
    cells,
    groups: groups.map((group, index) => ({ ...group, cell: `c${String(index % cells.length).padStart(2, '0')}` })),
    zones: [{ id: 'Z1', capacity: limits(zoneDimensions, { records: 10 * tenants }) }],
    reservations: [],
  };
  const requests = wanted.map((request) => pinned(shape, random, request, groupCount));
  const movable = requests
    .filter(({ isolation }) => isolation === 'shared' && random() >= shape.unmovable)
    .map(({ tenant }) => tenant);
  return { name: `${mix}-${tenants}`, tenants, seed, view, limits: quotas, requests, movable: new Set(movable) };
}

/** At least four cells, so that a tenant with three placements has a choice. */
function cellsFor(groups: number): number {
  return Math.max(4, Math.ceil(groups / groupsPerCell));
}

function tenantOf(shape: Shape, random: () => number, index: number): PlacementRequest {
  const vcpu = 2 ** Math.floor(Math.log2(pareto(random, shape.alpha, 0.5, 64)));
  const perTask = drawn(random, [
    [1, 0.3],
    [2, 0.4],
    [4, 0.3],
  ]);
  const tasks = Math.max(1, vcpu / perTask);
  const base = { tenant: `t${String(index).padStart(6, '0')}`, tier: 'standard', pin: [] };
  const label = random() < shape.labelled ? { antiAffinity: `label-${Math.floor(index / 30)}` } : {};
  return {
    ...base,
    ...label,
    placements: drawn(random, shape.replicas),
    isolation: random() < shape.dedicated ? 'dedicated' : 'shared',
    size: {
      cpu: (1024 * vcpu) / tasks,
      tasks,
      scaling: { mode: 'fixed' },
      expectedRps: vcpu * drawn(random, shape.rps),
      ownRecords: true,
    },
  };
}

/** A pin leaves a tenant three infra groups to be in. */
function pinned(shape: Shape, random: () => number, request: PlacementRequest, groups: number): PlacementRequest {
  if (random() >= shape.pinned) return request;
  const pin = Array.from({ length: 3 }, () => groupName(Math.floor(random() * groups)));
  return { ...request, isolation: 'shared', pin: [...new Set(pin)] };
}

function groupName(index: number): string {
  return `g${String(index).padStart(3, '0')}`;
}

function groupOf(index: number, quotas: Readonly<Record<GroupDimension, number>>): Omit<GroupView, 'cell'> {
  const capacity = limits(groupDimensions, quotas);
  return { name: groupName(index), state: 'active', mode: 'active', dualstack: false, restingSlots: [], capacity };
}

function cellOf(index: number, fargateVcpu: number): CellView {
  const quotas = { fargateVcpu, targetGroups: 3000, networkInterfaces: 50_000, clusters: 10_000 };
  const name = `c${String(index).padStart(2, '0')}`;
  return { name, tier: 'standard', state: 'active', capacity: limits(cellDimensions, quotas) };
}

function limits<D extends string>(dimensions: readonly D[], quotas: Readonly<Record<D, number>>) {
  const nothing: Partial<Record<D, number>> = {};
  return capacityOf(dimensions, { record: quotas, read: nothing, reservePercent: 0, foreign: nothing });
}

function meanOf(mean: (of: (demand: Demand) => number) => number): Demand {
  return {
    group: {
      targetGroups: 1,
      rules: 1,
      targets: mean(({ group }) => group.targets),
      subnetAddresses: mean(({ group }) => group.subnetAddresses),
      rps: mean(({ group }) => group.rps),
    },
    cell: {
      fargateVcpu: mean(({ cell }) => cell.fargateVcpu),
      targetGroups: 1,
      networkInterfaces: mean(({ cell }) => cell.networkInterfaces),
      clusters: 1,
    },
    zone: { records: 1 },
  };
}
