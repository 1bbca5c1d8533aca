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

/** The name of a tier as closure looks at it. */
export interface SharedName {
  readonly serving: ServingTable;
  /** Tenants that are to be reached by the name: active ones that have a place. */
  readonly tenants: readonly string[];
  /** Those of them that were reached by it once, and so may be in use. */
  readonly reached: ReadonlySet<string>;
  /** Infra groups with a record under the name. */
  readonly standing: ReadonlySet<string>;
}

/**
 * Route closure: may a record for `group` be added under the name, or be given more weight? Undefined: it may. Else why not, in words.
 *
 * Every tenant that is published there must serve behind this load balancer too, and there must be at least one tenant to publish. A tenant is published once it served behind all
 * that stand, and stays so: that one load balancer of several fails it does not mean that it may get another that does not know it. One that is known to serve
 * behind none does not count: its sickness must not keep a load balancer out for all. What could not be read is not known, and counts. Nothing is added while a tenant has not been looked at.
 */
export function closureHolds(name: SharedName, group: string): string | undefined {
  const { serving, tenants } = name;
  const unseen = tenants.filter((tenant) => !serving.has(tenant));
  if (unseen.length > 0) return `${unseen.length} tenants have not been looked at since the start`;
  const missing = tenants.filter((tenant) => isPublished(name, tenant) && !serves(serving, tenant, group));
  if (missing.length > 0) {
    return `${missing.length} tenants that are reached by the name do not serve behind ${group} yet, among them ${missing.slice(0, 3).join(', ')}`;
  }
  return tenants.some((tenant) => serves(serving, tenant, group)) ? undefined : `no tenant serves behind ${group} yet`;
}

/**
 * May a record be withdrawn for the sake of those that `remain`? Undefined: it may. Every tenant that is reached by the name must serve behind all of them, and they must be answered by
 * every name server already.
 */
export function closureCovers(name: SharedName, remain: ReadonlySet<string>): string | undefined {
  const { serving, tenants } = name;
  if (remain.size === 0)
    return 'no other load balancer stands under the name: the last one stays until no tenant is left';
  const unseen = tenants.filter((tenant) => !serving.has(tenant));
  if (unseen.length > 0) return `${unseen.length} tenants have not been looked at since the start`;
  const missing = tenants.filter(
    (tenant) => isPublished(name, tenant) && servedEverywhere(serving, tenant, remain).length > 0,
  );
  if (missing.length === 0) return undefined;
  return `${missing.length} tenants that are reached by the name do not serve behind all of ${[...remain].join(', ')}, among them ${missing.slice(0, 3).join(', ')}`;
}

function isPublished({ serving, reached, standing }: SharedName, tenant: string): boolean {
  const groups = [...standing];
  const known = serving.get(tenant);
  if (groups.every((group) => known?.get(group) !== undefined && !serves(serving, tenant, group))) return false;
  return reached.has(tenant) || groups.every((group) => serves(serving, tenant, group));
}
