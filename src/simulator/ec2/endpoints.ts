import type {
  CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommandInput,
  DescribeVpcEndpointsCommandInput,
  UnsuccessfulItem,
  VpcEndpoint as VpcEndpointView,
} from '@aws-sdk/client-ec2';
import type { Call, Operation, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import {
  checkEndpointQuota,
  checkedGroups,
  checkedPolicy,
  checkedSubnets,
  checkPrivateDns,
} from './endpoint-checks.ts';
import type { EndpointLifecycle } from './endpoint-lifecycle.ts';
import type { EndpointService, EndpointServices } from './endpoint-services.ts';
import type { VpcEndpoint } from './endpoint-state.ts';
import { isAlive } from './endpoint-state.ts';
import { endpointFields, viewEndpoint } from './endpoint-view.ts';
import { invalidParameter, invalidValue, missingParameter, noSuch, required, unsupported } from './errors.ts';
import { operation } from './operation.ts';
import { clampedPages, select, selecting } from './select.ts';
import type { Ec2State, Scope, Subnet, Vpc } from './state.ts';
import { tagsFrom } from './tags.ts';
import { vpcNamed } from './vpcs.ts';
import type { Ec2Network } from './world.ts';

/** What the calls on endpoints work with. */
export interface EndpointParts {
  readonly world: World;
  readonly state: Ec2State;
  readonly network: Ec2Network;
  readonly services: EndpointServices;
  readonly lifecycle: EndpointLifecycle;
}

const longestToken = 64;

/** How addresses and names are made: only with IPv4. */
export const addressingMembers = [
  'IpAddressType',
  'DnsOptions.DnsRecordIpType',
  'DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint',
] as const;

/** Throws `AwsError` for what is not simulated of `addressingMembers`. */
export function checkAddressing(input: Pick<CreateVpcEndpointCommandInput, 'IpAddressType' | 'DnsOptions'>): void {
  const records = input.DnsOptions?.DnsRecordIpType;
  for (const type of [input.IpAddressType, records]) {
    if (type !== undefined && type !== 'ipv4') throw unsupported(`The IP address type '${type}' is not supported.`);
  }
  if (input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint === true) {
    throw unsupported('PrivateDnsOnlyForInboundResolverEndpoint is not supported.');
  }
}

/** A checked request for a new endpoint. */
interface Wanted {
  readonly vpc: Vpc;
  readonly service: EndpointService;
  readonly subnets: readonly Subnet[];
  readonly groupIds: readonly string[];
  readonly privateDns: boolean;
  readonly policy: string;
}

/** CreateVpcEndpoint, DeleteVpcEndpoints and DescribeVpcEndpoints. */
export function endpointOperations(parts: EndpointParts): [string, Operation][] {
  const { state } = parts;
  const describe = (
    input: DescribeVpcEndpointsCommandInput,
    call: Call,
  ): { VpcEndpoints: VpcEndpointView[]; NextToken?: string } => {
    const scope = state.scope(call.account, call.region);
    const notFound = (id: string): AwsError => noSuch('endpoint', id);
    const listing = { all: scope.endpoints, fields: endpointFields, notFound, pages: clampedPages };
    const { page, ...rest } = select({ ...listing, ids: input.VpcEndpointIds }, input);
    return { VpcEndpoints: page.map((endpoint) => viewEndpoint(endpoint, scope)), ...rest };
  };
  const remove = (input: DeleteVpcEndpointsCommandInput, call: Call): { Unsuccessful: UnsuccessfulItem[] } => {
    const ids = input.VpcEndpointIds ?? [];
    if (ids.length === 0) throw missingParameter('VpcEndpointId');
    const { endpoints } = state.scope(call.account, call.region);
    const Unsuccessful: UnsuccessfulItem[] = [];
    for (const id of new Set(ids)) {
      const endpoint = endpoints.get(id);
      if (endpoint !== undefined && isAlive(endpoint)) parts.lifecycle.remove(endpoint);
      else Unsuccessful.push(unknownEndpoint(id));
    }
    return { Unsuccessful };
  };
  return [
    operation({
      name: 'CreateVpcEndpoint',
      size: 'endpoint',
      takes: [
        ...['VpcEndpointType', 'VpcId', 'ServiceName', 'PolicyDocument', 'RouteTableIds', 'SubnetIds'],
        ...['SecurityGroupIds', 'ClientToken', 'PrivateDnsEnabled', 'TagSpecifications', ...addressingMembers],
      ],
      run: (input: CreateVpcEndpointCommandInput, call) => create(parts, input, call),
      resources: (input, output) => [input.VpcId, output?.VpcEndpoint.VpcEndpointId],
    }),
    operation({
      name: 'DeleteVpcEndpoints',
      size: 'endpoint',
      takes: ['VpcEndpointIds'],
      run: remove,
      resources: (input) => input.VpcEndpointIds ?? [],
    }),
    operation({
      name: 'DescribeVpcEndpoints',
      size: 'describe',
      takes: ['VpcEndpointIds', ...selecting],
      run: describe,
      resources: (input) => input.VpcEndpointIds ?? [],
    }),
  ];
}

/** What a call with several endpoints answers, with HTTP 200, about one that is not there. */
export function unknownEndpoint(ResourceId: string): UnsuccessfulItem {
  const Message = `The Vpc Endpoint ID '${ResourceId}' does not exist`;
  return { ResourceId, Error: { Code: 'InvalidVpcEndpoint.NotFound', Message } };
}

function create(
  parts: EndpointParts,
  input: CreateVpcEndpointCommandInput,
  call: Call,
): { VpcEndpoint: VpcEndpointView; ClientToken?: string } {
  const { state, network, lifecycle, world } = parts;
  const scope = state.scope(call.account, call.region);
  const token = checkedToken(input.ClientToken);
  const request = fingerprint(input);
  const earlier = token === undefined ? undefined : scope.endpointTokens.get(token);
  const echo = token === undefined ? {} : { ClientToken: token };
  if (earlier !== undefined) {
    if (earlier.request === request) return { VpcEndpoint: viewEndpoint(earlier.endpoint, scope), ...echo };
    throw new AwsError(
      'IdempotentParameterMismatch',
      'The client token has been used before with different request parameters.',
    );
  }
  const { vpc, service, subnets, groupIds, privateDns, policy } = wanted(parts, scope, input, call);
  const tags = tagsFrom(input.TagSpecifications, 'vpc-endpoint');
  const id = network.newId('vpce');
  const endpoint: VpcEndpoint = {
    id,
    dnsWord: world.hex('ec2-vpce-dns', 8),
    privateZoneId: `Z${world.hex('ec2-vpce-zone', 19).toUpperCase()}`,
    connectionId: network.newId('vpce-con'),
    vpc,
    service,
    createdAt: call.now,
    tags,
    interfaces: new Map(),
    state: 'pendingAcceptance',
    groupIds,
    privateDns,
    policy,
    failure: undefined,
    cancel: undefined,
  };
  scope.endpoints.set(id, endpoint);
  if (token !== undefined) scope.endpointTokens.set(token, { endpoint, request });
  lifecycle.attach(endpoint, subnets);
  lifecycle.begin(endpoint);
  return { VpcEndpoint: viewEndpoint(endpoint, scope), ...echo };
}

/** Up to 64 ASCII characters (Ensuring idempotency). */
function checkedToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  if (token.length <= longestToken && /^[\x20-\x7e]*$/.test(token)) return token;
  throw invalidValue(`The client token has up to ${longestToken} ASCII characters.`);
}

