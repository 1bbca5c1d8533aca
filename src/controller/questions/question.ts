import type { Clock } from '../../model/clock.ts';
import type { PlacementBook } from '../capacity/book.ts';
import type { Mode } from '../fleet/modes.ts';
import type { FleetView } from '../fleet/view.ts';

/** What questions are answered from: the view and the books, as complete as the loop has them. Nothing is written. */
export interface QuestionDeps {
  readonly view: FleetView;
  readonly book: PlacementBook;
  readonly clock: Clock;
  /** The process's own mode. */
  readonly mode: () => Mode;
}

/** The words of a question, by name; undefined where one was left out. */
export type Terms = (name: string) => string | undefined;

/** A question that cannot be answered as it was asked. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
  /** True: what it asks about is not there. False: it is not understood. */
  readonly isAbsent: boolean;
  constructor(message: string, isAbsent: boolean) {
    super(message);
    this.isAbsent = isAbsent;
  }
}

/** A word of a question, cut to what may be shown again. */
export function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 80));
}

/** When an answer was made, as RFC 3339. */
export function answeredAt({ clock }: QuestionDeps): string {
  return new Date(clock.now()).toISOString();
}
