/** Reads lists to their end, and refuses to conclude anything from an answer that lacks a part. */
import { CallError } from '../model/errors.ts';

/** One page and where the next one starts; `next` is undefined on the last. */
export interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** More pages than any quota allows: a service that repeats itself. */
const pageLimit = 10_000;

/** Reads to the end. Throws `CallError` (`transient`) when a page has no list, or names itself as the next one. */
export async function readPages<T>(
  call: { readonly service: string; readonly operation: string },
  page: (next: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined;
  for (let count = 0; count < pageLimit; count++) {
    const read = await page(next);
    if (read.items === undefined) throw incompleteAnswer(call, 'a page without its list');
    items.push(...read.items);
    if (read.next === undefined || read.next === '') return items;
    if (read.next === next) throw incompleteAnswer(call, 'the same page again');
    next = read.next;
  }
  throw incompleteAnswer(call, `more than ${pageLimit} pages`);
}

/** The error for an answer that lacks what it must have (`found` says what was there instead). */
export function incompleteAnswer(
  call: { readonly service: string; readonly operation: string },
  found: string,
): CallError {
  return new CallError({
    class: 'transient',
    service: call.service,
    operation: call.operation,
    code: 'IncompleteAnswer',
    message: `${call.service} ${call.operation} answered with ${found}; nothing is concluded from it`,
  });
}
