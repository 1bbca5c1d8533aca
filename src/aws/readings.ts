/** Numbers that may be unreadable. Unknown is never zero: who cannot read a number cannot conclude from it. */
import { CallError, failureText } from '../model/errors.ts';

export type Reading = { readonly value: number } | { readonly unreadable: string };

/** Reads a number; a classified failure, other than the loss of our lease, becomes the reason why there is none. Anything else throws. */
export async function reading(read: () => Promise<number>): Promise<Reading> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced' || error.class === 'bug') throw error;
    return { unreadable: failureText(error) };
  }
}
