import { tenantPhases } from '../model/conditions.ts';
import { movePhases } from '../model/moves.ts';
import { isKind, kindWords } from '../model/records/kinds.ts';
import type { CapacityFigures, TierCapacity } from '../model/reports.ts';
import { moveCauses } from '../model/resources.ts';
import { rolloutCounts } from '../model/rollout.ts';
import type { CapacityLine, DrainSnapshot, FleetSnapshot, InfraGroupSnapshot } from '../web/snapshot.ts';
import type { GaugeName } from './catalogue.ts';
import { rolloutStateLabels } from './catalogue-fleet.ts';
import type { Metrics } from './metrics.ts';

/** Every gauge that shows how the fleet stands. */
const fleetGauges = [
  'cellwright_tenants',
  'cellwright_tenant_status_condition_count',
  'cellwright_rollout_tenants',
  'cellwright_rollout_halted',
  'cellwright_oldest_unready_tenant_seconds',
  'cellwright_unplaceable_tenants',
  'cellwright_moves',
  'cellwright_paused_tenants',
  'cellwright_orphans',
  'cellwright_refused_records',
  'cellwright_ownership_conflicts',
  'cellwright_cell_capacity',
  'cellwright_cell_reserved',
  'cellwright_cell_largest_free',
  'cellwright_cell_cordoned',
  'cellwright_infra_group_capacity',
  'cellwright_infra_group_reserved',
  'cellwright_capacity_room_tenants',
  'cellwright_capacity_used_ratio',
  'cellwright_capacity_days_to_full',
  'cellwright_capacity_loss_uncarried',
  'cellwright_drain_placements',
] as const satisfies readonly GaugeName[];

/**
 * Sets the gauges of the fleet from one snapshot; without one (a standby, a start) they are emptied, so that two processes never show the same fleet twice.
 * `conflicts`: resources that lost their mark or found their name taken, by resource.
 */
export function collectFleet(
  metrics: Metrics,
  snapshot: FleetSnapshot | undefined,
  conflicts: ReadonlyMap<string, number> = new Map(),
): void {
  for (const name of fleetGauges) metrics.clear(name);
  if (snapshot === undefined) return;
  collectTenants(metrics, snapshot);
  collectRollouts(metrics, snapshot);
  collectObjects(metrics, snapshot);
  collectConflicts(metrics, snapshot, conflicts);
  collectCells(metrics, snapshot);
  for (const group of snapshot.infraGroups) collectGroup(metrics, group);
  for (const tier of snapshot.capacity?.tiers ?? []) collectForecast(metrics, tier);
  for (const drain of snapshot.drains) collectDrain(metrics, drain);
}

/** What was built: as `--version` says it. */
export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
}

/** Sets what never changes while a process runs. */
export function setBuildInfo(metrics: Metrics, build: BuildInfo): void {
  const { version, commit: revision, date: build_date } = build;
  metrics.set('cellwright_build_info', { version, revision, build_date, node_version: process.version }, 1);
}

/** What is asked of the process itself at each scrape. */
export interface ProcessState {
  readonly isLeader: boolean;
  /** Keys that wait for a worker; undefined while there is no queue. */
  readonly queueDepth: number | undefined;
  readonly concurrency: number;
  /** Seconds between two probe sweeps, as it is configured. */
  readonly resyncSeconds: number;
}

/** Sets the gauges of lease and queue. */
export function collectProcess(metrics: Metrics, state: ProcessState): void {
  metrics.set('leader_election_master_status', { name: 'cellwright' }, state.isLeader ? 1 : 0);
  metrics.set('controller_runtime_max_concurrent_reconciles', { controller: 'all' }, state.concurrency);
  metrics.set('cellwright_resync_period_seconds', {}, state.resyncSeconds);
  metrics.set('workqueue_depth', { name: 'keys', controller: 'all', priority: '' }, state.queueDepth ?? 0);
}

function collectTenants(metrics: Metrics, { tenants, tiers, at }: FleetSnapshot): void {
  const phases = new Map<string, number>();
  for (const tier of new Set([...tiers.map((one) => one.name), ...tenants.map((one) => one.tier)]))
    for (const phase of tenantPhases) phases.set(joined(tier, phase), 0);
  const conditions = new Map<string, number>();
  const refusals = new Map<string, number>();
  const moves = new Map(movePhases.flatMap((phase) => moveCauses.map((cause) => [joined(phase, cause), 0])));
  let oldest = 0;
  for (const tenant of tenants) {
    add(phases, joined(tenant.tier, tenant.phase));
    for (const { type, status, reason } of tenant.conditions) add(conditions, joined(type, status, reason));
    if (tenant.refusal !== undefined) add(refusals, tenant.refusal);
    for (const { move } of tenant.placements) if (move !== undefined) add(moves, joined(move.phase, move.cause));
    if (tenant.unreadySince !== undefined)
      oldest = Math.max(oldest, (Date.parse(at) - Date.parse(tenant.unreadySince)) / 1_000);
  }
  for (const [key, count] of phases) {
    const [tier = '', phase = ''] = key.split('\n');
    metrics.set('cellwright_tenants', { tier, phase }, count);
  }
  for (const [key, count] of conditions) {
    const [type = '', status = '', reason = ''] = key.split('\n');
    metrics.set('cellwright_tenant_status_condition_count', { type, status, reason }, count);
  }
  for (const [key, count] of moves) {
    const [phase = '', cause = ''] = key.split('\n');
    metrics.set('cellwright_moves', { phase, cause }, count);
  }
  for (const [reason, count] of refusals) metrics.set('cellwright_unplaceable_tenants', { reason }, count);
  metrics.set('cellwright_oldest_unready_tenant_seconds', {}, oldest);
  metrics.set('cellwright_paused_tenants', {}, tenants.filter((tenant) => tenant.mode === 'paused').length);
}

