import type { TierForecast, Use } from './forecast.ts';
import { type Dimension, dimensionName } from './vector.ts';

export const warningLevels = ['critical', 'warning', 'info'] as const;
export type WarningLevel = (typeof warningLevels)[number];

/** Shares of what is usable from which on somebody is told: early enough to ask for a quota, which takes days. */
export const thresholds: Readonly<Record<WarningLevel, number>> = { critical: 0.95, warning: 0.85, info: 0.7 };

/** Something that fills up. Nothing fails yet. */
export interface Warning {
  readonly level: WarningLevel;
  readonly kind: 'tier' | 'cell' | 'infra-group' | 'zone';
  readonly name: string;
  /** Absent for a tier as a whole. */
  readonly dimension?: Dimension;
  /** In use, of what is usable: 0 to 1, more where it is over its limit. */
  readonly share: number;
  readonly text: string;
}

type Outlines = Pick<TierForecast, 'tier' | 'scope' | 'uses' | 'room' | 'tenants' | 'cells' | 'groups'>;

/**
 * What fills up in a tier: the tier as a whole, its cells, its zone. Its infra groups count one by one only in scope `tier`, where the fullest closes
 * the tier; otherwise a full infra group is what packing is for.
 */
export function warningsOf(forecast: Outlines): readonly Warning[] {
  const { tier, scope, room, tenants, cells, groups, uses } = forecast;
  const found: Warning[] = [];
  const isOpen = groups.some(({ closed }) => !closed);
  if (room !== undefined && Number.isFinite(room) && tenants + room > 0 && isOpen) {
    push(found, { kind: 'tier', name: tier, share: tenants / (tenants + room) }, `room for ${room} more`);
  }
  for (const cell of cells) for (const use of cell.uses) pushUse(found, 'cell', cell.cell, use);
  for (const use of uses) pushUse(found, 'zone', tier, use);
  if (scope === 'tier') {
    for (const group of groups) for (const use of group.uses) pushUse(found, 'infra-group', group.group, use);
  }
  return found.sort((a, b) => b.share - a.share || (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}

function pushUse(found: Warning[], kind: Warning['kind'], name: string, { dimension, used, limit }: Use): void {
  if (limit === undefined || !Number.isFinite(limit) || used === 0) return;
  const share = limit === 0 ? Number.POSITIVE_INFINITY : used / limit;
  push(found, { kind, name, dimension, share }, `of its ${dimensionName(dimension)}`);
}

const names: Readonly<Record<Warning['kind'], string>> = {
  tier: 'tier',
  cell: 'cell',
  'infra-group': 'infra group',
  zone: 'the zone of tier',
};

function push(found: Warning[], fields: Omit<Warning, 'level' | 'text'>, detail: string): void {
  const level = warningLevels.find((one) => fields.share >= thresholds[one]);
  if (level === undefined) return;
  const percent = Number.isFinite(fields.share) ? `${Math.floor(fields.share * 100)} %` : 'over its limit';
  const words = fields.kind === 'tier' ? `${percent} full, ${detail}` : `${percent} ${detail} used`;
  found.push({ ...fields, level, text: `${names[fields.kind]} ${fields.name}: ${words}` });
}
