import type { CellConfig } from '../../aws/cells.ts';
import type { CellAccess, ZoneAccess } from '../../aws/ports.ts';
import type { ZoneConfig } from '../../aws/zones.ts';
import type { Clock } from '../../model/clock.ts';
import type { Change } from '../../model/resources.ts';
import type { EndpointReconciler, Reconciler } from '../../reconcilers/contract.ts';
import type { DesiredTable } from '../../store/desired.ts';
import type { RemovalBudget } from '../../store/removals.ts';
import type { Reservations } from '../../store/reservations.ts';
import type { Restoring } from '../../store/restoring.ts';
import type { StateReader } from '../../store/state.ts';
import type { StateWriter } from '../../store/state-writer.ts';
import type { StreamReader } from '../../store/stream.ts';
import type { Mode } from '../fleet/modes.ts';
import type { QueueObserver } from '../queue/keyed-queue.ts';
import type { EngineObserver } from '../tenant/deps.ts';

/** How the loop is to run; all times in milliseconds. */
export interface LoopConfig {
  /** How often everything is listed and probed. */
  readonly resyncMs: number;
  /** How often the detail sweep means to come round. */
  readonly detailMs: number;
  /** How many keys of one lane (mostly: one cell) are worked on at once. */
  readonly concurrency: number;
  /** How often the desired table's stream is asked while it is quiet (1,000). */
  readonly streamPollMs?: number;
  readonly mode: Mode;
  /** In which mode placement is reckoned, where that is not `mode`: a term that only answers questions writes nothing, and says what a controller would do. */
  readonly placingMode?: Mode;
}

/** Everything outside that a term of leadership works with; made by the composition root, fenced by the lease. */
export interface TermDeps {
  readonly config: LoopConfig;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newToken: () => string;
  readonly installation: string;
  /** The lease's epoch of this term. */
  readonly epoch: number;
  /** Until when (clock.now()) a call of the leader before may still land: nothing is removed earlier. */
  readonly removalsFrom: number;
  /** How long the first reading of cells and zones may hold up everything, in milliseconds; as long as it takes where it is left out. */
  readonly readsWithinMs?: number | undefined;
  readonly desired: DesiredTable;
  readonly reader: StateReader;
  readonly state: StateWriter;
  readonly reservations: Reservations;
  /** Puts what is live into the state table: for a rebuild alone. */
  readonly restoring: Restoring;
  /** Ends this term and leads again under an epoch above this one. */
  readonly raiseEpoch: (above: number) => void;
  readonly removals: RemovalBudget;
  readonly reconcilers: readonly Reconciler[];
  /** Of the interface endpoints, one for each dependency and infra group. */
  readonly endpoints: EndpointReconciler;
  readonly stream: (callbacks: {
    onKeys: (keys: readonly { kind: string; name: string }[]) => void;
    onGap: (reason: string) => void;
    onError: (error: Error) => void;
  }) => StreamReader;
  readonly cellAccess: (cell: CellConfig) => CellAccess;
  readonly zoneAccess: (zone: ZoneConfig) => ZoneAccess;
  readonly setCallShare: (share: number) => void;
  readonly observer: LoopObserver;
}

/** What the loop tells metrics, logs and probes. */
export interface LoopObserver extends EngineObserver {
  readonly queue: QueueObserver;
  /** A change of a tier's shared name. */
  shared(change: Change, what: 'seen' | 'applied', tier: string): void;
  /** A change of an infra group's endpoints. */
  wired(change: Change, what: 'seen' | 'applied', infraGroup: string): void;
  /** Something of an infra group is held back. */
  groupHeld(reason: string, infraGroup: string, message: string): void;
  swept(kind: 'probe' | 'detail', tookMs: number): void;
  /** The views of both tables and of all reachable cells are complete: the loop is at work. */
  synced(at: number): void;
  detailPeriod(ms: number): void;
  failed(what: string, error: Error): void;
}
