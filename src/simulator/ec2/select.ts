/** What all Describe calls share: ids, filters and pages. */
import type { Filter, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../kernel.ts';
import { invalidParameter } from './errors.ts';
import type { Tags } from './state.ts';

/** The values that a resource has under each filter name. */
export type FilterFields<R> = Readonly<Record<string, (resource: R) => readonly string[]>>;

interface Selection {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** What a Describe call lists, and how. */
export interface Listing<R extends { readonly id: string; readonly tags: Tags }> {
  readonly all: ReadonlyMap<string, R>;
  readonly ids: readonly string[] | undefined;
  readonly fields: FilterFields<R>;
  readonly notFound: (id: string) => AwsError;
}

/** The page of resources that a Describe call means. Throws `AwsError` for unknown ids, filters or tokens. */
export function select<R extends { readonly id: string; readonly tags: Tags }>(
  listing: Listing<R>,
  input: Selection,
): { readonly page: readonly R[]; readonly NextToken?: string } {
  const { ids } = listing;
  if (ids !== undefined && ids.length > 0 && input.MaxResults !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameter MaxResults cannot be used with a list of ids in the same request',
    );
  }
  const named = ids === undefined || ids.length === 0 ? [...listing.all.values()] : ids.map((id) => byId(listing, id));
  const tests = (input.Filters ?? []).map((filter) => testOf(filter, listing.fields));
  const matching = tests.length === 0 ? named : named.filter((resource) => tests.every((test) => test(resource)));
  return pageOf(matching, input);
}

function byId<R extends { readonly id: string; readonly tags: Tags }>(listing: Listing<R>, id: string): R {
  const found = listing.all.get(id);
  if (found === undefined) throw listing.notFound(id);
  return found;
}

function testOf<R extends { readonly tags: Tags }>(filter: Filter, fields: FilterFields<R>): (resource: R) => boolean {
  const name = filter.Name ?? '';
  const patterns = (filter.Values ?? []).map(patternOf);
  const matches = (values: readonly string[]): boolean =>
    values.some((value) => patterns.some((pattern) => pattern.test(value)));
  if (name === 'tag-key') return (resource) => matches([...resource.tags.keys()]);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (resource) => matches(resource.tags.has(key) ? [resource.tags.get(key) ?? ''] : []);
  }
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw invalidParameter(`The filter '${name}' is invalid`);
  return (resource) => matches(field(resource));
}

/** Filter values are case-sensitive, with `*` and `?` as wildcards and `\` to take them literally (documented). */
function patternOf(value: string): RegExp {
  const source = value.replace(/\\([\s\S])|[\s\S]/g, (char: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeForPattern(escaped);
    if (char === '*') return '[\\s\\S]*';
    return char === '?' ? '[\\s\\S]' : escapeForPattern(char);
  });
  return new RegExp(`^${source}$`);
}

function escapeForPattern(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}

function pageOf<R>(all: readonly R[], input: Selection): { readonly page: readonly R[]; readonly NextToken?: string } {
  const { MaxResults: size, NextToken: token } = input;
  if (size !== undefined && (size < 5 || size > 1000)) {
    throw invalidParameter(
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  }
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The token is invalid');
  const end = size === undefined ? all.length : start + size;
  const page = all.slice(start, end);
  return end < all.length ? { page, NextToken: Buffer.from(String(end)).toString('base64') } : { page };
}

/** A resource's tags as the API shows them. */
export function tagList(tags: Tags): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** The tags that a creating call gives its resource. */
export function tagsFrom(specifications: readonly TagSpecification[] | undefined, resourceType: string): Tags {
  const tags: Tags = new Map();
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== resourceType) continue;
    for (const tag of specification.Tags ?? []) setTag(tags, tag);
  }
  return tags;
}

/** Sets one tag. Throws `AwsError` for a reserved key or the 51st tag. */
export function setTag(tags: Tags, tag: Tag): void {
  const key = tag.Key ?? '';
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidParameter(`Tag keys starting with 'aws:' are reserved for internal use`);
  }
  if (!tags.has(key) && tags.size >= 50) {
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.');
  }
  tags.set(key, tag.Value ?? '');
}
