/**
 * What the simulated AWS will do by itself, in order of time: a binary heap of (time, order of entry). Nothing runs on timers;
 * events are run when somebody looks, so an hour of virtual time costs only its events.
 */
interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Events ordered by time, and among equals by the order in which they were entered. */
export class Agenda {
  private readonly heap: Entry[] = [];
  private entered = 0;

  /** Enters an event at `at` (milliseconds). Returns a function that takes it off; calling that twice, or too late, is harmless. */
  add(at: number, run: () => void): () => void {
    const entry: Entry = { at, order: this.entered++, run };
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return () => {
      entry.run = undefined;
    };
  }

  /** The time of the next event, or undefined when there is none. */
  nextAt(): number | undefined {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) this.takeTop();
    return this.heap[0]?.at;
  }

  /** Takes off the next event that is due at or before `until` and returns it; undefined when none is. */
  takeDue(until: number): { readonly at: number; readonly run: () => void } | undefined {
    const at = this.nextAt();
    if (at === undefined || at > until) return undefined;
    const run = this.takeTop()?.run;
    return run === undefined ? undefined : { at, run };
  }

  private takeTop(): Entry | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return top;
  }

  private rise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.precedes(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private sink(from: number): void {
    let parent = from;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const least = right < this.heap.length && this.precedes(right, left) ? right : left;
      if (!this.precedes(least, parent)) return;
      this.swap(least, parent);
      parent = least;
    }
  }

  private precedes(a: number, b: number): boolean {
    const first = this.heap[a];
    const second = this.heap[b];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  private swap(a: number, b: number): void {
    const first = this.heap[a];
    const second = this.heap[b];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}
