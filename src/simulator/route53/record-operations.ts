import type {
  ChangeBatch,
  ChangeInfo,
  ChangeResourceRecordSetsRequest,
  ChangeResourceRecordSetsResponse,
  GetChangeRequest,
  GetChangeResponse,
  ListResourceRecordSetsRequest,
  ListResourceRecordSetsResponse,
} from '@aws-sdk/client-route-53';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { changeTokensOf, evaluateBatch } from './batch.ts';
import type { RecordChange } from './draft.ts';
import { inRootBody, invalidInput, required } from './errors.ts';
import { normaliseName, withoutDot } from './names.ts';
import { operation } from './operation.ts';
import { orderOf } from './records.ts';
import { bareZoneId, type Change, type DnsState, findZone, type Zone } from './state.ts';
import { submit } from './sync.ts';

const maxPage = 300;
const maxComment = 256;
/**
 * How long a change request is worked on: until then the zone lets no other in, and then it is answered (assumed). So who waits for each answer is never
 * in his own way; two who write to one zone are.
 */
const processingMs = 200;

/** Other ways of routing (latency, place, CIDR, traffic policies) and health checks of Route 53's own are not simulated. */
const recordMembers = [
  ...['Name', 'Type', 'SetIdentifier', 'Weight', 'Failover', 'MultiValueAnswer', 'TTL', 'ResourceRecords'],
  'AliasTarget',
].map((member) => `ChangeBatch.Changes.ResourceRecordSet.${member}`);

/** ChangeResourceRecordSets, ListResourceRecordSets and GetChange. */
export function recordOperations(state: DnsState): Record<string, Operation> {
  return {
    ChangeResourceRecordSets: operation('ChangeResourceRecordSets', {
      mutating: true,
      takes: ['HostedZoneId', 'ChangeBatch.Comment', 'ChangeBatch.Changes.Action', ...recordMembers],
      latencyMs: processingMs,
      changeTokens: (input: ChangeResourceRecordSetsRequest) => changeTokensOf(input.ChangeBatch),
      run: (input: ChangeResourceRecordSetsRequest, call) => changeRecords(state, input, call),
      resources: changedRecords,
    }),
    ListResourceRecordSets: operation('ListResourceRecordSets', {
      mutating: false,
      takes: ['HostedZoneId', 'StartRecordName', 'StartRecordType', 'StartRecordIdentifier', 'MaxItems'],
      run: (input: ListResourceRecordSetsRequest, call) => listRecords(state, input, call),
      resources: (input) => [bareZoneId(input.HostedZoneId ?? '')],
    }),
    GetChange: operation('GetChange', {
      mutating: false,
      takes: ['Id'],
      run: (input: GetChangeRequest, call) => getChange(state, input, call),
      resources: (input) => [bareChangeId(input.Id ?? '')],
    }),
  };
}

/** A change as the API describes it. */
export function describeChange(change: Change): ChangeInfo {
  return {
    Id: `/change/${change.id}`,
    Status: change.status,
    SubmittedAt: new Date(change.submittedAt),
    ...(change.comment === undefined ? {} : { Comment: change.comment }),
  };
}

function changeRecords(
  state: DnsState,
  input: ChangeResourceRecordSetsRequest,
  call: Call,
): ChangeResourceRecordSetsResponse {
  const zone = findZone(state, call, required(input.HostedZoneId, 'HostedZoneId'));
  const batch = required(input.ChangeBatch, 'ChangeBatch');
  const { world } = state;
  if (world.now() < zone.processingUntil) {
    throw new AwsError(
      'PriorRequestNotComplete',
      'The request was rejected because Route 53 was still processing a prior request.',
      { status: 400 },
    );
  }
  if ((batch.Comment ?? '').length > maxComment) {
    throw invalidInput(`Invalid request: Comment must have at most ${maxComment} characters`);
  }
  const made = evaluate(state, zone, batch, call);
  for (const { before, after } of made) {
    if (after !== undefined) zone.records.put(after);
    else if (before !== undefined) zone.records.remove(before);
  }
  zone.processingUntil = world.now() + processingMs * world.latencyFactor;
  return { ChangeInfo: describeChange(submit(state, zone, batch.Comment, made)) };
}

function evaluate(state: DnsState, zone: Zone, batch: ChangeBatch, call: Call): readonly RecordChange[] {
  const { quotas } = state.world;
  try {
    return evaluateBatch(zone, batch, {
      recordsPerZone: quotas.get(call, 'recordsPerZone'),
      recordsPerGroup: quotas.get(call, 'recordsPerGroup'),
    });
  } catch (error) {
    const other = state.rootErrorBody && error instanceof AwsError && error.code === 'InvalidChangeBatch';
    throw other ? inRootBody(error) : error;
  }
}

/** `<zone>/<name>/<type>/<set identifier>` of every change, as the call log shows them; without the last part where there is none. */
function changedRecords(input: ChangeResourceRecordSetsRequest): readonly string[] {
  const zone = bareZoneId(input.HostedZoneId ?? '');
  const resources = (input.ChangeBatch?.Changes ?? []).map(({ ResourceRecordSet: set }) => {
    const raw = set?.Name ?? '';
    const result = normaliseName(raw);
    const name = withoutDot('name' in result ? result.name : raw);
    const record = `${zone}/${name}/${set?.Type ?? ''}`;
    return set?.SetIdentifier === undefined ? record : `${record}/${set.SetIdentifier}`;
  });
  return [...new Set(resources)];
}

function listRecords(
  state: DnsState,
  input: ListResourceRecordSetsRequest,
  call: Call,
): ListResourceRecordSetsResponse {
  const zone = findZone(state, call, required(input.HostedZoneId, 'HostedZoneId'));
  const { StartRecordName: name, StartRecordType: type, StartRecordIdentifier: identifier } = input;
  if (type !== undefined && name === undefined) {
    throw invalidInput('The parameter StartRecordType can be specified only with StartRecordName');
  }
  if (identifier !== undefined && type === undefined) {
    throw invalidInput(
      'The parameter StartRecordIdentifier can be specified only with StartRecordName and StartRecordType',
    );
  }
  const size = pageSize(input.MaxItems, maxPage);
  const found = zone.records.from(name === undefined ? '' : startOf(name, type, identifier), size + 1);
  const next = found[size];
  return {
    ResourceRecordSets: found.slice(0, size).map(({ set }) => plainCopy(set)),
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined ? {} : { NextRecordName: next.name, NextRecordType: next.set.Type }),
    ...(next?.setIdentifier === undefined ? {} : { NextRecordIdentifier: next.setIdentifier }),
  };
}

function startOf(name: string, type: string | undefined, identifier: string | undefined): string {
  const result = normaliseName(name);
  if ('problem' in result) throw new AwsError('InvalidDomainName', result.problem);
  return orderOf(result.name, type ?? '', identifier);
}

/** The size of a page: what was asked for, at most the limit. Throws InvalidInput. */
export function pageSize(asked: number | string | undefined, limit: number): number {
  if (asked === undefined) return limit;
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1) throw invalidInput(`MaxItems must be a positive number; found '${asked}'`);
  return Math.min(size, limit);
}

function getChange(state: DnsState, input: GetChangeRequest, call: Call): GetChangeResponse {
  const id = bareChangeId(required(input.Id, 'Id'));
  const change = state.changes.get(id);
  if (change === undefined || change.account !== call.account) {
    throw new AwsError('NoSuchChange', `A change with the specified change ID does not exist: ${id}`);
  }
  return { ChangeInfo: describeChange(change) };
}

function bareChangeId(id: string): string {
  return id.replace(/^\/?change\//, '');
}
