import type { Ecs } from '../../aws/ports.ts';
import { placementName } from '../../model/names.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';

/** Everything of a cluster that may be written. */
export interface ClusterContent {
  readonly clusterName: string;
  /** Container Insights is switched off by name: left out, the account's own default would decide, and look like drift in some accounts. */
  readonly settings: Ecs.ClusterSetting[];
  readonly configuration: undefined;
  readonly serviceConnectDefaults: undefined;
  readonly capacityProviders: string[];
  readonly defaultCapacityProviderStrategy: Ecs.CapacityProviderStrategyItem[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The cluster's name does not change with the incarnation: an INACTIVE cluster's name may be used anew. */
export function clusterName(context: PlacementContext): string {
  return placementName({
    installation: context.installation,
    tier: context.placement.tier,
    cell: context.cell.name,
    infraGroup: context.group.name,
    tenant: context.tenant,
    placement: context.placement.id,
  });
}

/** A cluster of its own for each placement, with nothing in it but the one service. */
export function desiredCluster(context: PlacementContext): Desired<ClusterContent> {
  const value: ClusterContent = {
    clusterName: clusterName(context),
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    configuration: undefined,
    serviceConnectDefaults: undefined,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}
