import { placementsOf, servingSpec } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import { parseKey } from '../keys.ts';

/**
 * The lane that a key waits in: whose calls its run will mostly make. One cell that does not answer, or is throttled by others, then holds the workers
 * of its own lane and nobody else's. A tenant with placements in several cells stands in the lane of the first.
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

function tenantLane(view: FleetView, name: string): string {
  const entry = view.get('Tenant', name);
  const cells = entry === undefined ? [] : placementsOf(entry).map(({ cell }) => cell);
  const [first] = cells.sort();
  if (first !== undefined) return `cell ${first}`;
  return `unplaced ${entry === undefined ? '' : (servingSpec(entry)?.tier ?? '')}`;
}
