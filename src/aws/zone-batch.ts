/** Picks from the waiting requests of a zone those that go out together. Pure. */
import type { CallPurpose, ZoneChange } from './ports.ts';
import { callPurposes } from './ports.ts';
import { fenceCharacters, fenceElements } from './zone-fence.ts';
import { charactersOf, elementsOf, recordKey } from './zone-names.ts';

/** Changes that one caller wants made together, or not at all. */
export interface ZoneRequest {
  readonly changes: readonly ZoneChange[];
  readonly purpose: CallPurpose;
}

export interface BatchLimits {
  /** ResourceRecord elements, the fence's included. Route 53 takes 1,000. */
  readonly elements: number;
  /** Characters of all values, the fence's included. Route 53 takes 32,000. */
  readonly characters: number;
}

/** Route 53's limits for one ChangeResourceRecordSets without UPSERT. */
export const routeLimits: BatchLimits = { elements: 1_000, characters: 32_000 };

interface Size {
  readonly elements: number;
  readonly characters: number;
}

/** What a request, or a batch, takes of the limits without the fence. */
export function sizeOf(changes: readonly ZoneChange[]): Size {
  return {
    elements: changes.reduce((sum, change) => sum + elementsOf(change), 0),
    characters: changes.reduce((sum, change) => sum + charactersOf(change), 0),
  };
}

/** Whether changes of this size and the fence fit one batch. */
export function fits(size: Size, limits: BatchLimits): boolean {
  return size.elements + fenceElements <= limits.elements && size.characters + fenceCharacters <= limits.characters;
}

/**
 * The requests of the next batch and those that stay, both in the order in which they came. Two requests about one record never share a batch, and the
 * later never overtakes the earlier. The first always goes: what Route 53 would not take alone must have been refused before.
 */
export function nextBatch<R extends ZoneRequest>(
  waiting: readonly R[],
  limits: BatchLimits,
): { readonly batch: readonly R[]; readonly rest: readonly R[] } {
  const batch: R[] = [];
  const rest: R[] = [];
  const taken = new Set<string>();
  let size: Size = { elements: 0, characters: 0 };
  for (const request of waiting) {
    const keys = new Set(request.changes.map(({ record }) => recordKey(record)));
    const own = sizeOf(request.changes);
    const together = { elements: size.elements + own.elements, characters: size.characters + own.characters };
    const first = batch.length === 0 && rest.length === 0;
    if (first || (fits(together, limits) && [...keys].every((key) => !taken.has(key)))) {
      batch.push(request);
      size = together;
    } else {
      rest.push(request);
    }
    for (const key of keys) taken.add(key);
  }
  return { batch, rest };
}

/** The most urgent purpose among requests. */
export function purposeOf(requests: readonly ZoneRequest[]): CallPurpose {
  return callPurposes.find((purpose) => requests.some((request) => request.purpose === purpose)) ?? 'change';
}
