import type { GroupReport, PlacementReport, RemovedPlacement, UnplaceableTenant } from '../../cli/rehearsal.ts';
import type { PlacementBook } from '../../controller/capacity/book.ts';
import { type ObjectEntry, placementsOf } from '../../controller/fleet/entry.ts';
import type { FleetView } from '../../controller/fleet/view.ts';
import { requestOf } from '../../controller/tenant/placing.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { Explanation } from '../../placement/explain.ts';
import type { Ledger } from '../../placement/ledger.ts';
import { resolvePlacement } from '../../placement/resolve.ts';

/** A placement with the tenant whose it is. */
export interface Place {
  readonly tenant: string;
  readonly placement: PlacementInventory;
  /** The state that the tenant's accepted record asks for. */
  readonly wanted: EffectiveTenant['state'];
}

/** All placements, by tenant and id. */
export function placesOf(view: FleetView): readonly Place[] {
  return view
    .all('Tenant')
    .flatMap((entry) => {
      const wanted = entry.accepted?.effective?.state ?? 'active';
      return placementsOf(entry).map((placement) => ({ tenant: entry.name, placement, wanted }));
    })
    .sort((a, b) => compare(a.tenant, b.tenant) || compare(a.placement.id, b.placement.id));
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What stands at the end, those that leave left out. */
export function placementReports(before: readonly Place[], after: readonly Place[]): readonly PlacementReport[] {
  const known = new Set(before.map(({ placement }) => placement.id));
  return after
    .filter(({ placement }) => placement.phase !== 'leaving')
    .map(({ tenant, placement }) => ({
      tenant,
      placement: placement.id,
      cell: placement.cell,
      infraGroup: placement.infraGroup,
      slot: placement.slot,
      phase: placement.phase,
      isNew: !known.has(placement.id),
      why: placement.why,
    }));
}

/** Placements that were taken away, or taken out of service, since `before`. */
export function removedPlacements(before: readonly Place[], after: readonly Place[]): readonly RemovedPlacement[] {
  const now = new Map(after.map((place) => [place.placement.id, place]));
  return before.flatMap((place) => {
    const { tenant, placement } = place;
    const { cell, infraGroup, slot, id } = placement;
    const state = removedState(place, now.get(id));
    return state === undefined ? [] : [{ tenant, placement: id, cell, infraGroup, slot, state }];
  });
}

function removedState(before: Place, now: Place | undefined): RemovedPlacement['state'] | undefined {
  if (now === undefined) return 'gone';
  const { phase } = now.placement;
  if (phase === 'leaving') return 'leaving';
  if (phase === 'retained' && before.placement.phase !== 'retained')
    return now.placement.removal?.tasksGoneAt === undefined ? 'leaving' : 'stopped';
  return now.wanted === 'suspended' && before.wanted === 'active' ? 'suspended' : undefined;
}

/** Every infra group with who is in it, and what it has left. */
export function groupReports(
  ledger: Ledger,
  placements: readonly PlacementReport[],
  removed: readonly RemovedPlacement[],
): readonly GroupReport[] {
  return ledger.sites().map(({ view, account }) => {
    const here = placements.filter((placement) => placement.infraGroup === view.name);
    return {
      infraGroup: view.name,
      cell: view.cell,
      tenants: new Set(here.map(({ tenant }) => tenant)).size,
      added: here.filter(({ isNew }) => isNew).length,
      removed: removed.filter(({ infraGroup, state }) => infraGroup === view.name && state !== 'suspended').length,
      room: account.dimensions.map((dimension) => {
        const limit = account.capacity[dimension];
        const bounded = limit.known && Number.isFinite(limit.usable);
        return { dimension, used: account.used[dimension], usable: bounded ? limit.usable : null };
      }),
    };
  });
}

/** Why a tenant is not placed as its record asks, with everything that would help; undefined where it is. */
export function unplaceableOf(entry: ObjectEntry, book: PlacementBook, now: number): UnplaceableTenant | undefined {
  const effective = entry.accepted?.effective;
  if (effective === undefined || effective.state === 'deleted') return undefined;
  const placed = entry.status?.value.conditions.find(({ type }) => type === 'Placed');
  if (placed?.status !== 'False' && effective.routing.scope === 'tenant') return undefined;
  const base = { tenant: entry.name, tier: effective.tier };
  const resolution = resolvePlacement(requestOf(entry.name, effective), book.ledger(now));
  if (resolution.kind === 'change' && resolution.shortfall !== undefined)
    return { ...base, reason: 'Shortfall', ...explained(resolution.shortfall) };
  if (placed?.status !== 'False') return undefined;
  const told = { ...base, reason: placed.reason, message: placed.message, remedies: [] };
  return resolution.kind === 'unplaceable' ? { ...told, ...explained(resolution.explanation) } : told;
}

function explained({ text, remedies }: Explanation): Pick<UnplaceableTenant, 'message' | 'remedies'> {
  return { message: text, remedies: remedies.map(({ kind, where, text: words }) => ({ kind, where, text: words })) };
}
