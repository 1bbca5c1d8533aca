import {
  GetAWSDefaultServiceQuotaCommand,
  GetRequestedServiceQuotaChangeCommand,
  GetServiceQuotaCommand,
  ListAWSDefaultServiceQuotasCommand,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  ListRequestedServiceQuotaChangeHistoryCommand,
  ListServiceQuotasCommand,
  ListServicesCommand,
  RequestServiceQuotaIncreaseCommand,
} from '@aws-sdk/client-service-quotas';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { type QuotaName, simulatedQuotas } from '../../src/simulator/quotas/definitions.ts';
import { createServiceQuotas } from '../../src/simulator/quotas/index.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

const account = '111111111111';
const { serviceCode: ServiceCode, quotaCode: QuotaCode } = simulatedQuotas.rulesPerLoadBalancer;

function create(options: { region?: string; accessKeyId?: string } = {}) {
  const world = createSimulatedAws({ clock: new HandClock() });
  const client = clientsOf(world, options)['service-quotas'];
  return { world, client };
}

type Client = ReturnType<typeof create>['client'];

const valueOf = async (client: Client, quota: QuotaName): Promise<number | undefined> => {
  const { serviceCode, quotaCode } = simulatedQuotas[quota];
  const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode };
  return (await client.send(new GetServiceQuotaCommand(asked))).Quota?.Value;
};

