/** Consumed capacity, as asked for by ReturnConsumedCapacity. */
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** Read units for a number of bytes: one for each 4 KB, half of that for eventually consistent reads. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
}

/** Write units for a write: one for each KB of the larger of the item before and after. */
export function writeUnits(before: number, after: number): number {
  return Math.max(1, Math.ceil(Math.max(before, after) / 1024));
}

type Level = string | undefined;

/** The ConsumedCapacity member for one table; undefined where it was not asked for. */
export function consumedCapacity(level: Level, tableName: string, units: number): ConsumedCapacity | undefined {
  if (level !== 'TOTAL' && level !== 'INDEXES') return undefined;
  return {
    TableName: tableName,
    CapacityUnits: units,
    ...(level === 'INDEXES' ? { Table: { CapacityUnits: units } } : {}),
  };
}

/** The member of a single-table answer, ready to spread into it. */
export function withCapacity(
  level: Level,
  tableName: string,
  units: number,
): { readonly ConsumedCapacity?: ConsumedCapacity } {
  const consumed = consumedCapacity(level, tableName, units);
  return consumed === undefined ? {} : { ConsumedCapacity: consumed };
}

/** Sums units over the tables of a batch or transaction. */
export class CapacityTally {
  readonly #units = new Map<string, number>();

  add(tableName: string, units: number): void {
    this.#units.set(tableName, (this.#units.get(tableName) ?? 0) + units);
  }

  /** The list member of the answer, ready to spread into it. Transactions also show which kind of units they took. */
  answer(level: Level, kind?: 'read' | 'write'): { readonly ConsumedCapacity?: ConsumedCapacity[] } {
    if (level !== 'TOTAL' && level !== 'INDEXES') return {};
    const list = [...this.#units].flatMap(([tableName, units]) => {
      const consumed = consumedCapacity(level, tableName, units);
      if (consumed === undefined) return [];
      if (kind === undefined) return [consumed];
      return [{ ...consumed, ...(kind === 'read' ? { ReadCapacityUnits: units } : { WriteCapacityUnits: units }) }];
    });
    return { ConsumedCapacity: list };
  }
}
