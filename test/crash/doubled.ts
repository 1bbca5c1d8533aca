import {
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect } from 'vitest';
import type { TenantInventory } from '../../src/model/resources.ts';
import type { StoredObject } from '../../src/store/state.ts';

/** What lives in the accounts is just what the inventories say: nothing twice, nothing that nobody knows. */
export async function expectNothingDoubled(
  tenants: readonly StoredObject[],
  endpoint: string,
  accounts: readonly string[],
): Promise<void> {
  const placements = tenants.flatMap((object) =>
    Object.values((object.inventory?.value as TenantInventory).placements),
  );
  const of = (kind: 'cluster' | 'service' | 'target_group' | 'listener_rule' | 'task_definition'): string[] =>
    placements.map((placement) => placement.resources[kind]?.arn ?? 'missing').sort();
  const live = {
    clusters: [] as string[],
    services: [] as string[],
    definitions: [] as string[],
    groups: [] as string[],
    rules: [] as string[],
  };
  for (const account of accounts) {
    const config = { endpoint, region: 'us-east-1', credentials: { accessKeyId: account, secretAccessKey: 'test' } };
    const ecs = new ECSClient(config);
    const elb = new ElasticLoadBalancingV2Client(config);
    const clusters = (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [];
    live.clusters.push(...clusters);
    const described = await ecs.send(new DescribeClustersCommand({ clusters }));
    expect((described.clusters ?? []).every((cluster) => cluster.activeServicesCount === 1)).toBe(true);
    for (const cluster of clusters)
      live.services.push(...((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns ?? []));
    live.definitions.push(
      ...((await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))).taskDefinitionArns ?? []),
    );
    live.groups.push(
      ...((await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? []).map(
        (group) => group.TargetGroupArn ?? '',
      ),
    );
    for (const balancer of (await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers ?? []) {
      for (const listener of (
        await elb.send(new DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }))
      ).Listeners ?? []) {
        const rules = (await elb.send(new DescribeRulesCommand({ ListenerArn: listener.ListenerArn }))).Rules ?? [];
        live.rules.push(...rules.filter((rule) => rule.IsDefault !== true).map((rule) => rule.RuleArn ?? ''));
      }
    }
  }
  expect(live.clusters.sort()).toEqual(of('cluster'));
  expect(live.services.sort()).toEqual(of('service'));
  expect(live.groups.sort()).toEqual(of('target_group'));
  expect(live.rules.sort()).toEqual(of('listener_rule'));
  expect(live.definitions.sort()).toEqual(of('task_definition'));
}
