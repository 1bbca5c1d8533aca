import { compareWithPlacements, type Growth, type MoveReason } from './change.ts';
import { type Choice, type PlaceOptions, place } from './decide.ts';
import { type Explanation, explainGrowth } from './explain.ts';
import { growthRejections } from './filters.ts';
import type { Ledger } from './ledger.ts';
import { Pending } from './pending.ts';
import type { Verdict } from './remedies.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import { isZero } from './vector.ts';

/** What to do about the placements of one tenant. */
export type Resolution =
  | {
      readonly kind: 'change';
      /** To be reserved, with `growth`, in one transaction before anything is built; both empty when all is as asked. */
      readonly choices: readonly Choice[];
      readonly growth: readonly Growth[];
      /** To be taken away, in this order and under the removal budget. */
      readonly surplus: readonly Reservation[];
      /** In tier scope: active infra groups that a serving tenant cannot be added to. */
      readonly shortfall?: Explanation;
    }
  /** Nothing changes: what the last good spec says goes on. */
  | { readonly kind: 'move-required'; readonly reasons: readonly MoveReason[]; readonly text: string }
  /** Neither new placements nor a larger demand: all that was asked at once, or nothing. What there is goes on as it was. */
  | { readonly kind: 'unplaceable'; readonly explanation: Explanation };

/**
 * The whole decision for one tenant: what it has is compared with what its record asks, then the growth of what stays and the placements to
 * add are fitted in together. Reads the ledger, changes nothing.
 */
export function resolvePlacement(request: PlacementRequest, ledger: Ledger, options: PlaceOptions = {}): Resolution {
  const change = compareWithPlacements(request, ledger);
  if (change.kind === 'move-required') return change;
  const pending = options.pending?.copy() ?? new Pending();
  const refusals = fitGrowth(ledger, change.growth, pending);
  if (refusals.length > 0) {
    return { kind: 'unplaceable', explanation: explainGrowth({ request, ledger, pending }, refusals) };
  }
  const decision = place(request, ledger, { ...options, pending });
  if (decision.kind === 'unplaceable') return decision;
  const { choices, shortfall } = decision;
  const base = { kind: 'change', choices, growth: change.growth, surplus: change.surplus } as const;
  return shortfall === undefined ? base : { ...base, shortfall };
}

/** Takes all increases into `pending` and returns the places that cannot give what is asked of them. */
function fitGrowth(ledger: Ledger, growth: readonly Growth[], pending: Pending): readonly Verdict[] {
  const refusals: Verdict[] = [];
  for (const { group, increase } of growth) {
    if (isZero(increase)) continue;
    const site = ledger.site(group);
    if (site === undefined) {
      const detail = 'it has no accepted record, so nothing is known of its limits';
      const rejection = { code: 'ViewIncomplete', kind: 'infra-group', name: group, detail } as const;
      refusals.push({ group, cell: 'unknown', rejections: [rejection] });
      continue;
    }
    const rejections = growthRejections(site, increase, pending);
    if (rejections.length === 0) pending.add(site, increase);
    else refusals.push({ group, cell: site.cell.view.name, rejections });
  }
  return refusals;
}
