import { capacityOf } from '../../src/placement/capacity.ts';
import { type Decision, place, reservationFor } from '../../src/placement/decide.ts';
import { Ledger } from '../../src/placement/ledger.ts';
import type {
  CellView,
  GroupView,
  PlacementRequest,
  PlacementView,
  TierView,
  ZoneView,
} from '../../src/placement/types.ts';
import {
  type CellDimension,
  cellDimensions,
  type GroupDimension,
  groupDimensions,
  vcpuToCpuUnits,
  zoneDimensions,
} from '../../src/placement/vector.ts';

/** Builders with roomy defaults, so that a test states only what it is about. */
export function tier(name: string, fields: Partial<TierView> = {}): TierView {
  return { name, scope: 'tenant', strategy: 'pack', zone: 'Z1', ...fields };
}

interface CellFields extends Partial<Omit<CellView, 'capacity'>> {
  readonly quotas?: Partial<Record<CellDimension, number>>;
  readonly read?: Partial<Record<CellDimension, number>>;
  readonly foreign?: Partial<Record<CellDimension, number>>;
  readonly reservePercent?: number;
}

export function cell(name: string, fields: CellFields = {}): CellView {
  const { quotas = {}, foreign = {}, reservePercent = 0, ...rest } = fields;
  const read = fields.read ?? {
    fargateVcpu: vcpuToCpuUnits(4000),
    targetGroups: 3000,
    networkInterfaces: 5000,
    clusters: 10_000,
  };
  const capacity = capacityOf(cellDimensions, { record: quotas, read, reservePercent, foreign });
  return { name, tier: 'standard', state: 'active', ...rest, capacity };
}

interface GroupFields extends Partial<Omit<GroupView, 'capacity'>> {
  readonly quotas?: Partial<Record<GroupDimension, number>>;
  readonly read?: Partial<Record<GroupDimension, number>>;
  readonly foreign?: Partial<Record<GroupDimension, number>>;
  readonly reservePercent?: number;
}

export function group(name: string, cellName: string, fields: GroupFields = {}): GroupView {
  const { quotas = {}, foreign = {}, reservePercent = 0, ...rest } = fields;
  const read = fields.read ?? { targetGroups: 100, rules: 100, targets: 1000, subnetAddresses: 750 };
  const sources = { record: quotas, read, reservePercent, foreign, unlimited: ['rps' as const] };
  const capacity = capacityOf(groupDimensions, sources);
  return {
    name,
    cell: cellName,
    state: 'active',
    mode: 'active',
    dualstack: false,
    restingSlots: [],
    ...rest,
    capacity,
  };
}

export function zone(id: string, records = 10_000, incomplete?: string): ZoneView {
  const capacity = capacityOf(zoneDimensions, { record: {}, read: { records }, reservePercent: 0, foreign: {} });
  return incomplete === undefined ? { id, capacity } : { id, capacity, incomplete };
}

export function view(fields: Partial<PlacementView>): PlacementView {
  return { tiers: [tier('standard')], cells: [], groups: [], zones: [zone('Z1')], reservations: [], ...fields };
}

type RequestFields = Partial<Omit<PlacementRequest, 'size'>> & { readonly size?: Partial<PlacementRequest['size']> };

export function request(tenant: string, fields: RequestFields = {}): PlacementRequest {
  const size = { cpu: 512, tasks: 1, scaling: { mode: 'fixed' as const }, ownRecords: true, ...fields.size };
  return { tenant, tier: 'standard', placements: 1, pin: [], isolation: 'shared', ...fields, size };
}

/** Decides and reserves, with ids `<tenant>-<n>`. */
export function settle(ledger: Ledger, asked: PlacementRequest): Decision {
  const decision = place(asked, ledger);
  if (decision.kind === 'unplaceable') return decision;
  const start = ledger.reservationsOf(asked.tenant).length;
  for (const [index, choice] of decision.choices.entries()) {
    ledger.reserve(reservationFor(asked, choice, `${asked.tenant}-${start + index}`));
  }
  return decision;
}

/** The groups of a `placed` decision; fails the test otherwise. */
export function groupsOf(decision: Decision): readonly string[] {
  if (decision.kind === 'unplaceable') throw new Error(`expected placed, got: ${decision.explanation.text}`);
  return decision.choices.map((choice) => choice.group);
}

/** Two cells with two infra groups each. */
export function smallFleet(fields: Partial<PlacementView> = {}): Ledger {
  const cells = [cell('c1'), cell('c2')];
  const groups = [group('g11', 'c1'), group('g12', 'c1'), group('g21', 'c2'), group('g22', 'c2')];
  return new Ledger(view({ cells, groups, ...fields }));
}

/** The explanation of an `unplaceable` decision; fails the test otherwise. */
export function explanationOf(decision: Decision): Extract<Decision, { kind: 'unplaceable' }>['explanation'] {
  if (decision.kind === 'placed')
    throw new Error(`expected unplaceable, got ${decision.choices.length} placements placed`);
  return decision.explanation;
}
