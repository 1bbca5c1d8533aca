/**
 * The highest slot: rule priorities are 1000 + 2 × slot and the odd number after it, and both have to stay at or below 49,999 (an ALB takes
 * 1 to 50,000: ELBv2 API reference, CreateRule).
 */
export const highestSlot = 24_499;

/** The slots of one infra group. */
export class Slots {
  /** A count, since a damaged state table may show one slot twice: it stays taken until both are gone. */
  private readonly held = new Map<number, number>();
  private readonly atRest: Set<number>;
  /** No slot below this one is free: full groups are asked for their lowest free slot again and again. */
  private from = 0;
  /** Whether `from` itself is known to be free. */
  private settled = false;

  constructor(resting: readonly number[]) {
    this.atRest = new Set(resting);
  }

  take(slot: number): void {
    this.held.set(slot, (this.held.get(slot) ?? 0) + 1);
    if (slot === this.from) this.settled = false;
  }

  /** Gives a slot back; with `rest` it cannot be given away again for the life of this view. */
  give(slot: number, rest: boolean): void {
    const count = this.held.get(slot) ?? 0;
    if (count > 1) this.held.set(slot, count - 1);
    else this.held.delete(slot);
    if (rest) this.atRest.add(slot);
    this.from = Math.min(this.from, Math.max(0, slot));
    this.settled = false;
  }

  /** Slots that nobody holds but that cannot be given away. */
  resting(): readonly number[] {
    return [...this.atRest];
  }

  isFree(slot: number): boolean {
    return slot >= 0 && slot <= highestSlot && !this.held.has(slot) && !this.atRest.has(slot);
  }

  /** The lowest slot that can be given away; `undefined` when there is none. */
  lowestFree(): number | undefined {
    if (this.settled) return this.from;
    while (this.from <= highestSlot && !this.isFree(this.from)) this.from += 1;
    this.settled = this.from <= highestSlot;
    return this.from <= highestSlot ? this.from : undefined;
  }
}
