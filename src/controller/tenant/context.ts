import { setIdentifier } from '../../model/names.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory, TenantInventory } from '../../model/resources.ts';
import type { Access, PlacementContext } from '../../reconcilers/contract.ts';
import type { GroupReading, Reading } from '../capacity/readings.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import type { Outcome } from '../outcome.ts';
import type { EngineDeps } from './deps.ts';
import { withPlacement } from './placing.ts';

/** Everything that is needed to work on one placement. */
export interface PlacementScope {
  readonly access: Access;
  readonly context: PlacementContext;
  readonly mode: Mode;
}

/** Why a placement cannot be worked on now. */
export interface Unreachable {
  readonly reason: string;
  readonly message: string;
}

/**
 * The scope of a placement, or why there is none: its cell or infra group has no accepted record, or could not be read completely. Nothing is written on an
 * incomplete view.
 */
export function placementScope(
  deps: EngineDeps,
  entry: ObjectEntry,
  effective: EffectiveTenant,
  placement: PlacementInventory,
): PlacementScope | Unreachable {
  const cellSpec = deps.view.spec('Cell', placement.cell);
  const groupSpec = deps.view.spec('InfraGroup', placement.infraGroup);
  const cell = deps.cell(placement.cell);
  const zone = deps.zone(placement.tier) ?? deps.zone(effective.tier);
  if (cellSpec === undefined || cell === undefined || zone === undefined || groupSpec === undefined) {
    return {
      reason: 'UnknownPlace',
      message: `cell ${placement.cell} or infra group ${placement.infraGroup} has no accepted record`,
    };
  }
  const group = groupReading(deps, placement);
  if (!group.ok) return { reason: group.reason, message: group.message };
  const mode = modeOf(deps, entry.name, placement);
  const ids = { installation: deps.installation, infraGroup: placement.infraGroup, placement: placement.id };
  const context: PlacementContext = {
    installation: deps.installation,
    tenant: entry.name,
    effective,
    placement,
    cell: { name: placement.cell, accountId: cellSpec.accountId, region: cellSpec.region, weight: cellSpec.weight },
    group: group.value.facts,
    tasks: effective.state === 'active' ? effective.service.tasks : 0,
    dns: {
      want: 'keep',
      host: effective.routing.host,
      setIdentifier: setIdentifier(ids),
      weight: placement.weight ?? cellSpec.weight,
      group: group.value.facts,
    },
  };
  return { access: { cell, zone }, context, mode };
}

/** The strictest of the modes that hold for one placement. */
export function modeOf(
  deps: Pick<EngineDeps, 'mode' | 'view'>,
  tenant: string,
  { tier, cell, infraGroup }: Pick<PlacementInventory, 'tier' | 'cell' | 'infraGroup'>,
): Mode {
  const { view } = deps;
  return strictest([
    deps.mode(),
    view.fleet()?.mode,
    view.spec('Tier', tier)?.mode,
    view.spec('Cell', cell)?.mode,
    view.spec('InfraGroup', infraGroup)?.mode,
    view.spec('Tenant', tenant)?.mode,
  ]);
}

/** Whether a placement is in a place that is being emptied. */
export function isDraining({ view }: Pick<EngineDeps, 'view'>, { cell, infraGroup }: PlacementInventory): boolean {
  return view.spec('Cell', cell)?.state === 'draining' || view.spec('InfraGroup', infraGroup)?.state === 'draining';
}

/** What was read of the placement's infra group, as far as its cell could be read too. */
function groupReading(deps: EngineDeps, { cell, infraGroup }: PlacementInventory): Reading<GroupReading> {
  const group = deps.book.groups.get(infraGroup);
  const missing = [deps.book.cells.get(cell), group].find((reading) => reading?.ok === false);
  if (missing?.ok === false) return missing;
  if (deps.book.cells.has(cell) && group !== undefined) return group;
  return { ok: false, reason: 'NotRead', message: `cell ${cell} has not been read completely yet` };
}

/** Whether a scope was found. */
export function isReachable(scope: PlacementScope | Unreachable): scope is PlacementScope {
  return 'context' in scope;
}

/**
 * Whether requests may have reached a placement, whatever its phase says: a record of its own stands, or may, or in tier scope its service, as the shared name may lead to it at any
 * time.
 */
export function hasServed({ placement, effective }: PlacementContext): boolean {
  if (placement.phase !== 'reserved') return true;
  const { service, dns_record } = placement.resources;
  return (effective.routing.scope === 'tier' ? service : dns_record) !== undefined;
}

/** Makes a placement's inventory durable, and the tenant's memory of it with it. */
export async function savePlacement(
  deps: EngineDeps,
  entry: ObjectEntry,
  placement: PlacementInventory,
): Promise<void> {
  await saveInventory(deps, entry, withPlacement(entry.inventory?.value, placement));
}

/** Makes the tenant's whole inventory durable. */
export async function saveInventory(deps: EngineDeps, entry: ObjectEntry, inventory: TenantInventory): Promise<void> {
  entry.inventory = await deps.state.writeInventory(entry.key, inventory, entry.inventory);
}

/** The most urgent of several outcomes speaks for the key; check-in times shrink to the soonest. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  const rank: Readonly<Record<Outcome['kind'], number>> = {
    retry: 5,
    progressing: 4,
    waiting: 3,
    held: 2,
    terminal: 1,
    settled: 0,
  };
  let worst: Outcome = { kind: 'settled' };
  for (const outcome of outcomes) {
    if (rank[outcome.kind] > rank[worst.kind]) worst = outcome;
    else if (
      outcome.kind === worst.kind &&
      'checkInMs' in outcome &&
      'checkInMs' in worst &&
      outcome.checkInMs < worst.checkInMs
    )
      worst = outcome;
  }
  return worst;
}
