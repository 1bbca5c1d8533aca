import { PutClusterCapacityProvidersRequest$, UpdateClusterRequest$ } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desiredCluster } from '../../../src/reconcilers/cluster/desired.ts';
import { diffCluster } from '../../../src/reconcilers/cluster/diff.ts';
import { contextOf } from '../../contract/world.ts';
import { anyOrder, foreignTags, known, orAbsent } from '../support.ts';

const desired = known(desiredCluster(contextOf()));
const ours = Object.entries(desired.tags).map(([key, value]) => ({ key, value }));

describe('the difference between a cluster and the record', () => {
  it('is nothing, however ECS says that all is at its default', () => {
    const lives = fc
      .record({
        tags: foreignTags.chain((others) =>
          anyOrder([...ours, ...Object.entries(others).map(([key, value]) => ({ key, value }))]),
        ),
        settings: orAbsent({ settings: [{ name: 'containerInsights' as const, value: 'disabled' }] }),
        providers: orAbsent({ capacityProviders: [] }),
        strategy: orAbsent({ defaultCapacityProviderStrategy: [] }),
        configuration: fc.constantFrom<object>(
          {},
          { configuration: {} },
          { configuration: { executeCommandConfiguration: { logging: 'DEFAULT' as const } } },
        ),
        counts: orAbsent({ runningTasksCount: 2, activeServicesCount: 1, status: 'ACTIVE' }),
      })
      .map(({ tags, settings, providers, strategy, configuration, counts }) => {
        return { ...settings, ...providers, ...strategy, ...configuration, ...counts, tags };
      });
    fc.assert(
      fc.property(lives, (live) => {
        expect(diffCluster(desired, live)).toEqual([]);
      }),
    );
  });

  it('looks at every member that UpdateCluster and PutClusterCapacityProviders take', () => {
    const members = [...UpdateClusterRequest$[4], ...PutClusterCapacityProvidersRequest$[4]];
    const others: Readonly<Record<string, object>> = {
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { managedStorageConfiguration: { kmsKeyId: 'key' } },
      serviceConnectDefaults: { namespace: 'other' },
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
    };
    const found = members
      .filter((member) => member !== 'cluster')
      .map((member) => {
        const live = { tags: ours, [member]: others[member] };
        return diffCluster(desired, live).map(({ field }) => field);
      });
    expect(found).toEqual(members.filter((member) => member !== 'cluster').map((member) => [member]));
  });

  it('tells only our own tags, before and after', () => {
    const tags = ours.filter(({ key }) => key !== 'cellwright:tenant');
    expect(diffCluster(desired, { tags: [...tags, { key: 'team', value: 'x' }] })).toEqual([
      { field: 'tags', before: { 'cellwright:tenant': null }, after: { 'cellwright:tenant': 'acme' } },
    ]);
  });
});
