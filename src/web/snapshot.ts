import type { PlacementBook } from '../controller/capacity/book.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../controller/fleet/entry.ts';
import { type Mode, strictest } from '../controller/fleet/modes.ts';
import type { FleetView } from '../controller/fleet/view.ts';
import { parseKey } from '../controller/keys.ts';
import type { DrainProgress } from '../controller/movers/drains.ts';
import type { Condition } from '../model/conditions.ts';
import { kinds } from '../model/records/kinds.ts';
import { shown } from '../model/records/problems.ts';
import type { CapacityReport } from '../model/reports.ts';
import type { Account } from '../placement/capacity.ts';
import type { Ledger } from '../placement/ledger.ts';
import { cpuUnitsPerVcpu, type Dimension, dimensionName } from '../placement/vector.ts';
import type {
  CapacityLine,
  CellSnapshot,
  DrainSnapshot,
  FleetSnapshot,
  InfraGroupSnapshot,
  ObjectName,
  RefusedRecord,
  StandbyNote,
  TenantSnapshot,
  TierSnapshot,
} from './snapshot-types.ts';

// What the gauges take: the rest of this folder is nothing to them.
export type { CapacityLine, DrainSnapshot, FleetSnapshot, InfraGroupSnapshot } from './snapshot-types.ts';

export interface SnapshotExtras {
  /** The process's own mode, by configuration (`active`). */
  readonly mode?: Mode;
  /** The commonest refusal of each tenant that finds no room, by tenant. */
  readonly refusals?: ReadonlyMap<string, string>;
  readonly capacity?: CapacityReport;
  /** How the drains stand. */
  readonly drains?: readonly DrainProgress[];
  /** Given by a process that does not lead. */
  readonly standby?: StandbyNote;
}

/** Phases in which a tenant is not meant to serve, or cannot before its record is put right. */
const notMeantToServe: ReadonlySet<string> = new Set(['Suspended', 'Deleting', 'Retained', 'Deleted', 'Invalid']);

/** The fleet as view and books have it at `now` (milliseconds since the epoch). Call it only once both are loaded: before that everything would look vanished. */
export function snapshotOf(
  view: FleetView,
  book: PlacementBook,
  now: number,
  extras: SnapshotExtras = {},
): FleetSnapshot {
  const scope: Scope = {
    view,
    ledger: book.ledger(now),
    mode: strictest([extras.mode, view.fleet()?.mode]),
    refusals: extras.refusals ?? new Map(),
    held: placementsByPlace(view),
  };
  const tenants = sorted(view.all('Tenant')).map((entry) => tenantSnapshot(scope, entry));
  const tiers = sorted(view.all('Tier')).map((entry) => tierSnapshot(scope, entry, tenants));
  return {
    at: new Date(now).toISOString(),
    ...(extras.standby === undefined ? {} : { standby: extras.standby }),
    mode: scope.mode,
    tenants,
    tiers,
    cells: sorted(view.all('Cell')).map((entry) => cellSnapshot(scope, entry)),
    infraGroups: sorted(view.all('InfraGroup')).map((entry) => groupSnapshot(scope, entry)),
    orphans: orphansOf(view),
    refused: refusedOf(view),
    strangers: strangersOf(book, tenants, tiers),
    ...(extras.capacity === undefined ? {} : { capacity: extras.capacity }),
    drains: (extras.drains ?? []).map(drainSnapshot),
  };
}

function drainSnapshot({ place, moving, leaving, closure, waiting, held }: DrainProgress): DrainSnapshot {
  return { ...place, moving, leaving: leaving + closure, waiting, held: held.length };
}

interface Scope {
  readonly view: FleetView;
  readonly ledger: Ledger;
  readonly mode: Mode;
  readonly refusals: ReadonlyMap<string, string>;
  readonly held: { readonly cells: ReadonlyMap<string, number>; readonly groups: ReadonlyMap<string, number> };
}

