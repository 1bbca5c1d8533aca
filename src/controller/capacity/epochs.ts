import { capacityKeys } from '../../store/capacity.ts';
import type { Reservations } from '../../store/reservations.ts';
import type { FleetView } from '../fleet/view.ts';
import type { PlacementBook } from './book.ts';

export interface EpochDeps {
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly reservations: Pick<Reservations, 'setCapacityEpoch'>;
}

/**
 * Raises the capacity epoch of an infra group to what its accepted record and its cell's ask for: the sum of their generations. A decision that was made before a cordon, a drain or a change
 * of quotas was accepted cannot reserve after it. Level-triggered: done in the run that accepts a change, or, where that one was cut short, in the next. Throws `CallError`.
 */
export async function raiseEpoch({ view, book, reservations }: EpochDeps, group: string): Promise<void> {
  const own = view.get('InfraGroup', group)?.accepted;
  const cell = view.spec('InfraGroup', group)?.cell;
  if (own === undefined || cell === undefined) return;
  const epoch = own.generation + (view.get('Cell', cell)?.accepted?.generation ?? 0);
  if (epoch <= book.epochOf(group)) return;
  await reservations.setCapacityEpoch(capacityKeys.group(group), epoch);
  book.epochs.set(group, epoch);
}
