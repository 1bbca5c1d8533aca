import { reservationFor } from './decide.ts';
import type { Ledger, Site } from './ledger.ts';
import { findSuccessor } from './successor.ts';
import type { PlacementRequest, Reservation } from './types.ts';

/** One move as it was tried. */
export interface TriedMove {
  readonly tenant: string;
  readonly placement: string;
  readonly from: string;
  readonly to: string;
}

/** Moves that are carried out in a ledger one after the other, and taken back where they do not lead to what they are for. */
export class Trial {
  readonly #ledger: Ledger;
  readonly #done: { readonly old: Reservation; readonly successor: Reservation }[] = [];

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get moves(): readonly TriedMove[] {
    return this.#done.map(({ old, successor }) => {
      return { tenant: old.tenant, placement: old.placement, from: old.group, to: successor.group };
    });
  }

  /** Moves a placement to the best of the infra groups that `among` allows: the successor is reserved beside it, then it is released. False: none takes it. */
  move(old: Reservation, request: PlacementRequest, among: (site: Site) => boolean): boolean {
    const choice = findSuccessor(request, this.#ledger, old, { among });
    if (choice === undefined) return false;
    const successor = reservationFor(request, choice, `${old.placement}${movedMark}`);
    this.#ledger.reserve(successor);
    this.#ledger.release(old.placement, false);
    this.#done.push({ old, successor });
    return true;
  }

  /** Puts everybody back. */
  undo(): void {
    for (const { old, successor } of this.#done.toReversed()) {
      this.#ledger.release(successor.placement, false);
      this.#ledger.restore(old);
    }
    this.#done.length = 0;
  }
}

const movedMark = ' (moved)';

/** Whether a placement stands where a plan put it: it is not moved a second time. */
export function wasMoved({ placement }: Reservation): boolean {
  return placement.endsWith(movedMark);
}
