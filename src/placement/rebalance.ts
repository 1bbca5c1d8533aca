import { excess, type Heat, type HeatMarks, heatOf, heatText, marksFor } from './heat.ts';
import type { Ledger, Site } from './ledger.ts';
import { listText } from './rejections.ts';
import { dominantShare, type Largest, largestOf } from './share.ts';
import { Trial, type TriedMove, wasMoved } from './trial.ts';
import type { PlacementRequest, Reservation } from './types.ts';
import { type GroupDimension, groupDimensions, type Vector, vectorOf } from './vector.ts';

export interface RebalanceOptions {
  readonly tier: string;
  /** The most moves that the plan may ask for. */
  readonly maxMoves: number;
  /** Whether a tenant may be moved to tidy up: its record says `movable: true`. */
  readonly movable: (tenant: string) => boolean;
  /** Ids of placements that have a successor already: they are going anyway. */
  readonly moving?: ReadonlySet<string>;
  /** When an infra group counts as hot; by the tier's strategy where absent. */
  readonly heat?: HeatMarks;
}

export interface RebalanceMove extends TriedMove {
  /** `frees infra group g7`, `cools infra group g3 from 104 % to 98 % of its targets`. */
  readonly why: string;
}

/** Moves that gain something only all together. */
export type RebalanceStep =
  | { readonly kind: 'free'; readonly group: string; readonly cell: string; readonly moves: readonly RebalanceMove[] }
  | {
      readonly kind: 'cool';
      readonly group: string;
      readonly cell: string;
      readonly dimension: GroupDimension;
      /** Shares of what is usable in its fullest dimension: 1.04 is 104 %. */
      readonly before: number;
      readonly after: number;
      readonly moves: readonly RebalanceMove[];
    };

export interface RebalancePlan {
  readonly tier: string;
  /** In the order in which they are to be carried out: each move fits, beside the one that it replaces, when those before it are done. */
  readonly steps: readonly RebalanceStep[];
  readonly moves: number;
  /** No plan that frees as many infra groups and cools the same ones could do with fewer moves than this. */
  readonly bound: number;
  /** Infra groups in use, before and after. */
  readonly groups: { readonly before: number; readonly after: number };
  /** The emptiest infra groups that cannot be freed and the hot ones that cannot be cooled, and why not. */
  readonly held: readonly Held[];
  readonly text: string;
}

export interface Held {
  readonly group: string;
  readonly why: string;
}

/** How many of the infra groups that cannot be freed are told of. */
const shownHeld = 5;

/**
 * Plans how to tidy a tier up. Infra groups that are hot come first, then those that can be emptied into the room that others in use have; in
 * each the fewest moves first. Only movable tenants move, none of them twice; every move obeys all filters, and holds room twice while it
 * lasts. A move that frees nothing and cools nothing is not in the plan. A tier that spreads its tenants is only cooled: emptying groups is
 * not what it wants. Reads the ledger, changes nothing.
 */
export function planRebalance(
  ledger: Ledger,
  requests: ReadonlyMap<string, PlacementRequest>,
  options: RebalanceOptions,
): RebalancePlan {
  const { tier: name } = options;
  const tier = ledger.tier(name);
  const used = inUse(ledger, name).length;
  const nothing = { tier: name, steps: [], moves: 0, bound: 0, groups: { before: used, after: used }, held: [] };
  if (tier === undefined) return { ...nothing, text: `Tier ${name} is not known.` };
  if (tier.scope === 'tier') {
    return { ...nothing, text: `Tier ${name} has scope tier: every tenant is in every infra group.` };
  }
  const work: Work = {
    ledger: ledger.copy(),
    requests,
    options,
    marks: options.heat ?? marksFor(tier.strategy),
    largest: largestOf(ledger, name),
    budget: options.maxMoves,
    steps: [],
    held: [],
    bound: 0,
  };
  coolAll(work);
  if (tier.strategy === 'pack') freeAll(work);
  const { steps, bound, held } = work;
  const moves = steps.reduce((sum, step) => sum + step.moves.length, 0);
  const groups = { before: used, after: inUse(work.ledger, name).length };
  const plan = { tier: name, steps, moves, bound, groups, held: held.slice(0, shownHeld) };
  return { ...plan, text: planText(plan) };
}

interface Work {
  /** A copy, in which every move of the plan is carried out. */
  readonly ledger: Ledger;
  readonly requests: ReadonlyMap<string, PlacementRequest>;
  readonly options: RebalanceOptions;
  readonly marks: HeatMarks;
  readonly largest: Largest;
  /** Moves that may still be asked for. */
  budget: number;
  readonly steps: RebalanceStep[];
  readonly held: Held[];
  bound: number;
}

function inUse(ledger: Ledger, tier: string): readonly Site[] {
  return ledger.sitesOf(tier).filter((site) => site.tenants.size > 0);
}

