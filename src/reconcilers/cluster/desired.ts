import { canonicalHash } from '../../model/records/canonical.ts';
import { placementName } from '../../model/names.ts';
import type { Ecs } from '../../aws/ports.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';

/** Everything of a cluster that may be written. */
export interface ClusterContent {
  readonly clusterName: string;
  /** Container Insights stays as the account has it unless somebody switches it on for this cluster alone: `disabled` is AWS's default. */
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
