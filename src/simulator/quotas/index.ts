/** Service Quotas: the quotas that bound a fleet, with AWS's defaults, adjustable for each account and Region. */
import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListAWSDefaultServiceQuotasRequest,
  ListAWSDefaultServiceQuotasResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-service-quotas';
import type { Call, Operation, QuotaWorld, SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { describe, quotaNamed, quotasOf, servicesIn } from './catalogue.ts';
import { illegalArgument } from './errors.ts';
import { page } from './page.ts';
import { requestOperations } from './requests.ts';
import { createQuotaValues, defaultOf, definitionOf } from './values.ts';

function listServices(input: ListServicesRequest, call: Call): ListServicesResponse {
  const { items, next } = page(servicesIn(call.region), input);
  return { Services: items.map(({ code, name }) => ({ ServiceCode: code, ServiceName: name })), ...next };
}

/** All quotas here are applied to accounts: none to single resources. */
function listQuotas(input: ListServiceQuotasRequest, call: Call, values: QuotaWorld): ListServiceQuotasResponse {
  const { QuotaCode: code, QuotaAppliedAtLevel: level = 'ACCOUNT' } = input;
  if (!['ACCOUNT', 'RESOURCE', 'ALL'].includes(level)) {
    throw illegalArgument(`QuotaAppliedAtLevel must be one of [ACCOUNT, RESOURCE, ALL]; found '${level}'.`);
  }
  const ofService = quotasOf(call, input.ServiceCode).filter(
    (name) => level !== 'RESOURCE' && (code === undefined || definitionOf(name).quotaCode === code),
  );
  const { items, next } = page(ofService, input);
  return { Quotas: items.map((quota) => describe(quota, call, { applied: values.get(call, quota) })), ...next };
}

function listDefaults(input: ListAWSDefaultServiceQuotasRequest, call: Call): ListAWSDefaultServiceQuotasResponse {
  const { items, next } = page(quotasOf(call, input.ServiceCode), input);
  return { Quotas: items.map((quota) => describe(quota, call, { standard: defaultOf(quota, call.region) })), ...next };
}

function getQuota(input: GetServiceQuotaRequest, call: Call, values: QuotaWorld): GetServiceQuotaResponse {
  const quota = quotaNamed(call, input.ServiceCode, input.QuotaCode);
  if (input.ContextId !== undefined && input.ContextId !== '') {
    // Text as observed.
    throw new AwsError(
      'NoSuchResourceException',
      'The request failed because applied value for the specified context Id do not exist.',
    );
  }
  return { Quota: describe(quota, call, { applied: values.get(call, quota) }) };
}

function getDefault(input: GetAWSDefaultServiceQuotaRequest, call: Call): GetAWSDefaultServiceQuotaResponse {
  const quota = quotaNamed(call, input.ServiceCode, input.QuotaCode);
  return { Quota: describe(quota, call, { standard: defaultOf(quota, call.region) }) };
}

function readOperations(values: QuotaWorld): Record<string, Operation> {
  const read = { mutating: false, latencyMs: 50 } as const;
  const pages = ['NextToken', 'MaxResults'];
  return {
    ListServices: { ...read, takes: pages, run: listServices },
    ListServiceQuotas: {
      ...read,
      takes: ['ServiceCode', 'QuotaCode', 'QuotaAppliedAtLevel', ...pages],
      run: (input: ListServiceQuotasRequest, call) => listQuotas(input, call, values),
      resources: (input: ListServiceQuotasRequest) => [String(input.ServiceCode)],
    },
    ListAWSDefaultServiceQuotas: {
      ...read,
      takes: ['ServiceCode', ...pages],
      run: listDefaults,
      resources: (input: ListAWSDefaultServiceQuotasRequest) => [String(input.ServiceCode)],
    },
    GetServiceQuota: {
      ...read,
      takes: ['ServiceCode', 'QuotaCode', 'ContextId'],
      run: (input: GetServiceQuotaRequest, call) => getQuota(input, call, values),
      resources: (input: GetServiceQuotaRequest) => [`${input.ServiceCode}/${input.QuotaCode}`],
    },
    GetAWSDefaultServiceQuota: {
      ...read,
      takes: ['ServiceCode', 'QuotaCode'],
      run: getDefault,
      resources: (input: GetAWSDefaultServiceQuotaRequest) => [`${input.ServiceCode}/${input.QuotaCode}`],
    },
  };
}

/** Makes the Service Quotas service. AWS publishes no request rates for it, so its calls draw from no bucket. */
export function createServiceQuotas(world: World): { service: SimService; world: QuotaWorld } {
  const values = createQuotaValues();
  return {
    service: {
      id: 'service-quotas',
      operations: new Map(Object.entries({ ...readOperations(values), ...requestOperations(world, values) })),
      throttled: () => new AwsError('TooManyRequestsException', 'Rate exceeded'),
      untaken: (member) => illegalArgument(`${member} is not supported.`),
    },
    world: values,
  };
}
