import type {
  ChangeTagsForResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-route-53';
import type { Call, Operation } from '../kernel.ts';
import { invalidInput, required } from './errors.ts';
import { operation } from './operation.ts';
import { bareZoneId, type DnsState, findZone, type Zone } from './state.ts';

const maxPerCall = 10;
const maxTags = 50;

/** ListTagsForResource and ChangeTagsForResource, for hosted zones. */
export function tagOperations(state: DnsState): Record<string, Operation> {
  return {
    ListTagsForResource: operation('ListTagsForResource', {
      mutating: false,
      takes: ['ResourceType', 'ResourceId'],
      run: (input: ListTagsForResourceRequest, call): ListTagsForResourceResponse => {
        const zone = find(state, call, input);
        return {
          ResourceTagSet: {
            ResourceType: 'hostedzone',
            ResourceId: zone.id,
            Tags: [...zone.tags].map(([Key, Value]) => ({ Key, Value })),
          },
        };
      },
      resources: (input) => [bareZoneId(input.ResourceId ?? '')],
    }),
    ChangeTagsForResource: operation('ChangeTagsForResource', {
      mutating: true,
      takes: ['ResourceType', 'ResourceId', 'AddTags', 'RemoveTagKeys'],
      run: (input: ChangeTagsForResourceRequest, call) => changeTags(find(state, call, input), input),
      resources: (input) => [bareZoneId(input.ResourceId ?? '')],
    }),
  };
}

function find(
  state: DnsState,
  call: Call,
  input: { ResourceType: string | undefined; ResourceId: string | undefined },
): Zone {
  const type = required(input.ResourceType, 'ResourceType');
  if (type !== 'hostedzone') {
    throw invalidInput(`Invalid request: ResourceType '${type}' is not simulated; expected 'hostedzone'`);
  }
  return findZone(state, call, required(input.ResourceId, 'ResourceId'));
}

function changeTags(zone: Zone, input: ChangeTagsForResourceRequest): object {
  const { AddTags: added = [], RemoveTagKeys: removed = [] } = input;
  if (added.length + removed.length === 0) throw invalidInput('Invalid request: no tags to add or remove');
  if (added.length > maxPerCall || removed.length > maxPerCall) {
    throw invalidInput(`Invalid request: at most ${maxPerCall} tags can be added and ${maxPerCall} removed in a call`);
  }
  const after = new Map(zone.tags);
  for (const key of removed) after.delete(key);
  for (const { Key: key = '', Value: value = '' } of added) {
    if (key.length === 0 || key.length > 128 || value.length > 256) {
      throw invalidInput(`Invalid request: tag key '${key}' must have 1 to 128 characters, and its value at most 256`);
    }
    after.set(key, value);
  }
  if (after.size > maxTags) throw invalidInput(`Invalid request: a zone can have ${maxTags} tags; found ${after.size}`);
  zone.tags.clear();
  for (const [key, value] of after) zone.tags.set(key, value);
  return {};
}
