import { type Account, freeOf, type Limit, quotaNeeded, usable } from './capacity.ts';
import type { FilterContext } from './filters.ts';
import type { Ledger, Site } from './ledger.ts';
import type { Pending } from './pending.ts';
import { isShortage, placeNames, type Rejection, type RejectionCode, type Shortage } from './rejections.ts';
import {
  amount,
  cpuUnitsPerVcpu,
  type Demand,
  type Dimension,
  dimensionName,
  figure,
  groupDimensions,
  type Vector,
  vectorOf,
} from './vector.ts';

/** One thing that somebody could do, each by itself enough for the named place. */
export interface Remedy {
  readonly kind:
    | 'RaiseQuota'
    | 'AddSubnetAddresses'
    | 'StateQuota'
    | 'AddInfraGroup'
    | 'AddCell'
    | 'WidenPin'
    | 'Activate'
    | 'Wait'
    | 'ShrinkTenant';
  /** The infra group, cell, zone or tier that it concerns. */
  readonly where: string;
  readonly text: string;
}

/** What an infra group says to a request: nothing in `rejections` means that it would take it. */
export interface Verdict {
  readonly group: string;
  readonly cell: string;
  readonly rejections: readonly Rejection[];
}

/** The quota that would let a shortage pass; `undefined` where no quota can. */
function quotaRemedy(site: Site, shortage: Shortage, pending: Pending): Remedy | undefined {
  switch (shortage.code) {
    case 'ParentInsufficient': {
      const quota = quotaFor(site.cell.account, shortage, pending.cell(site));
      return quotaText(shortage, quota, shortage.cell, `in cell ${shortage.cell}`);
    }
    case 'ZoneInsufficient': {
      const quota = quotaFor(site.zone.account, shortage, pending.zone(site));
      return quotaText(shortage, quota, shortage.zone, `in hosted zone ${shortage.zone}`);
    }
    case 'Insufficient':
      return groupQuotaRemedy(site, shortage, pending);
  }
}

function groupQuotaRemedy(
  site: Site,
  shortage: Extract<Shortage, { code: 'Insufficient' }>,
  pending: Pending,
): Remedy | undefined {
  const { name } = site.view;
  const { dimension, need, free } = shortage;
  // AWS does not raise the 100 target groups of an ALB (ELBv2 quotas page), and slots are bounded by rule priorities.
  if (dimension === 'targetGroups' || dimension === 'slots') return undefined;
  if (dimension === 'subnetAddresses') {
    const text = `${amount(dimension, need - free)} more in the subnets of infra group ${name}`;
    return { kind: 'AddSubnetAddresses', where: name, text };
  }
  const quota = quotaFor(site.account, { dimension, need }, pending.group(site));
  return quotaText(shortage, quota, name, `for infra group ${name}`);
}

/** The least quota, in whole units (vCPU), under which `need` fits beside what is reserved and what strangers use. */
function quotaFor<D extends Dimension>(
  account: Account<D>,
  { dimension, need }: { readonly dimension: D; readonly need: number },
  pending: Vector<D> | undefined,
): { readonly now: Extract<Limit, { known: true }>; readonly wanted: number } | undefined {
  const now = account.capacity[dimension];
  if (!now.known) return undefined;
  const total = account.used[dimension] + (pending?.[dimension] ?? 0) + need;
  const exact = quotaNeeded(total, now.reservePercent, now.foreign);
  if (exact === undefined) return undefined;
  const unit = dimension === 'fargateVcpu' ? cpuUnitsPerVcpu : 1;
  return { now, wanted: Math.ceil(exact / unit) * unit };
}

function quotaText(
  { dimension }: Shortage,
  quota: ReturnType<typeof quotaFor>,
  where: string,
  place: string,
): Remedy | undefined {
  if (quota === undefined) return undefined;
  const { now, wanted } = quota;
  const text = `a quota of ${amount(dimension, wanted)} ${place} (now ${figure(dimension, now.quota)}, ${now.reservePercent} % of it in reserve)`;
  return { kind: 'RaiseQuota', where, text };
}

