import type {
  CreateClusterResponse,
  DescribeCapacityProvidersResponse,
  ListAccountSettingsResponse,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFixture, type Fixture } from './fixture.ts';

let f: Fixture;
beforeEach(() => {
  f = createFixture();
});

const list = (input: object) => f.call<ListAccountSettingsResponse>('ListAccountSettings', input);
const insightsOfNew = (clusterName: string) =>
  f.call<CreateClusterResponse>('CreateCluster', { clusterName }).cluster?.settings?.[0]?.value;

describe('account settings', () => {
  it('decide on Container Insights of new clusters that do not say', () => {
    expect(insightsOfNew('a')).toBe('disabled');
    f.call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enhanced' });
    expect(insightsOfNew('b')).toBe('enhanced');
    const said = f.call<CreateClusterResponse>('CreateCluster', {
      clusterName: 'c',
      settings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    expect(said.cluster?.settings?.[0]?.value).toBe('disabled');
    f.call('DeleteAccountSetting', { name: 'containerInsights' });
    expect(insightsOfNew('d')).toBe('disabled');
  });

  it('are listed where they were put, and all of them as they are in effect', () => {
    expect(list({}).settings).toEqual([]);
    f.call('PutAccountSetting', { name: 'fargateTaskRetirementWaitPeriod', value: '14' });
    const principalArn = 'arn:aws:iam::111111111111:root';
    const put = { name: 'fargateTaskRetirementWaitPeriod', value: '14', principalArn, type: 'user' };
    expect(list({}).settings).toEqual([put]);
    expect(list({ name: 'fargateTaskRetirementWaitPeriod', value: '7' }).settings).toEqual([]);
    const effective = list({ effectiveSettings: true }).settings;
    expect(effective).toContainEqual(put);
    expect(effective).toContainEqual({ name: 'serviceLongArnFormat', value: 'enabled', principalArn, type: 'user' });
  });

  it('are listed ten a page at most', () => {
    const first = list({ effectiveSettings: true, maxResults: 3 });
    expect(first.settings).toHaveLength(3);
    const rest = list({ effectiveSettings: true, maxResults: 10, nextToken: first.nextToken });
    expect(rest.settings).toHaveLength(5);
    expect(f.refused('ListAccountSettings', { maxResults: 11 }).code).toBe('InvalidParameterException');
  });

  it.each([
    ['serviceLongArnFormat', 'disabled'],
    ['containerInsights', 'on'],
    ['fargateFIPSMode', 'enabled'],
    ['nonsense', 'enabled'],
  ])('refuse %s = %s', (name, value) => {
    expect(f.refused('PutAccountSetting', { name, value }).code).toBe('InvalidParameterException');
    expect(list({}).settings).toEqual([]);
  });

  it('are kept for each account and Region', () => {
    f.call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enabled' });
    const { cluster } = f.callAs<CreateClusterResponse>('ecs', 'CreateCluster', { clusterName: 'x' }, '222222222222');
    expect(cluster?.settings?.[0]?.value).toBe('disabled');
  });
});

it('knows the two capacity providers that every account has', () => {
  const read = (input: object) => f.call<DescribeCapacityProvidersResponse>('DescribeCapacityProviders', input);
  expect(read({}).capacityProviders?.map(({ name, status }) => [name, status])).toEqual([
    ['FARGATE', 'ACTIVE'],
    ['FARGATE_SPOT', 'ACTIVE'],
  ]);
  expect(read({ capacityProviders: ['FARGATE_SPOT', 'mine'] })).toMatchObject({
    capacityProviders: [{ capacityProviderArn: 'arn:aws:ecs:us-east-1:111111111111:capacity-provider/FARGATE_SPOT' }],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:111111111111:capacity-provider/mine', reason: 'MISSING' }],
  });
});
