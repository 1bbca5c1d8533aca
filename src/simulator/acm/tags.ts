import type {
  AddTagsToCertificateRequest,
  ListTagsForCertificateRequest,
  ListTagsForCertificateResponse,
  RemoveTagsFromCertificateRequest,
  Tag,
} from '@aws-sdk/client-acm';
import { AwsError, type Operation } from '../kernel.ts';
import { constraintError, required } from './errors.ts';
import { operation } from './operation.ts';
import { type AcmState, findCertificate } from './state.ts';

const maxTags = 50;
const word = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const shownWord = '[\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*';

/** AddTagsToCertificate, RemoveTagsFromCertificate and ListTagsForCertificate. */
export function tagOperations(state: AcmState): Record<string, Operation> {
  const takes = ['CertificateArn', 'Tags.Key', 'Tags.Value'];
  return {
    AddTagsToCertificate: operation('AddTagsToCertificate', {
      mutating: true,
      takes,
      run: (input: AddTagsToCertificateRequest, call) => {
        const { tags } = findCertificate(state, call, input.CertificateArn);
        const after = withTags(tags, required(input.Tags, 'tags'));
        for (const [key, value] of after) tags.set(key, value);
        return {};
      },
      resources: (input) => [input.CertificateArn],
    }),
    RemoveTagsFromCertificate: operation('RemoveTagsFromCertificate', {
      mutating: true,
      takes,
      run: (input: RemoveTagsFromCertificateRequest, call) => {
        const { tags } = findCertificate(state, call, input.CertificateArn);
        const unwanted = checked(required(input.Tags, 'tags'));
        // A tag with a value goes only where it has that value (documented).
        for (const { Key = '', Value } of unwanted) {
          if (Value === undefined || tags.get(Key) === Value) tags.delete(Key);
        }
        return {};
      },
      resources: (input) => [input.CertificateArn],
    }),
    ListTagsForCertificate: operation('ListTagsForCertificate', {
      mutating: false,
      takes: ['CertificateArn'],
      run: (input: ListTagsForCertificateRequest, call): ListTagsForCertificateResponse => {
        const { tags } = findCertificate(state, call, input.CertificateArn);
        return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
      },
      resources: (input) => [input.CertificateArn],
    }),
  };
}

/** The tags that there are after some were added. Throws InvalidTag, TooManyTags or ValidationException. */
export function withTags(tags: ReadonlyMap<string, string>, added: readonly Tag[]): ReadonlyMap<string, string> {
  const after = new Map(tags);
  for (const { Key = '', Value = '' } of checked(added)) after.set(Key, Value);
  if (after.size > maxTags) {
    const shown = [...after].map(([key, value]) => `${key}=${value}`).join(', ');
    throw new AwsError('TooManyTagsException', `the TagSet: '{${shown}}' contains too many Tags`);
  }
  return after;
}

function checked(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length === 0) throw constraintError('[]', 'tags', 'Member must have length greater than or equal to 1');
  if (tags.length > maxTags) {
    throw constraintError('[]', 'tags', `Member must have length less than or equal to ${maxTags}`);
  }
  tags.forEach(({ Key, Value }, index) => {
    const at = `tags.${index + 1}.member`;
    const key = required(Key, `${at}.key`);
    if (key === '') throw constraintError(key, `${at}.key`, 'Member must have length greater than or equal to 1');
    checkWord(key, `${at}.key`, 128);
    checkWord(Value ?? '', `${at}.value`, 256);
    if (key.startsWith('aws:')) {
      throw new AwsError(
        'InvalidTagException',
        `Invalid Tag Key: "${key}". AWS internal tags cannot be changed with this API`,
      );
    }
  });
  return tags;
}

function checkWord(text: string, member: string, longest: number): void {
  if (text.length > longest) {
    throw constraintError(text, member, `Member must have length less than or equal to ${longest}`);
  }
  if (!word.test(text)) {
    throw constraintError(text, member, `Member must satisfy regular expression pattern: ${shownWord}`);
  }
}
