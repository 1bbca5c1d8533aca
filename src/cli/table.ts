/** Tables as people read them: columns side by side, no lines. */
import type { Paint, Tone } from './style.ts';

/** One column of rows of type T. */
export interface Column<T> {
  readonly title: string;
  readonly text: (row: T) => string;
  readonly tone?: (row: T) => Tone | undefined;
}

/** A table whose column widths stay, so that rows printed later stand under the same titles. */
export interface TablePrinter<T> {
  /** The lines of some rows, with the titles first where `titles` says so. */
  lines(rows: readonly T[], titles: boolean): string[];
}

const gap = '   ';

/** Prints rows of these columns; `shown` are the rows by which the widths are chosen. */
export function createTable<T>(columns: readonly Column<T>[], shown: readonly T[], paint: Paint): TablePrinter<T> {
  const widths = columns.map(({ title, text }) =>
    shown.reduce((width, row) => Math.max(width, clean(text(row)).length), title.length),
  );
  const line = (cells: readonly string[]): string => cells.join(gap).trimEnd();
  return {
    lines: (rows, titles) => {
      const head = titles
        ? [line(columns.map(({ title }, index) => paint('strong', title.padEnd(widths[index] ?? 0))))]
        : [];
      const body = rows.map((row) =>
        line(
          columns.map((column, index) => {
            const text = clean(column.text(row)).padEnd(widths[index] ?? 0);
            const tone = column.tone?.(row);
            return tone === undefined ? text : paint(tone, text);
          }),
        ),
      );
      return [...head, ...body];
    },
  };
}

/** A text that cannot move the cursor, change colours or turn the direction of writing: what would becomes `\u{hex}`. */
export function clean(text: string): string {
  return text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** How long ago something was, in one unit: `12s`, `5m`, `3h`, `2d`; `-` where it is not known. */
export function ageText(at: string | undefined, nowMs: number): string {
  const then = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(then)) return '-';
  const seconds = Math.max(0, Math.floor((nowMs - then) / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
