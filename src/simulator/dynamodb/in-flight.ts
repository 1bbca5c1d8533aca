/**
 * Transactions take a moment, in which their items are theirs alone. The simulator carries a transaction out at once; until its answer has arrived, others meet it as still
 * going on (developer guide, "Transaction conflict handling").
 */
import { AwsError } from '../kernel.ts';
import type { PrimaryKey } from './key-schema.ts';
import type { Table } from './table.ts';

/** The message of TransactionConflict, as a cancellation reason and as an exception. */
export const conflictMessage = 'Transaction is ongoing for the item';

export class InFlight {
  /** By item: when the transaction on it is over. In the order of that time. */
  readonly #until = new Map<string, number>();

  /** Items that a transaction writes until `until`. */
  begin(items: readonly { readonly table: Table; readonly key: PrimaryKey }[], until: number, now: number): void {
    for (const [item, over] of this.#until) {
      if (over > now) break;
      this.#until.delete(item);
    }
    for (const { table, key } of items) {
      const name = nameOf(table, key);
      this.#until.delete(name);
      this.#until.set(name, until);
    }
  }

  /** Whether a transaction on the item is still going on. */
  holds(table: Table, key: PrimaryKey, now: number): boolean {
    if (this.#until.size === 0) return false;
    return (this.#until.get(nameOf(table, key)) ?? Number.NEGATIVE_INFINITY) > now;
  }

  /** Throws `TransactionConflictException` while a transaction on the item is going on. */
  refuseConflict(table: Table, key: PrimaryKey, now: number): void {
    if (this.holds(table, key, now)) throw new AwsError('TransactionConflictException', conflictMessage);
  }
}

function nameOf(table: Table, key: PrimaryKey): string {
  return JSON.stringify([table.identity.id, key.partitionText, key.sortText]);
}
