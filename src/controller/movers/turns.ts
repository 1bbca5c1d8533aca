import type { MoveOrder } from './orders.ts';

/** How long a turn lasts that nobody takes: its tenant's run decides within seconds, and then a successor stands. */
const turnMs = 90_000;

/** How long after such a turn the placement is passed over. */
const restMs = 120_000;

interface Turn {
  readonly order: MoveOrder;
  /** Whose bound it counts against. */
  readonly lane: string;
  readonly since: number;
}

/**
 * Whose turn it is to be moved, by placement. Held in memory alone: after a restart turns are given anew, and what was begun stands in the inventories. A turn that
 * is not taken ends by itself, so that one placement that cannot begin never stops the others.
 */
export class Turns {
  readonly #turns = new Map<string, Turn>();
  readonly #passedOver = new Map<string, number>();

  give(placement: string, lane: string, order: MoveOrder, now: number): void {
    this.#turns.set(placement, { order, lane, since: now });
  }

  orderFor(placement: string): MoveOrder | undefined {
    return this.#turns.get(placement)?.order;
  }

  has(placement: string): boolean {
    return this.#turns.has(placement);
  }

  /** Whether a turn of it ended lately without a move. */
  isPassedOver(placement: string, now: number): boolean {
    return (this.#passedOver.get(placement) ?? 0) > now;
  }

  /** The placements of a lane whose turn it is. */
  of(lane: string): readonly string[] {
    return [...this.#turns].filter(([, turn]) => turn.lane === lane).map(([placement]) => placement);
  }

  /** It was taken, or there is no reason for it any more. */
  end(placement: string): void {
    this.#turns.delete(placement);
  }

  /** Ends the turns that nobody took, and forgets those who rested long enough. */
  expire(now: number): void {
    for (const [placement, { since }] of [...this.#turns]) {
      if (now - since < turnMs) continue;
      this.#turns.delete(placement);
      this.#passedOver.set(placement, now + restMs);
    }
    for (const [placement, until] of [...this.#passedOver]) if (until <= now) this.#passedOver.delete(placement);
  }
}
