/** What the owner of an endpoint service does, and what everybody sees of services. */
import type {
  AcceptVpcEndpointConnectionsCommandInput,
  DescribePrefixListsCommandInput,
  DescribeVpcEndpointConnectionsCommandInput,
  DescribeVpcEndpointServicesCommandInput,
  ServiceDetail,
  UnsuccessfulItem,
} from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { EndpointService } from './endpoint-services.ts';
import { prefixListsOf } from './endpoint-services.ts';
import type { EndpointState, VpcEndpoint } from './endpoint-state.ts';
import { connectionFields, viewConnection } from './endpoint-view.ts';
import type { EndpointParts } from './endpoints.ts';
import { unknownEndpoint } from './endpoints.ts';
import { missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { clampedPages, select, selecting } from './select.ts';
import { zonesOf } from './zones.ts';

/** From which states a connection can be accepted and rejected: one that was rejected can be accepted later, and the other way round (PrivateLink guide). */
const acceptable: readonly EndpointState[] = ['pendingAcceptance', 'rejected'];
const rejectable: readonly EndpointState[] = ['pendingAcceptance', 'pending', 'available'];

const noTags = new Map<string, string>();

type Listed = EndpointService & { readonly tags: Map<string, string> };

const serviceFields: FilterFields<Listed> = {
  owner: (service) => [service.owner],
  'service-name': (service) => [service.name],
  'service-region': (service) => [service.region],
  'service-type': (service) => [service.type],
  'supported-ip-address-types': () => ['ipv4'],
};

/** Accept, reject and describe connections, and describe services. */
export function connectionOperations(parts: EndpointParts): [string, Operation][] {
  const decide =
    (from: readonly EndpointState[], act: (endpoint: VpcEndpoint) => void) =>
    (input: AcceptVpcEndpointConnectionsCommandInput, call: Call): { Unsuccessful: UnsuccessfulItem[] } => {
      const service = ownService(parts, input.ServiceId, call);
      const ids = input.VpcEndpointIds ?? [];
      if (ids.length === 0) throw missingParameter('VpcEndpointId');
      const Unsuccessful: UnsuccessfulItem[] = [];
      for (const id of new Set(ids)) {
        const endpoint = connectionsOf(parts, call).get(id);
        if (endpoint === undefined || endpoint.service.id !== service.id) Unsuccessful.push(unknownEndpoint(id));
        else if (from.includes(endpoint.state)) act(endpoint);
        else Unsuccessful.push(wrongState(endpoint));
      }
      return { Unsuccessful };
    };
  const takes = ['ServiceId', 'VpcEndpointIds'];
  const resources = (input: AcceptVpcEndpointConnectionsCommandInput) => [
    input.ServiceId,
    ...(input.VpcEndpointIds ?? []),
  ];
  return [
    operation({
      name: 'AcceptVpcEndpointConnections',
      size: 'connection',
      takes,
      run: decide(acceptable, (endpoint) => parts.lifecycle.provision(endpoint)),
      resources,
    }),
    operation({
      name: 'RejectVpcEndpointConnections',
      size: 'connection',
      takes,
      run: decide(rejectable, (endpoint) => parts.lifecycle.reject(endpoint)),
      resources,
    }),
    operation({
      name: 'DescribeVpcEndpointConnections',
      size: 'describe',
      takes: [...selecting],
      run: (input: DescribeVpcEndpointConnectionsCommandInput, call) => {
        const all = connectionsOf(parts, call);
        const notFound = (id: string): AwsError => noSuch('endpoint', id);
        const listing = { all, ids: undefined, fields: connectionFields, notFound, pages: clampedPages };
        const { page, ...rest } = select(listing, input);
        return { VpcEndpointConnections: page.map(viewConnection), ...rest };
      },
    }),
    operation({
      name: 'DescribeVpcEndpointServices',
      size: 'describe',
      takes: ['ServiceNames', ...selecting],
      run: (input: DescribeVpcEndpointServicesCommandInput, call) => describeServices(parts, input, call),
    }),
    operation({
      name: 'DescribePrefixLists',
      size: 'describe',
      takes: ['PrefixListIds', ...selecting],
      run: (input: DescribePrefixListsCommandInput, call) => {
        const all = new Map(prefixListsOf(call.region).map((list) => [list.id, { ...list, tags: noTags }]));
        const fields: FilterFields<{ id: string; name: string }> = {
          'prefix-list-id': (list) => [list.id],
          'prefix-list-name': (list) => [list.name],
        };
        const notFound = (id: string): AwsError => noSuch('prefixList', id);
        const { page, ...rest } = select(
          { all, ids: input.PrefixListIds, fields, notFound, pages: clampedPages },
          input,
        );
        const PrefixLists = page.map(({ id, name, cidrs }) => ({
          PrefixListId: id,
          PrefixListName: name,
          Cidrs: [...cidrs],
        }));
        return { PrefixLists, ...rest };
      },
    }),
  ];
}

function ownService(parts: EndpointParts, id: string | undefined, call: Call): EndpointService {
  if (id === undefined) throw missingParameter('ServiceId');
  const service = parts.services.owned(call.account, call.region, id);
  if (service === undefined) throw noSuch('endpointService', id);
  return service;
}

/** The endpoints, of whatever account, that are connected to services of this account and Region, in the order of their creation. */
function connectionsOf(parts: EndpointParts, call: Call): ReadonlyMap<string, VpcEndpoint> {
  const connected = [...parts.state.allEndpoints()]
    .filter(({ service }) => service.owner === call.account && service.region === call.region)
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return new Map(connected.map((endpoint) => [endpoint.id, endpoint]));
}

function wrongState({ id, state }: VpcEndpoint): UnsuccessfulItem {
  const Message = `The VPC endpoint connection of '${id}' is in the state '${state}'.`;
  return { ResourceId: id, Error: { Code: 'InvalidState', Message } };
}

function describeServices(
  parts: EndpointParts,
  input: DescribeVpcEndpointServicesCommandInput,
  call: Call,
): { ServiceNames: string[]; ServiceDetails: ServiceDetail[]; NextToken?: string } {
  const names = input.ServiceNames ?? [];
  const visible = parts.services.visible(call.account, call.region);
  const unknown = names.find((name) => !visible.some((service) => service.name === name));
  const notFound = (name: string): AwsError =>
    new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  if (unknown !== undefined) throw notFound(unknown);
  const named = visible.filter((service) => names.length === 0 || names.includes(service.name));
  const all = new Map(named.map((service) => [service.id, { ...service, tags: noTags }]));
  const listing = { all, ids: undefined, fields: serviceFields, notFound, pages: clampedPages };
  const { page, ...rest } = select(listing, input);
  return {
    ServiceNames: [...new Set(page.map((service) => service.name))],
    ServiceDetails: page.map(viewService),
    ...rest,
  };
}

function viewService(service: EndpointService): ServiceDetail {
  const { privateDnsName } = service;
  const zones = zonesOf(service.region).filter((zone) => service.zones.includes(zone.name));
  return {
    ServiceName: service.name,
    ServiceId: service.id,
    ServiceRegion: service.region,
    ServiceType: [{ ServiceType: service.type }],
    AvailabilityZones: zones.map((zone) => zone.name),
    AvailabilityZoneIds: zones.map((zone) => zone.id),
    Owner: service.owner,
    BaseEndpointDnsNames: [service.baseDnsName],
    ...(privateDnsName === undefined
      ? {}
      : {
          PrivateDnsName: privateDnsName,
          PrivateDnsNames: [{ PrivateDnsName: privateDnsName }],
          PrivateDnsNameVerificationState: 'verified' as const,
        }),
    VpcEndpointPolicySupported: service.policySupported,
    AcceptanceRequired: service.acceptanceRequired,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
    Tags: [],
  };
}
