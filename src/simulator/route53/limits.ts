/** What Route 53 itself tells of its quotas, with how much of each is used. */
import type {
  GetAccountLimitRequest,
  GetAccountLimitResponse,
  GetHostedZoneLimitRequest,
  GetHostedZoneLimitResponse,
} from '@aws-sdk/client-route-53';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import type { QuotaName } from '../quotas/definitions.ts';
import { invalidInput, required } from './errors.ts';
import { operation } from './operation.ts';
import { bareZoneId, type DnsState, findZone } from './state.ts';

/** Of the account's limits only hosted zones can be used up here: the other things are not simulated. */
const accountLimits: ReadonlyMap<string, QuotaName> = new Map([
  ['MAX_HEALTH_CHECKS_BY_OWNER', 'healthChecks'],
  ['MAX_HOSTED_ZONES_BY_OWNER', 'hostedZones'],
  ['MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER', 'trafficPolicyRecords'],
  ['MAX_REUSABLE_DELEGATION_SETS_BY_OWNER', 'reusableDelegationSets'],
  ['MAX_TRAFFIC_POLICIES_BY_OWNER', 'trafficPolicies'],
]);

/** GetAccountLimit and GetHostedZoneLimit. */
export function limitOperations(state: DnsState): Record<string, Operation> {
  return {
    GetAccountLimit: operation('GetAccountLimit', {
      mutating: false,
      takes: ['Type'],
      run: (input: GetAccountLimitRequest, call) => getAccountLimit(state, input, call),
    }),
    GetHostedZoneLimit: operation('GetHostedZoneLimit', {
      mutating: false,
      takes: ['Type', 'HostedZoneId'],
      run: (input: GetHostedZoneLimitRequest, call) => getHostedZoneLimit(state, input, call),
      resources: (input) => [bareZoneId(input.HostedZoneId ?? '')],
    }),
  };
}

function getAccountLimit(state: DnsState, input: GetAccountLimitRequest, call: Call): GetAccountLimitResponse {
  const type = required(input.Type, 'Type');
  const quota = accountLimits.get(type);
  if (quota === undefined) throw unknownType(type, [...accountLimits.keys()]);
  const zones = [...state.zones.values()].filter((zone) => zone.account === call.account).length;
  return {
    Limit: { Type: type, Value: state.world.quotas.get(call, quota) },
    Count: quota === 'hostedZones' ? zones : 0,
  };
}

function getHostedZoneLimit(state: DnsState, input: GetHostedZoneLimitRequest, call: Call): GetHostedZoneLimitResponse {
  const zone = findZone(state, call, required(input.HostedZoneId, 'HostedZoneId'));
  const type = required(input.Type, 'Type');
  const { quotas } = state.world;
  switch (type) {
    case 'MAX_RRSETS_BY_ZONE':
      return { Limit: { Type: type, Value: quotas.get(call, 'recordsPerZone') }, Count: zone.records.size };
    case 'MAX_VPCS_ASSOCIATED_BY_ZONE':
      if (zone.config.PrivateZone !== true) {
        throw new AwsError(
          'HostedZoneNotPrivate',
          'The specified hosted zone is a public hosted zone, not a private hosted zone.',
        );
      }
      return { Limit: { Type: type, Value: quotas.get(call, 'vpcsPerPrivateZone') }, Count: 1 };
    default:
      throw unknownType(type, ['MAX_RRSETS_BY_ZONE', 'MAX_VPCS_ASSOCIATED_BY_ZONE']);
  }
}

function unknownType(type: unknown, known: readonly string[]): AwsError {
  return invalidInput(`Invalid request: Type must be one of [${known.join(', ')}]; found '${String(type)}'`);
}
