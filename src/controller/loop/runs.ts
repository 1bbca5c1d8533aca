import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError } from '../../model/errors.ts';
import type { Kind } from '../../model/records/kinds.ts';
import type { DnsContext, Reconciler } from '../../reconcilers/contract.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { type EpochDeps, raiseEpoch } from '../capacity/epochs.ts';
import type { ZoneReading } from '../capacity/readings.ts';
import { acceptObject } from '../fleet/acceptor.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';
import { roomTold } from '../forecast/conditions.ts';
import type { CapacityWatch } from '../forecast/watch.ts';
import { rolesCondition } from '../infra-group/gate.ts';
import type { RefusalBook } from '../infra-group/refusals.ts';
import type { Turns } from '../infra-group/turns.ts';
import { wiredCondition } from '../infra-group/wired.ts';
import { keyText } from '../keys.ts';
import { drainTold, nothingTold, rebalanceTold, type Told, together } from '../movers/conditions.ts';
import type { FleetMovers } from '../movers/movers.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import type { ServingTable } from '../tier/closure.ts';
import { publishTier, type TierPublication } from '../tier/publish.ts';
import type { TermDeps } from './deps.ts';
import type { Infrastructure } from './infra.ts';
import { quotasRead, readCondition } from './read-conditions.ts';
import { writeInfraStatus } from './status.ts';

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
}

/** The process's mode and the fleet's: what holds for everything. */
export function fleetMode(term: Pick<TermDeps, 'config'>, view: FleetView): Mode {
  return strictest([term.config.mode, view.fleet()?.mode]);
}

/** The key of the only Fleet. It runs whether or not there is a record: movers are driven by it. */
export const fleetKey = keyText('Fleet', 'default');

/** One run of the Fleet: its figures take effect at once, and movers give turns. */
export async function runFleet(deps: InfraRunDeps, name: string): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Fleet', name);
  deps.term.setCallShare(deps.view.fleet()?.callShare ?? 0.7);
  if (changed) {
    deps.book.invalidate();
    for (const tenant of deps.view.all('Tenant')) deps.enqueue(tenant.key, 'change');
  }
  return driveMovers(deps, entry);
}

async function driveMovers(deps: InfraRunDeps, entry: ObjectEntry | undefined): Promise<Outcome> {
  const { movers, term } = deps;
  const { tenants, places } = movers.drain();
  for (const place of places) deps.enqueue(place, 'progress');
  const before = entry?.status?.value;
  const progress = entry === undefined ? [] : movers.charge(before?.rebalance ?? []);
  // What is charged is durable before it may begin.
  if (entry !== undefined)
    await report(deps, entry, [], rebalanceTold(before, progress, movers.orders(), term.clock.now()));
  for (const tenant of [...tenants, ...movers.begin(progress)]) deps.enqueue(keyText('Tenant', tenant), 'progress');
  const checkInMs = movers.lookAgainMs(progress);
  if (checkInMs === undefined) return { kind: 'settled' };
  return { kind: 'waiting', on: 'moves, and whose turn comes next', checkInMs };
}

/** One run of a tier: its tenants follow a change of it, and its shared name is kept. */
export async function runTier(deps: InfraRunDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Tier', name);
  if (entry === undefined) return { kind: 'settled' };
  if (changed) {
    deps.book.invalidate();
    for (const tenant of tenantsOf(deps.view, name)) deps.enqueue(tenant.key, 'change');
    for (const cell of deps.view.all('Cell')) deps.enqueue(cell.key, 'change');
    for (const cell of deps.view.cells(name))
      for (const group of deps.view.groups(cell.name)) deps.enqueue(keyText('InfraGroup', group.name), 'change');
  }
  if (changed || trigger === 'resync') await deps.infra.readZone(name, trigger === 'resync' ? 5_000 : 60_000);
  const { conditions, outcome } = await guardedPublish(deps, name);
  const zone = deps.view.spec('Tier', name)?.zone.id ?? '';
  const reading = deps.book.zones.get(zone);
  const words = (found: ZoneReading): string =>
    `zone ${zone} holds ${found.foreign} other records; quota ${found.quota}`;
  const read = readCondition('ZoneReadable', reading, words);
  const room = roomTold(entry.status?.value, deps.capacity.figures('Tier', name));
  await report(deps, entry, [read, wiredCondition(deps.view, deps.book, name), ...conditions], room);
  return outcome;
}

