import type { PlacementInventory, PlacementMove } from '../../model/resources.ts';

/** The order to begin moving one placement now. It is never stored: the move that it starts is. */
export interface MoveOrder {
  readonly cause: 'drain' | 'rebalance';
  /** For people. */
  readonly why: string;
  /** Infra groups that it may go to; absent: wherever it fits. */
  readonly to?: readonly string[];
}

/** What moves placements besides their tenants' own records: places that are drained, and rebalancing. */
export interface Movers {
  /** The order to begin moving this placement now; undefined: none, or not its turn (bounded concurrency). */
  orderFor(tenant: string, placement: PlacementInventory): MoveOrder | undefined;
  /** Whether what caused this move still stands; false: it is aborted, as long as the old placement has not begun to leave. */
  stands(old: PlacementInventory, move: PlacementMove): boolean;
}
