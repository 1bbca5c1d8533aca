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
import { type QuotaName, type SimulatedQuota, simulatedQuotas } from './definitions.ts';

type Answer<T> = Omit<T, '$metadata'>;

const names = Object.keys(simulatedQuotas) as QuotaName[];

const serviceNames: ReadonlyMap<string, string> = new Map([
  ['ecs', 'Amazon Elastic Container Service (Amazon ECS)'],
  ['fargate', 'AWS Fargate'],
  ['elasticloadbalancing', 'Elastic Load Balancing (ELB)'],
  ['vpc', 'Amazon Virtual Private Cloud (Amazon VPC)'],
  ['route53', 'Amazon Route 53'],
]);

/** The applied values: AWS's defaults until somebody sets another. */
class Quotas implements QuotaWorld {
  private readonly applied = new Map<string, number>();

  get(where: Where, quota: QuotaName): number {
    return this.applied.get(keyOf(where, quota)) ?? definitionOf(quota).value;
  }

  set(where: Where, quota: QuotaName, value: number | undefined): void {
    if (value === undefined) this.applied.delete(keyOf(where, quota));
    else this.applied.set(keyOf(where, quota), value);
  }
}

interface Where {
  readonly account: string;
  readonly region: string;
}

function definitionOf(quota: QuotaName): SimulatedQuota {
  return simulatedQuotas[quota];
}

function keyOf({ account, region }: Where, quota: QuotaName): string {
  return definitionOf(quota).global === true ? `${account}/${quota}` : `${account}/${region}/${quota}`;
}

/** The quota that Service Quotas knows by these codes. Throws NoSuchResourceException. */
function quotaNamed(serviceCode: string | undefined, quotaCode: string | undefined): QuotaName {
  const found = names.find((name) => {
    const quota = simulatedQuotas[name];
    return quota.serviceCode === serviceCode && quota.quotaCode === quotaCode;
  });
  if (found !== undefined) return found;
  throw new AwsError(
    'NoSuchResourceException',
    'The request failed because the specified service quota does not exist.',
  );
}

function describe(quota: QuotaName, call: Call, value: number): ServiceQuota {
  const definition = definitionOf(quota);
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
    GlobalQuota: definition.global === true,
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
  const all = names.filter((name) => {
    const { serviceCode, quotaCode } = simulatedQuotas[name];
    return serviceCode === input.ServiceCode && (input.QuotaCode === undefined || quotaCode === input.QuotaCode);
  });
  if (!serviceNames.has(input.ServiceCode ?? '')) {
    throw new AwsError('NoSuchResourceException', 'The request failed because the specified service does not exist.');
  }
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(start) || start < 0 || start > all.length) {
    throw new AwsError('InvalidPaginationTokenException', 'The pagination token is invalid.');
  }
  const end = start + size;
  return {
    Quotas: all.slice(start, end).map((quota) => describe(quota, call, quotas.get(call, quota))),
    ...(end < all.length ? { NextToken: String(end) } : {}),
  };
}

function operationsOf(quotas: Quotas): ReadonlyMap<string, Operation> {
  const getServiceQuota: Operation = {
    mutating: false,
    run: (input: GetServiceQuotaCommandInput, call): Answer<GetServiceQuotaCommandOutput> => {
      const quota = quotaNamed(input.ServiceCode, input.QuotaCode);
      return { Quota: describe(quota, call, quotas.get(call, quota)) };
    },
    resources: (input: GetServiceQuotaCommandInput) => [`${input.ServiceCode}/${input.QuotaCode}`],
  };
  const getDefault: Operation = {
    mutating: false,
    run: (input: GetAWSDefaultServiceQuotaCommandInput, call): Answer<GetAWSDefaultServiceQuotaCommandOutput> => {
      const quota = quotaNamed(input.ServiceCode, input.QuotaCode);
      return { Quota: describe(quota, call, definitionOf(quota).value) };
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
