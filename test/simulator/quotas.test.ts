import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
} from '@aws-sdk/client-service-quotas';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { simulatedQuotas } from '../../src/simulator/quotas/definitions.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

describe('Service Quotas', () => {
  const { serviceCode: ServiceCode, quotaCode: QuotaCode } = simulatedQuotas.rulesPerLoadBalancer;

  it('has AWS’s defaults until one is set, for one account and Region only', async () => {
    const world = createSimulatedAws({ clock: new HandClock() });
    const here = clientsOf(world)['service-quotas'];
    const get = async (client: typeof here) =>
      (await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }))).Quota?.Value;
    expect(await get(here)).toBe(100);
    world.quotas.set({ account: '111111111111', region: 'us-east-1' }, 'rulesPerLoadBalancer', 250);
    expect(await get(here)).toBe(250);
    expect(await get(clientsOf(world, { region: 'eu-west-1' })['service-quotas'])).toBe(100);
    expect(await get(clientsOf(world, { accessKeyId: '222222222222' })['service-quotas'])).toBe(100);
    const standard = await here.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
    expect(standard.Quota).toMatchObject({ Value: 100, Adjustable: true });
  });

  it('lists a service’s quotas in pages', async () => {
    const world = createSimulatedAws({ clock: new HandClock() });
    const client = clientsOf(world)['service-quotas'];
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
  });

  it('refuses what it does not know', async () => {
    const client = clientsOf(createSimulatedAws({ clock: new HandClock() }))['service-quotas'];
    const unknown = { name: 'NoSuchResourceException' };
    await expect(client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode: 'L-0' }))).rejects.toMatchObject(
      unknown,
    );
    await expect(client.send(new ListServiceQuotasCommand({ ServiceCode: 'none' }))).rejects.toMatchObject(unknown);
    await expect(client.send(new ListServiceQuotasCommand({ ServiceCode, NextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidPaginationTokenException',
    });
  });
});
