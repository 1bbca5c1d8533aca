/** What all Describe calls share: ids, filters and pages. */
import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../kernel.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import type { Tags } from './state.ts';

/** The values that a resource has under each filter name. */
export type FilterFields<R> = Readonly<Record<string, (resource: R) => readonly string[]>>;

interface Selection {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

interface Selectable {
  readonly id: string;
  readonly tags: Tags;
}

/** What a Describe call lists, and how. */
export interface Listing<R extends Selectable> {
  readonly all: ReadonlyMap<string, R>;
  readonly ids: readonly string[] | undefined;
  readonly fields: FilterFields<R>;
  readonly notFound: (id: string) => AwsError;
  /** Which MaxResults the action takes (5 to 1,000); with `clamped`, more than that means as many as that. */
  readonly pages?: { readonly least: number; readonly most: number; readonly clamped: boolean };
}

/** The members that Describe calls take to select by, beside their list of ids. */
export const selecting = ['Filters', 'MaxResults', 'NextToken'] as const;

/** MaxResults of PrivateLink's Describe calls: more than 1,000 counts as 1,000 (model). */
export const clampedPages = { least: 1, most: 1_000, clamped: true } as const;

/** The page of resources that a Describe call means. Throws `AwsError` for unknown ids, filters or tokens. */
export function select<R extends Selectable>(
  listing: Listing<R>,
  input: Selection,
): { readonly page: readonly R[]; readonly NextToken?: string } {
  const { ids } = listing;
  if (ids !== undefined && ids.length > 0 && input.MaxResults !== undefined) {
    throw invalidCombination('The parameter MaxResults cannot be used with a list of ids in the same request');
  }
  const named = ids === undefined || ids.length === 0 ? [...listing.all.values()] : ids.map((id) => byId(listing, id));
  const tests = (input.Filters ?? []).map((filter) => testOf(filter, listing.fields));
  const matching = tests.length === 0 ? named : named.filter((resource) => tests.every((test) => test(resource)));
  return pageOf(matching, input, listing.pages ?? { least: 5, most: 1_000, clamped: false });
}

function byId<R extends Selectable>(listing: Listing<R>, id: string): R {
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
  if (field === undefined) throw invalidValue(`The filter '${name}' is invalid`);
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

function pageOf<R>(
  all: readonly R[],
  input: Selection,
  pages: NonNullable<Listing<never>['pages']>,
): { readonly page: readonly R[]; readonly NextToken?: string } {
  const { MaxResults: size, NextToken: token } = input;
  const { least, most, clamped } = pages;
  if (size !== undefined && (size < least || (size > most && !clamped))) {
    throw invalidValue(
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
    );
  }
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The token is invalid');
  const end = size === undefined && !clamped ? all.length : start + Math.min(size ?? most, most);
  const page = all.slice(start, end);
  return end < all.length ? { page, NextToken: Buffer.from(String(end)).toString('base64') } : { page };
}

/** Whether a Describe call names neither ids nor a filter nor a page: such calls have a smaller bucket at some actions. */
export function isUnfiltered(input: Selection, ...ids: readonly (readonly string[] | undefined)[]): boolean {
  return (
    [input.Filters, ...ids].every((list) => list === undefined || list.length === 0) && input.MaxResults === undefined
  );
}
