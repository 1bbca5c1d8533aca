/** The conformance table: what the simulator does as AWS does, where that is known from, and which test shows it. */

/**
 * How a behaviour is known. `documented`: AWS's guides, API references or published service models say so. `observed`: seen at AWS and reported (issues,
 * code of other reconcilers, test logs). `assumed`: neither says; the simulator does what is likeliest, or worst.
 */
export type Knowledge = 'documented' | 'observed' | 'assumed';

/** One row. */
export interface Behaviour {
  /** What the simulator does, in a sentence. */
  readonly what: string;
  readonly kind: Knowledge;
  /** The page that says so; for an assumption, the page that is silent or comes nearest. */
  readonly source: string;
  /** The test that would notice: its file, and its title (or a part of it) as it stands there. */
  readonly test: readonly [file: string, title: string];
}
