import type { ZoneAccess } from '../../aws/ports.ts';
import type { Clock } from '../../model/clock.ts';
import type { PlacementInventory } from '../../model/resources.ts';

/** After this long a change counts as INSYNC whose id was never noted: twice what AWS calls the general case ("generally within 60 seconds"). */
export const unknownInsyncMs = 120_000;

/** Stands for the id of a change that was made and whose answer was never noted. */
export const unknownChange = 'unknown';

/** Whether the last change of a placement's records has reached every name server. Throws `CallError`. */
export async function isInsync(
  clock: Clock,
  zone: Pick<ZoneAccess, 'insync'>,
  change: PlacementInventory['dnsChange'],
): Promise<boolean> {
  if (change === undefined || change.insyncAt !== undefined) return true;
  if (change.id === unknownChange) return clock.now() - Date.parse(change.at) >= unknownInsyncMs;
  return zone.insync(change.id);
}
