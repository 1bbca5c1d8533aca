import { expect } from 'vitest';

/** A behaviour in which moto and the simulator differ, and the document that says which of the two is as AWS. */
export interface Difference {
  readonly right: 'the simulator' | 'moto';
  readonly source: string;
  /** What each of them answers, as far as they differ. */
  readonly simulator: unknown;
  readonly moto: unknown;
}

/** A difference in which the simulator is right. */
export const ours = (differing: Omit<Difference, 'right'>): Difference => ({ right: 'the simulator', ...differing });

/** An error with a message that holds this text. */
export const refused = (message: string, error = 'ValidationException') => ({
  error,
  message: expect.stringContaining(message),
});