/** The request without what does not make it another one. */
function fingerprint(input: CreateVpcEndpointCommandInput): string {
  const { ClientToken: _token, DryRun: _dryRun, ...rest } = input;
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Everything that can be wrong with a new endpoint, before anything is made. */
function wanted(parts: EndpointParts, scope: Scope, input: CreateVpcEndpointCommandInput, call: Call): Wanted {
  const vpc = vpcNamed(scope, input.VpcId);
  const service = serviceFor(parts.services, input, call);
  checkAddressing(input);
  if ((input.RouteTableIds ?? []).length > 0) {
    throw invalidParameter('Route table IDs are only supported for Gateway type VPC Endpoint.');
  }
  const policy = checkedPolicy(service, input.PolicyDocument);
  const groupIds = checkedGroups(scope, vpc, groupsOf(scope, vpc, input.SecurityGroupIds ?? []));
  const subnets = checkedSubnets(scope, vpc, service, input.SubnetIds ?? [], []);
  // AWS's older documents give `true` as the default; without a name to enable, or before acceptance, that could only fail (assumed).
  const privateDns = input.PrivateDnsEnabled ?? (service.privateDnsName !== undefined && !service.acceptanceRequired);
  if (privateDns) checkPrivateDns(scope, vpc, service, undefined);
  checkEndpointQuota(parts.world, scope, vpc);
  parts.network.checkGroupQuota(vpc, groupIds);
  parts.network.checkRoom(subnets, parts.lifecycle.interfaceDetails('', groupIds));
  return { vpc, service, subnets, groupIds, privateDns, policy };
}

/** The VPC's default group where a call names none (model). */
function groupsOf(scope: Scope, vpc: Vpc, given: readonly string[]): readonly string[] {
  if (given.length > 0) return given;
  const byDefault = [...scope.groups.values()].find((group) => group.vpc === vpc && group.name === 'default');
  return byDefault === undefined ? [] : [byDefault.id];
}

function serviceFor(services: EndpointServices, input: CreateVpcEndpointCommandInput, call: Call): EndpointService {
  const name = required(input.ServiceName, 'ServiceName');
  const type: string = input.VpcEndpointType ?? 'Gateway';
  if (!['Gateway', 'Interface', 'GatewayLoadBalancer', 'Resource', 'ServiceNetwork'].includes(type)) {
    throw new AwsError('InvalidVpcEndpointType', `The VPC endpoint type '${type}' is not valid.`);
  }
  const named = services.visible(call.account, call.region).filter((service) => service.name === name);
  if (named.length === 0) {
    throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  }
  const service = named.find((candidate) => candidate.type === type);
  if (service === undefined) {
    const types = named.map((candidate) => candidate.type).join(', ');
    throw invalidParameter(`Endpoint type (${type}) does not match available service types ([${types}]).`);
  }
  if (service.type === 'Gateway') throw unsupported('Gateway endpoints are not supported.');
  return service;
}