/** One run of a cell: its quotas, use and infra groups are read into the books. */
export async function runCell(deps: InfraRunDeps, name: string, trigger: Trigger): Promise<Outcome> {
  const { entry, changed } = await look(deps, 'Cell', name);
  if (entry === undefined) return { kind: 'settled' };
  for (const group of deps.view.groups(name)) await raiseEpoch(epochDeps(deps), group.name);
  if (changed) {
    deps.book.invalidate();
    deps.enqueue(fleetKey, 'change');
    for (const group of deps.view.all('InfraGroup')) deps.enqueue(group.key, 'change');
  }
  const news = await deps.infra.readCell(name, trigger === 'resync' ? 5_000 : 60_000);
  if (changed || news) wakeTenants(deps, name);
  const reading = deps.book.cells.get(name);
  const reachable = readCondition('Reachable', reading, () => 'its account can be read');
  const roles = rolesCondition(deps.book.roles.get(name));
  const found = [reachable, roles, ...quotasRead(reading, deps.view.spec('Cell', name)?.quotas)];
  await report(deps, entry, found, placeTold(deps, entry, 'Cell'));
  // Each status has one writer: the run of its own key.
  for (const group of deps.view.groups(name)) deps.enqueue(keyText('InfraGroup', group.name), 'resync');
  return reading?.ok === true
    ? { kind: 'settled' }
    : { kind: 'waiting', on: reading?.message ?? 'the cell', checkInMs: 30_000 };
}

export function epochDeps({ view, book, term }: InfraRunDeps): EpochDeps {
  return { view, book, reservations: term.reservations };
}

/** What the status of a cell or infra group tells besides whether it is in use: its drain, and its room. */
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

function tenantsOf(view: FleetView, tier: string): readonly ObjectEntry[] {
  // A record that never was accepted may have waited for just this tier.
  return view
    .all('Tenant')
    .filter(
      (entry) =>
        entry.accepted === undefined ||
        entry.accepted.effective?.tier === tier ||
        placementsOf(entry).some((placement) => placement.tier === tier),
    );
}

/** A zone that cannot be written is the tier's own trouble: its status says so, and it comes back. */
async function guardedPublish(deps: InfraRunDeps, name: string): ReturnType<typeof publish> {
  try {
    return await publish(deps, name);
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    deps.term.observer.callFailed(keyText('Tier', name), error);
    const reason = error.class === 'denied' ? 'AccessDenied' : 'CallFailed';
    const message = `${error.service} ${error.operation}: ${error.code}: ${error.message}`;
    return {
      conditions: [{ type: 'Published', status: 'Unknown', reason, message }],
      outcome: { kind: 'retry', class: error.class, error },
    };
  }
}

