/** Which services and quotas a Region shows, and how Service Quotas describes them. */
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import type { Call } from '../kernel.ts';
import { type QuotaName, simulatedQuotas } from './definitions.ts';
import { illegalArgument, noSuch } from './errors.ts';
import { definitionOf } from './values.ts';

const names = Object.keys(simulatedQuotas) as QuotaName[];

const serviceNames: ReadonlyMap<string, string> = new Map([
  ['acm', 'AWS Certificate Manager (ACM)'],
  ['application-autoscaling', 'Application Auto Scaling'],
  ['dynamodb', 'Amazon DynamoDB'],
  ['ecs', 'Amazon Elastic Container Service (Amazon ECS)'],
  ['elasticloadbalancing', 'Elastic Load Balancing (ELB)'],
  ['fargate', 'AWS Fargate'],
  ['route53', 'Amazon Route 53'],
  ['vpc', 'Amazon Virtual Private Cloud (Amazon VPC)'],
]);

/** Route 53 is one service for all Regions, and its quotas are shown in this one only. Source: "Quotas", Route 53 developer guide. */
const globalRegion = 'us-east-1';

/** The codes and names of the services that a Region shows. */
export function servicesIn(region: string): readonly { readonly code: string; readonly name: string }[] {
  return [...serviceNames]
    .filter(([code]) => region === globalRegion || code !== 'route53')
    .map(([code, name]) => ({ code, name }));
}

/** The quotas of a service. Throws IllegalArgumentException without a code, NoSuchResourceException for an unknown one. */
export function quotasOf(call: Call, serviceCode: string | undefined): readonly QuotaName[] {
  if (serviceCode === undefined || serviceCode === '') throw illegalArgument('ServiceCode must not be empty.');
  if (!servicesIn(call.region).some(({ code }) => code === serviceCode)) throw noSuch('service');
  return names.filter((name) => definitionOf(name).serviceCode === serviceCode);
}

/** The quota with these codes. Throws as `quotasOf` does. */
export function quotaNamed(call: Call, serviceCode: string | undefined, quotaCode: string | undefined): QuotaName {
  const ofService = quotasOf(call, serviceCode);
  if (quotaCode === undefined || quotaCode === '') throw illegalArgument('QuotaCode must not be empty.');
  const found = ofService.find((name) => definitionOf(name).quotaCode === quotaCode);
  if (found === undefined) throw noSuch('quota');
  return found;
}

/** A quota with a value; that of the account, or AWS's default, which belongs to no account. */
export function describe(
  quota: QuotaName,
  call: Call,
  value: { applied: number } | { standard: number },
): ServiceQuota {
  const { serviceCode, quotaCode, name, adjustable, global, unit } = definitionOf(quota);
  const applied = 'applied' in value;
  return {
    ServiceCode: serviceCode,
    ServiceName: serviceNames.get(serviceCode) ?? serviceCode,
    QuotaArn: `arn:aws:servicequotas:${call.region}:${applied ? call.account : ''}:${serviceCode}/${quotaCode}`,
    QuotaCode: quotaCode,
    QuotaName: name,
    Value: applied ? value.applied : value.standard,
    Unit: unit ?? 'None',
    Adjustable: adjustable,
    GlobalQuota: global === true,
    ...(applied ? { QuotaAppliedAtLevel: 'ACCOUNT' } : {}),
  };
}
