import { type Choice, chooseCells, reservationFor } from './decide.ts';
import { demandOf } from './demand.ts';
import { contextFor, fits, isOpen } from './filters.ts';
import { isUnopened, type Ledger, type Site } from './ledger.ts';
import { Pending } from './pending.ts';
import type { PlacementRequest, TierView } from './types.ts';
import { addTo, combineDemands, type Demand, groupDimensions, zeroDemand } from './vector.ts';

/** Where each of many tenants is to be. */
export interface BatchPlan {
  /** All placements of a tenant, each in a cell of its own; in the order in which they were planned, in which they fit one after the other. */
  readonly placed: ReadonlyMap<string, readonly Choice[]>;
  /** Tenants that this plan has no place for, in order of acceptance: decided singly, each hears why. */
  readonly unplaced: readonly string[];
}

/**
 * Plans the first placements of many tenants at once. That the whole mix is known buys what no order of arrival gives (docs/decisions/0015): the
 * infra groups that will be needed are opened at the start and filled side by side; room is measured by the mean of all who come; and the
 * tenants are taken in an order that has nothing to do with their size, those with few choices first.
 *
 * Where room is short, who was accepted earlier has it: the plan places the longest run of tenants, in order of acceptance, that it can pack
 * whole, then goes on one by one. So nobody is without a place whom deciding one by one would have placed, unless the first tenant on whom the two
 * differ is one who was accepted earlier and has a place only by this plan. Tenants that would find none even alone keep nobody waiting.
 *
 * `requests` in order of acceptance, of tenants in scope `tenant` that have no placement yet. Reads the ledger, changes nothing.
 */
export function planBatch(ledger: Ledger, requests: readonly PlacementRequest[]): BatchPlan {
  const books = ledger.copy((view) => ({ ...view, tiers: view.tiers.map(levelled) }));
  const asked = requests.filter(({ tier }) => books.tier(tier)?.scope !== 'tier');
  for (const tier of new Set(asked.map((request) => request.tier))) fixMean(books, tier, asked);
  const possible = asked.filter((request) => choose(books, request) !== undefined);
  const placed = fairly(ledger, books, possible);
  const unplaced = requests.filter(({ tenant }) => !placed.has(tenant)).map(({ tenant }) => tenant);
  return { placed: explained(placed), unplaced };
}

/**
 * The choices as they can be reserved now, with slots that are free now; undefined where any of them no longer fits, or the tenant has got placements
 * meanwhile.
 */
export function recheck(
  request: PlacementRequest,
  ledger: Ledger,
  choices: readonly Choice[],
): readonly Choice[] | undefined {
  if (choices.length !== request.placements || ledger.reservationsOf(request.tenant).length > 0) return undefined;
  const context = contextFor(request, ledger, { pending: new Pending(), cellsTaken: new Set() });
  const cells = new Set<string>();
  const found: Choice[] = [];
  for (const choice of choices) {
    const site = ledger.site(choice.group);
    if (site === undefined || !fits(site, { ...context, cellsTaken: cells })) return undefined;
    const slot = site.slots.isFree(choice.slot) ? choice.slot : site.slots.lowestFree();
    if (slot === undefined) return undefined;
    const demand = context.demandAt(site);
    context.pending.add(site, demand);
    cells.add(site.cell.view.name);
    found.push({ ...choice, slot, demand });
  }
  return found;
}

function levelled(tier: TierView): TierView {
  return tier.strategy === 'pack' ? { ...tier, strategy: 'level' } : tier;
}

type Placed = Map<string, readonly Choice[]>;

/** `ledger`: as it is; `books`: to plan in. */
function fairly(ledger: Ledger, books: Ledger, requests: readonly PlacementRequest[]): Placed {
  const all = packed(books, requests);
  if (all !== undefined) return all;
  const singly = oneByOne(ledger.copy(), requests);
  // As many as one by one finds place for can be packed, one way or the other; all of them cannot.
  const firstLeft = requests.findIndex(({ tenant }) => !singly.has(tenant));
  let best: Placed | undefined;
  let least = firstLeft < 0 ? requests.length : firstLeft;
  let most = requests.length - 1;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    const found = packed(books, requests.slice(0, middle));
    if (found === undefined) {
      most = middle - 1;
    } else {
      undo(books, found);
      best = found;
      least = middle;
    }
  }
  if (best === undefined) return singly;
  redo(books, requests, best);
  const rest = oneByOne(books, requests.slice(best.size));
  return new Map([...best, ...rest]);
}

/** Places all of them, and leaves them in the books; undefined, and nobody in the books, where one finds no place. */
function packed(books: Ledger, requests: readonly PlacementRequest[]): Placed | undefined {
  const placed: Placed = new Map();
  const narrow = requests.filter((request) => choicesOf(request) < 3);
  const free = requests.filter((request) => choicesOf(request) >= 3);
  const order = [...narrow.toSorted((a, b) => choicesOf(a) - choicesOf(b) || mixed(a, b)), ...free.toSorted(mixed)];
  let opened: readonly Site[] = [];
  for (const [index, request] of order.entries()) {
    if (index === narrow.length) opened = openFor(books, free);
    if (settle(books, request, placed)) continue;
    undo(books, placed);
    for (const site of opened) site.opened = false;
    return undefined;
  }
  for (const site of opened) site.opened = false;
  return placed;
}

function oneByOne(books: Ledger, requests: readonly PlacementRequest[]): Placed {
  const placed: Placed = new Map();
  for (const request of requests) settle(books, request, placed);
  return placed;
}

