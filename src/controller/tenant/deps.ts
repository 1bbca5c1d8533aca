import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import type { Clock } from '../../model/clock.ts';
import type { Change, MoveCause } from '../../model/resources.ts';
import type { ObjectEvent } from '../../model/state.ts';
import type { Reconciler } from '../../reconcilers/contract.ts';
import type { DesiredTable } from '../../store/desired.ts';
import type { RemovalBudget } from '../../store/removals.ts';
import type { Reservations } from '../../store/reservations.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { BatchPlanner } from '../capacity/batch.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { Mode } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import type { Movers } from '../movers/orders.ts';
import type { Serving } from '../tier/closure.ts';
import type { HealthBook } from './health.ts';

/** What the runs of tenants and tiers share. */
export interface EngineDeps {
  readonly installation: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newToken: () => string;
  readonly view: FleetView;
  readonly book: PlacementBook;
  /** Plans first placements together where many come at once. */
  readonly batch: BatchPlanner;
  readonly desired: Pick<DesiredTable, 'get'>;
  readonly state: StateWriter;
  readonly reservations: Reservations;
  readonly removals: RemovalBudget;
  readonly reconcilers: readonly Reconciler[];
  /** A cell through its roles; undefined when it has no accepted record. */
  readonly cell: (name: string) => CellAccess | undefined;
  /** A tier's zone; undefined when it has no accepted record. */
  readonly zone: (tier: string) => ZoneAccess | undefined;
  /** The process's own mode, by configuration. */
  readonly mode: () => Mode;
  /** When the last call of an earlier leader must be over (clock.now()): nothing is removed before. */
  readonly removalsFrom: () => number;
  /** Why nothing may be placed (in this tier) at present; undefined when it may. */
  readonly placingClosed: (tier?: string) => string | undefined;
  /** Why a tenant is left alone altogether: the state table does not know all that is live of it. */
  readonly leftAlone: (tenant: string) => string | undefined;
  /** Publication of a tier's shared name, by infra group. */
  readonly publication: (tier: string, infraGroup: string, tenant: string) => Publication;
  /** Takes down behind which infra groups a tenant serves, as its run saw it: what route closure goes by. */
  readonly noteServing: (tenant: string, tiers: ReadonlySet<string>, serving: ReadonlyMap<string, Serving>) => void;
  /** What was seen of the placements' targets in this term. */
  readonly health: HealthBook;
  /** Who orders moves besides the tenants' records. */
  readonly movers: Movers;
  readonly observer: EngineObserver;
}

/** Whether a tenant that shares its tier's name is reached through an infra group. */
export interface Publication {
  readonly published: boolean;
  readonly message: string;
  /** The infra group is being emptied and the name led to it no more for so long that nobody comes by it: who is there may leave. */
  readonly left: boolean;
}

/** Told of what the engine sees and does; metrics and logs hang on it. */
export interface EngineObserver {
  change(change: Change, what: 'seen' | 'applied', tenant: string): void;
  held(reason: string, tenant: string, message: string): void;
  event(key: string, event: Pick<ObjectEvent, 'type' | 'reason' | 'message'>): void;
  callFailed(key: string, error: Error): void;
  /** A tenant found no room (with the code of the commonest refusal), or has some. */
  placed(tenant: string, refusal: string | undefined): void;
  /** A move was carried through, or is taken back. `tookMs`: since it began. */
  moved(tenant: string, what: 'done' | 'aborted', cause: MoveCause, tookMs: number): void;
}