async function publish(
  deps: InfraRunDeps,
  name: string,
): Promise<{ conditions: readonly ConditionUpdate[]; outcome: Outcome }> {
  const { term, view, infra } = deps;
  const tier = view.spec('Tier', name);
  const zone = infra.zone(name);
  if (tier === undefined || zone === undefined || tier.routing.scope === 'tenant')
    return { conditions: [], outcome: { kind: 'settled' } };
  const dns = term.reconcilers.find((reconciler) => reconciler.kind === 'dns_record');
  if (dns === undefined) return { conditions: [], outcome: { kind: 'settled' } };
  const groups = view.cells(name).flatMap((cell) =>
    view.groups(cell.name).flatMap((group) => {
      const reading = deps.book.groups.get(group.name);
      return reading?.ok === true ? [{ name: group.name, weight: cell.weight, dns: reading.value.facts }] : [];
    }),
  );
  const toReach = tenantsOf(view, name).filter((entry) => isToBeReached(entry, name));
  const changes = deps.changes.get(name) ?? new Map<string, string>();
  deps.changes.set(name, changes);
  const before = deps.publications.get(name);
  const after = await publishTier(
    // Only the zone and the name are looked at: the context of a tenant's own placement is not needed.
    {
      dns: dns as Reconciler<unknown, unknown, DnsContext>,
      report: (change, what) => term.observer.shared(change, what, name),
    },
    {
      tier: name,
      host: tier.domain,
      installation: term.installation,
      zone,
      groups,
      tenants: toReach.map((entry) => entry.name),
      reached: new Set(toReach.filter((entry) => wasReached(entry, name)).map((entry) => entry.name)),
      serving: deps.serving,
      before,
      deserted: isDeserted(deps, name),
      draining: drainingGroups(view, name),
      mayWithdraw: term.removalsFrom <= term.clock.now(),
      stepSeconds: tier.moves.stepSeconds,
      now: term.clock.now(),
      write: strictest([fleetMode(term, view), tier.mode]) === 'active',
    },
    changes,
  );
  deps.publications.set(name, after);
  if (!samePublication(before, after)) for (const tenant of tenantsOf(view, name)) deps.enqueue(tenant.key, 'progress');
  const held = [...after.held].map(([group, why]) => `${group}: ${why}`);
  const message = `${tier.domain} leads to ${after.published.size} of ${groups.length} load balancers${held.length === 0 ? '' : `; held: ${held.join('; ')}`}`;
  const status = after.pending.size === 0 && after.held.size === 0 ? 'True' : 'False';
  const reason = status === 'True' ? 'Published' : after.held.size > 0 ? 'RouteClosure' : 'Pending';
  const outcome: Outcome =
    after.pending.size > 0
      ? { kind: 'progressing', checkInMs: 5_000, what: message }
      : after.shifting || after.left.size < after.withdrawn.size
        ? { kind: 'progressing', checkInMs: 5_000, what: message }
        : after.held.size > 0
          ? { kind: 'waiting', checkInMs: 30_000, on: message }
          : { kind: 'settled' };
  return { conditions: [{ type: 'Published', status, reason, message }], outcome };
}

function drainingGroups(view: FleetView, tier: string): ReadonlySet<string> {
  return new Set(
    view.cells(tier).flatMap((cell) =>
      view
        .groups(cell.name)
        .filter((group) => [cell.state, group.state].includes('draining'))
        .map(({ name }) => name),
    ),
  );
}

/** A tenant that moves to another tier is reached by the old name until its placements there have gone. */
function isToBeReached(entry: ObjectEntry, tier: string): boolean {
  return (
    entry.accepted?.effective?.state === 'active' && placementsOf(entry).some((placement) => placement.tier === tier)
  );
}

/** A placement serves for good, once all conditions of it were true: the name's among them. */
function wasReached(entry: ObjectEntry, tier: string): boolean {
  return placementsOf(entry).some((placement) => placement.tier === tier && placement.phase === 'serving');
}

/** Whether the last record of the name may go: no tenant of the tier but deleted ones, no doubt about what the state table knows, and no call of an earlier leader to come. */
function isDeserted({ term, view, infra }: InfraRunDeps, tier: string): boolean {
  if (infra.placingClosed() !== undefined || term.removalsFrom > term.clock.now()) return false;
  return tenantsOf(view, tier).every((entry) => {
    const known = entry.accepted?.effective;
    return entry.damaged.length === 0 && (known === undefined || known.state === 'deleted');
  });
}

function samePublication(a: TierPublication | undefined, b: TierPublication): boolean {
  const text = (publication: TierPublication | undefined): string =>
    publication === undefined
      ? ''
      : JSON.stringify([
          [...publication.published].sort(),
          [...publication.pending].sort(),
          [...publication.left].sort(),
        ]);
  return text(a) === text(b);
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

/**
 * Writes the object's status, if it changed, and the events that go with it. `parts` are told as well, and do not decide whether the object is ready: something in `found` speaks for them;
 * nor does what is `told` of work and of room.
 */
export async function report(
  deps: InfraRunDeps,
  entry: ObjectEntry,
  found: readonly ConditionUpdate[],
  told: Told = nothingTold,
  parts: readonly ConditionUpdate[] = [],
): Promise<void> {
  const now = new Date(deps.term.clock.now()).toISOString();
  await writeInfraStatus(deps.term.state, entry, { found, parts, told }, now);
  for (const event of told.events) deps.term.observer.event(entry.key, event);
}