function tenantSnapshot(scope: Scope, entry: ObjectEntry): TenantSnapshot {
  const wanted = entry.accepted?.effective?.state ?? 'unknown';
  const serving = servingSpec(entry);
  const base = objectSnapshot(entry, tenantMode(scope, entry));
  const refusal = refusalOf(scope, entry, base);
  const since = wanted === 'active' ? unreadySince(entry, base.phase, base.conditions) : undefined;
  const { placements = [], endpoint } = entry.status?.value ?? {};
  return {
    ...base,
    tier: tierOf(entry),
    wanted,
    placements,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(serving === undefined ? {} : { service: sizeOf(serving.service) }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(since === undefined ? {} : { unreadySince: since }),
    message: messageOf(base.conditions, wanted),
  };
}

/** Why a tenant finds no room; where no refusal is known by its code, the condition's own reason (a name that rests, say). */
function refusalOf(
  scope: Scope,
  entry: ObjectEntry,
  { phase, conditions }: ReturnType<typeof objectSnapshot>,
): string | undefined {
  const placed = conditionOf(conditions, 'Placed');
  if (placed?.status !== 'False') return undefined;
  if (placed.reason !== 'Unplaceable' && phase !== 'Unplaceable') return undefined;
  return scope.refusals.get(entry.name) ?? placed.reason;
}

function tierOf(entry: ObjectEntry): string {
  return (entry.accepted?.effective ?? servingSpec(entry))?.tier ?? '';
}

function sizeOf(service: { image: string; cpu: number; memoryMiB: number; tasks: number }) {
  const { image, cpu, memoryMiB, tasks } = service;
  return { image, cpu, memoryMiB, tasks };
}

/** What a person should know first: a record that is refused, then what Ready says. */
function messageOf(conditions: readonly Condition[], wanted: TenantSnapshot['wanted']): string {
  const accepted = conditionOf(conditions, 'Accepted');
  if (accepted !== undefined && accepted.status !== 'True') return accepted.message;
  const ready = conditionOf(conditions, 'Ready');
  return wanted === 'active' && ready?.status !== 'True' ? (ready?.message ?? '') : '';
}

function unreadySince(entry: ObjectEntry, phase: string, conditions: readonly Condition[]): string | undefined {
  if (notMeantToServe.has(phase)) return undefined;
  const ready = conditionOf(conditions, 'Ready');
  if (ready?.status === 'True') return undefined;
  return ready?.lastTransitionTime ?? entry.spec?.value.acceptedAt;
}

/** The strictest mode of all that a tenant depends on. */
function tenantMode(scope: Scope, entry: ObjectEntry): Mode {
  const { view } = scope;
  const places = placementsOf(entry).flatMap((placement) => [
    view.spec('Cell', placement.cell)?.mode,
    view.spec('InfraGroup', placement.infraGroup)?.mode,
  ]);
  const tier = entry.accepted?.effective?.tier;
  const tierMode = tier === undefined ? undefined : view.spec('Tier', tier)?.mode;
  return strictest([scope.mode, tierMode, view.spec('Tenant', entry.name)?.mode, ...places]);
}

function tierSnapshot(scope: Scope, entry: ObjectEntry, tenants: readonly TenantSnapshot[]): TierSnapshot {
  const spec = scope.view.spec('Tier', entry.name);
  const rollout = entry.status?.value.rollout;
  return {
    ...objectSnapshot(entry, strictest([scope.mode, spec?.mode])),
    domain: spec?.domain ?? '',
    scope: spec?.routing.scope ?? 'unknown',
    tenants: tenants.filter((tenant) => tenant.tier === entry.name).length,
    ...(rollout === undefined ? {} : { rollout }),
  };
}

function cellSnapshot(scope: Scope, entry: ObjectEntry): CellSnapshot {
  const spec = scope.view.spec('Cell', entry.name);
  const tier = spec === undefined ? undefined : scope.view.spec('Tier', spec.tier);
  const site = scope.ledger.sites().find((candidate) => candidate.cell.view.name === entry.name);
  return {
    ...objectSnapshot(entry, strictest([scope.mode, tier?.mode, spec?.mode])),
    tier: spec?.tier ?? '',
    accountId: spec?.accountId ?? '',
    region: spec?.region ?? '',
    state: spec?.state ?? 'unknown',
    placements: scope.held.cells.get(entry.name) ?? 0,
    capacity: site === undefined ? [] : linesOf(site.cell.account),
  };
}

function groupSnapshot(scope: Scope, entry: ObjectEntry): InfraGroupSnapshot {
  const spec = scope.view.spec('InfraGroup', entry.name);
  const cell = spec === undefined ? undefined : scope.view.spec('Cell', spec.cell);
  const tier = cell === undefined ? undefined : scope.view.spec('Tier', cell.tier);
  const site = scope.ledger.site(entry.name);
  return {
    ...objectSnapshot(entry, strictest([scope.mode, tier?.mode, cell?.mode, spec?.mode])),
    cell: spec?.cell ?? '',
    tier: cell?.tier ?? '',
    state: spec?.state ?? 'unknown',
    placements: scope.held.groups.get(entry.name) ?? 0,
    capacity: site === undefined ? [] : linesOf(site.account),
  };
}

function objectSnapshot(entry: ObjectEntry, mode: Mode) {
  const status = entry.status?.value;
  return {
    name: entry.name,
    phase: status?.phase ?? 'Pending',
    mode,
    present: entry.present,
    generation: entry.accepted?.generation ?? status?.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    conditions: status?.conditions ?? [],
  };
}

/** The lines of one account of the ledger. CPU units become vCPU. */
function linesOf<D extends Dimension>(account: Account<D>): readonly CapacityLine[] {
  return account.dimensions.map((dimension) => {
    const limit = account.capacity[dimension];
    const scale = dimension === 'fargateVcpu' ? cpuUnitsPerVcpu : 1;
    const base = { dimension, label: dimensionName(dimension), used: account.used[dimension] / scale };
    if (!limit.known) return { ...base, state: 'unknown' };
    if (limit.usable === Number.POSITIVE_INFINITY) return { ...base, state: 'unlimited' };
    const { usable, quota, foreign } = limit;
    return { ...base, state: 'known', usable: usable / scale, quota: quota / scale, foreign: foreign / scale };
  });
}

function placementsByPlace(view: FleetView): Scope['held'] {
  const cells = new Map<string, number>();
  const groups = new Map<string, number>();
  for (const entry of view.all('Tenant')) {
    for (const { cell, infraGroup } of placementsOf(entry)) {
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
      groups.set(infraGroup, (groups.get(infraGroup) ?? 0) + 1);
    }
  }
  return { cells, groups };
}

/** A tenant on its way out whose record was removed is no orphan: that is how it ends. */
function orphansOf(view: FleetView): readonly ObjectName[] {
  return kinds.flatMap((kind) =>
    sorted(view.all(kind))
      .filter((entry) => entry.accepted !== undefined && !entry.present)
      .filter((entry) => entry.accepted?.effective?.state !== 'deleted')
      .map(({ name }) => ({ kind, name })),
  );
}

function refusedOf(view: FleetView): readonly RefusedRecord[] {
  const records = kinds.flatMap((kind) =>
    sorted(view.all(kind))
      .filter((entry) => entry.present && !entry.isAccepted && entry.problems.length > 0)
      .map(({ name, problems }) => ({ kind, name, problems })),
  );
  const others = [...view.refused].map(([key, problems]) => {
    const { kind, name } = parseKey(key);
    return { kind: shown(kind), name: shown(name), problems };
  });
  return [...records, ...others];
}

function strangersOf(
  book: PlacementBook,
  tenants: readonly TenantSnapshot[],
  tiers: readonly TierSnapshot[],
): FleetSnapshot['strangers'] {
  const counts = { listener_rule: 0, target_group: 0, dns_record: 0, endpoint: 0 };
  for (const reading of book.groups.values()) {
    if (!reading.ok) continue;
    counts.listener_rule += reading.value.strangers.listener_rule;
    counts.target_group += reading.value.strangers.target_group;
    counts.endpoint += reading.value.strangers.endpoint;
  }
  counts.dns_record = [...tenants, ...tiers].filter((object) =>
    object.conditions.some((condition) => condition.reason === 'ForeignRecord'),
  ).length;
  return counts;
}

function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

function sorted(entries: readonly ObjectEntry[]): readonly ObjectEntry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}
