import { movePhases } from '../model/moves.ts';
import { kinds, kindWords } from '../model/records/kinds.ts';
import { moveCauses } from '../model/resources.ts';
import type { rolloutCounts } from '../model/rollout.ts';
import type { MetricSpec } from './metric-spec.ts';

/** Values of `kind` of objects, as the command line spells them. */
const objectKinds = kinds.map((kind) => kindWords[kind].one);

/** Values of `state` of a rollout's tenants. */
export const rolloutStateLabels = {
  done: 'done',
  underWay: 'under_way',
  failed: 'failed',
  waiting: 'waiting',
  skipped: 'skipped',
} as const satisfies Record<(typeof rolloutCounts)[number], string>;

/** How the fleet stands: set anew at each scrape from one snapshot. Only the leader has one; a standby shows none of these. */
export const fleetMetrics = {
  cellwright_build_info: {
    type: 'gauge',
    labels: ['version', 'revision', 'build_date', 'node_version'],
    unit: '1',
    stability: 'stable',
    help: 'Always 1; the labels say what runs.',
  },
  cellwright_tenants: {
    type: 'gauge',
    labels: ['tier', 'phase'],
    unit: 'tenants',
    stability: 'stable',
    help: 'Tenants by tier and phase; 0 for every phase that a tier has none in.',
  },
  cellwright_tenant_status_condition_count: {
    type: 'gauge',
    labels: ['type', 'status', 'reason'],
    unit: 'tenants',
    stability: 'beta',
    help: 'Tenants by condition, its status and its reason.',
  },
  cellwright_rollout_tenants: {
    type: 'gauge',
    labels: ['tier', 'state'],
    unit: 'tenants',
    stability: 'beta',
    help: "Tenants that have served, by how far the rollout of their tier's service is with them.",
    values: { state: Object.values(rolloutStateLabels) },
  },
  cellwright_rollout_halted: {
    type: 'gauge',
    labels: ['tier'],
    unit: '0 or 1',
    stability: 'beta',
    help: "1 while the rollout of a tier's service is halted by failures: nobody gets it until the service changes.",
  },
  cellwright_oldest_unready_tenant_seconds: {
    type: 'gauge',
    labels: [],
    unit: 'seconds',
    stability: 'stable',
    help: 'How long the tenant that has been unready longest has been so; 0 when all that should serve do. Suspended, deleted and never accepted tenants do not count.',
  },
  cellwright_unplaceable_tenants: {
    type: 'gauge',
    labels: ['reason'],
    unit: 'tenants',
    stability: 'stable',
    help: 'Tenants that found no room, or not all that they ask for, by the commonest refusal.',
  },
  cellwright_moves: {
    type: 'gauge',
    labels: ['phase', 'cause'],
    unit: 'moves',
    stability: 'beta',
    help: 'Moves of placements that are under way, by phase and cause; those that are being taken back included.',
    values: { phase: movePhases, cause: moveCauses },
  },
  cellwright_paused_tenants: {
    type: 'gauge',
    labels: [],
    unit: 'tenants',
    stability: 'stable',
    help: 'Tenants that are left alone because they, or something above them, are in mode paused.',
  },
  cellwright_orphans: {
    type: 'gauge',
    labels: ['kind'],
    unit: 'objects',
    stability: 'stable',
    help: 'Objects whose record vanished: kept as their last good spec says. Anything but 0 wants a person to look.',
    values: { kind: objectKinds },
  },
  cellwright_refused_records: {
    type: 'gauge',
    labels: ['kind'],
    unit: 'records',
    stability: 'beta',
    help: 'Records of the desired table that are not accepted as they stand; kind is unknown where the item is no record of any kind.',
    values: { kind: [...objectKinds, 'unknown'] },
  },
  cellwright_cell_capacity: {
    type: 'gauge',
    labels: ['cell', 'resource_type'],
    unit: 'as the resource type says',
    stability: 'stable',
    help: 'What may be reserved in a cell, after reserve and foreign use. Left out where the quota is not known.',
  },
  cellwright_cell_reserved: {
    type: 'gauge',
    labels: ['cell', 'resource_type'],
    unit: 'as the resource type says',
    stability: 'stable',
    help: 'What is reserved in a cell.',
  },
  cellwright_cell_largest_free: {
    type: 'gauge',
    labels: ['cell', 'resource_type'],
    unit: 'as the resource type says',
    stability: 'beta',
    help: 'The largest single demand that still fits somewhere in a cell: a free sum over infra groups is not room for one large tenant.',
  },
  cellwright_cell_cordoned: {
    type: 'gauge',
    labels: ['cell'],
    unit: '0 or 1',
    stability: 'beta',
    help: '1 while a cell takes no new placements because its record says cordoned or draining.',
  },
  cellwright_infra_group_capacity: {
    type: 'gauge',
    labels: ['infra_group', 'cell', 'resource_type'],
    unit: 'as the resource type says',
    stability: 'beta',
    help: 'What may be reserved in an infra group, after reserve and foreign use. Left out where nothing limits it or the quota is not known.',
  },
  cellwright_infra_group_reserved: {
    type: 'gauge',
    labels: ['infra_group', 'cell', 'resource_type'],
    unit: 'as the resource type says',
    stability: 'beta',
    help: 'What is reserved in an infra group.',
  },
  cellwright_capacity_room_tenants: {
    type: 'gauge',
    labels: ['tier', 'cell', 'infra_group'],
    unit: 'average tenants',
    stability: 'beta',
    help: 'How many more average tenants of the tier fit; cell and infra_group are empty for the tier as a whole, infra_group for a cell. Left out where that is not known.',
  },
  cellwright_capacity_used_ratio: {
    type: 'gauge',
    labels: ['tier', 'cell', 'infra_group'],
    unit: '1',
    stability: 'beta',
    help: 'The used share of the dimension that is short first, 0 to 1. Warnings begin at 0.85.',
  },
  cellwright_capacity_days_to_full: {
    type: 'gauge',
    labels: ['tier'],
    unit: 'days',
    stability: 'beta',
    help: 'How long the room of a tier lasts at the rate of the last days. Left out where nothing grows.',
  },
  cellwright_capacity_loss_uncarried: {
    type: 'gauge',
    labels: ['cell'],
    unit: '0 or 1',
    stability: 'beta',
    help: '1 where the other cells of its tier could not carry the tenants of this one.',
  },
  cellwright_drain_placements: {
    type: 'gauge',
    labels: ['kind', 'name', 'standing'],
    unit: 'placements',
    stability: 'beta',
    help: 'Placements that are left in a draining cell or infra group, by what they are at. Only while it drains; all 0 once it is empty.',
    values: { kind: ['cell', 'infra-group'], standing: ['moving', 'leaving', 'waiting', 'held'] },
  },
} as const satisfies Record<string, MetricSpec>;
