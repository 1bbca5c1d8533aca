/**
 * Reads that lag behind. A second copy of the world follows the first at a distance: whatever was done to the first, calls and hands from
 * outside, is done to the copy in the same order and at the same instants. Services are deterministic, so the copy *is* the first as it was then, and no
 * service has to know of eventual consistency.
 */

/** Something that was done to a world at an instant, for a copy to do again. */
export interface Deed<W> {
  /** Milliseconds since the epoch, simulator's clock. */
  readonly at: number;
  readonly redo: (copy: W) => void;
}

/** What a copy must be able to do. */
export interface Follower<W> {
  /** Goes to the instant of a deed, with all that falls due on the way, and does it. */
  redo(deed: Deed<W>): void;
  /** Goes to an instant, with all that falls due on the way. */
  goTo(at: number): void;
}

/** A copy may fall this many deeds behind what its distance allows before it catches up without being asked. */
const patience = 10_000;

/** One copy, with the deeds that it has not done yet. */
export class Trailing<W extends Follower<W>> {
  readonly lagMs: number;
  private readonly copy: W;
  private deeds: Deed<W>[] = [];
  private done = 0;

  constructor(copy: W, lagMs: number) {
    this.copy = copy;
    this.lagMs = lagMs;
  }

  /** Notes a deed; `atOnce` for what counts as there from the beginning. */
  note(deed: Deed<W>, atOnce: boolean): void {
    if (atOnce) {
      this.copy.redo(deed);
      return;
    }
    this.deeds.push(deed);
    if (this.deeds.length - this.done > patience) this.asOf(deed.at);
  }

  /** The world as it was `lagMs` before `now`. */
  asOf(now: number): W {
    const until = now - this.lagMs;
    for (let deed = this.deeds[this.done]; deed !== undefined && deed.at <= until; deed = this.deeds[this.done]) {
      this.done += 1;
      this.copy.redo(deed);
    }
    this.copy.goTo(until);
    if (this.done > patience) {
      this.deeds = this.deeds.slice(this.done);
      this.done = 0;
    }
    return this.copy;
  }
}
