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
