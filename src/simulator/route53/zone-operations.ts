import type {
  CreateHostedZoneRequest,
  CreateHostedZoneResponse,
  DeleteHostedZoneRequest,
  DeleteHostedZoneResponse,
  GetHostedZoneLimitRequest,
  GetHostedZoneLimitResponse,
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  HostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
} from '@aws-sdk/client-route-53';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { invalidInput, required } from './errors.ts';
import { nameOrder, normaliseName } from './names.ts';
import { operation } from './operation.ts';
import { describeChange, pageSize } from './record-operations.ts';
import { bareZoneId, type DnsState, findZone, type Zone } from './state.ts';
import { submit } from './sync.ts';
import { addZone, removeZone } from './zones.ts';

const maxPage = 100;
/** Hosted zones per account, AWS's default. */
const maxZones = 500;
const changeTokens = (): number => 2;

/** The operations on hosted zones. */
export function zoneOperations(state: DnsState): Record<string, Operation> {
  const named = (input: { Id: string | undefined }): readonly string[] => [bareZoneId(input.Id ?? '')];
  return {
    CreateHostedZone: operation('CreateHostedZone', {
      mutating: true,
      changeTokens,
      run: (input: CreateHostedZoneRequest, call) => createHostedZone(state, input, call),
      resources: (input, output) => [bareZoneId(output?.HostedZone?.Id ?? input.Name ?? '')],
    }),
    GetHostedZone: operation('GetHostedZone', {
      mutating: false,
      run: (input: GetHostedZoneRequest, call): GetHostedZoneResponse => {
        const zone = findZone(state, call, required(input.Id, 'Id'));
        return { HostedZone: describe(zone), DelegationSet: { NameServers: [...zone.nameServers] } };
      },
      resources: named,
    }),
    ListHostedZones: operation('ListHostedZones', {
      mutating: false,
      run: (input: ListHostedZonesRequest, call) => listHostedZones(state, input, call),
    }),
    ListHostedZonesByName: operation('ListHostedZonesByName', {
      mutating: false,
      run: (input: ListHostedZonesByNameRequest, call) => listHostedZonesByName(state, input, call),
    }),
    DeleteHostedZone: operation('DeleteHostedZone', {
      mutating: true,
      changeTokens,
      run: (input: DeleteHostedZoneRequest, call) => deleteHostedZone(state, input, call),
      resources: named,
    }),
    GetHostedZoneLimit: operation('GetHostedZoneLimit', {
      mutating: false,
      run: (input: GetHostedZoneLimitRequest, call) => getHostedZoneLimit(state, input, call),
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
  if (own.length >= maxZones) {
    throw new AwsError(
      'TooManyHostedZones',
      `Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than ${maxZones}`,
    );
  }
  const { Comment: comment, PrivateZone: isPrivate = false } = input.HostedZoneConfig ?? {};
  if (isPrivate !== (input.VPC !== undefined)) {
    throw invalidInput('Invalid request: a private hosted zone, and only such a zone, must be created with a VPC');
  }
  const zone = addZone(state, {
    id: `Z${state.world.hex('route53/zone', 20).toUpperCase()}`,
    name: required(input.Name, 'Name'),
    account: call.account,
    callerReference,
    config: { PrivateZone: isPrivate, ...(comment === undefined ? {} : { Comment: comment }) },
  });
  return {
    HostedZone: describe(zone),
    ChangeInfo: describeChange(submit(state, zone, undefined, [])),
    DelegationSet: { NameServers: [...zone.nameServers] },
    ...(input.VPC === undefined ? {} : { VPC: { ...input.VPC } }),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  };
}

function deleteHostedZone(state: DnsState, input: DeleteHostedZoneRequest, call: Call): DeleteHostedZoneResponse {
  const zone = findZone(state, call, required(input.Id, 'Id'));
  if (zone.records.size > 2) {
    throw new AwsError(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.',
    );
  }
  removeZone(state, zone);
  return { ChangeInfo: describeChange(submit(state, zone, undefined, [])) };
}

function listHostedZones(state: DnsState, input: ListHostedZonesRequest, call: Call): ListHostedZonesResponse {
  const size = pageSize(input.MaxItems, maxPage);
  const own = zonesOf(state, call);
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

function getHostedZoneLimit(state: DnsState, input: GetHostedZoneLimitRequest, call: Call): GetHostedZoneLimitResponse {
  const zone = findZone(state, call, required(input.HostedZoneId, 'HostedZoneId'));
  const type = required(input.Type, 'Type');
  switch (type) {
    case 'MAX_RRSETS_BY_ZONE':
      return { Limit: { Type: type, Value: state.recordsPerZone }, Count: zone.records.size };
    case 'MAX_VPCS_ASSOCIATED_BY_ZONE':
      return { Limit: { Type: type, Value: 300 }, Count: zone.config.PrivateZone === true ? 1 : 0 };
    default:
      throw invalidInput(
        `Invalid request: Type must be one of [MAX_RRSETS_BY_ZONE, MAX_VPCS_ASSOCIATED_BY_ZONE]; found '${String(type)}'`,
      );
  }
}
