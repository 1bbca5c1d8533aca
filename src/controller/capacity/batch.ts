import type { Clock } from '../../model/clock.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import { planBatch, recheck } from '../../placement/batch.ts';
import type { Choice } from '../../placement/decide.ts';
import type { Ledger } from '../../placement/ledger.ts';
import type { PlacementRequest } from '../../placement/types.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';

interface Plan {
  readonly ledger: Ledger;
  /** Everybody whom it looked at; those without a choice found no place. */
  readonly tenants: ReadonlySet<string>;
  /** Choices that were not asked for yet. */
  readonly choices: Map<string, readonly Choice[]>;
}

/** What becomes of a tenant that has no placement yet. */
export type FirstPlacement =
  /** It is decided by itself. */
  | { readonly kind: 'single' }
  /** Many came at once: it is to ask again in so many milliseconds, when all of them are known. */
  | { readonly kind: 'wait'; readonly message: string; readonly forMs: number }
  /** Planned together with others; the choices fit now. */
  | { readonly kind: 'planned'; readonly choices: readonly Choice[] };

export interface BatchDeps {
  readonly view: Pick<FleetView, 'all'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly requestOf: (tenant: string, effective: EffectiveTenant) => PlacementRequest;
  /** From how many on they are planned together (20). */
  readonly atLeast?: number;
  /** How many are planned together at the most: a plan is made in one go, and nothing else runs meanwhile (500). */
  readonly atMost?: number;
  /** How long those that come while many come are asked to wait, in milliseconds (1,000). */
  readonly gatherMs?: number;
}

/**
 * Plans first placements together when many tenants wait for one. The first few of a crowd are decided singly, as anybody is; once `atLeast` have asked
 * within `gatherMs`, those that come are asked to wait for as long, once, and then planned with all that the view knows by then, in order of
 * acceptance.
 *
 * A plan holds no room: each tenant's run reserves its own choice, and a choice that no longer fits is decided singly. A plan is dropped when the books
 * are built anew, which is whenever records, readings or reservations change otherwise than by what was decided over them.
 */
export class BatchPlanner {
  readonly #deps: BatchDeps;
  /** Who asked when first; only those that still wait, or asked within the last `gatherMs`. */
  readonly #asked = new Map<string, Asked>();
  #plan: Plan | undefined;

  constructor(deps: BatchDeps) {
    this.#deps = deps;
  }

  /** What to do about a tenant that has no placement and is to get its first, over the books as they are. */
  first(request: PlacementRequest, ledger: Ledger): FirstPlacement {
    const { clock, atLeast = 20, gatherMs = 1_000 } = this.#deps;
    if (ledger.tier(request.tier)?.scope === 'tier') return { kind: 'single' };
    const planned = this.#planned(request, ledger);
    if (planned !== undefined) return planned;
    const now = clock.now();
    const asked = this.#asked.get(request.tenant);
    if (asked === undefined) {
      this.#forget(now);
      const isCrowd = this.#asked.size + 1 >= atLeast;
      this.#asked.set(request.tenant, { since: now, seen: now, waits: isCrowd });
      return isCrowd ? this.#wait(gatherMs) : { kind: 'single' };
    }
    asked.seen = now;
    const waited = now - asked.since;
    if (waited < gatherMs) {
      asked.waits = this.#asked.size >= atLeast;
      return asked.waits ? this.#wait(gatherMs - waited) : { kind: 'single' };
    }
    if (this.#isBusyWithOthers(request.tenant) && waited < patience * gatherMs) return this.#wait(gatherMs);
    this.#asked.delete(request.tenant);
    if (this.#plan?.tenants.has(request.tenant) !== true) this.#make(ledger, atLeast);
    return this.#planned(request, ledger) ?? { kind: 'single' };
  }

  #planned(request: PlacementRequest, ledger: Ledger): FirstPlacement | undefined {
    if (this.#plan?.ledger !== ledger) this.#plan = undefined;
    const choices = this.#plan?.choices.get(request.tenant);
    if (choices === undefined) return undefined;
    this.#plan?.choices.delete(request.tenant);
    this.#asked.delete(request.tenant);
    const fitting = recheck(request, ledger, choices);
    return fitting === undefined ? { kind: 'single' } : { kind: 'planned', choices: fitting };
  }

  /** Whether those of the plan that was made, who were accepted earlier, still come for their choices: then it is not the time for the next one. */
  #isBusyWithOthers(tenant: string): boolean {
    return this.#plan !== undefined && this.#plan.choices.size > 0 && !this.#plan.tenants.has(tenant);
  }

  #make(ledger: Ledger, atLeast: number): void {
    const { view, requestOf, atMost = 500 } = this.#deps;
    const waiting = view.all('Tenant').flatMap((entry) => {
      const effective = entry.accepted?.effective;
      if (effective === undefined || !isWaiting(entry, effective) || ledger.reservationsOf(entry.name).length > 0)
        return [];
      return [{ entry, request: requestOf(entry.name, effective) }];
    });
    if (waiting.length < atLeast) return;
    const inOrder = waiting.sort((a, b) => byAcceptance(a.entry, b.entry)).slice(0, atMost);
    const { placed } = planBatch(
      ledger,
      inOrder.map(({ request }) => request),
    );
    const tenants = new Set(inOrder.map(({ request }) => request.tenant));
    this.#plan = { ledger, tenants, choices: new Map(placed) };
  }

  /** Who was decided singly counts for `gatherMs`; who waits asks again, and is forgotten only when it does so no more. */
  #forget(now: number): void {
    const { gatherMs = 1_000 } = this.#deps;
    for (const [tenant, { since, seen, waits }] of this.#asked)
      if (waits ? now - seen > goneAfter * gatherMs : now - since > gatherMs) this.#asked.delete(tenant);
  }

  #wait(forMs: number): FirstPlacement {
    return { kind: 'wait', message: `${this.#asked.size} tenants came at once: they are planned together`, forMs };
  }
}

interface Asked {
  /** Milliseconds since the epoch. */
  readonly since: number;
  seen: number;
  /** It was asked to wait, and has not got its answer yet. */
  waits: boolean;
}

/** How many times as long as others one waits at the most, before it is decided singly. */
const patience = 10;
/** After how many times as long one that was asked to wait is taken to have changed its mind: a queue may be that long. */
const goneAfter = 600;

/** Accepted, wanted, and without a placement. */
function isWaiting(entry: ObjectEntry, effective: EffectiveTenant): boolean {
  return (
    entry.isAccepted &&
    entry.present &&
    entry.damaged.length === 0 &&
    effective.state !== 'deleted' &&
    placementsOf(entry).length === 0
  );
}

function byAcceptance(a: ObjectEntry, b: ObjectEntry): number {
  const at = (entry: ObjectEntry): string => entry.spec?.value.acceptedAt ?? '';
  if (at(a) !== at(b)) return at(a) < at(b) ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
