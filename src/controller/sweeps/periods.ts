/** Calls of one tenant's detail pass in the cell's tightest bucket: ELBv2's, for attributes, health, and its share of tags (facts: page sizes). */
export const detailCallsPerTenant = 2.3;
/** ELBv2's account bucket refills at this rate, for all actions together (facts: API throttling). */
export const elbRefillPerSecond = 10;

/**
 * The period of the detail sweep in milliseconds: what was asked, or what half of our share of the binding bucket allows in the fullest cell, if that is longer.
 */
export function detailPeriodMs(askedMs: number, tenantsInFullestCell: number, callShare: number): number {
  const perSecond = (elbRefillPerSecond * callShare) / 2;
  return Math.max(askedMs, Math.ceil((tenantsInFullestCell * detailCallsPerTenant * 1_000) / perSecond));
}
