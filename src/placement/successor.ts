import { type Choice, chooseCells } from './decide.ts';
import { type Explanation, explainUnplaceable } from './explain.ts';
import { contextFor, type FilterContext } from './filters.ts';
import type { Ledger, Site } from './ledger.ts';
import { Pending } from './pending.ts';
import type { PlacementRequest, Reservation } from './types.ts';

interface SuccessorOptions {
  /** Infra groups that it may go to, besides what the filters say; all but its own where absent. */
  readonly among?: (site: Site) => boolean;
}

/**
 * Finds the place for the successor of a placement, beside it: both hold their room until the move is over. It may be in the cell of the one that
 * it replaces, but in none of another that stays. Undefined: no infra group takes it.
 */
export function findSuccessor(
  request: PlacementRequest,
  ledger: Ledger,
  replaced: Reservation,
  { among }: SuccessorOptions = {},
): Choice | undefined {
  const elsewhere = (site: Site): boolean => site.view.name !== replaced.group && among?.(site) !== false;
  return chooseCells(contextOf(request, ledger, replaced), 1, { among: elsewhere }, false).choices[0];
}

/** Why there is no place for a successor; `skip` are the infra groups that are no part of the question. */
export function explainNoSuccessor(
  request: PlacementRequest,
  ledger: Ledger,
  replaced: Reservation,
  skip: ReadonlySet<string>,
): Explanation {
  return explainUnplaceable(contextOf(request, ledger, replaced), { needed: 1, found: 0, skip });
}

function contextOf(request: PlacementRequest, ledger: Ledger, replaced: Reservation): FilterContext {
  const stay = ledger
    .reservationsOf(request.tenant)
    .filter((one) => one.leaving !== true && one.placement !== replaced.placement);
  return contextFor(request, ledger, { pending: new Pending(), cellsTaken: new Set(stay.map(({ cell }) => cell)) });
}
