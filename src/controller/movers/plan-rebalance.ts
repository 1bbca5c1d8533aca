import type { Clock } from '../../model/clock.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { RebalancePlanner } from './rebalances.ts';

export function rebalancePlanner(_book: PlacementBook, _clock: Pick<Clock, 'now'>): RebalancePlanner {
  return (tier) => ({ tier, moves: [], frees: [], text: 'nothing to gain' });
}
