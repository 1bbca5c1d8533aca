import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeNetworkInterfacesCommandInput,
  DescribeTagsCommandInput,
  NetworkInterface as InterfaceView,
  TagDescription,
} from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { groupNotFound, notFound, subnetNotFound, vpcNotFound } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, setTag, tagList } from './select.ts';
import type { Ec2State, NetworkInterface, Scope, Tags } from './state.ts';

const interfaceFields: FilterFields<NetworkInterface> = {
  'network-interface-id': (eni) => [eni.id],
  'subnet-id': (eni) => [eni.subnet.id],
  'vpc-id': (eni) => [eni.subnet.vpc.id],
  'availability-zone': (eni) => [eni.subnet.zone],
  'private-ip-address': (eni) => [eni.ip],
  'addresses.private-ip-address': (eni) => [eni.ip],
  'group-id': (eni) => eni.groupIds,
  description: (eni) => [eni.description],
  'interface-type': (eni) => [eni.interfaceType],
  'owner-id': (eni) => [eni.subnet.vpc.account],
  status: () => ['in-use'],
};

function interfaceNotFound(id: string): AwsError {
  return notFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface', id);
}

function view(eni: NetworkInterface, scope: Scope): InterfaceView {
  const { subnet } = eni;
  return {
    NetworkInterfaceId: eni.id,
    SubnetId: subnet.id,
    VpcId: subnet.vpc.id,
    AvailabilityZone: subnet.zone,
    OwnerId: subnet.vpc.account,
    Description: eni.description,
    InterfaceType: eni.interfaceType as InterfaceView['InterfaceType'],
    MacAddress: eni.mac,
    PrivateIpAddress: eni.ip,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: eni.ip }],
    Groups: eni.groupIds.map((id) => ({ GroupId: id, GroupName: scope.groups.get(id)?.name ?? id })),
    RequesterManaged: true,
    SourceDestCheck: true,
    Status: 'in-use',
    TagSet: tagList(eni.tags),
  };
}

function describeInterfaces(
  state: Ec2State,
  input: DescribeNetworkInterfacesCommandInput,
  call: Call,
): { NetworkInterfaces: InterfaceView[]; NextToken?: string } {
  const scope = state.scope(call.account, call.region);
  const listing = {
    all: scope.interfaces,
    ids: input.NetworkInterfaceIds,
    fields: interfaceFields,
    notFound: interfaceNotFound,
  };
  const { page, ...rest } = select(listing, input);
  return { NetworkInterfaces: page.map((eni) => view(eni, scope)), ...rest };
}

/** One tag of one resource, as DescribeTags lists it. */
interface TagEntry {
  readonly id: string;
  readonly tags: Tags;
  readonly resourceId: string;
  readonly resourceType: TagDescription['ResourceType'];
  readonly key: string;
  readonly value: string;
}

const tagFields: FilterFields<TagEntry> = {
  'resource-id': (entry) => [entry.resourceId],
  'resource-type': (entry) => [entry.resourceType ?? ''],
  key: (entry) => [entry.key],
  value: (entry) => [entry.value],
};

/** The prefixes of ids that can be tagged here, with the type's name and what AWS says when there is none. */
const taggable = [
  { prefix: 'vpc-', type: 'vpc', of: (scope: Scope) => scope.vpcs, missing: vpcNotFound },
  { prefix: 'subnet-', type: 'subnet', of: (scope: Scope) => scope.subnets, missing: subnetNotFound },
  { prefix: 'sg-', type: 'security-group', of: (scope: Scope) => scope.groups, missing: groupNotFound },
  { prefix: 'eni-', type: 'network-interface', of: (scope: Scope) => scope.interfaces, missing: interfaceNotFound },
] as const;

function tagsOf(scope: Scope, id: string): Tags {
  const kind = taggable.find((candidate) => id.startsWith(candidate.prefix));
  if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const found = kind.of(scope).get(id);
  if (found === undefined) throw kind.missing(id);
  return found.tags;
}

function createTags(state: Ec2State, input: CreateTagsCommandInput, call: Call): object {
  const scope = state.scope(call.account, call.region);
  const all = (input.Resources ?? []).map((id) => tagsOf(scope, id));
  for (const tags of all) for (const tag of input.Tags ?? []) setTag(tags, tag);
  return {};
}

/** A key with a value is only removed where it has that value; without any tags named, all go (documented). */
function deleteTags(state: Ec2State, input: DeleteTagsCommandInput, call: Call): object {
  const scope = state.scope(call.account, call.region);
  for (const tags of (input.Resources ?? []).map((id) => tagsOf(scope, id))) {
    if (input.Tags === undefined) tags.clear();
    for (const { Key: key = '', Value: value } of input.Tags ?? []) {
      if (value === undefined || tags.get(key) === value) tags.delete(key);
    }
  }
  return {};
}

function describeTags(
  state: Ec2State,
  input: DescribeTagsCommandInput,
  call: Call,
): { Tags: TagDescription[]; NextToken?: string } {
  const scope = state.scope(call.account, call.region);
  const all = new Map<string, TagEntry>();
  for (const { type, of } of taggable) {
    for (const resource of of(scope).values()) {
      for (const [key, value] of resource.tags) {
        const id = `${resource.id}/${key}`;
        all.set(id, { id, tags: resource.tags, resourceId: resource.id, resourceType: type, key, value });
      }
    }
  }
  const listing = {
    all,
    ids: undefined,
    fields: tagFields,
    notFound: (id: string) => notFound('InvalidID', 'tag', id),
  };
  const { page, ...rest } = select(listing, input);
  return {
    Tags: page.map((entry) => ({
      ResourceId: entry.resourceId,
      ResourceType: entry.resourceType,
      Key: entry.key,
      Value: entry.value,
    })),
    ...rest,
  };
}

/** The actions on network interfaces and tags. */
export function interfaceOperations(state: Ec2State): [string, Operation][] {
  return [
    operation({
      name: 'DescribeNetworkInterfaces',
      size: 'describe',
      unfiltered: (input: DescribeNetworkInterfacesCommandInput) =>
        input.Filters === undefined && input.MaxResults === undefined && input.NetworkInterfaceIds === undefined,
      run: (input: DescribeNetworkInterfacesCommandInput, call) => describeInterfaces(state, input, call),
      resources: (input) => input.NetworkInterfaceIds ?? [],
    }),
    operation({
      name: 'CreateTags',
      size: 'tags',
      run: (input: CreateTagsCommandInput, call) => createTags(state, input, call),
      resources: (input) => input.Resources ?? [],
    }),
    operation({
      name: 'DeleteTags',
      size: 'tags',
      run: (input: DeleteTagsCommandInput, call) => deleteTags(state, input, call),
      resources: (input) => input.Resources ?? [],
    }),
    operation({
      name: 'DescribeTags',
      size: 'describe',
      run: (input: DescribeTagsCommandInput, call) => describeTags(state, input, call),
    }),
  ];
}
