import type { CallLog, CallRecord } from './kernel.ts';

/** The door promises the last million calls. */
export const callLogCapacity = 1_000_000;

/** The newest calls, in a ring: recording is O(1) and memory is bounded however long a simulation runs. */
export class RingCallLog implements CallLog {
  private readonly ring: CallRecord[] = [];
  private readonly capacity: number;
  private count = 0;

  constructor(capacity: number = callLogCapacity) {
    this.capacity = capacity;
  }

  get last(): number {
    return this.count;
  }

  /** Records a call under the next number. */
  record(entry: Omit<CallRecord, 'n'>): void {
    this.count += 1;
    this.ring[(this.count - 1) % this.capacity] = { n: this.count, ...entry };
  }

  since(n: number, limit: number): readonly CallRecord[] {
    const first = Math.max(n + 1, this.count - this.capacity + 1, 1);
    const last = Math.min(this.count, first + limit - 1);
    const records: CallRecord[] = [];
    for (let number = first; number <= last; number++) {
      const record = this.ring[(number - 1) % this.capacity];
      if (record !== undefined) records.push(record);
    }
    return records;
  }
}
