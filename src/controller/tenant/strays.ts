import { CallError } from '../../model/errors.ts';
import type { InventoryResource, PlacementInventory } from '../../model/resources.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import { type PlacementScope, savePlacement } from './context.ts';
import type { EngineDeps } from './deps.ts';

/**
 * Finds what stands of a placement beside its inventory and puts it among what is to be retired. There is such a thing where a call that makes a new resource each time was never
 * answered, and its successor asked for something else, or landed after its sender had died. Looked for once in each term, when no call of an earlier leader can land any more, and again
 * after each failed creation.
 */
export async function recordStrays(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  placement: PlacementInventory,
): Promise<PlacementInventory> {
  if (entry.searched.has(placement.id) || deps.removalsFrom() > deps.clock.now()) return placement;
  const context = { ...scope.context, placement };
  const found: InventoryResource[] = [];
  try {
    for (const reconciler of deps.reconcilers)
      found.push(...((await reconciler.strays?.(scope.access, context)) ?? []));
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    deps.observer.callFailed(entry.key, error);
    return placement;
  }
  entry.searched.add(placement.id);
  if (found.length === 0) return placement;
  const next = { ...placement, retired: [...placement.retired, ...found] };
  await savePlacement(deps, entry, next);
  return next;
}
