/** Data to stdout in the form that was asked for; talk to stderr. */
import { NumberValue } from '../store/attributes.ts';
import type { CliHost } from './host.ts';
import { mayColour, type Paint, paintOf } from './style.ts';

/** The forms in which data is printed. */
export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** Where a command's words go. */
export interface Output {
  readonly format: Format;
  /** For stdout. */
  readonly paint: Paint;
  /** Prints data: the value itself as JSON or YAML, else the lines of `table`. */
  data(value: unknown, table: () => readonly string[]): Promise<void>;
  /** One more value of a stream that goes on: a line of JSON, a YAML document, or lines. */
  more(value: unknown, table: () => readonly string[]): Promise<void>;
  /** Says something to people. */
  say(line: string): void;
}

/** The output of a host. `colour` is false where `--no-color` was given. */
export function createOutput(host: CliHost, options: { format: Format; colour: boolean }): Output {
  const { format } = options;
  const print = (text: string): void => void host.stdout.write(text);
  const lines = (all: readonly string[]): void => {
    if (all.length > 0) print(`${all.join('\n')}\n`);
  };
  return {
    format,
    paint: paintOf(mayColour(host.stdout, host.env, options.colour)),
    data: async (value, table) => {
      if (format === 'table') lines(table());
      else if (format === 'json') print(`${JSON.stringify(plain(value), null, 2)}\n`);
      else print(await yamlText(value));
    },
    more: async (value, table) => {
      if (format === 'table') lines(table());
      else if (format === 'json') print(`${JSON.stringify(plain(value))}\n`);
      else print(`---\n${await yamlText(value)}`);
    },
    say: (line) => void host.stderr.write(`${line}\n`),
  };
}

/** A value in YAML, for print and for people. */
export async function yamlText(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(plain(value), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What DynamoDB can hold, as JSON can say it: numbers that are not exact and binary become text, sets lists. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof NumberValue) return value.value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Set) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  // Without a prototype, so that a field called __proto__ is one like any other.
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) out[key] = plain(inner);
  return out;
}