describe('Service Quotas', () => {
  it('has AWS’s defaults until one is set, for one account and Region only', async () => {
    const { world, client } = create();
    const get = (other: Client) => valueOf(other, 'rulesPerLoadBalancer');
    expect(await get(client)).toBe(100);
    world.quotas.set({ account, region: 'us-east-1' }, 'rulesPerLoadBalancer', 250);
    expect(await get(client)).toBe(250);
    expect(await get(clientsOf(world, { region: 'eu-west-1' })['service-quotas'])).toBe(100);
    expect(await get(clientsOf(world, { accessKeyId: '222222222222' })['service-quotas'])).toBe(100);
    const standard = await client.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
    expect(standard.Quota).toMatchObject({ Value: 100, Adjustable: true });
    world.quotas.set({ account, region: 'us-east-1' }, 'rulesPerLoadBalancer', undefined);
    expect(await get(client)).toBe(100);
  });

  it('describes a quota by names, codes and ARNs; a default belongs to no account', async () => {
    const { client } = create();
    const { Quota } = await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
    expect(Quota).toEqual({
      ServiceCode: 'elasticloadbalancing',
      ServiceName: 'Elastic Load Balancing (ELB)',
      QuotaArn: `arn:aws:servicequotas:us-east-1:${account}:elasticloadbalancing/L-7EED9B64`,
      QuotaCode: 'L-7EED9B64',
      QuotaName: 'Rules per Application Load Balancer',
      Value: 100,
      Unit: 'None',
      Adjustable: true,
      GlobalQuota: false,
      QuotaAppliedAtLevel: 'ACCOUNT',
    });
    const standard = await client.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
    expect(standard.Quota?.QuotaArn).toBe('arn:aws:servicequotas:us-east-1::elasticloadbalancing/L-7EED9B64');
    const listed = await client.send(new ListAWSDefaultServiceQuotasCommand({ ServiceCode, MaxResults: 1 }));
    expect(listed.Quotas?.[0]?.QuotaArn).toContain('us-east-1::elasticloadbalancing/');
  });

  it.each<[QuotaName, number, boolean]>([
    ['loadBalancers', 50, true],
    ['listenersPerLoadBalancer', 50, true],
    ['targetGroupsPerLoadBalancer', 100, false],
    ['targetGroupsPerAction', 5, false],
    ['targetsPerLoadBalancer', 1_000, true],
    ['rulesPerLoadBalancer', 100, true],
    ['targetGroupsPerRegion', 3_000, true],
    ['targetsPerTargetGroup', 1_000, true],
    ['registrationsPerTarget', 1_000, false],
    ['conditionValuesPerRule', 5, false],
    ['wildcardsPerRule', 5, false],
    ['certificatesPerLoadBalancer', 25, true],
    ['ecsClusters', 10_000, true],
    ['servicesPerCluster', 5_000, false],
    ['tasksPerService', 5_000, false],
    ['targetGroupsPerService', 5, false],
    ['containersPerTaskDefinition', 10, false],
    ['taskDefinitionKilobytes', 64, false],
    ['revisionsPerFamily', 1_000_000, false],
    ['tagsPerEcsResource', 50, false],
    ['subnetsPerAwsvpcConfiguration', 16, false],
    ['securityGroupsPerAwsvpcConfiguration', 5, false],
    ['fargateVcpu', 6, true],
    ['interfaceEndpointsPerVpc', 50, true],
    ['gatewayEndpoints', 20, true],
    ['endpointPolicyCharacters', 20_480, false],
    ['vpcs', 5, true],
    ['subnetsPerVpc', 200, true],
    ['networkInterfaces', 5_000, true],
    ['networkAddressUnits', 64_000, true],
    ['securityGroupsPerInterface', 5, true],
    ['rulesPerSecurityGroup', 60, true],
    ['securityGroups', 2_500, true],
    ['hostedZones', 500, true],
    ['recordsPerZone', 10_000, true],
    ['recordsPerGroup', 100, false],
    ['vpcsPerPrivateZone', 300, false],
    ['tables', 2_500, true],
    ['tableReadUnits', 40_000, true],
    ['tableWriteUnits', 40_000, true],
  ])('gives %s as %d, adjustable: %s', async (quota, value, adjustable) => {
    const { client } = create();
    const { serviceCode, quotaCode } = simulatedQuotas[quota];
    const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode };
    const { Quota } = await client.send(new GetServiceQuotaCommand(asked));
    expect(Quota).toMatchObject({ Value: value, Adjustable: adjustable });
  });

  it('starts Fargate tasks at other rates in newer Regions', async () => {
    const rates = async (region: string) => {
      const { client } = create({ region });
      const names = ['fargateLaunchBurst', 'fargateLaunchesPerSecond', 'serviceLaunchesPerMinute'] as const;
      return Promise.all(names.map((name) => valueOf(client, name)));
    };
    expect(await rates('eu-west-1')).toEqual([100, 20, 500]);
    expect(await rates('eu-south-1')).toEqual([25, 5, 125]);
  });

  it('gives every quota a code of its own', () => {
    const codes = Object.values(simulatedQuotas).map(({ serviceCode, quotaCode }) => `${serviceCode}/${quotaCode}`);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z0-9-]+\/L-([0-9A-F]{8}|UNCONFIRMED-\d\d)$/);
  });

  it('lists a service’s quotas in pages', async () => {
    const { client } = create();
    const codes: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListServiceQuotasCommand({ ServiceCode, MaxResults: 2, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      expect(page.Quotas?.length).toBeLessThanOrEqual(2);
      codes.push(...(page.Quotas ?? []).map((quota) => quota.QuotaCode));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const expected = Object.values(simulatedQuotas)
      .filter((quota) => quota.serviceCode === ServiceCode)
      .map((quota) => quota.quotaCode);
    expect(codes).toEqual(expected);
    const one = await client.send(new ListServiceQuotasCommand({ ServiceCode, QuotaCode }));
    expect(one.Quotas?.map((quota) => quota.QuotaCode)).toEqual([QuotaCode]);
    const level = async (QuotaAppliedAtLevel: 'ALL' | 'RESOURCE') =>
      (await client.send(new ListServiceQuotasCommand({ ServiceCode, QuotaAppliedAtLevel }))).Quotas?.length;
    expect(await level('ALL')).toBe(expected.length);
    expect(await level('RESOURCE')).toBe(0);
  });

  it('has Route 53’s quotas in us-east-1 only, for all Regions', async () => {
    const { world, client } = create();
    world.quotas.set({ account, region: 'eu-west-1' }, 'hostedZones', 600);
    expect(await valueOf(client, 'hostedZones')).toBe(600);
    const { serviceCode, quotaCode } = simulatedQuotas.hostedZones;
    const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode };
    expect((await client.send(new GetServiceQuotaCommand(asked))).Quota?.GlobalQuota).toBe(true);
    const elsewhere = clientsOf(world, { region: 'eu-west-1' })['service-quotas'];
    await expect(elsewhere.send(new GetServiceQuotaCommand(asked))).rejects.toMatchObject({
      name: 'NoSuchResourceException',
      message: 'The request failed because the specified service does not exist.',
    });
    const services = async (one: Client) =>
      (await one.send(new ListServicesCommand({}))).Services?.map((service) => service.ServiceCode);
    expect(await services(client)).toEqual([
      'acm',
      'application-autoscaling',
      'dynamodb',
      'ecs',
      'elasticloadbalancing',
      'fargate',
      'route53',
      'vpc',
    ]);
    expect(await services(elsewhere)).toEqual([
      'acm',
      'application-autoscaling',
      'dynamodb',
      'ecs',
      'elasticloadbalancing',
      'fargate',
      'vpc',
    ]);
  });

  it('refuses what it does not know', async () => {
    const { client } = create();
    const noSuch = (text: string) => ({ name: 'NoSuchResourceException', message: expect.stringContaining(text) });
    const unknown = new GetServiceQuotaCommand({ ServiceCode, QuotaCode: 'L-0' });
    await expect(client.send(unknown)).rejects.toMatchObject(noSuch('the specified service quota does not exist'));
    for (const code of ['none', 'ECS']) {
      const list = new ListServiceQuotasCommand({ ServiceCode: code });
      await expect(client.send(list)).rejects.toMatchObject(noSuch('the specified service does not exist'));
    }
    const ofOne = new GetServiceQuotaCommand({ ServiceCode, QuotaCode, ContextId: 'arn:aws:ecs:us-east-1:1:x' });
    await expect(client.send(ofOne)).rejects.toMatchObject(noSuch('applied value for the specified context Id'));
  });

  it('refuses tokens that it did not give, and pages of no or more than 100 quotas', async () => {
    const { client } = create();
    for (const NextToken of ['x', '1', Buffer.from('offset=9999').toString('base64')]) {
      await expect(client.send(new ListServiceQuotasCommand({ ServiceCode, NextToken }))).rejects.toMatchObject({
        name: 'InvalidPaginationTokenException',
        message: expect.stringContaining('You specified an invalid value for nextToken.'),
      });
    }
    for (const MaxResults of [0, 101]) {
      await expect(client.send(new ListServicesCommand({ MaxResults }))).rejects.toMatchObject({
        name: 'IllegalArgumentException',
      });
    }
    await expect(
      client.send(new ListServiceQuotasCommand({ ServiceCode, QuotaAppliedAtLevel: 'TEAM' as 'ALL' })),
    ).rejects.toMatchObject({ name: 'IllegalArgumentException' });
  });

  it('answers reads after 50 ms and requests after 150 ms, draws from no bucket, and refuses other members as IllegalArgument', async () => {
    const { service } = createServiceQuotas(createSimulatedAws({ clock: new HandClock() }));
    for (const [name, operation] of service.operations) {
      expect(operation.latencyMs, name).toBe(operation.mutating ? 150 : 50);
      expect(operation.takes, name).toBeDefined();
      expect('buckets' in operation, name).toBe(false);
    }
    const { client } = create();
    const asked = { ServiceCode, QuotaCode, DesiredValue: 200, ContextId: 'x' };
    await expect(client.send(new RequestServiceQuotaIncreaseCommand(asked))).rejects.toMatchObject({
      name: 'IllegalArgumentException',
    });
  });
});

