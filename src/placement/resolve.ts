import {
  compareWithPlacements,
  type Growth,
  type MoveAbort,
  type MoveReason,
  type MoverWishes,
  noWishes,
  type PlacementChange,
} from './change.ts';
import { type Choice, type PlaceOptions, place } from './decide.ts';
import { type Explanation, explainGrowth } from './explain.ts';
import { growthRejections } from './filters.ts';
import type { Ledger } from './ledger.ts';
import { Pending } from './pending.ts';
import type { Verdict } from './remedies.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import { isZero } from './vector.ts';

/** What to do about the placements of one tenant. `aborts`: moves to be taken back, whatever else is decided. */
export type Resolution =
  | {
      readonly kind: 'change';
      /** To be reserved, with `growth`, in one transaction before anything is built; both empty when all is as asked. */
      readonly choices: readonly Choice[];
      readonly growth: readonly Growth[];
      /** To be taken away, in this order and under the removal budget. */
      readonly surplus: readonly Reservation[];
      readonly aborts: readonly MoveAbort[];
      /** Placements that are being replaced where the new spec does not fit: until they leave they stay as they are. */
      readonly frozen: readonly string[];
      /** In tier scope: active infra groups that a serving tenant cannot be added to. */
      readonly shortfall?: Explanation;
      /** Why a mover's orders cannot be carried out, where the record's own wishes can. */
      readonly unmoved?: Explanation;
    }
  /** Nothing changes: what the last good spec says goes on. */
  | {
      readonly kind: 'move-required';
      readonly reasons: readonly MoveReason[];
      readonly text: string;
      readonly aborts: readonly MoveAbort[];
    }
  /** Neither new placements nor a larger demand: all that was asked at once, or nothing. What there is goes on as it was. */
  | { readonly kind: 'unplaceable'; readonly explanation: Explanation; readonly aborts: readonly MoveAbort[] };

export interface ResolveOptions extends Pick<PlaceOptions, 'random' | 'pending'> {
  readonly wishes?: MoverWishes;
}

/**
 * The whole decision for one tenant: what it has is compared with what its record and movers ask, then the growth of what stays, the successors of what moves and the placements to add are
 * fitted in together, all or nothing. Where that fails for a mover's orders, the record's own wishes are tried by themselves. Reads the ledger, changes nothing.
 */
export function resolvePlacement(request: PlacementRequest, ledger: Ledger, options: ResolveOptions = {}): Resolution {
  const { wishes = noWishes } = options;
  const resolution = resolveWith(request, ledger, options, wishes);
  if (resolution.kind !== 'unplaceable' || wishes.orders.size === 0) return resolution;
  const plain = resolveWith(request, ledger, options, { ...wishes, orders: new Map() });
  return plain.kind === 'change' ? { ...plain, unmoved: resolution.explanation } : plain;
}

function resolveWith(
  request: PlacementRequest,
  ledger: Ledger,
  options: ResolveOptions,
  wishes: MoverWishes,
): Resolution {
  const change = compareWithPlacements(request, ledger, wishes);
  if (change.kind === 'move-required') return { ...change, aborts: [] };
  const { aborts, surplus } = change;
  const pending = options.pending?.copy() ?? new Pending();
  const { refusals, frozen } = fitGrowth(ledger, change, pending);
  if (refusals.length > 0) {
    return { kind: 'unplaceable', explanation: explainGrowth({ request, ledger, pending }, refusals), aborts };
  }
  const decision = place(request, ledger, { ...options, pending, need: change });
  if (decision.kind === 'unplaceable') return { ...decision, aborts };
  const { choices, shortfall } = decision;
  const growth = change.growth.filter(({ placement }) => !frozen.includes(placement));
  const base = { kind: 'change', choices, growth, surplus, aborts, frozen } as const;
  return shortfall === undefined ? base : { ...base, shortfall };
}

/**
 * Takes all increases into `pending` and returns the places that cannot give what is asked of them. What is being replaced need not grow: where it cannot, it stays as it is until it leaves.
 */
function fitGrowth(
  ledger: Ledger,
  { growth, replaced }: Extract<PlacementChange, { kind: 'in-place' }>,
  pending: Pending,
): { readonly refusals: readonly Verdict[]; readonly frozen: readonly string[] } {
  const refusals: Verdict[] = [];
  const frozen: string[] = [];
  for (const { placement, group, increase } of growth) {
    if (isZero(increase)) continue;
    const verdict = verdictOn(ledger, group, increase, pending);
    if (verdict === undefined) continue;
    if (replaced.has(placement)) frozen.push(placement);
    else refusals.push(verdict);
  }
  return { refusals, frozen };
}

/** Undefined: it fits, and is taken into `pending`. */
function verdictOn(ledger: Ledger, group: string, increase: Growth['increase'], pending: Pending): Verdict | undefined {
  const site = ledger.site(group);
  if (site === undefined) {
    const detail = 'it has no accepted record, so nothing is known of its limits';
    const rejection = { code: 'ViewIncomplete', kind: 'infra-group', name: group, detail } as const;
    return { group, cell: 'unknown', rejections: [rejection] };
  }
  const rejections = growthRejections(site, increase, pending);
  if (rejections.length > 0) return { group, cell: site.cell.view.name, rejections };
  pending.add(site, increase);
  return undefined;
}
