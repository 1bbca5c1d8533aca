import type { Account } from './capacity.ts';
import { type Loss, lossesOf } from './forecast-loss.ts';
import { forecastText } from './forecast-text.ts';
import { type Warning, warningsOf } from './forecast-warnings.ts';
import { type WhatIf, whatIfOf } from './forecast-what-if.ts';
import type { CellSite, Ledger, Site } from './ledger.ts';
import { bindingOf, isClosed, type RoomModel, roomInCell, roomInGroup, roomInTier, roomModel } from './room.ts';
import type { Demand, Dimension } from './vector.ts';

/** When a placement was reserved: what the rate of growth is taken from. Those that are gone are not known, so it is the rate of what stays. */
export interface PastPlacement {
  readonly tenant: string;
  readonly tier: string;
  readonly cell: string;
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly reservedAt: number;
}

/** Use of one dimension; vCPU in CPU units. `limit` is what may be used: the quota less the reserve and what strangers use. */
export interface Use {
  readonly dimension: Dimension;
  readonly used: number;
  /** Absent where the quota is not known; infinite where there is none. */
  readonly limit?: number;
  readonly foreign: number;
}

interface Outlook {
  readonly uses: readonly Use[];
  /** Whole average tenants that still fit; absent where nobody is there yet to take an average of. */
  readonly room?: number;
  /** What would run out first. */
  readonly binding?: Dimension;
  /** Average tenants that came a day, of late. */
  readonly perDay: number;
  /** Days until no average tenant fits any more if they go on to come as of late; absent where none came, or room is not limited. */
  readonly daysToFull?: number;
}

export interface GroupForecast extends Outlook {
  readonly group: string;
  readonly cell: string;
  /** Nothing new is placed in it at present. */
  readonly closed: boolean;
  readonly tenants: number;
}

export interface CellForecast extends Outlook {
  readonly cell: string;
  readonly placements: number;
}

export interface TierForecast extends Outlook {
  readonly tier: string;
  readonly scope: 'tenant' | 'tier';
  readonly tenants: number;
  readonly placements: number;
  readonly cells: readonly CellForecast[];
  readonly groups: readonly GroupForecast[];
  readonly whatIf: WhatIf;
  /** The worst first. */
  readonly warnings: readonly Warning[];
  /** Cells whose loss the others could not carry. */
  readonly losses: readonly Loss[];
  readonly text: string;
}

export interface ForecastOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** One tier only. */
  readonly tier?: string;
  /** Over how many days the rate is taken (14). */
  readonly windowDays?: number;
}

const dayMs = 86_400_000;

/**
 * What room there is, in average tenants, how long it lasts, and what would make more of it. An average tenant takes the mean demand of the tier's
 * placements as often as a tenant of it has placements on average. Reads the ledger, changes nothing.
 */
export function forecast(
  ledger: Ledger,
  history: readonly PastPlacement[],
  options: ForecastOptions,
): readonly TierForecast[] {
  const tiers = options.tier === undefined ? [...ledger.tierNames()].sort() : [options.tier];
  return tiers
    .filter((tier) => ledger.tier(tier) !== undefined)
    .map((tier) =>
      forecastTier(
        ledger,
        tier,
        history.filter((one) => one.tier === tier),
        options,
      ),
    );
}

