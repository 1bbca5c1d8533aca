import type { Clock } from '../../model/clock.ts';
import type {
  CapacityFigures,
  CapacityLevel,
  CapacityReport,
  CapacityWarning,
  CellCapacity,
  TierCapacity,
} from '../../model/reports.ts';
import { forecast, type PastPlacement, type TierForecast, type Use } from '../../placement/forecast.ts';
import { raiseText } from '../../placement/forecast-text.ts';
import { thresholds, type Warning } from '../../placement/forecast-warnings.ts';
import { type Dimension, dimensionName } from '../../placement/vector.ts';
import type { PlacementBook } from '../capacity/book.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { FleetView } from '../fleet/view.ts';

export interface ForecastDeps {
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly clock: Pick<Clock, 'now'>;
}

/** How many quotas are told of that would make room if they were raised. */
const shownQuotas = 3;

/**
 * The capacity of all tiers as of now: placement's forecast, for people and programs. `growth`: false where all were placed at one go, so that nothing can be told of how fast they come.
 */
export function capacityReport({ view, book, clock }: ForecastDeps, { growth } = { growth: true }): CapacityReport {
  const now = clock.now();
  const history = growth ? view.all('Tenant').flatMap(placedBy) : [];
  const forecasts = forecast(book.ledger(now), history, { now });
  return {
    at: new Date(now).toISOString(),
    tiers: forecasts.map((one) => tierCapacity(view, one)),
    warnings: forecasts.flatMap(({ warnings }) => warnings.flatMap(warningOf)),
  };
}

/** When each placement came to be: a tenant that was moved, and so placed anew, is no new one. */
function placedBy(entry: ObjectEntry): readonly PastPlacement[] {
  const accepted = entry.status?.value.conditions.find(({ type, status }) => type === 'Accepted' && status === 'True');
  const known = Date.parse(accepted?.lastTransitionTime ?? '');
  return placementsOf(entry)
    .filter(({ phase, move }) => phase !== 'leaving' && move === undefined)
    .map(({ tier, cell, infraGroup: group, reservedAt }) => {
      const reserved = Date.parse(reservedAt);
      return { tenant: entry.name, tier, cell, group, reservedAt: known < reserved ? known : reserved };
    });
}

function tierCapacity(view: FleetView, found: TierForecast): TierCapacity {
  const { tier, tenants, placements, perDay, cells, room } = found;
  // Where nobody is placed at present, because of a pause or a drain, that says nothing of how full it is.
  const isClosed = found.groups.every(({ closed }) => closed);
  const share =
    room === undefined || !Number.isFinite(room) || placements === 0 || isClosed
      ? undefined
      : tenants / (tenants + room);
  return {
    ...figuresOf(tier, 'active', found, { share, dimension: found.binding }),
    perDay,
    cells: cells.map((cell) => cellCapacity(view, found, cell)),
    whatIfs: whatIfsOf(found),
    lossOf: cells.filter((cell) => cell.placements > 0).map(({ cell }) => lossOf(found, cell)),
  };
}

function cellCapacity(view: FleetView, tier: TierForecast, cell: TierForecast['cells'][number]): CellCapacity {
  const state = view.spec('Cell', cell.cell)?.state ?? 'unknown';
  const groups = tier.groups
    .filter((group) => group.cell === cell.cell)
    .map((group) => {
      const own = view.spec('InfraGroup', group.group)?.state ?? 'unknown';
      return figuresOf(group.group, own === 'active' && group.closed ? 'closed' : own, group, usedOf(group));
    });
  return { ...figuresOf(cell.cell, state, cell, usedOfCell(tier, cell)), groups };
}

type Outlook = Pick<TierForecast, 'room' | 'binding' | 'daysToFull' | 'uses'>;

/** What is told of a place's use: the used share, and of which dimension. */
interface Used {
  readonly share: number | undefined;
  readonly dimension: Dimension | undefined;
}

function figuresOf(name: string, state: string, { room, daysToFull }: Outlook, used: Used): CapacityFigures {
  const { share, dimension } = used;
  return {
    name,
    state,
    ...(room === undefined || !Number.isFinite(room) ? {} : { room }),
    ...(dimension === undefined || share === undefined ? {} : { binding: dimensionName(dimension) }),
    ...(share === undefined ? {} : { usedPercent: Math.floor(share * 100) }),
    ...(daysToFull === undefined ? {} : { daysToFull }),
    level: levelOf(share ?? 0),
  };
}

/** Of what would run out first, where that is the place's own; else of its fullest dimension. */
function usedOf({ uses, binding }: Outlook): Used {
  const use = uses.find(({ dimension }) => dimension === binding) ?? fullest(uses);
  return { share: use === undefined ? undefined : usedShare(use), dimension: use?.dimension };
}

/**
 * A cell is as full as its fullest dimension, or as its infra groups together are: as many as there are of those that there could be. A group that takes nobody, because it is drained,
 * cordoned or not ready, is not full for that.
 */
function usedOfCell({ groups }: TierForecast, cell: TierForecast['cells'][number]): Used {
  const own = fullest(cell.uses);
  const share = own === undefined ? undefined : usedShare(own);
  const { room } = cell;
  const open = groups.filter((group) => group.cell === cell.cell && !group.closed);
  const placements = open.reduce((sum, { tenants }) => sum + tenants, 0);
  const filled =
    room === undefined || !Number.isFinite(room) || placements === 0 ? 0 : placements / (placements + room);
  return filled > (share ?? 0) ? { share: filled, dimension: cell.binding } : { share, dimension: own?.dimension };
}

function fullest(uses: readonly Use[]): Use | undefined {
  return [...uses].sort((a, b) => (usedShare(b) ?? -1) - (usedShare(a) ?? -1))[0];
}

function usedShare({ used, limit }: Use): number | undefined {
  if (limit === undefined || !Number.isFinite(limit)) return undefined;
  return limit === 0 ? Number(used > 0) : used / limit;
}

function levelOf(share: number): CapacityLevel {
  if (share >= thresholds.critical) return 'critical';
  if (share >= thresholds.warning) return 'low';
  return share >= thresholds.info ? 'filling' : 'room';
}

function whatIfsOf({ whatIf }: TierForecast): TierCapacity['whatIfs'] {
  const { infraGroup, cell, quotas } = whatIf;
  return [
    ...(infraGroup === undefined
      ? []
      : [{ what: `one more infra group in cell ${infraGroup.cell}`, tenants: infraGroup.buys }]),
    ...(cell === undefined ? [] : [{ what: `one more cell with ${counted(cell.infraGroups)}`, tenants: cell.buys }]),
    ...quotas.slice(0, shownQuotas).map((raise) => ({ what: raiseText(raise), tenants: raise.buys })),
  ].filter(({ tenants }) => tenants > 0);
}

function counted(groups: number): string {
  return groups === 1 ? '1 infra group' : `${groups} infra groups`;
}

function lossOf({ losses }: TierForecast, cell: string): TierCapacity['lossOf'][number] {
  const loss = losses.find((one) => one.cell === cell);
  return loss === undefined
    ? { cell, carried: true, text: `if cell ${cell} were lost, the others could carry it` }
    : { cell, carried: false, text: loss.text };
}

const kinds = { tier: 'Tier', zone: 'Tier', cell: 'Cell', 'infra-group': 'InfraGroup' } as const;

function warningOf({ level, kind, name, text }: Warning): readonly CapacityWarning[] {
  return level === 'info' ? [] : [{ severity: level, kind: kinds[kind], name, text }];
}
