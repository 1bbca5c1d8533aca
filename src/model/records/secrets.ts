/** Where all names of a tenant's secrets begin: `/cellwright/<tenant>/`. */
export function secretPrefix(tenant: string): string {
  return `/cellwright/${tenant}/`;
}

/**
 * The full name of a tenant's secret. A relative name is resolved under the tenant's own prefix, which is how one line of a tier gives
 * every tenant a secret of its own; a full one is returned as it is.
 */
export function fullSecretName(tenant: string, name: string): string {
  return name.startsWith('/') ? name : `${secretPrefix(tenant)}${name}`;
}
