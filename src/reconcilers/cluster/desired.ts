import type { Ecs } from '../../aws/ports.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { Desired, PlacementContext } from '../contract.ts';
import { ourTags } from '../marks.ts';
import { nameOfPlacement } from '../names.ts';

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

/** A cluster of its own for each placement, with nothing in it but the one service. */
export function desiredCluster(context: PlacementContext): Desired<ClusterContent> {
  const value: ClusterContent = {
    clusterName: nameOfPlacement(context),
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    configuration: undefined,
    serviceConnectDefaults: undefined,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: ourTags(context),
  };
  return { state: 'known', value, hash: canonicalHash(value) };
}