function settle(books: Ledger, request: PlacementRequest, placed: Placed): boolean {
  const choices = choose(books, request);
  if (choices === undefined) return false;
  placed.set(request.tenant, choices);
  reserve(books, request, choices);
  return true;
}

function choose(books: Ledger, request: PlacementRequest): readonly Choice[] | undefined {
  // Where the zone is short, places without AAAA records go first: as in a decision for one.
  for (const thrifty of [false, true]) {
    const start = contextFor(request, books, { pending: new Pending(), cellsTaken: new Set() });
    const { choices } = chooseCells(start, request.placements, {}, thrifty);
    if (choices.length === request.placements) return choices;
    if (choices.length === 0) return undefined;
  }
  return undefined;
}

function reserve(books: Ledger, request: PlacementRequest, choices: readonly Choice[]): void {
  for (const [index, choice] of choices.entries()) {
    books.reserve(reservationFor(request, choice, plannedId(request.tenant, index)));
  }
}

function redo(books: Ledger, requests: readonly PlacementRequest[], placed: Placed): void {
  for (const request of requests) reserve(books, request, placed.get(request.tenant) ?? []);
}

function undo(books: Ledger, placed: Placed): void {
  for (const [tenant, choices] of placed) {
    for (const index of choices.keys()) books.release(plannedId(tenant, index), false);
  }
}

/** No id of a placement has a space in it. */
function plannedId(tenant: string, index: number): string {
  return `${tenant} planned ${index}`;
}

/** Few are first: a pin leaves some infra groups, isolation and labels leave some, distinct cells fewer than one. */
function choicesOf({ pin, isolation, antiAffinity, placements }: PlacementRequest): number {
  if (pin.length > 0) return 0;
  if (isolation === 'dedicated') return 1;
  return antiAffinity !== undefined || placements > 1 ? 2 : 3;
}

/** An order that has nothing to do with size or arrival: by a hash of the name, so that it is the same everywhere. */
function mixed(a: PlacementRequest, b: PlacementRequest): number {
  return hash(a.tenant) - hash(b.tenant) || (a.tenant < b.tenant ? -1 : 1);
}

/** FNV-1a, 32 bits, stirred once more: names that differ in their last letter only would lie side by side. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

function fixMean(books: Ledger, tier: string, requests: readonly PlacementRequest[]): void {
  const total = zeroDemand();
  const present = books.placementsIn(tier);
  const mean = books.meanDemand(tier);
  let count = present;
  if (mean !== undefined && present > 0) addDemand(total, mean, present);
  for (const request of requests) {
    if (request.tier !== tier) continue;
    addDemand(total, demandOf(request.size, { dualstack: false }), request.placements);
    count += request.placements;
  }
  if (count > 0)
    books.fixMean(
      tier,
      combineDemands(total, total, (sum) => sum / count),
    );
}

function addDemand(total: ReturnType<typeof zeroDemand>, demand: Demand, times: number): void {
  addTo(total.group, demand.group, times);
  addTo(total.cell, demand.cell, times);
  addTo(total.zone, demand.zone, times);
}

/**
 * Opens as many empty infra groups as it takes to hold all of them if nothing were wasted, beside what those in use have to spare; from the cells with
 * the fewest in use first, so that placements in distinct cells find room. Returns what it opened.
 */
function openFor(books: Ledger, requests: readonly PlacementRequest[]): readonly Site[] {
  const opened: Site[] = [];
  for (const tier of new Set(requests.map((request) => request.tier))) {
    const ofTier = requests.filter((request) => request.tier === tier);
    const [first] = ofTier;
    if (first === undefined) continue;
    const { ownRecords } = first.size;
    const sites = books.sitesOf(tier).filter((site) => isOpen(site, ownRecords) && site.dedicated.size === 0);
    const wanted = zeroDemand();
    for (const { size, placements } of ofTier) addDemand(wanted, demandOf(size, { dualstack: false }), placements);
    for (const site of sites) if (!isUnopened(site)) takeSpare(wanted, site);
    const inCell = new Map<string, number>();
    for (const site of sites) if (!isUnopened(site)) countIn(inCell, site);
    const empty = sites.filter(isUnopened);
    while (groupDimensions.some((dimension) => wanted.group[dimension] > 0)) {
      const next = leastIn(empty, inCell);
      if (next === undefined) break;
      empty.splice(empty.indexOf(next), 1);
      next.opened = true;
      opened.push(next);
      countIn(inCell, next);
      takeSpare(wanted, next);
    }
  }
  return opened;
}

function takeSpare(wanted: ReturnType<typeof zeroDemand>, { account }: Site): void {
  for (const [index, dimension] of groupDimensions.entries()) {
    wanted.group[dimension] -= Math.max(0, account.spare[index] ?? 0);
  }
}

function countIn(inCell: Map<string, number>, { cell }: Site): void {
  inCell.set(cell.view.name, (inCell.get(cell.view.name) ?? 0) + 1);
}

function leastIn(sites: readonly Site[], inCell: ReadonlyMap<string, number>): Site | undefined {
  let least: Site | undefined;
  const count = ({ cell }: Site): number => inCell.get(cell.view.name) ?? 0;
  for (const site of sites) if (least === undefined || count(site) < count(least)) least = site;
  return least;
}

function explained(placed: Placed): Placed {
  const others = placed.size - 1;
  if (others < 1) return placed;
  const together = `; planned together with ${others} other ${others === 1 ? 'tenant' : 'tenants'}`;
  return new Map(
    [...placed].map(([tenant, choices]) => [tenant, choices.map((one) => ({ ...one, why: `${one.why}${together}` }))]),
  );
}
