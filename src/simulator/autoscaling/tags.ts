/** Tags of scalable targets. */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { constraint, resourceNotFound, validation } from './errors.ts';
import { visibleTargets } from './names.ts';
import { operation } from './operation.ts';
import type { ScalingState, TargetRecord } from './state.ts';

/** Source: "User-defined tag restrictions", AWS Billing user guide. */
const mostTags = 50;
const mostKeys = 200;
const arnPattern = /^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\/[a-zA-Z0-9-]+$/;

/** The operations on tags. */
export function tagOperations(state: ScalingState): Record<string, Operation> {
  return {
    TagResource: operation(
      'write',
      ['ResourceARN', 'Tags'],
      (input: TagResourceRequest, call) => {
        const target = targetByArn(state, call, input.ResourceARN);
        addTags(target.tags, input.Tags, target.arn);
        return {};
      },
      (input) => [input.ResourceARN],
    ),
    UntagResource: operation(
      'write',
      ['ResourceARN', 'TagKeys'],
      (input: UntagResourceRequest, call) => {
        const { TagKeys: keys = [] } = input;
        if (keys.length > mostKeys) {
          throw constraint(
            `[${keys.join(', ')}]`,
            'tagKeys',
            `Member must have length less than or equal to ${mostKeys}`,
          );
        }
        const target = targetByArn(state, call, input.ResourceARN);
        for (const key of keys) target.tags.delete(key);
        return {};
      },
      (input) => [input.ResourceARN],
    ),
    ListTagsForResource: operation(
      'read',
      ['ResourceARN'],
      (input: ListTagsForResourceRequest, call): ListTagsForResourceResponse => ({
        Tags: Object.fromEntries(targetByArn(state, call, input.ResourceARN).tags),
      }),
      (input) => [input.ResourceARN],
    ),
  };
}

/** Adds tags to those that are there. Throws ValidationException for what is no tag, TooManyTagsException for one too many. */
export function addTags(
  existing: Map<string, string>,
  tags: Readonly<Record<string, string>> | undefined,
  arn?: string,
): void {
  const merged = new Map(existing);
  for (const [key, value] of Object.entries(tags ?? {})) {
    checkTag(key, value);
    merged.set(key, value);
  }
  if (merged.size > mostTags) {
    throw new AwsError(
      'TooManyTagsException',
      `A scalable target can not have more than ${mostTags} tags.`,
      arn === undefined ? {} : { fields: { ResourceName: arn } },
    );
  }
  for (const [key, value] of merged) existing.set(key, value);
}

function checkTag(key: string, value: string): void {
  if (key.length < 1 || key.length > 128) {
    throw validation(`Tag keys must be between 1 and 128 characters; found ${key.length}.`);
  }
  if (value.length > 256) throw validation(`Tag values must be at most 256 characters; found ${value.length}.`);
  // Text as observed; the model would allow empty values.
  if (value.trim() === '') throw validation('Tag values cannot be empty or blank');
  if (key.toLowerCase().startsWith('aws:')) {
    throw validation('aws: prefixed tag key names are not allowed for external use.');
  }
}

function targetByArn(state: ScalingState, call: Call, arn = ''): TargetRecord {
  if (!arnPattern.test(arn)) {
    throw constraint(arn, 'resourceARN', `Member must satisfy regular expression pattern: ${arnPattern.source}`);
  }
  const found = visibleTargets(state, call).find((target) => target.arn === arn);
  if (found === undefined) throw resourceNotFound(arn);
  return found;
}
