import { constraintError, validationError } from './errors.ts';

const maxPage = 400;

/** A page of a listing and the marker of the next one. `PageSize` is 1 to 400. Throws ValidationError. */
export function page<T>(
  items: readonly T[],
  input: { PageSize?: number | undefined; Marker?: string | undefined },
): { items: readonly T[]; next: { NextMarker?: string } } {
  const size = input.PageSize ?? maxPage;
  if (!Number.isInteger(size) || size < 1 || size > maxPage) {
    const rule = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxPage}`;
    throw constraintError(size, 'pageSize', `Member must have value ${rule}`);
  }
  const start = input.Marker === undefined || input.Marker === '' ? 0 : readMarker(input.Marker);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? { NextMarker: Buffer.from(`from:${end}`).toString('base64') } : {},
  };
}

function readMarker(marker: string): number {
  const match = /^from:(\d+)$/.exec(Buffer.from(marker, 'base64').toString('latin1'));
  if (match === null)
    throw validationError(`Marker '${marker}' is not valid; expected the NextMarker of an earlier answer`);
  return Number(match[1]);
}
