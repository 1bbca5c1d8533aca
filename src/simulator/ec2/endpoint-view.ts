import type { DnsEntry, State, VpcEndpointConnection, VpcEndpoint as VpcEndpointView } from '@aws-sdk/client-ec2';
import type { VpcEndpoint } from './endpoint-state.ts';
import type { FilterFields } from './select.ts';
import type { Scope } from './state.ts';
import { tagList } from './tags.ts';

/** The zones in which AWS keeps the names of endpoints: as seen in some Regions; the others get us-east-1's. */
const hostedZones: Readonly<Record<string, string>> = {
  'us-east-1': 'Z7HUB22UULQXV',
  'us-east-2': 'ZC8PG0KIFKBRI',
  'us-west-2': 'Z1YSA3EXCYUU9Z',
  'eu-west-1': 'Z38GZ743OKFT7T',
  'eu-central-1': 'Z273ZU8SZ5RJPC',
};

/** The filters of DescribeVpcEndpoints. */
export const endpointFields: FilterFields<VpcEndpoint> = {
  'ip-address-type': () => ['ipv4'],
  'service-name': (endpoint) => [endpoint.service.name],
  'service-region': (endpoint) => [endpoint.service.region],
  'vpc-id': (endpoint) => [endpoint.vpc.id],
  'vpc-endpoint-id': (endpoint) => [endpoint.id],
  'vpc-endpoint-state': (endpoint) => [endpoint.state],
  'vpc-endpoint-type': () => ['Interface'],
};

/** The filters of DescribeVpcEndpointConnections. */
export const connectionFields: FilterFields<VpcEndpoint> = {
  'ip-address-type': () => ['ipv4'],
  'service-id': (endpoint) => [endpoint.service.id],
  'vpc-endpoint-owner': (endpoint) => [endpoint.vpc.account],
  'vpc-endpoint-region': (endpoint) => [endpoint.vpc.region],
  'vpc-endpoint-state': (endpoint) => [endpoint.state],
  'vpc-endpoint-id': (endpoint) => [endpoint.id],
};

/** States in AWS's answers begin with a small letter, as its samples show; the model's have a capital one. */
function stateOf(endpoint: VpcEndpoint): State {
  return endpoint.state as string as State;
}

function dnsEntries(endpoint: VpcEndpoint): DnsEntry[] {
  const { service, vpc, id, dnsWord } = endpoint;
  const HostedZoneId = hostedZones[vpc.region] ?? hostedZones['us-east-1'];
  const zonal = [...endpoint.interfaces.values()].map(({ subnet }) => `${id}-${dnsWord}-${subnet.zone}`);
  const names = [`${id}-${dnsWord}`, ...zonal].map((name) => ({
    DnsName: `${name}.${service.baseDnsName}`,
    HostedZoneId,
  }));
  const { privateDnsName } = service;
  if (!endpoint.privateDns || privateDnsName === undefined) return names;
  return [...names, { DnsName: privateDnsName, HostedZoneId: endpoint.privateZoneId }];
}

/** An endpoint as its owner sees it. */
export function viewEndpoint(endpoint: VpcEndpoint, scope: Scope): VpcEndpointView {
  const held = [...endpoint.interfaces.values()];
  return {
    VpcEndpointId: endpoint.id,
    VpcEndpointType: 'Interface',
    VpcId: endpoint.vpc.id,
    OwnerId: endpoint.vpc.account,
    ServiceName: endpoint.service.name,
    ServiceRegion: endpoint.service.region,
    State: stateOf(endpoint),
    PolicyDocument: endpoint.policy,
    RouteTableIds: [],
    SubnetIds: held.map(({ subnet }) => subnet.id),
    NetworkInterfaceIds: held.map(({ eniId }) => eniId),
    Groups: endpoint.groupIds.map((id) => ({ GroupId: id, GroupName: scope.groups.get(id)?.name ?? id })),
    IpAddressType: 'ipv4',
    DnsOptions: { DnsRecordIpType: 'ipv4' },
    PrivateDnsEnabled: endpoint.privateDns,
    RequesterManaged: false,
    DnsEntries: dnsEntries(endpoint),
    CreationTimestamp: new Date(endpoint.createdAt),
    Tags: tagList(endpoint.tags),
    ...(endpoint.failure === undefined ? {} : { LastError: { Code: 'Failed', Message: endpoint.failure } }),
  };
}

/** An endpoint as the owner of its service sees it. */
export function viewConnection(endpoint: VpcEndpoint): VpcEndpointConnection {
  return {
    ServiceId: endpoint.service.id,
    VpcEndpointId: endpoint.id,
    VpcEndpointOwner: endpoint.vpc.account,
    VpcEndpointRegion: endpoint.vpc.region,
    VpcEndpointState: stateOf(endpoint),
    VpcEndpointConnectionId: endpoint.connectionId,
    CreationTimestamp: new Date(endpoint.createdAt),
    DnsEntries: dnsEntries(endpoint).filter((entry) => entry.DnsName !== endpoint.service.privateDnsName),
    IpAddressType: 'ipv4',
    Tags: [],
  };
}
