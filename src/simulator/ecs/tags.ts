import type { Tag } from '@aws-sdk/client-ecs';
import { AwsError } from '../kernel.ts';
import { invalidParameter } from './errors.ts';

export type Tags = Map<string, string>;

/** For the tags of a call; what a resource has in all is a quota. */
const maxTags = 50;

/** Checks the tags of a call as ECS does (keys 1 to 128, values up to 256, no `aws:` prefix). Throws InvalidParameterException. */
function checkTags(tags: readonly Tag[] | undefined): void {
  const keys = new Set<string>();
  for (const { key = '', value = '' } of tags ?? []) {
    if (key.length === 0 || key.length > 128) {
      throw invalidParameter(`Tag keys must be between 1 and 128 characters; found ${key.length}.`);
    }
    if (value.length > 256) throw invalidParameter(`Tag values must be at most 256 characters; found ${value.length}.`);
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) {
      throw invalidParameter(`Tag ${key} contains characters that are not allowed.`);
    }
    if (keys.has(key))
      throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case sensitive.');
    keys.add(key);
  }
  if (keys.size > maxTags) throw invalidParameter(`Tags can not have more than ${maxTags} elements.`);
}

/** The tags of a creating call. Throws InvalidParameterException. */
export function tagsOf(tags: readonly Tag[] | undefined): Tags {
  checkTags(tags);
  return new Map((tags ?? []).map(({ key = '', value = '' }) => [key, value]));
}

/** Adds tags to those that are there, `limit` at most. Throws InvalidParameterException for what is no tag, LimitExceededException for one too many. */
export function addTags(existing: Tags, tags: readonly Tag[], limit: number): void {
  checkTags(tags);
  const merged = new Map(existing);
  for (const { key = '', value = '' } of tags) merged.set(key, value);
  if (merged.size > limit) {
    throw new AwsError('LimitExceededException', `A resource can not have more than ${limit} tags.`);
  }
  for (const [key, value] of merged) existing.set(key, value);
}

/** Tags in the form of the API. */
export function tagList(tags: Tags): Tag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}
