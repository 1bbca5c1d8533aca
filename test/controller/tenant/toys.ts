/** Reconcilers of nothing, for tests of what the engine makes of their answers. */
import type { FieldChange, ResourceKind } from '../../../src/model/resources.ts';
import type { Access, Reconciler } from '../../../src/reconcilers/contract.ts';

/** One that differs by the members `size` (mutable) and `fixed` (not). */
export function toy(kind: ResourceKind, change: Partial<Reconciler> = {}): Reconciler {
  const unexpected = (what: string) => (): never => {
    throw new Error(`${kind}: nobody expected ${what}`);
  };
  return {
    kind,
    iam: [],
    name: (_context, n) => `${kind}-${n}`,
    desired: () => ({ state: 'known', value: { size: 1 }, hash: 'v1:wanted' }),
    observe: async () => ({ state: 'absent' }),
    diff: (desired, live) => differences(desired, live),
    needsSuccessor: (fields) => fields.some(({ field }) => field === 'fixed'),
    create: async () => unexpected('create')(),
    update: async () => unexpected('update')(),
    retire: async () => unexpected('retire')(),
    conditions: () => [],
    signals: () => ({}),
    ...change,
  };
}

function differences(desired: unknown, live: unknown): FieldChange[] {
  const [wanted, found] = [members(desired), members(live)];
  return ['size', 'fixed']
    .filter((field) => wanted[field] !== found[field])
    .map((field) => ({ field, before: found[field], after: wanted[field] }));
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Access of which nothing but the zone's INSYNC is ever used. */
export function accessWhere(insync: (changeId: string) => boolean): Access {
  const nothing = new Proxy(
    {},
    {
      get: (_target, name) => {
        throw new Error(`nobody expected access to ${String(name)}`);
      },
    },
  );
  const zone: Pick<Access['zone'], 'insync'> = { insync: async (changeId) => insync(changeId) };
  return { cell: nothing as Access['cell'], zone: zone as Access['zone'] };
}
