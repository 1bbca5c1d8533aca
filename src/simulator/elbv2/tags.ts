import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operation } from '../kernel.ts';
import { kindOfArn } from './arns.ts';
import { required, validationError } from './errors.ts';
import { withTags } from './names.ts';
import { operation } from './operation.ts';
import { type ElbState, findListener, findLoadBalancer, findRule, findTargetGroup, type Tags } from './state.ts';

const maxArns = 20;

/** AddTags, RemoveTags and DescribeTags, whose ARNs are 20 at most; one that is not found fails the whole call. */
export function tagOperations(state: ElbState): Record<string, Operation> {
  return {
    AddTags: operation({
      category: 'mutate',
      takes: ['ResourceArns', 'Tags'],
      run: (input: AddTagsInput, call) => {
        const { tags } = only(state, call, input.ResourceArns);
        const wanted = required(input.Tags, 'Tags');
        withTags(tags, wanted);
        for (const { Key = '', Value = '' } of wanted) tags.set(Key, Value);
        return {};
      },
      resources: (input) => input.ResourceArns ?? [],
    }),
    RemoveTags: operation({
      category: 'mutate',
      takes: ['ResourceArns', 'TagKeys'],
      run: (input: RemoveTagsInput, call) => {
        const keys = required(input.TagKeys, 'TagKeys');
        const { tags } = only(state, call, input.ResourceArns);
        for (const key of keys) tags.delete(key);
        return {};
      },
      resources: (input) => input.ResourceArns ?? [],
    }),
    DescribeTags: operation({
      category: 'read',
      takes: ['ResourceArns'],
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

interface Tagged {
  readonly arn: string;
  readonly tags: Tags;
}

/** Writes take a list of ARNs, and refuse more than one (observed: https://github.com/aws/aws-sdk-go-v2/issues/2715; of RemoveTags assumed). */
function only(state: ElbState, call: Call, arns: string[] | undefined): Tagged {
  const [found, ...others] = find(state, call, arns);
  if (found === undefined || others.length > 0) throw validationError('Only one resource can be tagged at a time');
  return found;
}

function find(state: ElbState, call: Call, arns: string[] | undefined): readonly Tagged[] {
  const wanted = required(arns, 'ResourceArns');
  if (wanted.length === 0) throw validationError('A resource ARN must be specified');
  if (wanted.length > maxArns) {
    throw validationError(`You cannot describe more than '${maxArns}' resources at a time`);
  }
  return wanted.map((arn) => {
    switch (kindOfArn(call, arn)) {
      case 'target group':
        return findTargetGroup(state, call, arn);
      case 'listener rule':
        return findRule(state, call, arn);
      case 'listener':
        return findListener(state, call, arn);
      case 'load balancer':
        return findLoadBalancer(state, call, arn);
      case undefined:
        throw validationError(`'${arn}' must be in ARN format`);
    }
  });
}
