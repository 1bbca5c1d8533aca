import { AwsError } from '../kernel.ts';
import { validation } from './errors.ts';

/**
 * One page of a list, `largest` items unless fewer are asked for. The token names the last item given out and its place, so that a list which
 * changed meanwhile goes on where it was. Throws ValidationException for a wrong size, InvalidNextTokenException for a token that is none of ours.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  largest: number,
): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const size = input.MaxResults ?? largest;
  if (!Number.isInteger(size) || size < 1 || size > largest) {
    throw validation(`MaxResults must be between 1 and ${largest}; found ${size}.`);
  }
  const start = input.NextToken === undefined ? 0 : startAfter(items, keyOf, input.NextToken);
  const found = items.slice(start, start + size);
  const last = found.at(-1);
  if (last === undefined || start + size >= items.length) return { items: found, next: {} };
  const token = Buffer.from(`${start + size} ${keyOf(last)}`).toString('base64url');
  return { items: found, next: { NextToken: token } };
}

function startAfter<T>(items: readonly T[], keyOf: (item: T) => string, token: string): number {
  const [, place, last] = /^(\d+) (.+)$/s.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (place === undefined) throw new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.');
  const index = items.findIndex((item) => keyOf(item) === last);
  return index === -1 ? Number(place) : index + 1;
}
