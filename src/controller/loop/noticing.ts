import type { CapacityItem } from '../../store/capacity.ts';
import type { ReservationResult, Reservations } from '../../store/reservations.ts';

/** Tells of tenants whose inventory in the table is not the one that a move of capacity went by. */
export function noticing(
  reservations: Reservations,
  stale: (tenant: string) => void,
  raised: (item: string, capacity: CapacityItem) => void,
): Reservations {
  const watched = async (tenant: string, move: Promise<ReservationResult>): Promise<ReservationResult> => {
    const result = await move;
    if (!result.ok && (result.lost.reason === 'inventory' || result.lost.reason === 'placement')) stale(tenant);
    if (!result.ok && result.lost.reason === 'capacity-epoch') raised(result.lost.item, result.lost.capacity);
    return result;
  };
  return {
    ...reservations,
    reserve: (move) => watched(move.tenant, reservations.reserve(move)),
    adjust: (move) => watched(move.tenant, reservations.adjust(move)),
    release: (move) => watched(move.tenant, reservations.release(move)),
  };
}
