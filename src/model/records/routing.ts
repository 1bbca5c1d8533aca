import type { Frozen } from './kinds.ts';
import type { TierSpec } from './schema-tier.ts';

/** What of a tier its tenants' names follow from. */
export type TierNames = Pick<Frozen<TierSpec>, 'domain' | 'routing'>;

/**
 * The DNS name under which a tenant answers: `<tenant>.<domain>`, or in tier scope the domain that all its tenants share. Both parts are
 * lower-case LDH labels, so two equal names are equal texts: nothing is escaped, folded or punycoded. At most 40 + 1 + 87 = 128
 * characters, the limit of an ALB's host condition.
 */
export function derivedHost(tenant: string, tier: TierNames): string {
  return tier.routing.scope === 'tier' ? tier.domain : `${tenant}.${tier.domain}`;
}

/** The path before everything of a tenant that is told by path: `/<tenant>`. */
export function derivedPathPrefix(tenant: string): string {
  return `/${tenant}`;
}
