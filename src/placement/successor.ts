import { type Choice, chooseCells } from './decide.ts';
import { type Explanation, explainUnplaceable } from './explain.ts';
import { contextFor } from './filters.ts';
import type { Ledger, Site } from './ledger.ts';
import { Pending } from './pending.ts';
import type { PlacementRequest, Reservation } from './types.ts';

/** Where a placement could go, or why nowhere. */
export type Successor =
  | { readonly kind: 'found'; readonly choice: Choice }
  | { readonly kind: 'none'; readonly explanation: Explanation };

interface SuccessorOptions {
  /** Infra groups that it may go to, besides what the filters say; all but its own where absent. */
  readonly among?: (site: Site) => boolean;
  /** Infra groups that an explanation need not speak of: those that are to be emptied. */
  readonly skip?: ReadonlySet<string>;
  /** Ids of placements of the tenant that leave or are replaced: their cells do not count as taken. */
  readonly going?: ReadonlySet<string>;
}

/**
 * Finds the place for the successor of a placement, beside it: both hold their room until the move is over. It may be in the cell of the one that
 * it replaces, in no cell of another that stays.
 */
export function findSuccessor(
  request: PlacementRequest,
  ledger: Ledger,
  replaced: Reservation,
  { among, skip, going }: SuccessorOptions = {},
): Successor {
  const stay = ledger
    .reservationsOf(request.tenant)
    .filter(
      (one) => one.leaving !== true && one.placement !== replaced.placement && going?.has(one.placement) !== true,
    );
  const elsewhere = (site: Site): boolean => site.view.name !== replaced.group && among?.(site) !== false;
  const start = contextFor(request, ledger, {
    pending: new Pending(),
    cellsTaken: new Set(stay.map(({ cell }) => cell)),
  });
  const [choice] = chooseCells(start, 1, { among: elsewhere }, false).choices;
  if (choice !== undefined) return { kind: 'found', choice };
  return {
    kind: 'none',
    explanation: explainUnplaceable(start, { needed: 1, found: 0, skip: skip ?? new Set([replaced.group]) }),
  };
}