describe('a request for a higher quota', () => {
  it('stays pending, and changes nothing, until somebody sets the quota', async () => {
    const { world, client } = create();
    const ask = (DesiredValue: number) =>
      client.send(new RequestServiceQuotaIncreaseCommand({ ServiceCode, QuotaCode, DesiredValue }));
    const { RequestedQuota } = await ask(200);
    expect(RequestedQuota).toMatchObject({ Status: 'PENDING', DesiredValue: 200, QuotaCode, ServiceCode });
    expect(RequestedQuota?.Created).toBeInstanceOf(Date);
    world.advance(86_400);
    expect(await valueOf(client, 'rulesPerLoadBalancer')).toBe(100);
    await expect(ask(300)).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'Only one open service quota increase request is allowed per quota.',
    });
    const RequestId = RequestedQuota?.Id;
    const status = async () =>
      (await client.send(new GetRequestedServiceQuotaChangeCommand({ RequestId }))).RequestedQuota?.Status;
    expect(await status()).toBe('PENDING');
    world.quotas.set({ account, region: 'us-east-1' }, 'rulesPerLoadBalancer', 200);
    expect(await status()).toBe('APPROVED');
    expect((await ask(300)).RequestedQuota?.Status).toBe('PENDING');
    const history = await client.send(new ListRequestedServiceQuotaChangeHistoryCommand({ ServiceCode }));
    expect(history.RequestedQuotas?.map((request) => request.DesiredValue)).toEqual([300, 200]);
    const open = new ListRequestedServiceQuotaChangeHistoryByQuotaCommand({
      ServiceCode,
      QuotaCode,
      Status: 'PENDING',
    });
    expect((await client.send(open)).RequestedQuotas).toHaveLength(1);
    const others = clientsOf(world, { accessKeyId: '222222222222' })['service-quotas'];
    expect((await others.send(new ListRequestedServiceQuotaChangeHistoryCommand({}))).RequestedQuotas).toEqual([]);
  });

  it('must be for more than there is, of a quota that is adjustable', async () => {
    const { client } = create();
    const ask = (quota: QuotaName, DesiredValue: number) => {
      const { serviceCode, quotaCode } = simulatedQuotas[quota];
      const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode, DesiredValue };
      return client.send(new RequestServiceQuotaIncreaseCommand(asked));
    };
    const illegal = { name: 'IllegalArgumentException' };
    await expect(ask('rulesPerLoadBalancer', 100)).rejects.toMatchObject({
      ...illegal,
      message: 'You must provide a quota value greater than the current quota value',
    });
    await expect(ask('rulesPerLoadBalancer', -1)).rejects.toMatchObject(illegal);
    await expect(ask('targetGroupsPerLoadBalancer', 200)).rejects.toMatchObject(illegal);
    await expect(client.send(new GetRequestedServiceQuotaChangeCommand({ RequestId: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchResourceException',
    });
  });
});
