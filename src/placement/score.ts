import { type Account, freeOf, fullness } from './capacity.ts';
import { isUnopened, type Site } from './ledger.ts';
import type { Pending } from './pending.ts';
import type { Strategy } from './types.ts';
import {
  type CellDimension,
  cellDimensions,
  type Demand,
  type GroupDimension,
  groupDimensions,
  type Vector,
} from './vector.ts';

/** The dimension that runs out first at a site, and where. */
export interface Binding {
  readonly level: 'infra-group' | 'cell';
  readonly dimension: GroupDimension | CellDimension;
}

/** How good a site is for a placement. Room is in average tenants: how many placements of the tier's mean demand still fit. */
export interface Score {
  /** Higher is better; comparable only within one decision. */
  readonly value: number;
  readonly roomBefore: number;
  readonly roomAfter: number;
  /** Room that the choice destroys: `roomBefore - roomAfter`. */
  readonly loss: number;
  /** The share in use, 0 to 1, of the fuller of infra group and cell, before the choice. */
  readonly fullness: number;
  /** The same of the infra group alone. */
  readonly groupFullness: number;
  /** Whether nobody is in the infra group yet. */
  readonly opens: boolean;
  /** What runs out first after the choice; absent where nothing is limited. */
  readonly binding?: Binding;
}

interface Room {
  tenants: number;
  binding?: Binding;
}

interface ScoreInput {
  readonly demand: Demand;
  /** The mean demand of the tier's placements. */
  readonly mean: Demand;
  readonly strategy: Strategy;
  readonly pending?: Pending;
}

/** Small against any loss that matters, large against the rounding errors of floating-point sums. */
const tieBreak = 0.001;

/** What a full infra group is worth against an empty one, in average tenants of room: those that are nearly empty are left to run dry (docs/decisions/0015). */
const fullerIsWorth = 3;

/** What it costs to open an infra group that nobody is in, in average tenants: more than any choice can lose, since an ALB holds 100 target groups. */
const opening = 1000;

/** Scores that differ by less are the same score: what is left is rounding. */
const resolution = 1e9;

/**
 * The room at a site: the least, over all limited dimensions of the infra group and of its cell, of what is free over what an average tenant
 * takes. The zone is left out: it is the same for all infra groups of a tier.
 */
export function roomAt(site: Site, mean: Demand, pending?: Pending, taken?: Demand): Room {
  const room: Room = { tenants: Number.POSITIVE_INFINITY };
  narrow(room, site.account, groupBindings, [mean.group, pending?.group(site), taken?.group]);
  narrow(room, site.cell.account, cellBindings, [mean.cell, pending?.cell(site), taken?.cell]);
  return room;
}

/** Made once: rooms are measured for every infra group in every decision. */
const groupBindings = bindings('infra-group', groupDimensions);
const cellBindings = bindings('cell', cellDimensions);

function bindings<D extends Binding['dimension']>(
  level: Binding['level'],
  dimensions: readonly D[],
): Readonly<Record<D, Binding>> {
  const entries = dimensions.map((dimension) => [dimension, { level, dimension }]);
  return Object.fromEntries(entries) as Record<D, Binding>;
}

type Takes<D extends string> = readonly [mean: Vector<D>, pending: Vector<D> | undefined, taken: Vector<D> | undefined];

function narrow<D extends GroupDimension | CellDimension>(
  room: Room,
  account: Account<D>,
  bindingOf: Readonly<Record<D, Binding>>,
  [mean, pending, taken]: Takes<D>,
): void {
  for (const dimension of account.dimensions) {
    const each = mean[dimension];
    if (each <= 0) continue;
    const free = freeOf(account, dimension, pending) - (taken === undefined ? 0 : taken[dimension]);
    if (free / each >= room.tenants) continue;
    room.tenants = free / each;
    room.binding = bindingOf[dimension];
  }
}

/**
 * Scores a site.
 *
 * `pack`: an infra group in use goes before one with nobody in it, so that no group is opened while those in use have room. Among them the least
 * loss of room wins, so that a small tenant goes where slots are left but vCPU is short and a large one where slots are short; a fuller infra
 * group may cost a little more, so that those that run dry become empty.
 * `spread`: the emptier place wins (by the fuller of group and cell, then by the group), between equals the least loss of room.
 */
export function scoreSite(site: Site, { demand, mean, strategy, pending }: ScoreInput): Score {
  const before = roomAt(site, mean, pending);
  const after = roomAt(site, mean, pending, demand);
  const loss = lossOf(before.tenants, after.tenants);
  const group = fullness(site.account, pending?.group(site));
  const cell = fullness(site.cell.account, pending?.cell(site));
  const opens = isUnopened(site);
  return {
    value: scoreValue({ opens, loss, group, cell, strategy }),
    roomBefore: before.tenants,
    roomAfter: after.tenants,
    loss,
    fullness: Math.max(group, cell),
    groupFullness: group,
    opens,
    ...(after.binding === undefined ? {} : { binding: after.binding }),
  };
}

/** Room that is destroyed. Without a limit there is no loss; infinity less infinity would be no number. */
export function lossOf(roomBefore: number, roomAfter: number): number {
  return roomBefore === Number.POSITIVE_INFINITY ? 0 : roomBefore - roomAfter;
}

interface Considered extends Pick<Score, 'opens' | 'loss'> {
  readonly strategy: Strategy;
  /** The fullness of the infra group and of its cell. */
  readonly group: number;
  readonly cell: number;
}

/** The one number that sites are compared by. */
export function scoreValue({ opens, loss, group, cell, strategy }: Considered): number {
  const raw =
    strategy !== 'spread'
      ? -loss + (strategy === 'pack' ? fullerIsWorth : tieBreak) * group - (opens ? opening : 0)
      : -Math.max(group, cell) - tieBreak * group - tieBreak * tieBreak * loss;
  return Math.round(raw * resolution) / resolution;
}
