import { placementName } from '../model/names.ts';
import type { PlacementContext } from './contract.ts';

/** The name of the placement's cluster, and of its task definitions' family: one of its own, that does not change with the incarnation. */
export function nameOfPlacement(context: PlacementContext): string {
  return placementName({
    installation: context.installation,
    tier: context.placement.tier,
    cell: context.cell.name,
    infraGroup: context.group.name,
    tenant: context.tenant,
    placement: context.placement.id,
  });
}
