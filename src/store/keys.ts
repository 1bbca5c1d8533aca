/** The keys of the state table, in one place. */

/** Items that belong to no object of the desired table. */
export const installationKey = { pk: 'Installation/default', sk: 'installation' } as const;
export const leaseKey = { pk: 'Lease/controller', sk: 'lease' } as const;
export const removalsKey = { pk: 'Fleet/default', sk: 'removals' } as const;

/** Sort keys of what is kept of an object; its history stands under `event/<time>`. */
export const sortKeys = { status: 'status', spec: 'spec', inventory: 'inventory', capacity: 'capacity' } as const;
export const eventPrefix = 'event/';

/** The partition of an object: `Tenant/acme`. */
export function objectKey(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** Kind and name of a partition; a name may hold a slash, a kind may not. */
export function splitObjectKey(pk: string): { kind: string; name: string } {
  const slash = pk.indexOf('/');
  return slash < 0 ? { kind: pk, name: '' } : { kind: pk.slice(0, slash), name: pk.slice(slash + 1) };
}
