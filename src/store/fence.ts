/** What every write of the leader goes through: the local deadline before it, and the epoch inside it. */
import { CallError } from '../model/errors.ts';
import type { Dynamo } from './client.ts';

/** The part of the lease that writers need. */
export interface Fence {
  /** How long one attempt of a fenced write may take, in milliseconds of the clock; `fencedAttemptMs` where it does not say. */
  readonly attemptMs?: number;
  /** The epoch of the current term, or of the last one. */
  readonly epoch: number;
  /** Throws class `fenced` unless the lease is ours for at least `ms` more milliseconds. */
  assertRemaining(ms: number): void;
}

/** Where fenced writes go. */
export interface FencedTable {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly fence: Fence;
}

/** An attempt of a fenced write is given up after this many milliseconds, and not begun with less than that left of the lease. */
export const fencedAttemptMs = 3_000;

/** The options that every fenced write is called with. */
export function fencedOptions(fence: Fence): { timeoutMs: number; guard: () => void } {
  const timeoutMs = fence.attemptMs ?? fencedAttemptMs;
  return { timeoutMs, guard: () => fence.assertRemaining(timeoutMs) };
}

/** Lets a write pass only where no later leader has written: with names `#epoch` and values `:epoch` of `epochPlaceholders`. */
export const epochCondition = '(attribute_not_exists(#epoch) OR #epoch <= :epoch)';

/** What `epochCondition` refers to. */
export function epochPlaceholders(fence: Fence): { names: Record<string, string>; values: Record<string, unknown> } {
  return { names: { '#epoch': 'epoch' }, values: { ':epoch': fence.epoch } };
}

/** The error of a write that met a later leader's, or that came too late in our own term. */
export function fencedError(operation: string, message: string, cause?: unknown): CallError {
  return new CallError({ class: 'fenced', service: 'dynamodb', operation, code: 'LeaseLost', message, cause });
}

/** Runs a write whose only condition is the epoch: that it fails means that a later leader was there. */
export async function underEpoch<T>(fence: Fence, what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'conflict') throw error;
    throw fencedError(error.operation, `${what} was written by a later leader; our epoch is ${fence.epoch}`, error);
  }
}
