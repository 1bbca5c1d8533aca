import { usable } from './capacity.ts';
import type { CellSites, Ledger } from './ledger.ts';
import { type RoomCell, type RoomModel, roomInTier, typicalCell, typicalGroup, withCell } from './room.ts';
import {
  type CellDimension,
  cellDimensions,
  cpuUnitsPerVcpu,
  type Demand,
  type Dimension,
  type GroupDimension,
  groupDimensions,
} from './vector.ts';

/** What could be had for how many more average tenants. */
export interface WhatIf {
  /** One more infra group like those there are, in the cell where it gives most. */
  readonly infraGroup?: { readonly cell: string; readonly buys: number };
  /** One more cell like those there are, with as many infra groups as they have. */
  readonly cell?: { readonly infraGroups: number; readonly buys: number };
  /** Quotas that give something if they are raised by half, what gives most first. */
  readonly quotas: readonly Raise[];
}

export interface Raise {
  /** The cell whose account asks for it. For a quota of load balancers it counts in all infra groups of the cell. */
  readonly cell: string;
  readonly level: 'cell' | 'infra-group';
  readonly dimension: Dimension;
  /** vCPU in CPU units. */
  readonly from: number;
  readonly to: number;
  readonly buys: number;
}

const raiseBy = 1.5;

interface Question {
  readonly model: RoomModel;
  readonly mean: Demand;
  /** How many tenants some placements are. */
  readonly inTenants: (placements: number) => number;
}

/** What one more infra group, one more cell, or one raised quota would give. In scope `tier` more groups give no room: everybody is in all of them. */
export function whatIfOf(ledger: Ledger, tier: string, question: Question): WhatIf {
  const { model, mean, inTenants } = question;
  const cellSites = ledger.cellSitesOf(tier);
  const now = roomInTier(model, mean);
  const buys = (changed: RoomModel): number => {
    const room = roomInTier(changed, mean);
    return Number.isFinite(room) && Number.isFinite(now) ? inTenants(room) - inTenants(now) : 0;
  };
  const quotas = cellSites
    .flatMap((one) => raisesIn(one, model, buys))
    .sort((a, b) => b.buys - a.buys || (`${a.cell} ${a.dimension}` < `${b.cell} ${b.dimension}` ? -1 : 1));
  const [first] = cellSites;
  if (first === undefined || model.scope === 'tier') return { quotas };
  const group = typicalGroup(cellSites.flatMap(({ sites }) => sites));
  const groups = model.cells
    .filter(({ name }) => isOn(cellSites, name))
    .map(({ name }) => {
      const added = withCell(model, name, (cell) => ({ ...cell, groups: [...cell.groups, group] }));
      return { cell: name, buys: buys(added) };
    });
  const infraGroup = groups.sort((a, b) => b.buys - a.buys || (a.cell < b.cell ? -1 : 1))[0];
  const more = typicalCell(cellSites);
  const cell = { infraGroups: more.groups.length, buys: buys({ ...model, cells: [...model.cells, more] }) };
  return infraGroup === undefined ? { cell, quotas } : { infraGroup, cell, quotas };
}

function isOn(cellSites: readonly CellSites[], name: string): boolean {
  return cellSites.some(({ cell }) => cell.view.name === name && cell.view.state === 'active');
}

function raisesIn(cellSites: CellSites, model: RoomModel, buys: (model: RoomModel) => number): readonly Raise[] {
  const { cell, sites } = cellSites;
  const { name } = cell.view;
  const found: Raise[] = [];
  const look = (
    level: Raise['level'],
    dimension: Dimension,
    quota: number,
    change: (cell: RoomCell, from: number, to: number) => RoomCell,
  ): void => {
    const to = raised(dimension, quota);
    const gain = buys(withCell(model, name, (one) => change(one, quota, to)));
    if (gain > 0) found.push({ cell: name, level, dimension, from: quota, to, buys: gain });
  };
  for (const dimension of cellDimensions) {
    const limit = cell.account.capacity[dimension];
    if (!limit.known || !Number.isFinite(limit.quota)) continue;
    look('cell', dimension, limit.quota, (one, from, to) => moreInCell(one, dimension, more(from, to, limit)));
  }
  for (const dimension of groupDimensions) {
    // AWS does not raise the target groups of an ALB (ELBv2 quotas page).
    if (dimension === 'targetGroups') continue;
    const limit = sites[0]?.account.capacity[dimension];
    if (limit?.known !== true || !Number.isFinite(limit.quota)) continue;
    look('infra-group', dimension, limit.quota, (one, from, to) => moreInGroups(one, dimension, more(from, to, limit)));
  }
  return found;
}

/** Whole vCPU, whole units of all else. */
function raised(dimension: Dimension, quota: number): number {
  const unit = dimension === 'fargateVcpu' ? cpuUnitsPerVcpu : 1;
  return Math.ceil((quota * raiseBy) / unit) * unit;
}

function more(from: number, to: number, { reservePercent }: { readonly reservePercent: number }): number {
  return usable(to, reservePercent, 0) - usable(from, reservePercent, 0);
}

function moreInCell(cell: RoomCell, dimension: CellDimension, by: number): RoomCell {
  return { ...cell, spare: { ...cell.spare, [dimension]: cell.spare[dimension] + by } };
}

function moreInGroups(cell: RoomCell, dimension: GroupDimension, by: number): RoomCell {
  const groups = cell.groups.map((group) => ({
    ...group,
    spare: { ...group.spare, [dimension]: group.spare[dimension] + by },
  }));
  return { ...cell, groups };
}
