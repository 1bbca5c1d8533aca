import type { ConditionUpdate } from '../../model/conditions.ts';
import type { EndpointContext, GroupAccess, Observation, Reconciler, Signals } from '../contract.ts';
import { endpointAdoption } from './adopt.ts';
import { createEndpoint, endpointCheckInMs, retireEndpoint, updateEndpoint } from './apply.ts';
import { desiredEndpoint, type EndpointContent, nameOfEndpoint } from './desired.ts';
import { diffEndpoint, endpointNeedsSuccessor } from './diff.ts';
import { endpointIam } from './iam.ts';
import { type EndpointState, type LiveEndpoint, observeEndpoint, strayEndpoints } from './observe.ts';

/** Interface endpoints (PrivateLink): one for each dependency of the tier in each infra group. */
export const endpoint: Reconciler<EndpointContent, LiveEndpoint, EndpointContext, GroupAccess> = {
  kind: 'endpoint',
  iam: endpointIam,
  name: nameOfEndpoint,
  desired: desiredEndpoint,
  observe: observeEndpoint,
  diff: diffEndpoint,
  needsSuccessor: endpointNeedsSuccessor,
  create: createEndpoint,
  update: updateEndpoint,
  retire: retireEndpoint,
  strays: strayEndpoints,
  adopt: endpointAdoption,
  conditions: (context, _desired, observation) => [condition(context, observation)],
  signals: (_context, observation) => signals(observation),
};

/** What can only be given up, and when it is tried anew: an owner who said no is not to be pestered, and can still say yes to the one that stands. */
const retries: Readonly<Partial<Record<EndpointState, number>>> = {
  failed: 600_000,
  expired: 600_000,
  rejected: 21_600_000,
};

const checkIns: Readonly<Partial<Record<EndpointState, number>>> = {
  pending: endpointCheckInMs,
  partial: endpointCheckInMs,
  pendingacceptance: 60_000,
};

function signals(observation: Observation<LiveEndpoint>): Signals {
  if (observation.state !== 'live') return {};
  const { state } = observation.live;
  const retryMs = retries[state];
  const checkInMs = checkIns[state];
  return {
    stable: state === 'available',
    ...(retryMs === undefined ? {} : { lost: { found: `endpoint ${observation.arn} is ${state}`, retryMs } }),
    ...(checkInMs === undefined ? {} : { checkInMs }),
  };
}

const type = 'EndpointsReady';

function condition(context: EndpointContext, observation: Observation<LiveEndpoint>): ConditionUpdate {
  const { name, serviceName } = context.dependency;
  const no = (reason: string, message: string): ConditionUpdate => ({
    type,
    status: 'False',
    reason,
    message: `${name}: ${message}`,
  });
  switch (observation.state) {
    case 'live':
      return liveCondition(context, observation.live, no);
    case 'absent':
      return no('Missing', `there is no endpoint to ${serviceName}`);
    case 'ending':
      return no('Deleting', `endpoint ${observation.arn} ${observation.found}; a new one takes its place`);
    case 'unmarked':
      return no(
        'OwnershipLost',
        `endpoint ${observation.arn} ${observation.found}: it is left alone until it is adopted (cellwright adopt infra-group ${context.infraGroup} ${observation.arn})`,
      );
    case 'stranger':
    case 'unread':
      return { type, status: 'Unknown', reason: 'NotRead', message: `${name}: not read yet` };
    default:
      return observation satisfies never;
  }
}

/** What AWS's states mean to people. */
const words: Readonly<Record<Exclude<EndpointState, 'available'>, readonly [reason: string, message: string]>> = {
  pending: ['Provisioning', 'AWS is making it'],
  partial: ['Provisioning', 'it is available in some of its zones only'],
  pendingacceptance: ['PendingAcceptance', "the service's owner has to accept it"],
  rejected: ['Rejected', "the service's owner rejected it; ask for it to be accepted (tried anew every six hours)"],
  failed: ['Failed', 'AWS could not make it; a new one takes its place ten minutes after it was made'],
  expired: ['Expired', 'nobody accepted it in time; a new one takes its place'],
  deleting: ['Deleting', 'it is being deleted'],
  deleted: ['Deleting', 'it was deleted'],
};

function liveCondition(
  context: EndpointContext,
  live: LiveEndpoint,
  no: (reason: string, message: string) => ConditionUpdate,
): ConditionUpdate {
  const { VpcEndpointId: id = '', ServiceName, LastError } = live.endpoint;
  const { name, serviceName } = context.dependency;
  if (ServiceName !== serviceName)
    return no('Replacing', `endpoint ${id} leads to ${ServiceName}, not to ${serviceName}`);
  if (live.state !== 'available') {
    const [reason, message] = words[live.state];
    const detail = LastError?.Message === undefined ? '' : ` (${LastError.Message})`;
    return no(reason, `endpoint ${id}: ${message}${detail}`);
  }
  const yes = (message: string): ConditionUpdate => ({
    type,
    status: 'True',
    reason: 'Available',
    message: `${name}: ${message}`,
  });
  const { privateName } = live;
  if (privateName === undefined || !context.dependency.privateDns) return yes(`${id}`);
  if (privateName.can === 'never') return yes(`${id} (no private DNS: ${privateName.why})`);
  const { name: host, holder } = privateName;
  if (holder?.whose === 'neighbour') return yes(`${id} (${host} leads to ${holder.id} in the same VPC)`);
  if (holder?.whose === 'foreign') {
    return no(
      'PrivateDnsConflict',
      `${host} leads to endpoint ${holder.id}, which is not ours: delete that one, switch its private DNS off, or say privateDns: false`,
    );
  }
  return no('PrivateDnsPending', `${host} does not lead to endpoint ${id} yet`);
}
