import { type Alternative, choiceText, type Explanation, explainUnplaceable } from './explain.ts';
import { contextFor, type FilterContext, rejectionsOf } from './filters.ts';
import type { Ledger, Site } from './ledger.ts';
import { Pending } from './pending.ts';
import type { RejectionCode } from './rejections.ts';
import { type Score, scoreSite } from './score.ts';
import { type Prospect, survey } from './survey.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import type { Demand } from './vector.ts';

/** One placement that may be reserved now. */
export interface Choice {
  readonly group: string;
  readonly cell: string;
  readonly slot: number;
  readonly demand: Demand;
  /** Why here, in words: kept with the placement. */
  readonly why: string;
  readonly basis: ChoiceBasis;
}

/** The figures behind a choice; room in average tenants. */
export interface ChoiceBasis {
  readonly score: Score;
  /** How many infra groups fitted. */
  readonly candidates: number;
  readonly runnerUp?: Alternative;
}

export type Decision =
  | {
      readonly kind: 'placed';
      /** The placements to add; empty when the tenant has all it asked for. */
      readonly choices: readonly Choice[];
      /** In tier scope, for a tenant that serves already: the infra groups that it cannot be added to, and why. */
      readonly shortfall?: Explanation;
    }
  | { readonly kind: 'unplaceable'; readonly explanation: Explanation };

export interface PlaceOptions {
  /** Returns 0 ≤ x < 1. With it, one of the few best is picked at random, which keeps placers that work on one view from colliding. */
  readonly random?: (() => number) | undefined;
  /** What the same decision takes besides, for instance for the growth of placements that stay. */
  readonly pending?: Pending;
  /** Infra groups that are to be looked at besides what the filters say; all where absent. */
  readonly among?: (site: Site) => boolean;
}

/** How many of the best a random pick may choose from, and how far in score from the best they may lie. */
const nearBest = { count: 4, within: 0.05 } as const;

/** Refusals that pass by themselves or by an operator's hand, and that say nothing about room. */
const passing: readonly RejectionCode[] = ['ModeNotActive', 'NotReady', 'ViewIncomplete', 'QuotaUnknown'];

/**
 * Decides where the placements go that a tenant lacks. Reads the ledger, changes nothing: the caller reserves the choices. What is placed stays
 * where it is.
 *
 * Scope `tenant`: all that are missing or none, each in a cell of its own. Scope `tier`: one in every active infra group of the tier that lacks
 * it; for a tenant that has none yet all of them or none, since a name that is answered by an ALB without the tenant's rule is a wrong answer.
 */
export function place(request: PlacementRequest, ledger: Ledger, options: PlaceOptions = {}): Decision {
  const context = contextFor(request, ledger, {
    pending: options.pending?.copy() ?? new Pending(),
    cellsTaken: new Set(ledger.cellsOf(request.tenant)),
  });
  if (context.scope === 'tier') return placeEverywhere(context);
  const live = ledger.reservationsOf(request.tenant).filter((reservation) => reservation.leaving !== true);
  const missing = request.placements - live.length;
  return missing <= 0 ? { kind: 'placed', choices: [] } : placeInDistinctCells(context, missing, options);
}

/** The reservation that a choice stands for. `placement` is a new random id. */
export function reservationFor(request: PlacementRequest, choice: Choice, placement: string): Reservation {
  const { tenant, tier, isolation, antiAffinity } = request;
  const { cell, group, slot, demand } = choice;
  const base = { placement, tenant, tier, cell, group, slot, demand, isolation };
  return antiAffinity === undefined ? base : { ...base, antiAffinity };
}

function placeInDistinctCells(start: FilterContext, missing: number, options: PlaceOptions): Decision {
  const first = chooseCells({ ...start, pending: start.pending.copy() }, missing, options, false);
  if (first.choices.length === missing) return { kind: 'placed', choices: first.choices };
  if (first.choices.length > 0) {
    // Only the zone is shared between cells. When it is short, places without AAAA records go first, which finds what the score's order may miss.
    const thrifty = chooseCells(
      { ...start, pending: start.pending.copy() },
      missing,
      { ...options, random: undefined },
      true,
    );
    if (thrifty.choices.length === missing) return { kind: 'placed', choices: thrifty.choices };
  }
  const explanation = explainUnplaceable(first.context, { needed: missing, found: first.choices.length });
  return { kind: 'unplaceable', explanation };
}

/** Few tenants in common first: tenants with several placements then share few cell pairs, so that two sick cells take few of them down. */
export const byPreference = (a: Alternative, b: Alternative): number =>
  a.inCommon - b.inCommon || b.score.value - a.score.value || (a.group < b.group ? -1 : 1);

