import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeTagsCommandInput,
  TagDescription,
} from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { IdKind } from './errors.ts';
import { missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { FilterFields } from './select.ts';
import { select, selecting } from './select.ts';
import type { Ec2State, Scope, Tags } from './state.ts';
import { setTag } from './tags.ts';

/** Resources of one CreateTags or DeleteTags call (model). */
const mostResources = 1_000;

/** One tag of one resource, as DescribeTags lists it. */
interface TagEntry {
  readonly id: string;
  readonly tags: Tags;
  readonly resourceId: string;
  readonly resourceType: TagDescription['ResourceType'];
  readonly key: string;
  readonly value: string;
}

const fields: FilterFields<TagEntry> = {
  'resource-id': (entry) => [entry.resourceId],
  'resource-type': (entry) => [entry.resourceType ?? ''],
  key: (entry) => [entry.key],
  value: (entry) => [entry.value],
};

interface Taggable {
  readonly prefix: string;
  readonly type: NonNullable<TagDescription['ResourceType']>;
  readonly kind: IdKind;
  readonly of: (scope: Scope) => ReadonlyMap<string, { readonly id: string; readonly tags: Tags }>;
}

/** What can be tagged here, by the prefixes of ids. */
const taggable: readonly Taggable[] = [
  { prefix: 'vpc-', type: 'vpc', kind: 'vpc', of: (scope) => scope.vpcs },
  { prefix: 'subnet-', type: 'subnet', kind: 'subnet', of: (scope) => scope.subnets },
  { prefix: 'sg-', type: 'security-group', kind: 'group', of: (scope) => scope.groups },
  { prefix: 'sgr-', type: 'security-group-rule', kind: 'rule', of: (scope) => scope.rules },
  { prefix: 'eni-', type: 'network-interface', kind: 'interface', of: (scope) => scope.interfaces },
  { prefix: 'rtb-', type: 'route-table', kind: 'routeTable', of: (scope) => scope.routeTables },
  { prefix: 'acl-', type: 'network-acl', kind: 'networkAcl', of: (scope) => scope.networkAcls },
  { prefix: 'vpce-', type: 'vpc-endpoint', kind: 'endpoint', of: (scope) => scope.endpoints },
];

function tagsOf(scope: Scope, id: string): Tags {
  const kind = taggable.find((candidate) => id.startsWith(candidate.prefix));
  if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const found = kind.of(scope).get(id);
  if (found === undefined) throw noSuch(kind.kind, id);
  return found.tags;
}

/** The tags of all resources that a call names: all of them exist, or nothing happens. */
function tagsNamed(state: Ec2State, resources: readonly string[] | undefined, call: Call): readonly Tags[] {
  if (resources === undefined || resources.length === 0) throw missingParameter('resourceIdSet');
  if (resources.length > mostResources) {
    throw new AwsError('InvalidParameterValue', `At most ${mostResources} resources can be named in a call.`);
  }
  const scope = state.scope(call.account, call.region);
  return resources.map((id) => tagsOf(scope, id));
}

function createTags(state: Ec2State, input: CreateTagsCommandInput, call: Call): object {
  const given = input.Tags ?? [];
  const changed = tagsNamed(state, input.Resources, call).map((tags) => {
    const after: Tags = new Map(tags);
    for (const tag of given) setTag(after, tag);
    return { tags, after };
  });
  for (const { tags, after } of changed) for (const [key, value] of after) tags.set(key, value);
  return {};
}

/** A key with a value is only removed where it has that value; without any tags named, all go (documented). */
function deleteTags(state: Ec2State, input: DeleteTagsCommandInput, call: Call): object {
  for (const tags of tagsNamed(state, input.Resources, call)) {
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
  const notFound = (id: string): AwsError => new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const { page, ...rest } = select({ all, ids: undefined, fields, notFound }, input);
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

/** The actions on tags. */
export function tagOperations(state: Ec2State): [string, Operation][] {
  return [
    operation({
      name: 'CreateTags',
      size: 'tags',
      takes: ['Resources', 'Tags'],
      run: (input: CreateTagsCommandInput, call) => createTags(state, input, call),
      resources: (input) => input.Resources ?? [],
    }),
    operation({
      name: 'DeleteTags',
      size: 'tags',
      takes: ['Resources', 'Tags'],
      run: (input: DeleteTagsCommandInput, call) => deleteTags(state, input, call),
      resources: (input) => input.Resources ?? [],
    }),
    operation({
      name: 'DescribeTags',
      size: 'describe',
      takes: [...selecting],
      run: (input: DescribeTagsCommandInput, call) => describeTags(state, input, call),
    }),
  ];
}
