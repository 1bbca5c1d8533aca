import type { TenantSnapshot } from './snapshot-types.ts';

/** What the reader asked to see of the tenants. Empty: all. */
export interface TenantFilter {
  readonly phase: string;
  readonly tier: string;
  /** A part of the name. */
  readonly text: string;
}

/** The tenants that a filter leaves. */
export function filtered(tenants: readonly TenantSnapshot[], filter: TenantFilter): readonly TenantSnapshot[] {
  const text = filter.text.toLowerCase();
  return tenants.filter(
    (tenant) =>
      (filter.phase === '' || tenant.phase === filter.phase) &&
      (filter.tier === '' || tenant.tier === filter.tier) &&
      tenant.name.includes(text),
  );
}
