/** An answer of moto's that differs from the simulator's, and the document that says whose is AWS's. */
export interface Difference {
  readonly right: 'the simulator' | 'moto' | 'nobody can say';
  /** The document, or why none settles it. */
  readonly source: string;
  /** What each answers, as far as they differ. */
  readonly simulator: object;
  readonly moto: object;
}

export const differences: Readonly<Record<string, Difference>> = {};
