import type { Clock } from '../../model/clock.ts';
import { planRebalance, type RebalanceStep } from '../../placement/rebalance.ts';
import type { PlacementRequest } from '../../placement/types.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { placementsOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';
import { requestOf } from '../tenant/placing.ts';
import type { RebalancePlanner } from './rebalances.ts';

/** The planner over the books as they are when it is asked: only the seats that it is given move. */
export function rebalancePlanner(view: FleetView, book: PlacementBook, clock: Pick<Clock, 'now'>): RebalancePlanner {
  return (tier, seats, maxMoves) => {
    const requests = new Map<string, PlacementRequest>();
    for (const { entry } of seats) {
      const effective = entry.accepted?.effective;
      if (effective !== undefined) requests.set(entry.name, requestOf(entry.name, effective));
    }
    const movable = (tenant: string): boolean => requests.has(tenant);
    const moving = new Set(
      view
        .all('Tenant')
        .flatMap((entry) => placementsOf(entry).flatMap(({ move }) => (move === undefined ? [] : [move.from]))),
    );
    const plan = planRebalance(book.ledger(clock.now()), requests, { tier, maxMoves, movable, moving });
    return { tier, moves: plan.steps.flatMap(movesOf), frees: plan.steps.flatMap(freedBy), text: plan.text };
  };
}

function movesOf({ moves }: RebalanceStep) {
  return moves.map(({ tenant, placement, from, to, why }) => ({ tenant, placement, from, to, why }));
}

function freedBy(step: RebalanceStep): readonly string[] {
  return step.kind === 'free' ? [step.group] : [];
}
