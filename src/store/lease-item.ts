/** The lease item in the state table, and the two calls on it. */
import { CallError } from '../model/errors.ts';
import type { Dynamo } from './client.ts';
import { getItem, putItem } from './items.ts';
import { leaseKey } from './keys.ts';

/** What the lease item says. */
export interface LeaseItem {
  readonly holder: string;
  /** The term: higher than that of every term before. */
  readonly epoch: number;
  /** +1 with each renewal of the term. */
  readonly sequence: number;
  /** How long its holder believes in it; followers wait for the longer of this and their own. */
  readonly durationMs: number;
  readonly released: boolean;
  /** Of a released item: for how long from then on a call of a leader that vanished before its holder may still land. Left out where none can. */
  readonly unsettledMs?: number;
}

/** The lease item's reads and writes; both throw `CallError` and try once, because the lease decides itself what to do about a failure. */
export interface LeaseTable {
  read(): Promise<LeaseItem | undefined>;
  /** Writes `after` where the item still is `before` (holder, epoch, sequence), or absent where `before` is undefined; else class `conflict`. */
  write(after: LeaseItem, before: LeaseItem | undefined): Promise<void>;
}

/** A call on the lease that takes longer than this many milliseconds is given up: a renewal that hangs must leave time for another. */
const leaseCallMs = 2_500;

/** The lease item of the state table named `table`. */
export function createLeaseTable(dynamo: Dynamo, table: string, timeoutMs = leaseCallMs): LeaseTable {
  const options = { timeoutMs, attempts: 1 };
  return {
    read: async () => {
      const item = await getItem(dynamo, table, { ...leaseKey }, options);
      return item === undefined ? undefined : parseLease(item);
    },
    write: async (after, before) => {
      // The wall clock is written for people only; nothing compares it.
      const item = { ...leaseKey, ...after, renewedAt: new Date(dynamo.clock.now()).toISOString() };
      const names = { '#holder': 'holder', '#epoch': 'epoch', '#sequence': 'sequence', '#released': 'released' };
      const condition =
        before === undefined
          ? { text: 'attribute_not_exists(#pk)', names: { '#pk': 'pk' } }
          : {
              text: '#holder = :holder AND #epoch = :epoch AND #sequence = :sequence AND #released = :released',
              names,
              values: {
                ':holder': before.holder,
                ':epoch': before.epoch,
                ':sequence': before.sequence,
                ':released': before.released,
              },
            };
      await putItem(dynamo, { table, item, condition }, options);
    },
  };
}

function parseLease(item: Readonly<Record<string, unknown>>): LeaseItem {
  const { holder, epoch, sequence, durationMs, released, unsettledMs } = item;
  if (
    typeof holder === 'string' &&
    typeof epoch === 'number' &&
    typeof sequence === 'number' &&
    typeof durationMs === 'number' &&
    typeof released === 'boolean' &&
    (unsettledMs === undefined || typeof unsettledMs === 'number')
  ) {
    const settling = unsettledMs === undefined ? {} : { unsettledMs };
    return { holder, epoch, sequence, durationMs, released, ...settling };
  }
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'GetItem',
    code: 'LeaseItemDamaged',
    message: `the item ${leaseKey.pk} ${leaseKey.sk} of the state table is not a lease: nobody leads until it is repaired or deleted`,
  });
}
