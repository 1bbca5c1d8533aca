import { AwsError } from '../kernel.ts';
import { illegalArgument } from './errors.ts';

/** What a call says of its page. */
interface PageInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const maxPage = 100;

/** One page of a list, and the token of the next. Throws IllegalArgumentException and InvalidPaginationTokenException. */
export function page<T>(all: readonly T[], input: PageInput): { items: T[]; next: { NextToken?: string } } {
  const size = input.MaxResults ?? maxPage;
  if (!Number.isInteger(size) || size < 1 || size > maxPage) {
    throw illegalArgument(`MaxResults must be between 1 and ${maxPage}; found ${size}.`);
  }
  const start = input.NextToken === undefined ? 0 : offsetOf(input.NextToken, all.length);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: tokenOf(end) } : {} };
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset=${offset}`).toString('base64');
}

function offsetOf(token: string, length: number): number {
  const offset = Number(/^offset=(\d{1,6})$/.exec(Buffer.from(token, 'base64').toString('latin1'))?.[1]);
  if (offset < length && token === tokenOf(offset)) return offset;
  // Text as observed.
  throw new AwsError(
    'InvalidPaginationTokenException',
    'You specified an invalid value for nextToken. You must get the value from the response to the previous API call.',
  );
}
