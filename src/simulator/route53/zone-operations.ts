import type {
  CreateHostedZoneRequest,
  CreateHostedZoneResponse,
  DeleteHostedZoneRequest,
  DeleteHostedZoneResponse,
  GetDNSSECRequest,
  GetDNSSECResponse,
  GetHostedZoneCountResponse,
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  HostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
  UpdateHostedZoneCommentRequest,
  UpdateHostedZoneCommentResponse,
} from '@aws-sdk/client-route-53';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { isOutermost } from './delegation.ts';
import { invalidInput, required } from './errors.ts';
import { ancestors, nameOrder, normaliseName } from './names.ts';
import { operation } from './operation.ts';
import { describeChange, pageSize } from './record-operations.ts';
import { bareZoneId, type DnsState, findZone, type Zone } from './state.ts';
import { submit } from './sync.ts';
import { addZone, forgetZone, zoneName } from './zones.ts';

const maxPage = 100;
const maxReference = 128;
const maxComment = 256;
const changeTokens = (): number => 2;

/** The operations on hosted zones. */
export function zoneOperations(state: DnsState): Record<string, Operation> {
  const named = (input: { Id: string | undefined }): readonly string[] => [bareZoneId(input.Id ?? '')];
  return {
    CreateHostedZone: operation('CreateHostedZone', {
      mutating: true,
      takes: ['Name', 'CallerReference', 'VPC', 'HostedZoneConfig'],
      changeTokens,
      run: (input: CreateHostedZoneRequest, call) => createHostedZone(state, input, call),
      resources: (input, output) => [bareZoneId(output?.HostedZone?.Id ?? input.Name ?? '')],
    }),
    GetHostedZone: operation('GetHostedZone', {
      mutating: false,
      takes: ['Id'],
      run: (input: GetHostedZoneRequest, call): GetHostedZoneResponse => {
        const zone = findZone(state, call, required(input.Id, 'Id'));
        return { HostedZone: describe(zone), ...attachmentsOf(zone, 'VPCs') };
      },
      resources: named,
    }),
    ListHostedZones: operation('ListHostedZones', {
      mutating: false,
      takes: ['Marker', 'MaxItems', 'HostedZoneType'],
      run: (input: ListHostedZonesRequest, call) => listHostedZones(state, input, call),
    }),
    ListHostedZonesByName: operation('ListHostedZonesByName', {
      mutating: false,
      takes: ['DNSName', 'HostedZoneId', 'MaxItems'],
      run: (input: ListHostedZonesByNameRequest, call) => listHostedZonesByName(state, input, call),
    }),
    DeleteHostedZone: operation('DeleteHostedZone', {
      mutating: true,
      takes: ['Id'],
      changeTokens,
      run: (input: DeleteHostedZoneRequest, call) => deleteHostedZone(state, input, call),
      resources: named,
    }),
    GetHostedZoneCount: operation('GetHostedZoneCount', {
      mutating: false,
      takes: [],
      run: (_input: object, call): GetHostedZoneCountResponse => ({ HostedZoneCount: zonesOf(state, call).length }),
    }),
    UpdateHostedZoneComment: operation('UpdateHostedZoneComment', {
      mutating: true,
      takes: ['Id', 'Comment'],
      run: (input: UpdateHostedZoneCommentRequest, call) => updateComment(state, input, call),
      resources: named,
    }),
    GetDNSSEC: operation('GetDNSSEC', {
      mutating: false,
      takes: ['HostedZoneId'],
      run: (input: GetDNSSECRequest, call): GetDNSSECResponse => {
        findZone(state, call, required(input.HostedZoneId, 'HostedZoneId'));
        // Signing cannot be switched on here.
        return { Status: { ServeSignature: 'NOT_SIGNING' }, KeySigningKeys: [] };
      },
      resources: (input) => [bareZoneId(input.HostedZoneId ?? '')],
    }),
  };
}

function describe(zone: Zone): HostedZone {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { ...zone.config },
    ResourceRecordSetCount: zone.records.size,
  };
}

function zonesOf(state: DnsState, call: Call): readonly Zone[] {
  return [...state.zones.values()].filter((zone) => zone.account === call.account);
}

function createHostedZone(state: DnsState, input: CreateHostedZoneRequest, call: Call): CreateHostedZoneResponse {
  const callerReference = required(input.CallerReference, 'CallerReference');
  const own = zonesOf(state, call);
  if (own.some((zone) => zone.callerReference === callerReference)) {
    throw new AwsError(
      'HostedZoneAlreadyExists',
      `A hosted zone has already been created with the specified caller reference: ${callerReference}`,
    );
  }
  const limit = state.world.quotas.get(call, 'hostedZones');
  if (own.length >= limit) {
    throw new AwsError(
      'TooManyHostedZones',
      `Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than ${limit}`,
    );
  }
  const { zone, made } = addZone(state, newZone(state, input, call));
  return {
    HostedZone: describe(zone),
    ChangeInfo: describeChange(submit(state, zone, undefined, made)),
    ...attachmentsOf(zone, 'VPC'),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  } as CreateHostedZoneResponse;
}