function collectRollouts(metrics: Metrics, { tiers }: FleetSnapshot): void {
  for (const { name: tier, rollout } of tiers) {
    if (rollout === undefined) continue;
    for (const count of rolloutCounts)
      metrics.set('cellwright_rollout_tenants', { tier, state: rolloutStateLabels[count] }, rollout.counts[count]);
    metrics.set('cellwright_rollout_halted', { tier }, rollout.state === 'Halted' ? 1 : 0);
  }
}

function collectObjects(metrics: Metrics, snapshot: FleetSnapshot): void {
  const orphans = new Map<string, number>();
  for (const { kind } of snapshot.orphans) add(orphans, isKind(kind) ? kindWords[kind].one : 'unknown');
  for (const [kind, count] of orphans) metrics.set('cellwright_orphans', { kind }, count);
  const refused = new Map<string, number>();
  for (const { kind } of snapshot.refused) add(refused, isKind(kind) ? kindWords[kind].one : 'unknown');
  for (const [kind, count] of refused) metrics.set('cellwright_refused_records', { kind }, count);
}

function collectConflicts(metrics: Metrics, snapshot: FleetSnapshot, conflicts: ReadonlyMap<string, number>): void {
  const counts = new Map(conflicts);
  for (const [resource, count] of Object.entries(snapshot.strangers))
    counts.set(resource, (counts.get(resource) ?? 0) + count);
  for (const [resource, count] of counts) metrics.set('cellwright_ownership_conflicts', { resource }, count);
}

function collectCells(metrics: Metrics, { cells, infraGroups }: FleetSnapshot): void {
  for (const cell of cells) {
    const groups = infraGroups.filter((group) => group.cell === cell.name);
    metrics.set('cellwright_cell_cordoned', { cell: cell.name }, cell.state === 'active' ? 0 : 1);
    for (const line of cell.capacity) {
      const labels = { cell: cell.name, resource_type: resourceType(line.dimension) };
      metrics.set('cellwright_cell_reserved', labels, line.used);
      if (line.usable !== undefined) metrics.set('cellwright_cell_capacity', labels, line.usable);
    }
    for (const [dimension, free] of largestFree(cell.capacity, groups))
      metrics.set('cellwright_cell_largest_free', { cell: cell.name, resource_type: resourceType(dimension) }, free);
  }
}

/** Of each dimension the most that one place still has: of the infra groups the freest, and never more than the cell itself has. */
function largestFree(
  cell: readonly CapacityLine[],
  groups: readonly InfraGroupSnapshot[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of groups.flatMap((group) => group.capacity)) {
    const free = freeOf(line);
    if (free !== undefined) found.set(line.dimension, Math.max(found.get(line.dimension) ?? 0, free));
  }
  for (const line of cell) {
    const free = freeOf(line);
    if (free !== undefined) found.set(line.dimension, Math.min(found.get(line.dimension) ?? free, free));
  }
  return found;
}

function freeOf(line: CapacityLine): number | undefined {
  return line.usable === undefined ? undefined : Math.max(0, line.usable - line.used);
}

function collectGroup(metrics: Metrics, group: InfraGroupSnapshot): void {
  for (const line of group.capacity) {
    const labels = { infra_group: group.name, cell: group.cell, resource_type: resourceType(line.dimension) };
    metrics.set('cellwright_infra_group_reserved', labels, line.used);
    if (line.usable !== undefined) metrics.set('cellwright_infra_group_capacity', labels, line.usable);
  }
}

function collectForecast(metrics: Metrics, tier: TierCapacity): void {
  const set = (cell: string, group: string, { room, usedPercent }: CapacityFigures): void => {
    const labels = { tier: tier.name, cell, infra_group: group };
    if (room !== undefined) metrics.set('cellwright_capacity_room_tenants', labels, room);
    if (usedPercent !== undefined) metrics.set('cellwright_capacity_used_ratio', labels, usedPercent / 100);
  };
  set('', '', tier);
  for (const cell of tier.cells) {
    set(cell.name, '', cell);
    for (const group of cell.groups) set(cell.name, group.name, group);
  }
  if (tier.daysToFull !== undefined)
    metrics.set('cellwright_capacity_days_to_full', { tier: tier.name }, tier.daysToFull);
  for (const { cell, carried } of tier.lossOf)
    metrics.set('cellwright_capacity_loss_uncarried', { cell }, carried ? 0 : 1);
}

function collectDrain(metrics: Metrics, { kind, name, ...standings }: DrainSnapshot): void {
  for (const [standing, count] of Object.entries(standings))
    metrics.set('cellwright_drain_placements', { kind: kindWords[kind].one, name, standing }, count);
}

/** `subnetAddresses` as a label: `subnet_addresses`. */
function resourceType(dimension: string): string {
  return dimension.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function joined(...parts: readonly string[]): string {
  return parts.join('\n');
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