/** The placements of a site that would have to move for it to be empty: not those that go anyway. */
function staying({ ledger, options }: Work, site: Site): readonly Reservation[] {
  const found: Reservation[] = [];
  for (const tenant of site.tenants.keys()) {
    for (const one of ledger.reservationsOf(tenant)) {
      if (one.group !== site.view.name || one.leaving === true) continue;
      if (options.moving?.has(one.placement) !== true) found.push(one);
    }
  }
  return found;
}

/** The request that a placement would be moved by; undefined where it is to stay. */
function movableBy({ options, requests }: Work, reservation: Reservation): PlacementRequest | undefined {
  if (wasMoved(reservation) || !options.movable(reservation.tenant)) return undefined;
  const request = requests.get(reservation.tenant);
  // One that is to leave its tier moves by its record, not to tidy up.
  return request?.tier === reservation.tier ? request : undefined;
}

// --- cooling -------------------------------------------------------------------------------------------------------------------

function coolAll(work: Work): void {
  const hot = inUse(work.ledger, work.options.tier)
    .filter((site) => heatOf(site).share > work.marks.above)
    .map((site) => ({ site, bound: fewestToCool(work, site) }))
    .sort((a, b) => a.bound - b.bound || (a.site.view.name < b.site.view.name ? -1 : 1));
  for (const { site, bound } of hot) cool(work, site, bound);
}

/** No fewer placements than this can bring the fullest dimension to the mark, whichever they are. */
function fewestToCool(work: Work, site: Site): number {
  const { dimension } = heatOf(site);
  let left = excess(site, dimension, work.marks.above);
  const demands = staying(work, site).map(({ demand }) => demand.group[dimension]);
  let count = 0;
  for (const demand of demands.sort((a, b) => b - a)) {
    if (left <= 0) break;
    left -= demand;
    count += 1;
  }
  return count;
}

function cool(work: Work, site: Site, bound: number): void {
  const { marks, ledger } = work;
  const { name: group } = site.view;
  const before = heatOf(site);
  const trial = new Trial(ledger);
  while (heatOf(site).share > marks.to && trial.moves.length < work.budget) {
    if (!coolBy(work, site, trial)) break;
  }
  const after = heatOf(site);
  if (after.share > marks.above) {
    const why =
      trial.moves.length >= work.budget ? 'the budget of moves is spent' : 'no movable tenant of it has room elsewhere';
    trial.undo();
    work.held.push({ group, why: `stays at ${heatText(before)}: ${why}` });
    return;
  }
  const why = `cools infra group ${group} from ${heatText(before)} to ${heatText(after)}`;
  const { dimension } = before;
  const base = { kind: 'cool', group, cell: site.cell.view.name, dimension } as const;
  take(work, trial, bound, (moves) => ({ ...base, before: before.share, after: after.share, moves }), why);
}

/** Moves the one placement that does it alone, the smallest of those; else the largest. False: none can go. */
function coolBy(work: Work, site: Site, trial: Trial): boolean {
  const { dimension } = heatOf(site);
  const wanted = excess(site, dimension, work.marks.to);
  const sizes = staying(work, site).filter(({ demand }) => demand.group[dimension] > 0);
  const of = (one: Reservation): number => one.demand.group[dimension];
  const enough = (one: Reservation): boolean => of(one) >= wanted;
  const ordered = sizes.toSorted(
    (a, b) =>
      Number(enough(b)) - Number(enough(a)) ||
      (enough(a) ? of(a) - of(b) : of(b) - of(a)) ||
      (a.placement < b.placement ? -1 : 1),
  );
  return ordered.some((one) => {
    const request = movableBy(work, one);
    if (request === undefined) return false;
    return trial.move(one, request, (other) => staysCool(other, one.demand.group, work.marks));
  });
}

/** Nobody else is to be heated up. */
function staysCool(site: Site, more: Vector<GroupDimension>, { to }: HeatMarks): boolean {
  return groupDimensions.every(
    (dimension) => more[dimension] === 0 || excess(site, dimension, to) + more[dimension] <= 0,
  );
}

function take(
  work: Work,
  trial: Trial,
  bound: number,
  step: (moves: readonly RebalanceMove[]) => RebalanceStep,
  why: string,
): void {
  const moves = trial.moves.map((move) => ({ ...move, why }));
  work.steps.push(step(moves));
  work.budget -= moves.length;
  work.bound += bound;
}

// --- freeing -------------------------------------------------------------------------------------------------------------------

/**
 * Empties the infra groups with the fewest placements into those that will stay in use. Those that could be spared if everything were packed without
 * waste take nobody in, as long as there is a chance that they go themselves; what is left of them is tried again with each other.
 */