/** A zone is private when it comes with a VPC, whatever else the request says. Whether that VPC exists is not looked at (assumed). */
function newZone(state: DnsState, input: CreateHostedZoneRequest, call: Call): Parameters<typeof addZone>[1] {
  const callerReference = required(input.CallerReference, 'CallerReference');
  const { Comment: comment, PrivateZone: askedPrivate = false } = input.HostedZoneConfig ?? {};
  if (callerReference.length > maxReference || (comment ?? '').length > maxComment) {
    throw invalidInput(
      `Invalid request: CallerReference must have at most ${maxReference} characters, Comment at most ${maxComment}`,
    );
  }
  const isPrivate = input.VPC !== undefined;
  if (askedPrivate && !isPrivate) {
    throw invalidInput("When you're creating a private hosted zone, you must specify values for VPCId and VPCRegion.");
  }
  const name = zoneName(required(input.Name, 'Name'));
  if (!isPrivate && ancestors(name).length === 1) {
    throw new AwsError('InvalidDomainName', `${name} is not permitted as the name of a public hosted zone`);
  }
  return {
    id: `Z${state.world.hex('route53/zone', 20).toUpperCase()}`,
    name,
    account: call.account,
    callerReference,
    config: { PrivateZone: isPrivate, ...(comment === undefined ? {} : { Comment: comment }) },
    vpc: input.VPC === undefined ? undefined : { ...input.VPC },
    delegated: !isPrivate && isOutermost(state, name),
  };
}

/** A public zone has name servers, a private one a VPC; the member that shows it is another in each answer. */
function attachmentsOf(zone: Zone, member: 'VPC' | 'VPCs'): object {
  if (zone.vpc === undefined) return { DelegationSet: { NameServers: [...zone.nameServers] } };
  return { [member]: member === 'VPC' ? { ...zone.vpc } : [{ ...zone.vpc }] };
}

/** Gone for the API at once; name servers answer for it until the deletion is in sync. */
function deleteHostedZone(state: DnsState, input: DeleteHostedZoneRequest, call: Call): DeleteHostedZoneResponse {
  const zone = findZone(state, call, required(input.Id, 'Id'));
  if (zone.records.size > 2) {
    throw new AwsError(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.',
    );
  }
  state.zones.delete(zone.id);
  const change = submit(state, zone, undefined, []);
  state.world.at(zone.lastSyncAt, () => forgetZone(state, zone));
  return { ChangeInfo: describeChange(change) };
}

function updateComment(
  state: DnsState,
  input: UpdateHostedZoneCommentRequest,
  call: Call,
): UpdateHostedZoneCommentResponse {
  const zone = findZone(state, call, required(input.Id, 'Id'));
  const { Comment: comment = '' } = input;
  if (comment.length > maxComment)
    throw invalidInput(`Invalid request: Comment must have at most ${maxComment} characters`);
  const { PrivateZone = false } = zone.config;
  zone.config = comment === '' ? { PrivateZone } : { PrivateZone, Comment: comment };
  return { HostedZone: describe(zone) };
}

function listHostedZones(state: DnsState, input: ListHostedZonesRequest, call: Call): ListHostedZonesResponse {
  const size = pageSize(input.MaxItems, maxPage);
  const { HostedZoneType: type } = input;
  if (type !== undefined && type !== 'PrivateHostedZone') {
    throw invalidInput(`Invalid request: HostedZoneType must be one of [PrivateHostedZone]; found '${String(type)}'`);
  }
  const own = zonesOf(state, call).filter((zone) => type === undefined || zone.config.PrivateZone === true);
  const marker = input.Marker === undefined || input.Marker === '' ? undefined : bareZoneId(input.Marker);
  const start = marker === undefined ? 0 : own.findIndex((zone) => zone.id === marker);
  if (start < 0) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${marker ?? ''}`);
  const next = own[start + size];
  return {
    HostedZones: own.slice(start, start + size).map(describe),
    Marker: input.Marker ?? '',
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined ? {} : { NextMarker: next.id }),
  };
}

function listHostedZonesByName(
  state: DnsState,
  input: ListHostedZonesByNameRequest,
  call: Call,
): ListHostedZonesByNameResponse {
  const size = pageSize(input.MaxItems, maxPage);
  if (input.HostedZoneId !== undefined && input.DNSName === undefined) {
    throw invalidInput('The parameter HostedZoneId can be specified only with DNSName');
  }
  const keyed = zonesOf(state, call)
    .map((zone) => ({ zone, order: `${nameOrder(zone.name)}\u0000${zone.id}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const start = input.DNSName === undefined ? '' : startOf(input.DNSName, input.HostedZoneId);
  const from = keyed.filter(({ order }) => order >= start).map(({ zone }) => zone);
  const next = from[size];
  return {
    HostedZones: from.slice(0, size).map(describe),
    ...(input.DNSName === undefined ? {} : { DNSName: input.DNSName }),
    ...(input.HostedZoneId === undefined ? {} : { HostedZoneId: input.HostedZoneId }),
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined ? {} : { NextDNSName: next.name, NextHostedZoneId: next.id }),
  };
}

function startOf(name: string, id: string | undefined): string {
  const result = normaliseName(name);
  if ('problem' in result) throw new AwsError('InvalidDomainName', result.problem);
  return `${nameOrder(result.name)}\u0000${id === undefined ? '' : bareZoneId(id)}`;
}
