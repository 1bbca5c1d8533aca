import type { Capacity } from './capacity.ts';
import type { ServiceSize } from './demand.ts';
import type { CellDimension, Demand, GroupDimension, ZoneDimension } from './vector.ts';

export type PlaceState = 'active' | 'cordoned' | 'draining';
export type PlaceMode = 'active' | 'observe' | 'paused';
export type Isolation = 'shared' | 'dedicated';

/**
 * How a tier's infra groups are preferred. `level` is `pack` for a plan that knows all who come: the infra groups that it opened are filled side by side,
 * so that none is preferred for being fuller.
 */
export type Strategy = 'pack' | 'spread' | 'level';

/** What placement has to know of a tier. */
export interface TierView {
  readonly name: string;
  readonly scope: 'tenant' | 'tier';
  readonly strategy: Strategy;
  /** The id of the hosted zone that the tier's records live in. */
  readonly zone: string;
  /** The demand of a tenant that states nothing of its own: what "an average tenant" is taken for while the tier has none. */
  readonly typical?: Demand;
}

/** What placement has to know of a cell. */
export interface CellView {
  readonly name: string;
  readonly tier: string;
  readonly state: PlaceState;
  /** Why nothing can be built here at the moment, in words; absent when it can. */
  readonly notReady?: string;
  /** Why the view of what is live here is not complete; absent when it is. Nothing is placed by an incomplete view. */
  readonly incomplete?: string;
  readonly capacity: Capacity<CellDimension>;
}

/** What placement has to know of an infra group. */
export interface GroupView {
  readonly name: string;
  readonly cell: string;
  readonly state: PlaceState;
  /** The strictest of the modes of fleet, tier, cell and infra group. */
  readonly mode: PlaceMode;
  readonly notReady?: string;
  /** Whether its ALB has IPv6 addresses too, so that a name needs an AAAA record beside the A record. */
  readonly dualstack: boolean;
  /** Slots that nobody holds but that cannot be given away: those at rest after a removal, and those whose priorities a foreign rule holds. */
  readonly restingSlots: readonly number[];
  readonly capacity: Capacity<GroupDimension>;
}

/** What placement has to know of a hosted zone. */
export interface ZoneView {
  readonly id: string;
  readonly incomplete?: string;
  readonly capacity: Capacity<ZoneDimension>;
}

/** One placement that holds a slot and a part of the capacity, in whatever phase of its life. */
export interface Reservation {
  /** The placement's id. */
  readonly placement: string;
  readonly tenant: string;
  readonly tier: string;
  readonly cell: string;
  readonly group: string;
  readonly slot: number;
  readonly demand: Demand;
  /** The label under which it was placed: that of the last good spec, not of one that still asks for a move. */
  readonly antiAffinity?: string;
  readonly isolation: Isolation;
  /** True from when its removal was decided: it holds its room, but no longer counts as one of the tenant's placements. */
  readonly leaving?: boolean;
  /** The placement that it is to replace, until that one leaves; with `leaving`: the move is being taken back. */
  readonly replaces?: string;
  /** Another placement is to replace it: it holds its room, but nobody has to keep away from it for long. */
  readonly replaced?: boolean;
}

/** All that a decision depends on. */
export interface PlacementView {
  readonly tiers: readonly TierView[];
  readonly cells: readonly CellView[];
  readonly groups: readonly GroupView[];
  readonly zones: readonly ZoneView[];
  readonly reservations: readonly Reservation[];
}

/** What a tenant's effective spec asks of placement. What it has already stands in the ledger, under its name. */
export interface PlacementRequest {
  readonly tenant: string;
  readonly tier: string;
  /** How many placements, in distinct cells. Means nothing in tier scope. */
  readonly placements: number;
  /** Infra groups that it may be in; empty: any of its tier. Means nothing in tier scope. */
  readonly pin: readonly string[];
  readonly antiAffinity?: string;
  readonly isolation: Isolation;
  readonly size: ServiceSize;
}
