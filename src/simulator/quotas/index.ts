/** Service Quotas: the quotas that the simulator enforces, with AWS's defaults, adjustable for each account and Region. */
import type {
  GetAWSDefaultServiceQuotaCommandInput,
  GetAWSDefaultServiceQuotaCommandOutput,
  GetServiceQuotaCommandInput,
  GetServiceQuotaCommandOutput,
  ListServiceQuotasCommandInput,
  ListServiceQuotasCommandOutput,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { Call, Operation, QuotaWorld, SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { QuotaDefinition } from '../quota-codes.ts';
import { quotaDefinitions } from '../quota-codes.ts';

type Answer<T> = Omit<T, '$metadata'>;

const definitions: readonly QuotaDefinition[] = Object.values(quotaDefinitions);

const serviceNames: ReadonlyMap<string, string> = new Map([
  ['ecs', 'Amazon Elastic Container Service (Amazon ECS)'],
  ['fargate', 'AWS Fargate'],
  ['elasticloadbalancing', 'Elastic Load Balancing (ELB)'],
  ['vpc', 'Amazon Virtual Private Cloud (Amazon VPC)'],
]);

/** The applied values: AWS's defaults until somebody sets another. */
class Quotas implements QuotaWorld {
  private readonly applied = new Map<string, number>();

  get(account: string, region: string, serviceCode: string, quotaCode: string): number {
    const definition = definitionOf(serviceCode, quotaCode);
    return this.applied.get(keyOf(account, region, definition)) ?? definition.value;
  }

  set(account: string, region: string, serviceCode: string, quotaCode: string, value: number): void {
    this.applied.set(keyOf(account, region, definitionOf(serviceCode, quotaCode)), value);
  }
}

function keyOf(account: string, region: string, definition: QuotaDefinition): string {
  return `${account}/${region}/${definition.serviceCode}/${definition.quotaCode}`;
}

function definitionOf(serviceCode: string, quotaCode: string): QuotaDefinition {
  const found = definitions.find((quota) => quota.serviceCode === serviceCode && quota.quotaCode === quotaCode);
  if (found !== undefined) return found;
  throw new AwsError(
    'NoSuchResourceException',
    'The request failed because the specified service quota does not exist.',
  );
}

function describe(definition: QuotaDefinition, call: Call, value: number): ServiceQuota {
  const { serviceCode, quotaCode, name, adjustable } = definition;
  return {
    ServiceCode: serviceCode,
    ServiceName: serviceNames.get(serviceCode) ?? serviceCode,
    QuotaArn: `arn:aws:servicequotas:${call.region}:${call.account}:${serviceCode}/${quotaCode}`,
    QuotaCode: quotaCode,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: adjustable,
    GlobalQuota: false,
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}

function listQuotas(
  input: ListServiceQuotasCommandInput,
  call: Call,
  quotas: Quotas,
): Answer<ListServiceQuotasCommandOutput> {
  const size = input.MaxResults ?? 100;
  if (size < 1 || size > 100) {
    throw new AwsError('IllegalArgumentException', `MaxResults: found ${size}, expected 1 to 100`);
  }
  const all = definitions.filter(
    (quota) =>
      quota.serviceCode === input.ServiceCode && (input.QuotaCode === undefined || quota.quotaCode === input.QuotaCode),
  );
  if (!serviceNames.has(input.ServiceCode ?? '')) {
    throw new AwsError('NoSuchResourceException', 'The request failed because the specified service does not exist.');
  }
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(start) || start < 0 || start > all.length) {
    throw new AwsError('InvalidPaginationTokenException', 'The pagination token is invalid.');
  }
  const end = start + size;
  return {
    Quotas: all
      .slice(start, end)
      .map((quota) => describe(quota, call, quotas.get(call.account, call.region, quota.serviceCode, quota.quotaCode))),
    ...(end < all.length ? { NextToken: String(end) } : {}),
  };
}

function operationsOf(quotas: Quotas): ReadonlyMap<string, Operation> {
  const getServiceQuota: Operation = {
    mutating: false,
    run: (input: GetServiceQuotaCommandInput, call): Answer<GetServiceQuotaCommandOutput> => {
      const definition = definitionOf(input.ServiceCode ?? '', input.QuotaCode ?? '');
      const value = quotas.get(call.account, call.region, definition.serviceCode, definition.quotaCode);
      return { Quota: describe(definition, call, value) };
    },
    resources: (input: GetServiceQuotaCommandInput) => [`${input.ServiceCode}/${input.QuotaCode}`],
  };
  const getDefault: Operation = {
    mutating: false,
    run: (input: GetAWSDefaultServiceQuotaCommandInput, call): Answer<GetAWSDefaultServiceQuotaCommandOutput> => {
      const definition = definitionOf(input.ServiceCode ?? '', input.QuotaCode ?? '');
      return { Quota: describe(definition, call, definition.value) };
    },
    resources: (input: GetAWSDefaultServiceQuotaCommandInput) => [`${input.ServiceCode}/${input.QuotaCode}`],
  };
  const list: Operation = {
    mutating: false,
    run: (input: ListServiceQuotasCommandInput, call) => listQuotas(input, call, quotas),
    resources: (input: ListServiceQuotasCommandInput) => [String(input.ServiceCode)],
  };
  return new Map([
    ['GetServiceQuota', getServiceQuota],
    ['GetAWSDefaultServiceQuota', getDefault],
    ['ListServiceQuotas', list],
  ]);
}

/** Makes the Service Quotas service. AWS publishes no request rates for it, so its calls draw from no bucket. */
export function createServiceQuotas(_world: World): { service: SimService; world: QuotaWorld } {
  const quotas = new Quotas();
  return {
    service: {
      id: 'service-quotas',
      operations: operationsOf(quotas),
      throttled: () => new AwsError('TooManyRequestsException', 'Rate exceeded'),
    },
    world: quotas,
  };
}