/** What would let a place pass whose rejections are all of one code. */
function obstacleRemedy(site: Site, rejection: Rejection, tier: string): Remedy | undefined {
  const { name } = site.view;
  switch (rejection.code) {
    case 'QuotaUnknown': {
      const fields = rejection.dimensions.map(dimensionName).join(', ');
      const text = `state the quota of ${fields} in the record of ${placeNames[rejection.kind]} ${rejection.name}, or let the cell's observe role read it`;
      return { kind: 'StateQuota', where: rejection.name, text };
    }
    case 'NotInPin':
      return { kind: 'WidenPin', where: name, text: `infra group ${name} added to the pin` };
    case 'NotActive':
      return {
        kind: 'Activate',
        where: rejection.name,
        text: `${placeNames[rejection.kind]} ${rejection.name} uncordoned`,
      };
    case 'ModeNotActive':
      return {
        kind: 'Activate',
        where: name,
        text: `mode active for infra group ${name} and all above it (cellwright unpause)`,
      };
    case 'NotReady':
    case 'ViewIncomplete':
      return {
        kind: 'Wait',
        where: rejection.name,
        text: `${placeNames[rejection.kind]} ${rejection.name}: ${rejection.detail}`,
      };
    case 'SpreadConflict':
    case 'AntiAffinity':
      return { kind: 'AddCell', where: tier, text: `one more cell in tier ${tier}` };
    case 'TierMismatch':
    case 'DedicatedOccupied':
    case 'IsolationClass':
    case 'Insufficient':
    case 'ParentInsufficient':
    case 'ZoneInsufficient':
      return undefined;
  }
}

/** An infra group of a cell with nothing in it: the best of what the cell's infra groups have, strangers left off. */
function emptyGroup(sites: readonly Site[]): Record<(typeof groupDimensions)[number], number> {
  return vectorOf(groupDimensions, (dimension) => {
    const sizes = sites.map(({ account }) => {
      const limit = account.capacity[dimension];
      return limit.known ? usable(limit.quota, limit.reservePercent, 0) : 0;
    });
    return Math.max(0, ...sizes);
  });
}

function timesIn<D extends string>(mean: Vector<D>, free: (dimension: D) => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const dimension in mean) if (mean[dimension] > 0) least = Math.min(least, free(dimension) / mean[dimension]);
  return least;
}

/** Codes that speak of the infra group alone, so that another one in the same cell would not meet them. */
function isOfGroupAlone(rejection: Rejection): boolean {
  const groupCodes: readonly RejectionCode[] = ['Insufficient', 'DedicatedOccupied', 'IsolationClass'];
  return groupCodes.includes(rejection.code) || ('kind' in rejection && rejection.kind === 'infra-group');
}

/** How many average tenants one more infra group in a cell would take; 0 where it would not even take this one. */
function newGroupBuys(sites: readonly Site[], demand: Demand, mean: Demand): number {
  const [first] = sites;
  if (first === undefined) return 0;
  const empty = emptyGroup(sites);
  if (groupDimensions.some((dimension) => demand.group[dimension] > empty[dimension])) return 0;
  const tenants = Math.min(
    timesIn(mean.group, (dimension) => empty[dimension]),
    timesIn(mean.cell, (dimension) => freeOf(first.cell.account, dimension)),
    timesIn(mean.zone, (dimension) => freeOf(first.zone.account, dimension)),
  );
  return Number.isFinite(tenants) ? Math.max(1, Math.floor(tenants)) : 0;
}

