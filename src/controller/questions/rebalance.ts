import type { RebalanceReport } from '../../model/reports.ts';
import { rebalancePlanner } from '../movers/plan-rebalance.ts';
import { isMovable } from '../movers/rebalances.ts';
import { type SeatDeps, seatsOf } from '../movers/seats.ts';
import { answeredAt, type QuestionDeps, QuestionError, quoted, type Terms } from './question.ts';

const maxMoves = 10_000;

/** What rebalancing would do now: of all tiers or of `tier`, with at most `moves` of each. */
export function rebalanceReport(deps: QuestionDeps, terms: Terms): RebalanceReport {
  const wanted = terms('tier');
  const moves = movesOf(terms('moves') ?? '10');
  const tiers = deps.view
    .tiers()
    .map(({ name }) => name)
    .filter((name) => wanted === undefined || name === wanted)
    .sort();
  if (wanted !== undefined && tiers.length === 0)
    throw new QuestionError(`there is no accepted tier ${quoted(wanted)}`, true);
  const seatDeps: SeatDeps = { view: deps.view, mode: deps.mode(), now: deps.clock.now() };
  const seats = seatsOf(seatDeps, (placement) => placement.phase !== 'released');
  const plan = rebalancePlanner(deps.view, deps.book, deps.clock);
  return {
    at: answeredAt(deps),
    tiers: tiers.map((tier) =>
      plan(
        tier,
        seats.filter((seat) => isMovable(seatDeps, tier, seat)),
        moves,
      ),
    ),
  };
}

function movesOf(text: string): number {
  const moves = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (moves >= 1 && moves <= maxMoves) return moves;
  throw new QuestionError(`moves is ${quoted(text)}, expected a whole number from 1 to ${maxMoves}`, false);
}
