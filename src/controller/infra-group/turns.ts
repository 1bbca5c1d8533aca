/** Calls that change endpoints which one run may make before it is the next group's turn. */
const callsPerTurn = 4;

/**
 * Whose turn it is to change endpoints in each cell. AWS's buckets for that are tiny (4 calls, then 0.3 a second), so one group at a time gets through and the others do not wait with a
 * worker in hand: they look again later, and all that is no change of an endpoint goes on.
 */
export class Turns {
  readonly #busy = new Map<string, string>();

  /** The turn of one run; nothing is taken before the first call. To be ended. */
  begin(cell: string, group: string): Turn {
    let calls = 0;
    return {
      take: () => {
        const holder = this.#busy.get(cell);
        if (calls >= callsPerTurn || (holder !== undefined && holder !== group)) return false;
        this.#busy.set(cell, group);
        calls += 1;
        return true;
      },
      end: () => {
        if (this.#busy.get(cell) === group) this.#busy.delete(cell);
      },
    };
  }
}

export interface Turn {
  /** Whether one more call may be made now. */
  take(): boolean;
  end(): void;
}
