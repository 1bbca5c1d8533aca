import type { MoveNeed } from './change.ts';
import { type Alternative, choiceText, type Explanation, explainUnplaceable } from './explain.ts';
import { contextFor, type FilterContext, rejectionsOf } from './filters.ts';
import type { Ledger, Site } from './ledger.ts';
import { Pending } from './pending.ts';
import type { RejectionCode } from './rejections.ts';
import { type Score, scoreSite } from './score.ts';
import { type Prospect, survey } from './survey.ts';
import type { PlacementRequest, Reservation, Strategy } from './types.ts';
import type { Demand } from './vector.ts';

/** One placement that may be reserved now. */
export interface Choice {
  readonly group: string;
  readonly cell: string;
  readonly slot: number;
  readonly demand: Demand;
  /** What it is to replace, where it is a successor. */
  readonly replaces?: { readonly placement: string; readonly cause: MoveNeed['cause']; readonly why: string };
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
  /** What is to be found; left out: what the tenant lacks by number. */
  readonly need?: PlaceNeed;
}

/** What a decision has to find places for. */
export interface PlaceNeed {
  /** How many placements to add (nothing in tier scope). */
  readonly add: number;
  readonly moves: readonly MoveNeed[];
  /** What will be there when all moves are done: what a new placement has to keep away from. */
  readonly staying: readonly Reservation[];
  /** Placements in another tier: what is added replaces them. */
  readonly foreign: readonly Reservation[];
}

/** One placement to find. */
interface Wanted {
  readonly replaces?: Choice['replaces'];
  readonly from?: string;
  readonly to?: readonly string[];
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
  const need = options.need ?? missing(request, ledger);
  const going = new Set(need.moves.map(({ old }) => old.placement));
  const context = contextFor(request, ledger, {
    pending: options.pending?.copy() ?? new Pending(),
    cellsTaken: new Set(need.staying.filter((one) => !going.has(one.placement)).map((one) => one.cell)),
  });
  if (context.scope === 'tier') return placeEverywhere(context, need.foreign);
  const wanted = wantedBy(need);
  return wanted.length === 0 ? { kind: 'placed', choices: [] } : placeInDistinctCells(context, wanted, options);
}

function missing(request: PlacementRequest, ledger: Ledger): PlaceNeed {
  const staying = ledger.reservationsOf(request.tenant).filter((reservation) => reservation.leaving !== true);
  return { add: Math.max(0, request.placements - staying.length), moves: [], staying, foreign: [] };
}

/** Those that may go to few places only come first. */
function wantedBy({ add, moves, foreign }: PlaceNeed): readonly Wanted[] {
  const successors = moves.map(({ old, cause, why, to }) => ({
    replaces: { placement: old.placement, cause, why },
    from: old.group,
    ...(to === undefined ? {} : { to }),
  }));
  const additions = Array.from({ length: add }, (_, index) => ofForeign(foreign, index));
  return [
    ...successors.filter(({ to }) => to !== undefined),
    ...successors.filter(({ to }) => to === undefined),
    ...additions,
  ];
}

/** What replaces placements of another tier replaces them all together; each is named by one at least, as far as there are enough. */
function ofForeign(foreign: readonly Reservation[], index: number): Wanted {
  const old = foreign[index % Math.max(1, foreign.length)];
  if (old === undefined) return {};
  const why = `${old.group} belongs to tier ${old.tier}`;
  return { replaces: { placement: old.placement, cause: 'asked', why }, from: old.group };
}

/** The reservation that a choice stands for. `placement` is a new random id. */
export function reservationFor(request: PlacementRequest, choice: Choice, placement: string): Reservation {
  const { tenant, tier, isolation, antiAffinity } = request;
  const { cell, group, slot, demand } = choice;
  const base = { placement, tenant, tier, cell, group, slot, demand, isolation };
  return {
    ...base,
    ...(antiAffinity === undefined ? {} : { antiAffinity }),
    ...(choice.replaces === undefined ? {} : { replaces: choice.replaces.placement }),
  };
}

function placeInDistinctCells(start: FilterContext, wanted: readonly Wanted[], options: PlaceOptions): Decision {
  const missing = wanted.length;
  const first = chooseFor({ ...start, pending: start.pending.copy() }, wanted, options, false);
  if (first.choices.length === missing) return { kind: 'placed', choices: first.choices };
  if (first.choices.length > 0) {
    // Only the zone is shared between cells. When it is short, places without AAAA records go first, which finds what the score's order may miss.
    const thrifty = chooseFor(
      { ...start, pending: start.pending.copy() },
      wanted,
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
  return chooseFor(
    start,
    Array.from({ length: missing }, () => ({})),
    options,
    thrifty,
  );
}

function chooseFor(
  start: FilterContext,
  wanted: readonly Wanted[],
  options: PlaceOptions,
  thrifty: boolean,
): { readonly choices: readonly Choice[]; readonly context: FilterContext } {
  const choices: Choice[] = [];
  const kept = { keep: nearBest.count, ...(options.among === undefined ? {} : { among: options.among }) };
  let context = start;
  for (const [index, one] of wanted.entries()) {
    context = { ...context, request: restricted(start.request, one) };
    const { fitting, best } = survey(context, { ...kept, thrifty, strategy: strategyOf(context) });
    const chosen = pick(best, options.random);
    if (chosen === undefined) break;
    const runnerUp = best.find((candidate) => candidate !== chosen);
    choices.push(successorOf(choiceOf(context, chosen, { runnerUp, candidates: fitting }), one));
    if (index === wanted.length - 1) break;
    context.pending.add(chosen.site, context.demandAt(chosen.site));
    context = { ...context, cellsTaken: new Set([...context.cellsTaken, chosen.site.cell.view.name]) };
  }
  return { choices, context };
}

/** A mover's choice of places narrows the pin, and never widens it. */
function restricted(request: PlacementRequest, { to }: Wanted): PlacementRequest {
  if (to === undefined) return request;
  const pin = request.pin.length === 0 ? to : to.filter((group) => request.pin.includes(group));
  return { ...request, pin: pin.length === 0 ? ['nowhere'] : pin };
}

function successorOf(choice: Choice, { replaces, from }: Wanted): Choice {
  if (replaces === undefined) return choice;
  const why = `to move from ${from ?? 'elsewhere'} to ${choice.group} because ${replaces.why}; ${choice.why}`;
  return { ...choice, replaces, why };
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
export function strategyOf({ ledger, request }: FilterContext): Strategy {
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

function placeEverywhere(context: FilterContext, foreign: readonly Reservation[]): Decision {
  const { ledger, request, pending } = context;
  const held = ledger.reservationsOf(request.tenant);
  const holds = new Set(held.map(({ group }) => group));
  const lacking = ledger.sitesOf(request.tier).filter((site) => isActive(site) && !holds.has(site.view.name));
  const choices: Choice[] = [];
  const refusing = new Set<string>();
  for (const site of lacking) {
    const codes = rejectionsOf(site, context).map(({ code }) => code);
    if (codes.length === 0) {
      choices.push(successorOf(choiceEverywhere(context, site), ofForeign(foreign, choices.length)));
      pending.add(site, context.demandAt(site));
    } else if (!canWait(site, codes)) {
      refusing.add(site.view.name);
    }
  }
  const serves = held.some((reservation) => reservation.leaving !== true && reservation.tier === request.tier);
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
