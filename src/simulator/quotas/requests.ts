/**
 * Requests for a higher quota. Nobody at AWS reads them here: a request stays PENDING until somebody sets the quota from outside (a fleet file, a test)
 * to what was asked for, and reads as APPROVED from then on.
 */
import type {
  GetRequestedServiceQuotaChangeRequest,
  ListRequestedServiceQuotaChangeHistoryByQuotaRequest,
  ListRequestedServiceQuotaChangeHistoryRequest,
  RequestedServiceQuotaChange,
  RequestServiceQuotaIncreaseRequest,
} from '@aws-sdk/client-service-quotas';
import { AwsError, type Call, type Operation, type QuotaWorld, type World } from '../kernel.ts';
import { describe, quotaNamed, quotasOf } from './catalogue.ts';
import type { QuotaName } from './definitions.ts';
import { illegalArgument } from './errors.ts';
import { page } from './page.ts';
import { definitionOf } from './values.ts';

interface Request {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly quota: QuotaName;
  readonly desired: number;
  readonly at: number;
  readonly requester: string;
}

const statuses = ['PENDING', 'CASE_OPENED', 'APPROVED', 'DENIED', 'CASE_CLOSED', 'NOT_APPROVED', 'INVALID_REQUEST'];

/** The operations on requests. */
export function requestOperations(world: World, values: QuotaWorld): Record<string, Operation> {
  const requests: Request[] = [];
  const ofCaller = (call: Call): Request[] =>
    requests.filter(({ account, region }) => account === call.account && region === call.region).reverse();
  const statusOf = ({ quota, desired, ...where }: Request): 'APPROVED' | 'PENDING' =>
    values.get(where, quota) >= desired ? 'APPROVED' : 'PENDING';

  const shown = (request: Request, call: Call): RequestedServiceQuotaChange => {
    const { ServiceCode, ServiceName, QuotaCode, QuotaName, QuotaArn, GlobalQuota, Unit } = describe(
      request.quota,
      call,
      { applied: request.desired },
    );
    return {
      ...{ Id: request.id, ServiceCode, ServiceName, QuotaCode, QuotaName, QuotaArn, GlobalQuota, Unit },
      DesiredValue: request.desired,
      Status: statusOf(request),
      Created: new Date(request.at),
      LastUpdated: new Date(request.at),
      Requester: JSON.stringify({ accountId: request.account, callerArn: request.requester }),
      QuotaRequestedAtLevel: 'ACCOUNT',
    };
  };

  const history = (input: ListRequestedServiceQuotaChangeHistoryRequest, call: Call, found: Request[]) => {
    if (input.Status !== undefined && !statuses.includes(input.Status)) {
      throw illegalArgument(`Status must be one of [${statuses.join(', ')}]; found '${input.Status}'.`);
    }
    const matching = found.filter((request) => input.Status === undefined || statusOf(request) === input.Status);
    const { items, next } = page(matching, input);
    return { RequestedQuotas: items.map((request) => shown(request, call)), ...next };
  };

  const increase = (input: RequestServiceQuotaIncreaseRequest, call: Call) => {
    const quota = quotaNamed(call, input.ServiceCode, input.QuotaCode);
    const desired = input.DesiredValue;
    if (desired === undefined || !(desired >= 0 && desired <= 10_000_000_000)) {
      throw illegalArgument('DesiredValue must be between 0 and 10000000000.');
    }
    if (!definitionOf(quota).adjustable) throw illegalArgument('The specified quota is not adjustable.');
    if (desired <= values.get(call, quota)) {
      throw illegalArgument('You must provide a quota value greater than the current quota value');
    }
    if (ofCaller(call).some((request) => request.quota === quota && statusOf(request) === 'PENDING')) {
      throw new AwsError(
        'ResourceAlreadyExistsException',
        'Only one open service quota increase request is allowed per quota.',
      );
    }
    const { account, region } = call;
    const requester = call.callerArn ?? `arn:aws:iam::${account}:root`;
    const id = `${world.hex('quotas/request', 32)}${world.hex('quotas/request', 8)}`;
    const request = { id, account, region, quota, desired, at: call.now, requester };
    requests.push(request);
    return { RequestedQuota: shown(request, call) };
  };

  const named = (input: { ServiceCode?: string | undefined; QuotaCode?: string | undefined }): readonly string[] => [
    `${input.ServiceCode}/${input.QuotaCode}`,
  ];
  const filters = ['Status', 'NextToken', 'MaxResults'];
  return {
    RequestServiceQuotaIncrease: {
      mutating: true,
      latencyMs: 150,
      takes: ['ServiceCode', 'QuotaCode', 'DesiredValue', 'SupportCaseAllowed'],
      run: increase,
      resources: named,
    },
    GetRequestedServiceQuotaChange: {
      mutating: false,
      latencyMs: 50,
      takes: ['RequestId'],
      run: (input: GetRequestedServiceQuotaChangeRequest, call) => {
        const found = ofCaller(call).find(({ id }) => id === input.RequestId);
        if (found !== undefined) return { RequestedQuota: shown(found, call) };
        throw new AwsError(
          'NoSuchResourceException',
          'The request failed because the specified quota request does not exist.',
        );
      },
      resources: (input: GetRequestedServiceQuotaChangeRequest) => [String(input.RequestId)],
    },
    ListRequestedServiceQuotaChangeHistory: {
      mutating: false,
      latencyMs: 50,
      takes: ['ServiceCode', ...filters],
      run: (input: ListRequestedServiceQuotaChangeHistoryRequest, call) => {
        const quotas = input.ServiceCode === undefined ? undefined : quotasOf(call, input.ServiceCode);
        const found = ofCaller(call).filter(({ quota }) => quotas?.includes(quota) ?? true);
        return history(input, call, found);
      },
    },
    ListRequestedServiceQuotaChangeHistoryByQuota: {
      mutating: false,
      latencyMs: 50,
      takes: ['ServiceCode', 'QuotaCode', ...filters],
      run: (input: ListRequestedServiceQuotaChangeHistoryByQuotaRequest, call) => {
        const asked = quotaNamed(call, input.ServiceCode, input.QuotaCode);
        const found = ofCaller(call).filter(({ quota }) => quota === asked);
        return history(input, call, found);
      },
      resources: named,
    },
  };
}
