/**
 * A page of the documentation as something that can be followed. What runs are its `sh` blocks, in order. A `text` block that comes next after one is what it
 * prints: `...` stands for anything, on a line of its own for any number of lines, and how wide the space between words is does not matter.
 *
 * What a reader has to do besides is said to a script in comments, which no reader sees:
 *
 *   <!-- sim: skip, WHY -->                the next block is not run: nothing of it can be had on the simulated AWS
 *   <!-- sim: instead, WHY [commands] -->  the commands are run in its place
 *   <!-- sim: also [commands] -->          the commands are run here, besides
 *   <!-- sim: say, WHAT -->                what is not as on AWS from here on, to be said aloud
 *   <!-- sim: terminal NAME [commands] --> the next block, or the commands, run in a terminal of their own and go on running
 *   <!-- sim: interrupt NAME -->           Ctrl-C in that terminal
 *   <!-- sim: exit N -->                   the next block ends with N
 *   <!-- sim: until -->                    the next block is run again and again until it ends as it should and prints what the page shows
 *
 * Commands stand on lines of their own in the comment.
 */

/** Something to do, in the order of the page. */
export type Step =
  | {
      readonly do: 'run';
      readonly line: number;
      readonly commands: string;
      readonly expects: string | undefined;
      readonly exit: number;
      readonly again: boolean;
    }
  | {
      readonly do: 'open';
      readonly line: number;
      readonly commands: string;
      readonly expects: string | undefined;
      readonly terminal: string;
    }
  | { readonly do: 'interrupt'; readonly line: number; readonly terminal: string }
  | { readonly do: 'leave out'; readonly line: number; readonly why: string };

/** A fenced block. */
export interface Fence {
  /** Of its first line of content, from 1. */
  readonly line: number;
  /** The first word of its info string; '' where it has none. */
  readonly language: string;
  readonly text: string;
}

interface Comment {
  readonly line: number;
  readonly text: string;
}

/** A page that cannot be followed because of how it is written. */
export class PageError extends Error {
  override readonly name = 'PageError';
}

/** The fenced blocks and the comments of a page, in order. A block in a list is freed of its indentation. */
export function piecesOf(markdown: string): readonly (({ kind: 'fence' } & Fence) | ({ kind: 'comment' } & Comment))[] {
  const pieces: (({ kind: 'fence' } & Fence) | ({ kind: 'comment' } & Comment))[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^( *)(`{3,}) *(\S*)/.exec(line);
    if (fence !== null) {
      const [, indent = '', ticks = '', language = ''] = fence;
      const end = lines.findIndex((other, index) => index > at && other.trim() === ticks);
      if (end < 0) throw new PageError(`line ${at + 1}: a fenced block has no end`);
      const text = lines.slice(at + 1, end).map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
      pieces.push({ kind: 'fence', line: at + 2, language, text: text.join('\n') });
      at = end;
      continue;
    }
    if (!/^ *<!--/.test(line)) continue;
    const end = lines.findIndex((other, index) => index >= at && other.includes('-->'));
    if (end < 0) throw new PageError(`line ${at + 1}: a comment has no end`);
    const text = lines.slice(at, end + 1).join('\n');
    pieces.push({ kind: 'comment', line: at + 1, text: text.slice(text.indexOf('<!--') + 4, text.indexOf('-->')) });
    at = end;
  }
  return pieces;
}

/** What has been said about the next block. */
interface Saying {
  skip?: string;
  instead?: { why: string; commands: string };
  terminal?: string;
  exit?: number;
  again?: boolean;
}

/** What there is to do on a page. Throws `PageError` for a comment that says nothing, or says it to no block. */
export function stepsOf(markdown: string): readonly Step[] {
  const steps: Step[] = [];
  const pieces = piecesOf(markdown);
  let saying: Saying = {};
  let said = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'comment') {
      const words = wordsOf(piece);
      if (words === undefined) continue;
      said = piece.line;
      if (!takeNow(words, piece.line, steps)) takeForNext(words, piece.line, saying);
      continue;
    }
    if (piece.language !== 'sh') continue;
    const next = pieces.slice(index + 1).find(({ kind }) => kind === 'fence');
    const expects = next?.kind === 'fence' && next.language === 'text' ? next.text : undefined;
    steps.push(...stepOf(piece, expects, saying));
    saying = {};
  }
  if (Object.keys(saying).length > 0) throw new PageError(`line ${said}: no block comes after what is said there`);
  return steps;
}

interface Words {
  readonly verb: string;
  readonly rest: string;
  readonly commands: string;
}

function wordsOf({ text, line }: Comment): Words | undefined {
  const match = /^\s*sim:\s*(\w+),? *([^\n]*?)\s*(?:\n([\s\S]*))?$/.exec(text);
  if (match !== null) return { verb: match[1] ?? '', rest: match[2] ?? '', commands: match[3]?.trim() ?? '' };
  if (/^\s*sim\b/.test(text)) throw new PageError(`line ${line}: '${text.trim()}' is not understood`);
  return undefined;
}

/** What needs no block. Returns false for the rest. */
function takeNow({ verb, rest, commands }: Words, line: number, steps: Step[]): boolean {
  if (verb === 'also') steps.push({ do: 'run', line, commands, expects: undefined, exit: 0, again: false });
  else if (verb === 'say') steps.push({ do: 'leave out', line, why: rest });
  else if (verb === 'interrupt') steps.push({ do: 'interrupt', line, terminal: rest });
  else if (verb === 'terminal' && commands !== '')
    steps.push({ do: 'open', line, commands, expects: undefined, terminal: rest });
  else return false;
  return true;
}

function takeForNext({ verb, rest, commands }: Words, line: number, saying: Saying): void {
  if (verb === 'skip' && rest !== '') saying.skip = rest;
  else if (verb === 'instead' && rest !== '' && commands !== '') saying.instead = { why: rest, commands };
  else if (verb === 'terminal' && rest !== '') saying.terminal = rest;
  else if (verb === 'exit' && /^\d+$/.test(rest)) saying.exit = Number(rest);
  else if (verb === 'until') saying.again = true;
  else throw new PageError(`line ${line}: 'sim: ${verb} ${rest}' is not understood`);
}

function stepOf({ line, text }: Fence, expects: string | undefined, saying: Saying): readonly Step[] {
  const { skip, instead, terminal, exit = 0, again = false } = saying;
  if (skip !== undefined) return [{ do: 'leave out', line, why: skip }];
  if (instead !== undefined) {
    const { why, commands } = instead;
    return [
      { do: 'leave out', line, why },
      { do: 'run', line, commands, expects: undefined, exit, again: false },
    ];
  }
  if (terminal !== undefined) return [{ do: 'open', line, commands: text, expects, terminal }];
  return [{ do: 'run', line, commands: text, expects, exit, again }];
}
