import type { CreateClusterResponse, DescribeClustersResponse, ListClustersResponse } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AwsError } from '../../../src/simulator/kernel.ts';
import { createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});

const describeCluster = (name: string, include: string[] = []) =>
  f.call<DescribeClustersResponse>('DescribeClusters', { clusters: [name], include });

describe('CreateCluster', () => {
  it('returns the existing ACTIVE cluster and applies nothing to it', () => {
    f.call('CreateCluster', { clusterName: 'a', tags: [{ key: 'owner', value: 'one' }] });
    const { cluster } = f.call<CreateClusterResponse>('CreateCluster', {
      clusterName: 'a',
      tags: [{ key: 'owner', value: 'two' }],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    expect(cluster?.tags).toEqual([{ key: 'owner', value: 'one' }]);
    expect(cluster?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
  });

  it.each(['with space', '', 'x'.repeat(256), 'ä'])('refuses the name %j', (clusterName) => {
    expect(f.refused('CreateCluster', { clusterName }).code).toBe('InvalidParameterException');
  });

  it('refuses a cluster over the quota', () => {
    f.world.quotas.set({ account: '111111111111', region: 'us-east-1' }, 'ecsClusters', 2);
    f.call('CreateCluster', { clusterName: 'second' });
    expect(f.refused('CreateCluster', { clusterName: 'third' }).code).toBe('ClientException');
    f.call('DeleteCluster', { cluster: 'second' });
    f.call('CreateCluster', { clusterName: 'third' });
  });

  it('may not show in reads for up to three seconds', () => {
    let hidden = 0;
    for (let i = 0; i < 20; i += 1) {
      f.call('CreateCluster', { clusterName: `n${i}` });
      hidden += describeCluster(`n${i}`).failures?.length ?? 0;
    }
    expect(hidden).toBeGreaterThan(0);
    expect(hidden).toBeLessThan(20);
    f.world.advance(3);
    for (let i = 0; i < 20; i += 1) expect(describeCluster(`n${i}`).failures).toEqual([]);
  });

  it('may not be known yet to calls that come at once, but never to those that change the cluster itself', () => {
    f.register();
    const codes = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      f.call('CreateCluster', { clusterName: `n${i}` });
      f.call('UpdateCluster', { cluster: `n${i}` });
      try {
        f.call('CreateService', f.serviceInput({ cluster: `n${i}`, desiredCount: 0 }));
        codes.add('made');
      } catch (error) {
        codes.add((error as AwsError).code);
      }
    }
    expect(codes).toEqual(new Set(['made', 'ClusterNotFoundException']));
  });
});

describe('DescribeClusters', () => {
  it('shows what include asks for, and the counts always', () => {
    f.register();
    f.create({ desiredCount: 2 });
    f.until(() => f.service().runningCount === 2);
    f.call('TagResource', {
      resourceArn: 'arn:aws:ecs:us-east-1:111111111111:cluster/c1',
      tags: [{ key: 'k', value: 'v' }],
    });
    expect(describeCluster('c1').clusters?.[0]).toMatchObject({
      status: 'ACTIVE',
      activeServicesCount: 1,
      runningTasksCount: 2,
      pendingTasksCount: 0,
      tags: [],
      settings: [],
      statistics: [],
    });
    const [full] = describeCluster('c1', ['TAGS', 'SETTINGS', 'STATISTICS']).clusters ?? [];
    expect(full?.tags).toEqual([{ key: 'k', value: 'v' }]);
    expect(full?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
    expect(full?.statistics).toContainEqual({ name: 'runningFargateTasksCount', value: '2' });
    expect(full?.statistics).toContainEqual({ name: 'activeFargateServiceCount', value: '1' });
    expect(full?.statistics).toContainEqual({ name: 'runningEC2TasksCount', value: '0' });
  });

  it('reports unknown ones as MISSING and refuses more than 100', () => {
    expect(describeCluster('nope')).toEqual({
      clusters: [],
      failures: [{ arn: 'arn:aws:ecs:us-east-1:111111111111:cluster/nope', reason: 'MISSING' }],
    });
    const clusters = Array.from({ length: 101 }, (_, i) => `c${i}`);
    expect(f.refused('DescribeClusters', { clusters }).code).toBe('InvalidParameterException');
  });
});

it('lists all clusters page by page, also when the list changes meanwhile', () => {
  for (let i = 0; i < 120; i += 1) f.call('CreateCluster', { clusterName: `p${i}` });
  f.world.advance(3);
  const first = f.call<ListClustersResponse>('ListClusters', {});
  expect(first.clusterArns).toHaveLength(100);
  f.call('DeleteCluster', { cluster: 'p0' });
  const second = f.call<ListClustersResponse>('ListClusters', { nextToken: first.nextToken });
  expect(second.nextToken).toBeUndefined();
  expect(new Set([...(first.clusterArns ?? []), ...(second.clusterArns ?? [])]).size).toBe(121);
  expect(f.refused('ListClusters', { maxResults: 101 }).code).toBe('InvalidParameterException');
  expect(f.refused('ListClusters', { nextToken: 'rubbish' }).code).toBe('InvalidParameterException');
});

it('changes settings, configuration and capacity providers', () => {
  f.call('UpdateClusterSettings', { cluster: 'c1', settings: [{ name: 'containerInsights', value: 'enhanced' }] });
  f.call('UpdateCluster', { cluster: 'c1', configuration: { executeCommandConfiguration: { logging: 'NONE' } } });
  f.call('PutClusterCapacityProviders', {
    cluster: 'c1',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
  });
  expect(describeCluster('c1', ['SETTINGS', 'CONFIGURATIONS']).clusters?.[0]).toMatchObject({
    settings: [{ name: 'containerInsights', value: 'enhanced' }],
    configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
  });
  expect(f.refused('PutClusterCapacityProviders', { cluster: 'c1', capacityProviders: ['x'] }).code).toBe(
    'InvalidParameterException',
  );
});

describe('DeleteCluster', () => {
  it('is refused while there are services or tasks', () => {
    f.register();
    f.create();
    f.until(() => f.service().runningCount === 1);
    expect(f.refused('DeleteCluster', { cluster: 'c1' }).code).toBe('ClusterContainsServicesException');
    f.call('DeleteService', { cluster: 'c1', service: 'svc', force: true });
    f.world.advance(1);
    expect(f.refused('DeleteCluster', { cluster: 'c1' }).code).toBe('ClusterContainsTasksException');
    f.until(() => f.service().status === 'INACTIVE');
    expect(f.call<CreateClusterResponse>('DeleteCluster', { cluster: 'c1' }).cluster?.status).toBe('INACTIVE');
  });

  it('leaves a tombstone for an hour, under whose name a new one can be made', () => {
    f.call('CreateCluster', { clusterName: 'a', tags: [{ key: 'old', value: 'x' }] });
    f.world.advance(3);
    f.call('DeleteCluster', { cluster: 'a' });
    expect(describeCluster('a').clusters?.[0]?.status).toBe('INACTIVE');
    expect(f.call<ListClustersResponse>('ListClusters', {}).clusterArns?.join()).not.toContain('cluster/a');
    expect(f.refused('ListServices', { cluster: 'a' }).code).toBe('ClusterNotFoundException');
    f.call('CreateCluster', { clusterName: 'a' });
    f.world.advance(3);
    expect(describeCluster('a', ['TAGS']).clusters?.[0]).toMatchObject({ status: 'ACTIVE', tags: [] });
    f.world.advance(4_000);
    expect(describeCluster('a').clusters?.[0]?.status).toBe('ACTIVE');
    f.call('DeleteCluster', { cluster: 'a' });
    f.world.advance(3_601);
    expect(describeCluster('a').failures?.[0]?.reason).toBe('MISSING');
    expect(f.refused('DeleteCluster', { cluster: 'a' }).code).toBe('ClusterNotFoundException');
  });
});

it('keeps accounts and Regions apart', () => {
  const other = f.callAs<DescribeClustersResponse>('ecs', 'DescribeClusters', { clusters: ['c1'] }, '222222222222');
  expect(other.failures).toHaveLength(1);
  const arn = 'arn:aws:ecs:us-east-1:222222222222:cluster/c1';
  expect(f.refused('ListServices', { cluster: arn }).code).toBe('ClusterNotFoundException');
});
