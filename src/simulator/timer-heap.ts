/** A timer of a virtual clock. */
export interface HeapTimer {
  /** Milliseconds of the clock. */
  readonly at: number;
  /** Place among those of one instant. */
  readonly order: number;
  /** Undefined once it is cancelled: it is dropped when it comes to the top. */
  run: (() => void) | undefined;
}

/** Timers by time, and among equals by the order in which they were set: a binary heap, since a fleet keeps thousands of them. */
export class TimerHeap {
  private readonly heap: HeapTimer[] = [];
  private cancelled = 0;

  add(timer: HeapTimer): void {
    this.heap.push(timer);
    this.rise(this.heap.length - 1);
  }

  /** Takes a timer out of consideration; doing it twice, or too late, is harmless. */
  cancel(timer: HeapTimer): void {
    if (timer.run === undefined) return;
    timer.run = undefined;
    this.cancelled += 1;
    // Most timers are time-outs that never fire: without this they would pile up until their time comes.
    if (this.cancelled > 1_000 && this.cancelled * 2 > this.heap.length) this.rebuild();
  }

  /** The next timer that is not cancelled. */
  first(): HeapTimer | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (top.run !== undefined) return top;
      this.take();
      this.cancelled -= 1;
    }
    return undefined;
  }

  /** Takes off the timer that `first` tells of, and returns what it runs. */
  takeFirst(): (() => void) | undefined {
    const timer = this.first();
    const run = timer?.run;
    if (timer === undefined) return undefined;
    this.take();
    timer.run = undefined;
    return run;
  }

  private rebuild(): void {
    const kept = this.heap.filter((timer) => timer.run !== undefined);
    this.heap.length = 0;
    this.cancelled = 0;
    for (const timer of kept) this.add(timer);
  }

  private take(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(last);
  }

  private rise(from: number): void {
    const { heap } = this;
    const timer = heap[from];
    if (timer === undefined) return;
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !precedes(timer, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = timer;
  }

  private sink(timer: HeapTimer): void {
    const { heap } = this;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const a = heap[left];
      if (a === undefined) break;
      const b = heap[left + 1];
      const [least, at] = b !== undefined && precedes(b, a) ? [b, left + 1] : [a, left];
      if (!precedes(least, timer)) break;
      heap[parent] = least;
      parent = at;
    }
    heap[parent] = timer;
  }
}

function precedes(a: HeapTimer, b: HeapTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
