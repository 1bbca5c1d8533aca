/** What every command is given. */
import type { SettingSource } from './config.ts';
import type { CliHost } from './host.ts';
import type { Output } from './output.ts';
import type { Programs } from './programs.ts';

export interface Context {
  readonly host: CliHost;
  readonly output: Output;
  readonly settings: SettingSource;
  readonly programs: Programs;
}

/** A command: the number is the exit code. Throws `CliError`, `CallError` or `Interrupted`. */
export type Handler<A extends readonly unknown[]> = (context: Context, ...args: A) => Promise<number>;
