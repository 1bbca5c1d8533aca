import type { Clock } from '../model/clock.ts';
import type { ServiceId } from './kernel.ts';

/** How a simulated AWS is set up. */
export interface SimulatedAwsOptions {
  /** The clock under everything; `advance` shifts the simulator ahead of it. */
  readonly clock: Clock;
  /** Seed of all randomness (1). */
  readonly seed?: number | string;
  /** Whether token buckets throttle (true). */
  readonly throttle?: boolean;
  /** Scales every built-in latency: 1 (default) as AWS is, 0 everything at once. */
  readonly latencyFactor?: number;
  /** Whether mounts hold each answer back for as long as AWS takes to give it (false: answers come at once). */
  readonly answerDelays?: boolean;
  /** How far the reads of a service lag behind, in milliseconds (0), unless a call asks for a consistent one. */
  readonly readLagMs?: Readonly<Partial<Record<ServiceId, number>>>;
  /** Further distances, in milliseconds, at which a fault may answer a read from the past. Each costs a second copy of the world. */
  readonly staleMs?: readonly number[];
}
