/** A binary heap of (rank, key), the smallest rank first. It may hold stale pairs: whether one still counts is asked when it comes to the top. */
export class RankHeap {
  readonly #items: { key: string; rank: number }[] = [];

  push(key: string, rank: number): void {
    const items = this.#items;
    items.push({ key, rank });
    let child = items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) break;
      this.#swap(child, parent);
      child = parent;
    }
  }

  /** Takes the first pair that counts off the heap, and all stale ones before it. */
  pop(counts: (key: string, rank: number) => boolean): string | undefined {
    for (let top = this.#take(); top !== undefined; top = this.#take()) if (counts(top.key, top.rank)) return top.key;
    return undefined;
  }

  #take(): { key: string; rank: number } | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    items[0] = last;
    this.#sink();
    return top;
  }

  #sink(): void {
    const items = this.#items;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      let first = parent;
      if (left < items.length && this.#before(left, first)) first = left;
      if (left + 1 < items.length && this.#before(left + 1, first)) first = left + 1;
      if (first === parent) return;
      this.#swap(first, parent);
      parent = first;
    }
  }

  #before(a: number, b: number): boolean {
    return (this.#items[a]?.rank ?? 0) < (this.#items[b]?.rank ?? 0);
  }

  #swap(a: number, b: number): void {
    const x = this.#items[a];
    const y = this.#items[b];
    if (x === undefined || y === undefined) return;
    this.#items[a] = y;
    this.#items[b] = x;
  }
}
