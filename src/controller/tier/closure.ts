/** What a tenant has behind a load balancer, as its last run saw it. */
export interface Serving {
  /** A rule of ours that is as desired and that nothing shadows. */
  readonly rule: boolean;
  /** At least one target that passes health checks. */
  readonly healthy: boolean;
}

/** By tenant and infra group. */
export type ServingTable = ReadonlyMap<string, ReadonlyMap<string, Serving>>;

/** Whether a request that reaches this load balancer would be served by the tenant's own tasks. */
export function serves(table: ServingTable, tenant: string, group: string): boolean {
  const serving = table.get(tenant)?.get(group);
  return serving?.rule === true && serving.healthy;
}

/** The infra groups of `groups` behind which the tenant does not serve. */
export function servedEverywhere(table: ServingTable, tenant: string, groups: Iterable<string>): readonly string[] {
  return [...groups].filter((group) => !serves(table, tenant, group));
}

/**
 * Route closure: may a record for `group` be added under a name under which `standing` stand already? Undefined: it may. Else why not, in words.
 *
 * Every tenant that is published there (serves behind all that stand) must serve behind the new one too, and there must be at least one tenant to publish. A tenant that is
 * healthy nowhere does not count: its sickness must not keep an ALB out for all. Nothing is added while a tenant has not been looked at.
 */
export function closureHolds(
  table: ServingTable,
  tenants: readonly string[],
  standing: ReadonlySet<string>,
  group: string,
): string | undefined {
  const unseen = tenants.filter((tenant) => !table.has(tenant));
  if (unseen.length > 0) return `${unseen.length} tenants have not been looked at since the start`;
  const publishable = tenants.filter((tenant) => serves(table, tenant, group));
  if (publishable.length === 0) return `no tenant serves behind ${group} yet`;
  const published = tenants.filter(
    (tenant) => standing.size > 0 && servedEverywhere(table, tenant, standing).length === 0,
  );
  const missing = published.filter((tenant) => !serves(table, tenant, group));
  if (missing.length === 0) return undefined;
  return `${missing.length} tenants that are reached by the name do not serve behind ${group} yet, among them ${missing.slice(0, 3).join(', ')}`;
}
