import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../kernel.ts';
import { validationError } from './errors.ts';
import type { Tags } from './state.ts';

const maxTags = 50;
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Checks the name of a load balancer or target group: at most 32 letters, digits and hyphens, no hyphen at an end. Throws ValidationError. */
export function checkName(what: 'Load balancer' | 'Target group', name: string): void {
  if (name.length > 32) {
    throw validationError(`${what} name '${name}' cannot be longer than '32' characters`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${what} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${what} name '${name}' cannot begin or end with '-'`);
  }
}

/** Checks the name of a load balancer. `internal-` begins the DNS names of internal ones. Throws ValidationError. */
export function checkLoadBalancerName(name: string): void {
  checkName('Load balancer', name);
  if (name.toLowerCase().startsWith('internal-')) {
    throw validationError(`Load balancer name '${name}' cannot begin with 'internal-'`);
  }
}

/** What `existing` would hold with `tags` added. Throws DuplicateTagKeys, TooManyTags or ValidationError, and changes nothing. */
export function withTags(existing: Tags, tags: readonly Tag[]): Tags {
  const result = new Map(existing);
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (seen.has(key)) {
      throw new AwsError('DuplicateTagKeysException', `A tag key was specified more than once: '${key}'`);
    }
    seen.add(key);
    if (key.length === 0 || key.length > 128 || !tagText.test(key) || key.startsWith('aws:')) {
      throw validationError(
        `Tag key '${key}' is not valid; expected 1 to 128 of letters, spaces, digits and _.:/=+-@, not beginning with aws:`,
      );
    }
    if (value.length > 256 || !tagText.test(value)) {
      throw validationError(
        `The value of tag '${key}' is not valid; expected at most 256 of letters, spaces, digits and _.:/=+-@`,
      );
    }
    result.set(key, value);
  }
  if (result.size > maxTags) {
    throw new AwsError('TooManyTagsException', `A resource can have at most ${maxTags} tags; found ${result.size}`);
  }
  return result;
}