function forecastTier(
  ledger: Ledger,
  tier: string,
  history: readonly PastPlacement[],
  options: ForecastOptions,
): TierForecast {
  const scope = ledger.tier(tier)?.scope ?? 'tenant';
  const model = roomModel(ledger, tier);
  const mean = ledger.meanDemand(tier);
  const held = [...ledger.allReservations()].filter((one) => one.tier === tier);
  const tenants = new Set(held.map((one) => one.tenant)).size;
  // In tier scope a tenant takes one in each infra group, which the room of the tier counts as one.
  const each = scope === 'tier' || tenants === 0 ? 1 : held.length / tenants;
  const rate = rateOf(history, options);
  const outlook = (found: Omit<Outlook, 'perDay' | 'daysToFull'>, perDay: number): Outlook => {
    const { room } = found;
    const lasts = room !== undefined && Number.isFinite(room) && perDay > 0;
    return lasts ? { ...found, perDay, daysToFull: room / perDay } : { ...found, perDay };
  };
  const inTenants = (placements: number): number => Math.floor(placements / each);
  const cellSites = ledger.cellSitesOf(tier);
  const groups = cellSites.flatMap(({ cell, sites }) =>
    sites.map((site): GroupForecast => {
      const { name } = site.view;
      const perDay = rate((one) => one.group === name) / each;
      const base = { group: name, cell: cell.view.name, closed: isClosed(site, scope), tenants: site.tenants.size };
      return { ...base, ...outlook(groupOutlook(site, model, mean, inTenants), perDay) };
    }),
  );
  const cells = cellSites.map(({ cell, sites }): CellForecast => {
    const { name } = cell.view;
    const placements = held.filter((one) => one.cell === name).length;
    const perDay = rate((one) => one.cell === name) / (scope === 'tier' ? Math.max(1, sites.length) : each);
    return { cell: name, placements, ...outlook(cellOutlook(cell, model, mean, inTenants), perDay) };
  });
  const perDay = rate(() => true) / (scope === 'tier' && tenants > 0 ? held.length / tenants : each);
  const uses = cellSites[0] === undefined ? [] : usesOf(cellSites[0].zone.account);
  const ofTier = outlook({ uses, ...roomAndBinding(model, mean, inTenants) }, perDay);
  const whatIf = mean === undefined ? { quotas: [] } : whatIfOf(ledger, tier, { model, mean, inTenants });
  const base = { tier, scope, tenants, placements: held.length, ...ofTier, cells, groups, whatIf };
  const warnings = warningsOf(base);
  const losses = lossesOf(ledger, tier, model);
  const found = { ...base, warnings, losses };
  return { ...found, text: forecastText(found) };
}

/** Placements a day among those that a test picks, over the window or, where the fleet is younger, since its first placement (at least a day). */
function rateOf(history: readonly PastPlacement[], { now, windowDays = 14 }: ForecastOptions) {
  const first = history.reduce((least, one) => Math.min(least, one.reservedAt), now);
  const days = Math.max(1, Math.min(windowDays, (now - first) / dayMs));
  const recent = history.filter((one) => one.reservedAt > now - days * dayMs - 1);
  return (picks: (one: PastPlacement) => boolean): number => recent.filter(picks).length / days;
}

type Scale = (placements: number) => number;

function roomAndBinding(model: RoomModel, mean: Demand | undefined, inTenants: Scale) {
  if (mean === undefined) return {};
  const room = roomInTier(model, mean);
  const binding = bindingOf(model, mean, (one) => roomInTier(one, mean));
  return binding === undefined ? { room: inTenants(room) } : { room: inTenants(room), binding };
}

function groupOutlook(site: Site, model: RoomModel, mean: Demand | undefined, inTenants: Scale) {
  const uses = usesOf(site.account);
  const cell = model.cells.find(({ name }) => name === site.cell.view.name);
  const group = cell?.groups.find(({ name }) => name === site.view.name);
  if (mean === undefined || cell === undefined || group === undefined) return { uses };
  const alone: RoomModel = { ...model, scope: 'tenant', cells: [{ ...cell, groups: [group] }] };
  const room = roomInTier(alone, mean);
  const binding = bindingOf(alone, mean, (one) => roomInTier(one, mean));
  const scaled = model.scope === 'tier' ? roomInGroup(group, mean) : inTenants(room);
  return binding === undefined ? { uses, room: scaled } : { uses, room: scaled, binding };
}

function cellOutlook(cell: CellSite, model: RoomModel, mean: Demand | undefined, inTenants: Scale) {
  const uses = usesOf(cell.account);
  const { name } = cell.view;
  const alone: RoomModel = { ...model, cells: model.cells.filter((one) => one.name === name) };
  const [only] = alone.cells;
  if (mean === undefined || only === undefined) return { uses };
  const measure = (one: RoomModel): number =>
    model.scope === 'tier' ? roomInTier(one, mean) : one.cells.reduce((sum, each) => sum + roomInCell(each, mean), 0);
  const room = model.scope === 'tier' ? measure(alone) : inTenants(measure(alone));
  const binding = bindingOf(alone, mean, measure);
  return binding === undefined ? { uses, room } : { uses, room, binding };
}

function usesOf<D extends Dimension>({ dimensions, capacity, used }: Account<D>): readonly Use[] {
  return dimensions.map((dimension) => {
    const limit = capacity[dimension];
    const base = { dimension, used: used[dimension] };
    return limit.known ? { ...base, limit: limit.usable, foreign: limit.foreign } : { ...base, foreign: 0 };
  });
}
