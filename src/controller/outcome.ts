import type { ErrorClass } from '../model/errors.ts';

/**
 * What one run of a key came to, and what follows from it. A closed union: the queue turns it into a time, the metrics into a label.
 * Waiting is not an error and is not counted as one.
 */
export type Outcome =
  /** Live equals desired. Looked at again by the sweeps only. */
  | { readonly kind: 'settled' }
  /** Calls were made, or AWS is still at work on what was asked; look again after `checkInMs`. */
  | { readonly kind: 'progressing'; readonly checkInMs: number; readonly what: string }
  /** Something else has to happen first (a quota, a retention period, a view). */
  | { readonly kind: 'waiting'; readonly checkInMs: number; readonly on: string }
  /** A call failed and may succeed later: per-key back-off. */
  | { readonly kind: 'retry'; readonly class: ErrorClass; readonly error: Error }
  /** A guard refused a change (`reason`: one of the guard's, or of a resource that is not ours to change); everything else was done. */
  | { readonly kind: 'held'; readonly reason: string; readonly checkInMs: number }
  /** Nothing can help but a change of the record. Looked at again slowly all the same. */
  | { readonly kind: 'terminal'; readonly reason: string; readonly error?: Error };

/** Why a key was queued: decides its place in the queue. */
export const triggers = ['operator', 'change', 'progress', 'retry', 'drift', 'detail', 'resync'] as const;
export type Trigger = (typeof triggers)[number];
