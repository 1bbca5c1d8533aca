/** What the commands need of the process they run in, so that tests can give them another. */
import { type Clock, systemClock } from '../model/clock.ts';
import type { AwsAccess } from '../store/client.ts';

/** Where text goes. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Variables as the process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The outside world of one run of the command line. */
export interface CliHost {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly env: Environment;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Aborts when the user interrupts. Until it is asked for, an interrupt ends the process at once. */
  interrupts(): AbortSignal;
  /** The way to DynamoDB in place of the one that the environment leads to. */
  readonly access?: AwsAccess;
}

/** Thrown by what was cut short by the user. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

/** This process. A reader that closes the pipe (`| head`) ends it without a word. */
export function processHost(): CliHost {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let signal: AbortSignal | undefined;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    clock: systemClock,
    random: Math.random,
    interrupts: () => {
      signal ??= interruptSignal();
      return signal;
    },
  };
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Interrupted()));
  }
  return controller.signal;
}