function bestNewGroup(context: FilterContext, verdicts: readonly Verdict[]): Remedy | undefined {
  const { ledger, request, scope, demandAt, mean } = context;
  if (scope === 'tier' || request.pin.length > 0) return undefined;
  let best: { cell: string; buys: number } | undefined;
  const cells = new Set(verdicts.map((verdict) => verdict.cell));
  for (const cell of cells) {
    const ofCell = verdicts.filter((verdict) => verdict.cell === cell);
    const open = ofCell.find(({ rejections }) => rejections.length > 0 && rejections.every(isOfGroupAlone));
    const site = open === undefined ? undefined : ledger.site(open.group);
    if (site === undefined) continue;
    const buys = newGroupBuys(sitesIn(ledger, ofCell), demandAt(site), mean);
    if (buys > (best?.buys ?? 0)) best = { cell, buys };
  }
  if (best === undefined) return undefined;
  const tenants = best.buys === 1 ? 'room for 1 average tenant' : `room for about ${best.buys} average tenants`;
  const buys = request.isolation === 'dedicated' ? 'it would be for this tenant alone' : tenants;
  return { kind: 'AddInfraGroup', where: best.cell, text: `one more infra group in cell ${best.cell} (${buys})` };
}

function sitesIn(ledger: Ledger, verdicts: readonly Verdict[]): readonly Site[] {
  return verdicts.flatMap(({ group }) => ledger.site(group) ?? []);
}

/** A tenant larger than any empty infra group of its tier will never fit, however many of them are added. */
function tooLarge(context: FilterContext, sites: readonly Site[]): Remedy | undefined {
  const [first] = sites;
  if (first === undefined) return undefined;
  const demand = context.demandAt(first);
  const empty = emptyGroup(sites);
  const dimension = groupDimensions.find((each) => demand.group[each] > empty[each]);
  if (dimension === undefined) return undefined;
  const text = `a smaller tenant: it needs ${amount(dimension, demand.group[dimension])} at the surge of a deployment, and no infra group of the tier has more than ${figure(dimension, empty[dimension])} even when empty`;
  return { kind: 'ShrinkTenant', where: context.request.tenant, text };
}

/** The quotas (or subnet addresses) that would let a place pass that only lacks room; empty where not all of it can be had so. */
export function roomRemedies(site: Site, rejections: readonly Rejection[], pending: Pending): readonly Remedy[] {
  if (!rejections.every(isShortage)) return [];
  const remedies = rejections.map((shortage) => quotaRemedy(site, shortage, pending));
  return remedies.every((remedy) => remedy !== undefined) ? remedies : [];
}

/** For each kind of obstacle, the first infra group that meets nothing else. */
function soleObstacles({ ledger, request }: FilterContext, verdicts: readonly Verdict[]): readonly Remedy[] {
  const seen = new Set<RejectionCode>();
  const byText = new Map<string, Remedy>();
  for (const { group, rejections } of verdicts) {
    const [first] = rejections;
    const site = ledger.site(group);
    if (first === undefined || site === undefined || seen.has(first.code)) continue;
    if (rejections.some(({ code }) => code !== first.code)) continue;
    seen.add(first.code);
    const remedy = obstacleRemedy(site, first, request.tier);
    if (remedy !== undefined) byText.set(remedy.text, remedy);
  }
  return [...byText.values()];
}

/**
 * What would help, the cheapest first: quotas for the nearest miss, then one more infra group, then what lifts the only obstacle of some
 * infra group, one for each kind of obstacle.
 */
export function remediesFor(
  context: FilterContext,
  verdicts: readonly Verdict[],
  nearest: Verdict | undefined,
): readonly Remedy[] {
  const { ledger, request } = context;
  const found: Remedy[] = [];
  const nearestSite = nearest === undefined ? undefined : ledger.site(nearest.group);
  if (nearest !== undefined && nearestSite !== undefined) {
    found.push(...roomRemedies(nearestSite, nearest.rejections, context.pending));
  }
  const group = bestNewGroup(context, verdicts);
  const large = tooLarge(context, sitesIn(ledger, verdicts));
  found.push(...(group === undefined ? [] : [group]), ...(large === undefined ? [] : [large]));
  found.push(...soleObstacles(context, verdicts));
  if (found.length === 0) {
    found.push({
      kind: 'AddCell',
      where: request.tier,
      text: `one more cell with an infra group in tier ${request.tier}`,
    });
  }
  return found;
}
