/** Everything that the product declares to need of IAM. */
import { awsIam } from '../../src/aws/iam.ts';
import type { IamNeed, IamRole, IamScope } from '../../src/model/iam.ts';
import { endpointReconciler, reconcilers } from '../../src/reconcilers/registry.ts';
import { storeIam } from '../../src/store/iam.ts';

/** By where they are declared: a kind of resource, `aws` or `store`. */
export const declarations: Readonly<Record<string, readonly IamNeed[]>> = {
  ...Object.fromEntries(reconcilers.map(({ kind, iam }) => [kind, iam])),
  [endpointReconciler.kind]: endpointReconciler.iam,
  aws: awsIam,
  store: storeIam,
};

export const needs: readonly IamNeed[] = Object.values(declarations).flat();

/** The scopes of a role, in the order of declaration, each with the actions that are allowed on it. Throws where two scopes share an id and differ. */
export function scopesOf(role: IamRole): readonly { readonly scope: IamScope; readonly actions: readonly string[] }[] {
  const found = new Map<string, { scope: IamScope; actions: Set<string> }>();
  for (const { action, on } of needs.filter((need) => need.role === role)) {
    for (const scope of on) {
      const known = found.get(scope.sid) ?? { scope, actions: new Set() };
      if (JSON.stringify(known.scope) !== JSON.stringify(scope))
        throw new Error(`two scopes of ${role} are called ${scope.sid} and differ`);
      known.actions.add(action);
      found.set(scope.sid, known);
    }
  }
  return [...found.values()].map(({ scope, actions }) => ({ scope, actions: [...actions].sort() }));
}
