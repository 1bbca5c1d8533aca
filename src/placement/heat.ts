import type { Site } from './ledger.ts';
import { dimensionName, type GroupDimension, groupDimensions } from './vector.ts';

/** Shares of what is usable in an infra group's fullest dimension: above `above` it is hot, and moves bring it to `to` or below. */
export interface HeatMarks {
  readonly above: number;
  readonly to: number;
}

/**
 * A tier that packs fills its infra groups up to what is usable, so there only a group that is over it is hot: a quota was lowered, strangers
 * came. (What is to stay free is the tier's `reservePercent`.) In a tier that spreads, 90 % is hot.
 */
export function marksFor(strategy: 'pack' | 'spread'): HeatMarks {
  return strategy === 'pack' ? { above: 1, to: 1 } : { above: 0.9, to: 0.8 };
}

export interface Heat {
  readonly dimension: GroupDimension;
  /** Used over usable; infinite where something is used of nothing. */
  readonly share: number;
}

/** The fullest dimension of an infra group; a dimension without a limit is never full. */
export function heatOf(site: Site): Heat {
  let hottest: Heat = { dimension: 'rules', share: 0 };
  for (const dimension of groupDimensions) {
    const limit = site.account.capacity[dimension];
    const used = site.account.used[dimension];
    if (!limit.known || used === 0) continue;
    const share = limit.usable === 0 ? Number.POSITIVE_INFINITY : used / limit.usable;
    if (share > hottest.share) hottest = { dimension, share };
  }
  return hottest;
}

/** How much of a dimension has to go for a group to be at a mark; 0 or less where it is. */
export function excess(site: Site, dimension: GroupDimension, mark: number): number {
  const limit = site.account.capacity[dimension];
  if (!limit.known || limit.usable === Number.POSITIVE_INFINITY) return 0;
  return site.account.used[dimension] - mark * limit.usable;
}

/** `93 % of its requests/s`. */
export function heatText({ dimension, share }: Heat): string {
  const percent = share === Number.POSITIVE_INFINITY ? 'more than there is' : `${Math.round(share * 100)} %`;
  return `${percent} of its ${dimensionName(dimension)}`;
}
