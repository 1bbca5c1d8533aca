/** How many different values one label of one metric may take where its set is open (cells, tiers, reasons). */
const mostValues = 1_000;
/** The longest value of a label, in characters. */
const longestValue = 120;

/** What stands for every value that a label may not take. */
export const otherValue = 'other';

/**
 * Keeps labels bounded, whatever is put into them: a value outside of a closed set, or beyond the number that an open one may have, becomes `other`.
 */
export class LabelGuard {
  readonly #closed: Readonly<Record<string, ReadonlySet<string>>>;
  readonly #seen = new Map<string, Set<string>>();

  constructor(closed: Readonly<Record<string, readonly string[]>> = {}) {
    this.#closed = Object.fromEntries(Object.entries(closed).map(([label, values]) => [label, new Set(values)]));
  }

  /** The labels as they may be used. `folded` says that a value had to give way, so that several series may share this one. */
  pass(labels: Readonly<Record<string, string>>): { labels: Record<string, string>; folded: boolean } {
    let folded = false;
    const passed = Object.fromEntries(
      Object.entries(labels).map(([label, value]) => {
        const allowed = this.#allows(label, value);
        if (!allowed) folded = true;
        return [label, allowed ? value : otherValue];
      }),
    );
    return { labels: passed, folded };
  }

  /** Forgets the values of open labels: the series that bore them are gone. */
  forget(): void {
    this.#seen.clear();
  }

  #allows(label: string, value: string): boolean {
    const closed = this.#closed[label];
    if (closed !== undefined) return closed.has(value);
    if (value.length > longestValue) return false;
    const seen = this.#seen.get(label) ?? new Set();
    this.#seen.set(label, seen);
    if (seen.size >= mostValues && !seen.has(value)) return false;
    seen.add(value);
    return true;
  }
}
