/** TagResource, UntagResource and ListTagsOfResource on tables. */
import type {
  ListTagsOfResourceCommandInput,
  Tag,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { Constraints } from './constraints.ts';
import { invalidParameter, validation } from './errors.ts';
import { answerMs, operation, perSecond } from './operation.ts';
import type { Registry } from './registry.ts';
import type { Table } from './table.ts';

const tagLimit = 50;
/** Tags in one answer of ListTagsOfResource. */
const pageSize = 10;

/** The tags of a request as a map. Throws `ValidationException` for keys and values that AWS refuses. */
export function checkTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const { Key: key = '', Value: value } of tags) {
    if (key.length < 1 || key.length > 128) throw validation(`The Tag Key provided is invalid, Key: ${key}`);
    if (value === undefined || value.length > 256) {
      throw validation(`The Tag Value provided is invalid, Value: ${value ?? 'null'}`);
    }
    if (/^aws:/i.test(key)) throw validation(`Tag Key cannot be prefixed with aws:, Key: ${key}`);
    if (read.has(key)) throw validation(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`);
    read.set(key, value);
  }
  if (read.size > tagLimit) throw tooMany();
  return read;
}

function tooMany(): AwsError {
  return validation('Number of Tags exceed the current limit for the provided ResourceArn');
}

/** The tag operations with their documented rates: 5 calls a second to change, 10 to list. */
export function tagOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const named = (input: { readonly ResourceArn?: string | undefined }): readonly string[] =>
    input.ResourceArn === undefined ? [] : [input.ResourceArn];
  return new Map([
    [
      'TagResource',
      operation<TagResourceCommandInput, object>({
        mutating: true,
        takes: ['ResourceArn', 'Tags.Key', 'Tags.Value'],
        latencyMs: answerMs.control,
        buckets: () => perSecond('dynamodb:tag', 5),
        run: (input, call) => {
          const table = tagged(registry, input.ResourceArn, call);
          if ((input.Tags ?? []).length === 0) throw validation('Atleast one Tag needs to be provided as Input.');
          const merged = new Map([...table.tags, ...checkTags(input.Tags ?? [])]);
          if (merged.size > tagLimit) throw tooMany();
          for (const [key, value] of merged) table.tags.set(key, value);
          publish(registry, table, call);
          return {};
        },
        resources: named,
      }),
    ],
    [
      'UntagResource',
      operation<UntagResourceCommandInput, object>({
        mutating: true,
        takes: ['ResourceArn', 'TagKeys'],
        latencyMs: answerMs.control,
        buckets: () => perSecond('dynamodb:untag', 5),
        run: (input, call) => {
          const table = tagged(registry, input.ResourceArn, call);
          if ((input.TagKeys ?? []).length === 0) {
            throw validation('Atleast one Tag Key needs to be provided as Input.');
          }
          for (const key of input.TagKeys ?? []) table.tags.delete(key);
          publish(registry, table, call);
          return {};
        },
        resources: named,
      }),
    ],
    [
      'ListTagsOfResource',
      operation<ListTagsOfResourceCommandInput, object>({
        mutating: false,
        takes: ['ResourceArn', 'NextToken'],
        latencyMs: answerMs.control,
        buckets: () => perSecond('dynamodb:list-tags', 10),
        run: (input, call) => listTags(tagged(registry, input.ResourceArn, call), input.NextToken),
        resources: named,
      }),
    ],
  ]);
}

/**
 * Shows a change of tags to ListTagsOfResource, which is eventually consistent (API reference, TagResource), after up to three seconds
 * (assumed). Earlier changes never show later than later ones.
 */
function publish(registry: Registry, table: Table, call: Call): void {
  const { world } = registry;
  const delay = world.random('dynamodb-tags') * 3000 * world.latencyFactor;
  const changed = new Map(table.tags);
  table.tagsVisibleAt = Math.max(table.tagsVisibleAt, call.now + Math.round(delay));
  world.at(table.tagsVisibleAt, () => {
    table.visibleTags = changed;
  });
}

function tagged(registry: Registry, arn: string | undefined, call: Call): Table {
  new Constraints().required('resourceArn', arn).raise();
  if (arn?.startsWith('arn:') !== true) throw invalidParameter(`ARNs must start with 'arn:': ${arn}`);
  const table = registry.find(arn, call);
  if (table !== undefined && table.identity.arn === arn) return table;
  // AWS's own spelling.
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`);
}

function listTags(table: Table, token: string | undefined): object {
  const all = [...table.visibleTags].map(([Key, Value]) => ({ Key, Value }));
  const start = token === undefined ? 0 : all.findIndex(({ Key }) => Key === token) + 1;
  const page = all.slice(start, start + pageSize);
  const last = page.at(-1)?.Key;
  return { Tags: page, ...(start + pageSize < all.length && last !== undefined ? { NextToken: last } : {}) };
}
