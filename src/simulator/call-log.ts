import type { CallLog, CallRecord } from './kernel.ts';

/** The door promises the last million calls. */
export const callLogCapacity = 1_000_000;

/** A call as it is kept: its time is put into words when somebody asks. */
export interface LoggedCall extends Omit<CallRecord, 'n' | 'at'> {
  /** Milliseconds since the epoch, simulator's clock. */
  readonly at: number;
}

/** The newest calls, in a ring: recording is O(1) and memory is bounded however long a simulation runs. */
export class RingCallLog implements CallLog {
  private readonly ring: LoggedCall[] = [];
  private readonly capacity: number;
  private count = 0;

  constructor(capacity: number = callLogCapacity) {
    this.capacity = capacity;
  }

  get last(): number {
    return this.count;
  }

  /** Records a call under the next number. */
  record(entry: LoggedCall): void {
    this.ring[this.count % this.capacity] = entry;
    this.count += 1;
  }

  since(n: number, limit: number): readonly CallRecord[] {
    const first = Math.max(n + 1, this.count - this.capacity + 1, 1);
    const last = Math.min(this.count, first + limit - 1);
    const records: CallRecord[] = [];
    for (let number = first; number <= last; number++) {
      const record = this.ring[(number - 1) % this.capacity];
      if (record !== undefined) records.push({ n: number, ...record, at: new Date(record.at).toISOString() });
    }
    return records;
  }
}
