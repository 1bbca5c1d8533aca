import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { parseArn } from './arns.ts';
import { clusterInactive, clusterNotFound, invalidParameter } from './errors.ts';
import { lookUpTaskDefinition } from './names.ts';
import { operation } from './operation.ts';
import { type ClusterRecord, type EcsState, type RegionState, regionOf } from './state.ts';
import { addTags, type Tags, tagList } from './tags.ts';

/** The operations on tags. */
export function tagOperations(state: EcsState): Record<string, Operation> {
  return {
    TagResource: operation({
      group: 'tag-modify',
      takes: ['resourceArn', 'tags'],
      run: (input: TagResourceRequest, call) => {
        addTags(
          tagsOfResource(state, call, input.resourceArn, 'write'),
          input.tags ?? [],
          state.world.quotas.get(call, 'tagsPerEcsResource'),
        );
        return {};
      },
      resources: (input) => [input.resourceArn],
    }),
    UntagResource: operation({
      group: 'tag-modify',
      takes: ['resourceArn', 'tagKeys'],
      run: (input: UntagResourceRequest, call) => {
        const tags = tagsOfResource(state, call, input.resourceArn, 'write');
        for (const key of input.tagKeys ?? []) tags.delete(key);
        return {};
      },
      resources: (input) => [input.resourceArn],
    }),
    ListTagsForResource: operation({
      group: 'tag-read',
      takes: ['resourceArn'],
      run: (input: ListTagsForResourceRequest, call): ListTagsForResourceResponse => ({
        tags: tagList(tagsOfResource(state, call, input.resourceArn, 'read')),
      }),
      resources: (input) => [input.resourceArn],
    }),
  };
}

/** The tags of a cluster, service, task or task definition. Throws InvalidParameterException, ClusterNotFoundException or ResourceNotFoundException. */
function tagsOfResource(state: EcsState, call: Call, arn: string | undefined, purpose: 'read' | 'write'): Tags {
  const parsed = parseArn(call, arn ?? '');
  if (parsed === undefined) throw invalidParameter(`Invalid ARN: ${arn ?? ''}.`);
  const region = regionOf(state, call);
  const found = lookUp(region, parsed, arn ?? '', purpose);
  if (found !== undefined) return found;
  const message = 'The specified resource was not found.';
  // ListTagsForResource models no ResourceNotFoundException.
  throw purpose === 'read' ? invalidParameter(message) : new AwsError('ResourceNotFoundException', message);
}

function lookUp(
  region: RegionState,
  { kind, path }: { kind: string; path: readonly string[] },
  arn: string,
  purpose: 'read' | 'write',
): Tags | undefined {
  const [first = '', second = ''] = path;
  switch (kind) {
    case 'cluster':
      return clusterOf(region, first, purpose).tags;
    case 'service': {
      const service = clusterOf(region, first, purpose).services.get(second);
      return service?.status === 'INACTIVE' && purpose === 'write' ? undefined : service?.tags;
    }
    case 'task':
      return clusterOf(region, first, purpose).tasks.get(second)?.tags;
    case 'task-definition':
      return lookUpTaskDefinition(region, arn)?.tags;
    default:
      throw invalidParameter(`Tags are not supported for resources of the kind ${kind}.`);
  }
}

function clusterOf(region: RegionState, name: string, purpose: 'read' | 'write'): ClusterRecord {
  const cluster = region.clusters.get(name);
  if (cluster === undefined) throw clusterNotFound();
  if (cluster.status !== 'ACTIVE' && purpose === 'write') throw clusterInactive();
  return cluster;
}
