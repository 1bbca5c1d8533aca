import { invalidParameter } from './errors.ts';

/**
 * One page of a list. The token names the last item given out and its place, so that a list which changed meanwhile goes on where it was.
 * Throws InvalidParameterException for a page size out of 1 to `maxSize` or a token that is not one of ours.
 */
export function page(
  items: readonly string[],
  input: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  defaultSize: number,
  maxSize = 100,
): { items: string[]; nextToken?: string } {
  const size = input.maxResults ?? defaultSize;
  if (!Number.isInteger(size) || size < 1 || size > maxSize) {
    throw invalidParameter(`maxResults must be between 1 and ${maxSize}; found ${size}.`);
  }
  const start = input.nextToken === undefined ? 0 : startAfter(items, input.nextToken);
  const found = items.slice(start, start + size);
  const last = found.at(-1);
  if (last === undefined || start + size >= items.length) return { items: found };
  return { items: found, nextToken: Buffer.from(`${start + size} ${last}`).toString('base64url') };
}

function startAfter(items: readonly string[], token: string): number {
  const [, place, last] = /^(\d+) (.+)$/s.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (place === undefined || last === undefined) throw invalidParameter('Invalid token.');
  const index = items.indexOf(last);
  return index === -1 ? Number(place) : index + 1;
}
