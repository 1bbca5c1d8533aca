import type { PlacementInventory } from '../../model/resources.ts';
import { placementsOf, servingSpec } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import { parseKey } from '../keys.ts';

/**
 * The lane that a key waits in: whose calls its run will mostly make. One cell that does not answer, or is throttled by others, then holds the workers
 * of its own lane and nobody else's. A tenant with placements in several cells stands in the lane of the first.
 *
 * Tenants that do not serve yet stand in lanes beside those that do: thousands that are new at once hold no worker that a change of a serving tenant
 * needs, however long it takes to build them.
 */
export function laneOf(view: FleetView, key: string): string {
  const { kind, name } = parseKey(key);
  switch (kind) {
    case 'Tenant':
      return tenantLane(view, name);
    case 'Tier':
      return `tier ${name}`;
    case 'Cell':
      return `infra ${name}`;
    case 'InfraGroup':
      // Endpoints take their time (AWS allows 0.3 changes a second): the cell itself never waits for them.
      return `wiring ${view.spec('InfraGroup', name)?.cell ?? ''}`;
    default:
      return kind;
  }
}

/** One that leaves counts too: its removal is no part of a crowd that comes. */
function hasServed({ phase }: PlacementInventory): boolean {
  return phase !== 'reserved';
}

function tenantLane(view: FleetView, name: string): string {
  const entry = view.get('Tenant', name);
  const placements = entry === undefined ? [] : placementsOf(entry);
  const [first] = placements.map(({ cell }) => cell).sort();
  if (first !== undefined) return placements.some(hasServed) ? `cell ${first}` : `new ${first}`;
  return `unplaced ${entry === undefined ? '' : (servingSpec(entry)?.tier ?? '')}`;
}
