import type { AdoptReport, TenantAdoptRequest } from '../../model/reports.ts';
import type { ResourceKind } from '../../model/resources.ts';
import { placementsOf, servingSpec } from '../fleet/entry.ts';
import { isReachable, placementScope } from '../tenant/context.ts';
import type { EngineDeps } from '../tenant/deps.ts';
import { findAdoptables, kindOfArn } from './find.ts';

/** What adopting would come to now, by the code that does it. Nothing is written. Throws `CallError`. */
export async function adoptReport(deps: EngineDeps, request: TenantAdoptRequest): Promise<AdoptReport> {
  const base = { ...request, at: new Date(deps.clock.now()).toISOString(), fields: [] };
  const { tenant, arn } = request;
  const kind = kindOfArn(arn);
  if (kind === undefined)
    return {
      ...base,
      refusal:
        'expected the ARN of a cluster, service, task definition, target group or listener rule, or ZONE/NAME/TYPE/SETIDENTIFIER of a DNS record',
    };
  if (kind === 'endpoint') {
    const refusal =
      "an interface endpoint is an infra group's, and no tenant's: cellwright adopt infra-group NAME vpce-...";
    return { ...base, kind, refusal };
  }
  const entry = deps.view.get('Tenant', tenant);
  const effective = entry === undefined ? undefined : servingSpec(entry);
  if (entry === undefined || effective === undefined)
    return { ...base, refusal: `tenant ${tenant} has no accepted record: cellwright describe tenant ${tenant}` };
  if (kind === 'dns_record' && effective.routing.scope === 'tier')
    return {
      ...base,
      kind,
      refusal: `tenants of tier ${effective.tier} share its name, whose records no tenant owns: take the record out by hand`,
    };
  const behind = deps.leftAlone(tenant);
  if (behind !== undefined) return { ...base, kind, refusal: behind };
  const unread: string[] = [];
  for (const placement of placementsOf(entry)) {
    const scope = placementScope(deps, entry, effective, placement);
    if (!isReachable(scope)) {
      unread.push(scope.message);
      continue;
    }
    for (const { adoptables } of await findAdoptables(deps.reconcilers, scope, [arn])) {
      const [one] = adoptables;
      if (one === undefined) continue;
      const { found, fields, refusal, waits, then } = one;
      const next = [waits === undefined ? undefined : `it waits for ${waits}`, then].filter(
        (text) => text !== undefined,
      );
      return {
        ...base,
        kind,
        placement: placement.id,
        found,
        fields,
        ...(refusal === undefined ? {} : { refusal }),
        ...(next.length === 0 ? {} : { then: next.join('; ') }),
      };
    }
  }
  return { ...base, kind, refusal: unread[0] ?? nothingThere(kind, placementsOf(entry).length) };
}

/** What has the mark already, or stands elsewhere, needs no adoption. */
function nothingThere(kind: Exclude<ResourceKind, 'endpoint'>, placements: number): string {
  if (placements === 0) return 'the tenant is in no infra group yet: wait until it is placed';
  const where: Readonly<Record<Exclude<ResourceKind, 'endpoint'>, string>> = {
    task_definition: 'only a revision that the inventory names can be adopted',
    cluster: "only a cluster of the placement's own name can be adopted",
    service: "only a service of our name in the placement's cluster can be adopted; stop and delete others by hand",
    target_group: "only a target group of the placement's own name can be adopted; others are left to their rules",
    listener_rule:
      "only a rule on the placement's listener that is at its priority or takes the tenant's requests can be adopted",
    scaling: "only the scalable target of the placement's service can be adopted",
    dns_record: "only a record under the tenant's own name can be adopted",
  };
  return `${where[kind]}. If it is the tenant's already and bears its mark, there is nothing to adopt (cellwright describe tenant)`;
}
