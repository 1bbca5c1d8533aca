import { pino } from 'pino';
import type { Clock } from '../model/clock.ts';

/** Values of `CELLWRIGHT_LOG_LEVEL`, the loudest first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields of a log line. Everything that comes from a record stands in a field of its own, never in the message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines: a constant message, and what it is about as fields. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Whose time the lines bear; the machine's where it is left out. */
  readonly clock?: Clock;
  /** Where lines go, each with its newline; standard error where it is left out. */
  readonly write?: (line: string) => void;
}

/** JSON lines: `level` as a word, `time` as RFC 3339, `msg`, and the fields. Strings are made printable by `printable` before they are written. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { clock, write } = options;
  const destination = write === undefined ? pino.destination({ fd: 2, sync: true }) : { write };
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp:
        clock === undefined ? pino.stdTimeFunctions.isoTime : () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => printableFields(fields),
      },
    },
    destination,
  );
}

/** The longest text that a field shows, in characters. */
const longestText = 2_000;

/**
 * Text as it may stand in a log or an event: control characters (also C1, which JSON leaves alone and terminals obey), line separators, bidirectional
 * marks and lone surrogates become `\u{hex}`, and what is too long is cut.
 */
export function printable(text: string, longest = longestText): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function printableFields(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [printable(key, 80), printableValue(value)]));
}

function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(printableValue);
  if (typeof value === 'object' && value !== null) return printableFields({ ...value });
  return value;
}
