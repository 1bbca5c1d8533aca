import type { ConditionUpdate } from '../../model/conditions.ts';
import type { Kind } from '../../model/records/kinds.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { EpochDeps } from '../capacity/epochs.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import { roomTold } from '../forecast/conditions.ts';
import type { CapacityWatch } from '../forecast/watch.ts';
import type { RefusalBook } from '../infra-group/refusals.ts';
import type { Turns } from '../infra-group/turns.ts';
import { keyText } from '../keys.ts';
import { drainTold, type Told, together } from '../movers/conditions.ts';
import type { FleetMovers } from '../movers/movers.ts';
import type { Trigger } from '../outcome.ts';
import type { ServingTable } from '../tier/closure.ts';
import type { TierPublication } from '../tier/publish.ts';
import type { TermDeps } from './deps.ts';
import type { Infrastructure } from './infra.ts';
import { type Besides, writeInfraStatus } from './status.ts';

/** What the runs of fleet, tiers, cells and infra groups share. */
export interface InfraRunDeps {
  readonly term: TermDeps;
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly infra: Infrastructure;
  readonly movers: FleetMovers;
  readonly capacity: CapacityWatch;
  readonly serving: ServingTable;
  readonly publications: Map<string, TierPublication>;
  /** DNS changes of shared names that are not INSYNC yet, by tier and infra group. */
  readonly changes: Map<string, Map<string, string>>;
  /** Whose turn it is to change endpoints, by cell. */
  readonly turns: Turns;
  /** Endpoints that AWS refused. */
  readonly refusals: RefusalBook;
  readonly enqueue: (key: string, trigger: Trigger) => void;
  /** Whether everything that an earlier leader wrote is known by now. */
  readonly isCertain: () => boolean;
}

/** The process's mode and the fleet's: what holds for everything. */
export function fleetMode(term: Pick<TermDeps, 'config'>, view: FleetView): Mode {
  return strictest([term.config.mode, view.fleet()?.mode]);
}

/** The key of the only Fleet. It runs whether or not there is a record: movers are driven by it. */
export const fleetKey = keyText('Fleet', 'default');

export function epochDeps({ view, book, term }: InfraRunDeps): EpochDeps {
  return { view, book, reservations: term.reservations };
}

/** Reads and accepts the record; an object that is gone and needed by nobody is forgotten (`entry` undefined). */
export async function look(deps: InfraRunDeps, kind: Kind, name: string) {
  const raw = await deps.term.desired.get(kind, name);
  const { view, term } = deps;
  const looked = await acceptObject({ view, state: term.state, clock: term.clock }, kind, name, raw);
  if (looked === undefined) return { entry: undefined, changed: false };
  const { entry, changed } = looked;
  if (!entry.present && !isNeeded(view, entry)) {
    await term.state.remove(entry.key);
    view.forget(entry);
    deps.book.invalidate();
    return { entry: undefined, changed: true };
  }
  return { entry, changed };
}

/** A Tier, Cell or InfraGroup whose record vanished is kept while anything below it remains. */
function isNeeded(view: FleetView, entry: ObjectEntry): boolean {
  const placements = view.all('Tenant').flatMap((tenant) => placementsOf(tenant));
  switch (entry.kind) {
    case 'Tier':
      return (
        view.cells(entry.name).length > 0 ||
        placements.some((placement) => placement.tier === entry.name) ||
        view.all('Tenant').some((tenant) => tenant.accepted?.effective?.tier === entry.name)
      );
    case 'Cell':
      return view.groups(entry.name).length > 0 || placements.some((placement) => placement.cell === entry.name);
    case 'InfraGroup':
      // Its endpoints stand, and nobody said that they are to go: an orphan tells of them.
      return (
        placements.some((placement) => placement.infraGroup === entry.name) ||
        Object.keys(entry.inventory?.value.endpoints ?? {}).length > 0
      );
    case 'Fleet':
    case 'Tenant':
      return false;
    default:
      return entry.kind satisfies never;
  }
}

/** Writes the object's status, if it changed, and tells its events. */
export async function report(
  deps: InfraRunDeps,
  entry: ObjectEntry,
  found: readonly ConditionUpdate[],
  besides: Besides & { readonly told?: Told } = {},
): Promise<void> {
  const { clock, state, observer } = deps.term;
  await writeInfraStatus(state, entry, { found, ...besides }, new Date(clock.now()).toISOString());
  for (const event of besides.told?.events ?? []) observer.event(entry.key, event);
}

/** How the drain of a cell or infra group stands, and how much room it has. */
export function placeTold(deps: InfraRunDeps, entry: ObjectEntry, kind: 'Cell' | 'InfraGroup'): Told {
  const now = new Date(deps.term.clock.now()).toISOString();
  const before = entry.status?.value;
  const draining = deps.view.spec(kind, entry.name)?.state === 'draining';
  const drain = drainTold(before, { draining, progress: deps.movers.progress(kind, entry.name), now });
  return together(drain, roomTold(before, draining ? undefined : roomOf(deps, kind, entry.name)));
}

/** What is being emptied needs no room, and an infra group that is full is what packing is for, unless every tenant has to be in it. */
function roomOf({ view, capacity }: InfraRunDeps, kind: 'Cell' | 'InfraGroup', name: string) {
  const cell = view.spec('InfraGroup', name)?.cell ?? '';
  const tier = view.spec('Tier', view.spec('Cell', cell)?.tier ?? '');
  if (kind === 'InfraGroup' && tier?.routing.scope !== 'tier') return undefined;
  return capacity.figures(kind, name);
}

/** Tenants that are placed in the cell, and those that wait for room anywhere. */
export function wakeTenants(deps: InfraRunDeps, cell: string): void {
  for (const tenant of deps.view.all('Tenant')) {
    const placements = placementsOf(tenant);
    const scope = servingSpec(tenant)?.routing.scope;
    if (placements.length === 0 || scope === 'tier' || placements.some((placement) => placement.cell === cell))
      deps.enqueue(tenant.key, 'change');
  }
}
