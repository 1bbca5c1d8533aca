/** How commands are declared: their words here, their work loaded only when it is asked for. */
import { type Command, Option } from 'commander';
import { type SettingName, type SettingSource, settings, tableSettings } from './config.ts';
import type { Context } from './context.ts';
import { setExamples } from './help.ts';
import type { CliHost } from './host.ts';
import { createOutput, type Format, formats } from './output.ts';
import type { Programs } from './programs.ts';

/** What the declarations need: where to hang commands, and what to run them with. */
export interface Wiring {
  readonly root: Command;
  readonly host: CliHost;
  readonly programs: Programs;
  /** Takes the exit code of the command that ran. */
  readonly finish: (code: number) => void;
}

/** A command in words. */
export interface Declaration {
  /** Name and arguments, as commander has them: `get <kind> [name]`. */
  readonly usage: string;
  readonly group: 'Run' | 'Read' | 'Write' | 'Operate' | 'Ask';
  readonly summary: string;
  /** What more there is to say, in whole sentences. */
  readonly text?: string;
  readonly examples: readonly string[];
  readonly options?: readonly Option[];
  readonly settings?: readonly SettingName[];
  /** False for commands that print no data. */
  readonly prints?: boolean;
  /** Whether there is a longer table too: `-o wide`. */
  readonly wide?: boolean;
  /** Arguments and options as commander parsed them. */
  readonly run: (
    context: Context,
    args: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
  ) => Promise<number>;
}

/** Adds a command. */
export function declare(wiring: Wiring, declaration: Declaration): void {
  const { root, host, programs } = wiring;
  const command = root.command(declaration.usage).summary(declaration.summary);
  command.description(`${declaration.summary}.${declaration.text === undefined ? '' : ` ${declaration.text}`}`);
  command.helpGroup(declaration.group);
  setExamples(command, declaration.examples);
  for (const option of declaration.options ?? []) command.addOption(option);
  if (declaration.prints !== false) command.addOption(outputOption(declaration.wide === true));
  for (const name of declaration.settings ?? tableSettings) command.addOption(settingOption(name));
  command.option('--no-color', 'no colour; NO_COLOR and FORCE_COLOR are heeded too');
  command.option('-v, --verbose', 'with an error, where in the program it came from');
  command.action(async () => {
    const options: Readonly<Record<string, unknown>> = command.opts();
    const output = createOutput(host, { format: formatOf(options['output']), colour: options['color'] !== false });
    const source: SettingSource = { env: host.env, flags: flagsOf(options) };
    wiring.finish(await declaration.run({ host, output, settings: source, programs }, command.processedArgs, options));
  });
}

function outputOption(wide: boolean): Option {
  const choices = wide ? ['table', 'wide', 'json', 'yaml'] : formats;
  return new Option('-o, --output <form>', 'form of the data').choices(choices).default('table');
}

function settingOption(name: SettingName): Option {
  const { flag, argument, variable, otherwise, describe } = settings[name];
  return new Option(`${flag} <${argument}>`, `${describe} (${variable}, else ${otherwise})`).helpGroup('Settings');
}

function formatOf(value: unknown): Format {
  return formats.find((format) => format === value) ?? 'table';
}

function flagsOf(options: Readonly<Record<string, unknown>>): SettingSource['flags'] {
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of Object.keys(settings) as SettingName[]) {
    const value = options[name];
    if (typeof value === 'string') flags[name] = value;
  }
  return flags;
}

/** An argument or option that is a text, or was not given. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An argument that commander has made sure of. */
export function requiredText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`an argument is ${typeof value}, expected text`);
}

/** A flag that is on or off. */
export function isOn(value: unknown): boolean {
  return value === true;
}
