/** Records as the desired table lists them, before they are looked at. */
import { canonicalHash } from '../../model/records/canonical.ts';
import { kinds } from '../../model/records/kinds.ts';

/** Records that are looked at between two chances for everything else to run: ten thousand at once take longer than the lease may wait for its renewal. */
export const recordsPerTurn = 250;

/** Those that others refer to first; what is no record of ours comes last. */
export function inOrder<R extends { readonly kind: unknown }>(records: readonly R[]): readonly R[] {
  const ranks = new Map<unknown, number>(kinds.map((kind, index) => [kind, index]));
  const rankOf = ({ kind }: R): number => ranks.get(kind) ?? kinds.length;
  return [...records].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Any change of an item, readable or not, gives another hash. */
export function rawHash(raw: unknown): string {
  return canonicalHash(
    JSON.stringify(raw, (_key, value: unknown) => {
      if (value instanceof Set) return ['set', ...(value as ReadonlySet<unknown>)];
      if (value instanceof Uint8Array) return ['binary', Buffer.from(value).toString('base64')];
      return typeof value === 'bigint' ? `${value}n` : value;
    }),
  );
}