function freeAll(work: Work): void {
  const start = inUse(work.ledger, work.options.tier);
  const candidates = start
    .map((site) => ({ site, placements: staying(work, site) }))
    .filter(({ placements }) => placements.length > 0)
    .filter(({ site }) => site.view.state !== 'draining' && site.cell.view.state !== 'draining')
    .sort((a, b) => a.placements.length - b.placements.length || (a.site.view.name < b.site.view.name ? -1 : 1));
  const gone = new Set<Site>();
  const spared = new Set(candidates.slice(0, spareable(start)).map(({ site }) => site));
  // No plan frees those that hold somebody who may not be moved: they do not count in the bound either.
  let left = candidates.filter(({ site, placements }) => !isHeld(work, site, placements, spared.has(site)));
  const sizes = left.map(({ placements }) => placements.length);
  for (const pass of [1, 2]) {
    const kept: typeof left = [];
    for (const candidate of left) {
      const { site } = candidate;
      const target = (other: Site): boolean =>
        other.tenants.size > 0 && !gone.has(other) && (pass === 2 || !spared.has(other));
      if (free(work, site, staying(work, site), target)) gone.add(site);
      else kept.push(candidate);
    }
    left = kept;
  }
  for (const { site, placements } of left) {
    if (!spared.has(site)) continue;
    const tooMany = placements.length > work.budget;
    const why = tooMany
      ? `takes ${placements.length} moves, ${work.budget} are left`
      : 'holds more than the others have room for';
    work.held.push({ group: site.view.name, why });
  }
  work.bound += sizes.slice(0, gone.size).reduce((sum, size) => sum + size, 0);
}

/** How many infra groups could be spared at the most: the rest have to hold what all hold, dimension by dimension. */
function spareable(sites: readonly Site[]): number {
  const usable = (site: Site, dimension: GroupDimension): number => {
    const limit = site.account.capacity[dimension];
    return limit.known ? limit.usable : 0;
  };
  const total = vectorOf(groupDimensions, (dimension) =>
    sites.reduce((sum, site) => sum + site.account.used[dimension], 0),
  );
  const needed = groupDimensions.map((dimension) => {
    let left = total[dimension];
    const sizes = sites.map((site) => usable(site, dimension)).sort((a, b) => b - a);
    const enough = sizes.findIndex((size) => (left -= size) <= 0);
    return enough < 0 ? sites.length : enough + 1;
  });
  return Math.max(0, sites.length - Math.max(...needed));
}

/** Whether somebody in it is not to be moved: then it cannot be emptied. */
function isHeld(work: Work, site: Site, placements: readonly Reservation[], tell: boolean): boolean {
  const fixed = placements.filter((one) => movableBy(work, one) === undefined);
  if (fixed.length === 0) return false;
  if (!tell) return true;
  const names = listText(fixed.map(({ tenant }) => tenant));
  work.held.push({ group: site.view.name, why: `holds ${fixed.length} that may not be moved: ${names}` });
  return true;
}

function free(work: Work, site: Site, placements: readonly Reservation[], target: (other: Site) => boolean): boolean {
  if (placements.length > work.budget) return false;
  const sized = placements.map((one) => ({ one, share: dominantShare(one.demand, work.largest) }));
  const trial = new Trial(work.ledger);
  for (const { one } of sized.sort((a, b) => b.share - a.share || (a.one.placement < b.one.placement ? -1 : 1))) {
    const request = movableBy(work, one);
    if (request !== undefined && trial.move(one, request, (other) => other !== site && target(other))) continue;
    trial.undo();
    return false;
  }
  const { name: group } = site.view;
  const cell = site.cell.view.name;
  take(work, trial, 0, (moves) => ({ kind: 'free', group, cell, moves }), `frees infra group ${group}`);
  return true;
}

// --- words -----------------------------------------------------------------------------------------------------------------------

function planText({ tier, steps, moves, bound, groups, held }: Omit<RebalancePlan, 'text'>): string {
  const cooled = steps.filter((step) => step.kind === 'cool');
  const freed = steps.filter((step) => step.kind === 'free');
  const gains: string[] = [];
  if (cooled.length > 0) gains.push(`cool ${listText(cooled.map((step) => `${step.group} (${percents(step)})`))}`);
  if (freed.length > 0) {
    gains.push(
      `free ${listText(freed.map(({ group }) => group))}: ${groups.after} infra groups in use instead of ${groups.before}`,
    );
  }
  const rest = held.map(({ group, why }) => `${group} ${why}`);
  const others = rest.length === 0 ? '' : ` Held: ${rest.join('; ')}.`;
  if (gains.length === 0) return `Nothing to gain in tier ${tier}.${others}`;
  return `Tier ${tier}: ${moves} ${moves === 1 ? 'move' : 'moves'} (at least ${bound} are needed) ${gains.join(', and ')}.${others}`;
}

function percents({ dimension, before, after }: { dimension: GroupDimension; before: number; after: number }): string {
  const heat = (share: number): string => heatText({ dimension, share } satisfies Heat);
  return `${heat(before)} → ${Math.round(after * 100)} %`;
}
