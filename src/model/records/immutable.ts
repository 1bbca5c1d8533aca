import type { DesiredRecord, Kind } from './kinds.ts';
import type { InvalidField, Step } from './problems.ts';
import { invalidField, shown } from './problems.ts';

/**
 * What cannot change once a record was accepted, by kind: everything that existing resources and names of tenants are built upon. A change
 * would silently abandon them in the old place, so it takes a new record and a move. A tenant has none: another `tier` is the order to move.
 */
export const immutableFields: Readonly<Record<Kind, readonly (readonly string[])[]>> = {
  Fleet: [],
  Tier: [['domain'], ['zone', 'id'], ['routing', 'scope'], ['routing', 'by'], ['routing', 'header']],
  Cell: [['tier'], ['accountId'], ['region']],
  InfraGroup: [['cell'], ['vpcId'], ['loadBalancerArn'], ['listenerArn']],
  Tenant: [],
};

/** Which immutable fields differ between the last accepted record and a new one of the same kind and name. */
export function immutableProblems(before: DesiredRecord, after: DesiredRecord): InvalidField[] {
  if (before.kind !== after.kind) return [];
  return immutableFields[after.kind].flatMap((path) => {
    const old = valueAt(before.spec, path);
    const now = valueAt(after.spec, path);
    if (old === now) return [];
    const accepted = shown(String(old));
    const expected = `${accepted}, as accepted before: it cannot change while anything was built on it; make a new ${after.kind} instead`;
    return [invalidField(after.kind, after.name, { path: ['spec', ...path], value: now, expected })];
  });
}

function valueAt(spec: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step)?.value : undefined,
    spec,
  );
}
