import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operation } from '../kernel.ts';
import { required, validationError } from './errors.ts';
import { withTags } from './names.ts';
import { operation } from './operation.ts';
import { type ElbState, findListener, findLoadBalancer, findRule, findTargetGroup, type Tags } from './state.ts';

const maxArns = 20;

/** AddTags, RemoveTags and DescribeTags: at most 20 ARNs, and one that is not found fails the whole call. */
export function tagOperations(state: ElbState): Record<string, Operation> {
  return {
    AddTags: operation({
      category: 'mutate',
      run: (input: AddTagsInput, call) => {
        const resources = find(state, call, input.ResourceArns);
        const wanted = required(input.Tags, 'Tags');
        for (const { tags } of resources) withTags(tags, wanted);
        for (const { tags } of resources) for (const { Key = '', Value = '' } of wanted) tags.set(Key, Value);
        return {};
      },
      resources: (input) => input.ResourceArns ?? [],
    }),
    RemoveTags: operation({
      category: 'mutate',
      run: (input: RemoveTagsInput, call) => {
        const keys = required(input.TagKeys, 'TagKeys');
        for (const { tags } of find(state, call, input.ResourceArns)) for (const key of keys) tags.delete(key);
        return {};
      },
      resources: (input) => input.ResourceArns ?? [],
    }),
    DescribeTags: operation({
      category: 'read',
      run: (input: DescribeTagsInput, call): DescribeTagsOutput => ({
        TagDescriptions: find(state, call, input.ResourceArns).map(({ arn, tags }) => ({
          ResourceArn: arn,
          Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
        })),
      }),
      resources: (input) => input.ResourceArns ?? [],
    }),
  };
}

function find(state: ElbState, call: Call, arns: string[] | undefined): readonly { arn: string; tags: Tags }[] {
  const wanted = required(arns, 'ResourceArns');
  if (wanted.length === 0 || wanted.length > maxArns) {
    throw validationError(`1 to ${maxArns} resource ARNs can be specified; found ${wanted.length}`);
  }
  return wanted.map((arn) => {
    if (arn.includes(':targetgroup/')) return findTargetGroup(state, call, arn);
    if (arn.includes(':listener-rule/')) return findRule(state, call, arn);
    if (arn.includes(':listener/')) return findListener(state, call, arn);
    if (arn.includes(':loadbalancer/')) return findLoadBalancer(state, call, arn);
    throw validationError(`'${arn}' is not a valid ARN of a load balancer, target group, listener or rule`);
  });
}
