/** Tags: their rules, and how resources get and show them. */
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../kernel.ts';
import { invalidValue } from './errors.ts';
import type { Tags } from './state.ts';

// Tag restrictions: Amazon EC2 User Guide, "Tag your Amazon EC2 resources".
const tagsPerResource = 50;
const longestKey = 127;
const longestValue = 256;

/** A resource's tags as the API shows them. */
export function tagList(tags: Tags): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** The tags that a creating call gives its resource. Throws `AwsError` for tags of another type of resource. */
export function tagsFrom(specifications: readonly TagSpecification[] | undefined, resourceType: string): Tags {
  const tags: Tags = new Map();
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== resourceType) {
      throw invalidValue(
        `'${specification.ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      );
    }
    for (const tag of specification.Tags ?? []) setTag(tags, tag);
  }
  return tags;
}

/** Sets one tag. Throws `AwsError` for a key or value that is not allowed, or the 51st tag. */
export function setTag(tags: Tags, tag: Tag): void {
  const key = tag.Key ?? '';
  checkTag(key, tag.Value ?? '');
  if (!tags.has(key) && tags.size >= tagsPerResource) {
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  }
  tags.set(key, tag.Value ?? '');
}

function checkTag(key: string, value: string): void {
  if (key === '') throw new AwsError('InvalidTagKey.Malformed', 'Tag keys cannot be empty or null');
  // The error page has InvalidTagKey.Malformed for this too; what is seen is InvalidParameterValue.
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use`);
  }
  if (key.length > longestKey) {
    throw invalidValue(`Tag key exceeds the maximum length of ${longestKey} characters`);
  }
  if (value.length > longestValue) {
    throw invalidValue(`Tag value exceeds the maximum length of ${longestValue} characters`);
  }
}