/** Chooses up to `missing` places, each in a cell of its own, and takes them into the context's `pending`; fewer where no more are to be found. */
export function chooseCells(
  start: FilterContext,
  missing: number,
  options: PlaceOptions,
  thrifty: boolean,
): { readonly choices: readonly Choice[]; readonly context: FilterContext } {
  const choices: Choice[] = [];
  const kept = { keep: nearBest.count, ...(options.among === undefined ? {} : { among: options.among }) };
  let context = start;
  while (choices.length < missing) {
    const { fitting, best } = survey(context, { ...kept, thrifty, strategy: strategyOf(context) });
    const chosen = pick(best, options.random);
    if (chosen === undefined) break;
    const runnerUp = best.find((candidate) => candidate !== chosen);
    choices.push(choiceOf(context, chosen, { runnerUp, candidates: fitting }));
    if (choices.length === missing) break;
    context.pending.add(chosen.site, context.demandAt(chosen.site));
    context = { ...context, cellsTaken: new Set([...context.cellsTaken, chosen.site.cell.view.name]) };
  }
  return { choices, context };
}

/** A site as a place to choose, fitting or not, with everything that the decision took so far. */
export function alternativeAt(site: Site, context: FilterContext): Alternative {
  const { ledger, request } = context;
  const cell = site.cell.view.name;
  let inCommon = 0;
  for (const other of context.cellsTaken) inCommon += ledger.inCommon(cell, other, request.tenant);
  return { group: site.view.name, cell, score: scoreOf(site, context), inCommon };
}

function scoreOf(site: Site, context: FilterContext): Score {
  const { demandAt, mean, pending } = context;
  return scoreSite(site, { demand: demandAt(site), mean, strategy: strategyOf(context), pending });
}

/** How a tier's places are preferred. */
export function strategyOf({ ledger, request }: FilterContext): 'pack' | 'spread' {
  return ledger.tier(request.tier)?.strategy ?? 'pack';
}

function pick(best: readonly Prospect[], random: (() => number) | undefined): Prospect | undefined {
  const [first] = best;
  if (first === undefined || random === undefined) return first;
  const near = best.filter(
    ({ value, inCommon }) => inCommon === first.inCommon && first.value - value <= nearBest.within,
  );
  return near[Math.floor(random() * near.length)] ?? first;
}

function choiceOf(
  context: FilterContext,
  prospect: Prospect,
  others: { readonly runnerUp: Prospect | undefined; readonly candidates: number },
): Choice {
  const { candidates } = others;
  const chosen = asAlternative(prospect, context);
  const runnerUp = others.runnerUp === undefined ? undefined : asAlternative(others.runnerUp, context);
  const { score } = chosen;
  return {
    ...whereOf(context, prospect.site),
    why: choiceText(chosen, { strategy: strategyOf(context), candidates, runnerUp }),
    basis: runnerUp === undefined ? { score, candidates } : { score, candidates, runnerUp },
  };
}

/** Without the site, which is the ledger's and changes. */
function asAlternative({ site, inCommon }: Prospect, context: FilterContext): Alternative {
  return { group: site.view.name, cell: site.cell.view.name, score: scoreOf(site, context), inCommon };
}

function whereOf(context: FilterContext, site: Site): Pick<Choice, 'group' | 'cell' | 'slot' | 'demand'> {
  const slot = site.slots.lowestFree();
  if (slot === undefined) throw new RangeError(`Infra group ${site.view.name} has no free slot: it was not filtered.`);
  return { group: site.view.name, cell: site.cell.view.name, slot, demand: context.demandAt(site) };
}

function isActive({ view, cell }: Site): boolean {
  return view.state === 'active' && cell.view.state === 'active';
}

/**
 * Whether a refusing infra group can be passed over in this decision: nobody of the tier is in it yet, so that no name leads to it, and what refuses is
 * passing. One faulty new record must not close a whole tier; the group is filled once it is ready.
 */
function canWait(site: Site, codes: readonly RejectionCode[]): boolean {
  return site.tenants.size === 0 && codes.some((code) => passing.includes(code));
}

function placeEverywhere(context: FilterContext): Decision {
  const { ledger, request, pending } = context;
  const held = ledger.reservationsOf(request.tenant);
  const holds = new Set(held.map(({ group }) => group));
  const lacking = ledger.sitesOf(request.tier).filter((site) => isActive(site) && !holds.has(site.view.name));
  const choices: Choice[] = [];
  const refusing = new Set<string>();
  for (const site of lacking) {
    const codes = rejectionsOf(site, context).map(({ code }) => code);
    if (codes.length === 0) {
      choices.push(choiceEverywhere(context, site));
      pending.add(site, context.demandAt(site));
    } else if (!canWait(site, codes)) {
      refusing.add(site.view.name);
    }
  }
  const serves = held.some((reservation) => reservation.leaving !== true);
  if (refusing.size === 0 && (choices.length > 0 || serves)) return { kind: 'placed', choices };
  const explanation = explainUnplaceable(context, {
    needed: Math.max(1, choices.length + refusing.size),
    found: choices.length,
    skip: new Set([...holds, ...choices.map(({ group }) => group)]),
    required: refusing,
  });
  return serves ? { kind: 'placed', choices, shortfall: explanation } : { kind: 'unplaceable', explanation };
}

function choiceEverywhere(context: FilterContext, site: Site): Choice {
  const { tier } = context.request;
  return {
    ...whereOf(context, site),
    why: `${site.view.name} in cell ${site.cell.view.name}: tier ${tier} has scope tier, which puts every tenant in every active infra group`,
    basis: { score: scoreOf(site, context), candidates: 1 },
  };
}
