import type { InfraGroupReading } from '../../aws/infra.ts';
import type { FleetView } from '../fleet/view.ts';

/**
 * What of the records a gate was looked at for. A gate that was looked at for something else says nothing: the moment a tier names a further dependency, no group takes new tenants until it is
 * known to be wired.
 */
export function gateBasis(view: FleetView, infraGroup: string): string {
  const group = view.spec('InfraGroup', infraGroup);
  const tier = group === undefined ? undefined : view.spec('Tier', view.spec('Cell', group.cell)?.tier ?? '');
  return JSON.stringify([
    tier?.domain,
    tier?.routing.scope,
    tier?.dependencies,
    group?.vpcId,
    group?.subnetIds,
    group?.taskSecurityGroupIds,
    group?.endpointSecurityGroupIds,
    group?.loadBalancerArn,
    group?.listenerArn,
  ]);
}

/** The first subnet of each zone, by id: an interface endpoint takes one of each (facts: VPC endpoint). A subnet whose zone was not read stands for itself. */
export function onePerZone(subnetIds: readonly string[], zones: InfraGroupReading['zones']): readonly string[] {
  const taken = new Map<string, string>();
  for (const id of [...subnetIds].sort()) {
    const zone = zones[id] ?? id;
    if (!taken.has(zone)) taken.set(zone, id);
  }
  return [...taken.values()];
}
