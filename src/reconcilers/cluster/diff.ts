import type { Ecs } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import { ecsTagMap, tagChanges } from '../marks.ts';
import type { ClusterContent } from './desired.ts';

/** Every member of UpdateCluster and PutClusterCapacityProviders that is not as desired, and our tags. */
export function diffCluster(desired: ClusterContent, live: Ecs.Cluster): readonly FieldChange[] {
  const { clusterName: _name, tags, ...wanted } = desired;
  const found = {
    settings: canonicalSettings(live.settings),
    configuration: canonicalConfiguration(live.configuration),
    serviceConnectDefaults: live.serviceConnectDefaults,
    capacityProviders: [...(live.capacityProviders ?? [])].sort(),
    defaultCapacityProviderStrategy: live.defaultCapacityProviderStrategy,
  };
  return [...fieldChanges(wanted, found), ...tagChanges('tags', ecsTagMap(live.tags), tags)];
}

/** A setting that AWS does not mention has its default. */
function canonicalSettings(settings: readonly Ecs.ClusterSetting[] | undefined): Ecs.ClusterSetting[] {
  const insights = settings?.find((setting) => setting.name === 'containerInsights');
  return [{ name: 'containerInsights', value: insights?.value ?? 'disabled' }];
}

/** `DEFAULT` logging for ECS Exec is what a cluster without configuration has. */
function canonicalConfiguration(configuration: Ecs.ClusterConfiguration | undefined): unknown {
  const { executeCommandConfiguration: exec, ...rest } = configuration ?? {};
  if (exec === undefined) return rest;
  const { logging, ...others } = exec;
  return { ...rest, executeCommandConfiguration: { ...others, logging: logging === 'DEFAULT' ? undefined : logging } };
}
