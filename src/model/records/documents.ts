import type { CST, Document } from 'yaml';
import { Composer, isNode, LineCounter, Parser, visit } from 'yaml';
import { shown } from './problems.ts';

/** The largest text that is read, in UTF-16 units: some 100,000 tenants. */
export const documentsMaxLength = 32 * 1024 * 1024;

/** How deep a text may nest. A record may have 12 levels; the rest is for lists around records. */
const maxNesting = 64;

/**
 * How much aliases may expand a document, in nodes. Enough to share a handful of settings between records, too little for anchors that expand
 * without end.
 */
const maxAliases = 1000;

/** One record of a text, not validated yet, and where it begins. */
export interface RawDocument {
  readonly raw: unknown;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** What makes a part of a text unreadable. */
export interface DocumentProblem {
  /** Line and column of the text, from 1. */
  readonly line: number;
  readonly column: number;
  /** The key or value at fault, escaped and cut to 80 characters, where one is. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** What a text holds. A document with a problem gives no records; the other documents do. */
export interface Documents {
  readonly records: readonly RawDocument[];
  readonly problems: readonly DocumentProblem[];
}

const options = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  customTags: null,
  uniqueKeys: true,
  strict: true,
  stringKeys: true,
  prettyErrors: false,
  // Digits that a JavaScript number cannot hold arrive as they are, to be refused by name instead of being rounded.
  intAsBigInt: true,
} as const;

/**
 * Reads what `apply -f` is given: YAML documents (JSON is YAML too), each a record, a list of records, or `{items: [...]}`. Refused, with the place: duplicate keys,
 * NaN and infinity, tags, aliases that expand without end, deep nesting, anything over 32 Mi characters. Never throws.
 */
export function parseDocuments(text: string): Documents {
  if (text.length > documentsMaxLength) {
    const found = `${text.length} characters`;
    return { records: [], problems: [wholeText(found, `at most ${documentsMaxLength}; split the file`)] };
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tokens.map((token) => tooDeep(token)).find((offset) => offset !== undefined);
  if (deep !== undefined) {
    const problem = at(lines, deep, {
      field: '',
      found: `more than ${maxNesting} levels`,
      expected: `at most ${maxNesting} levels`,
    });
    return { records: [], problems: [problem] };
  }
  const records: RawDocument[] = [];
  const problems: DocumentProblem[] = [];
  for (const document of new Composer(options).compose(tokens)) {
    const read = readDocument(document, lines, text);
    records.push(...read.records);
    problems.push(...read.problems);
  }
  return { records, problems };
}

function wholeText(found: string, expected: string): DocumentProblem {
  return { line: 1, column: 1, field: '', found, expected };
}

function at(lines: LineCounter, offset: number, words: Omit<DocumentProblem, 'line' | 'column'>): DocumentProblem {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), ...words };
}

/** The offset of the first token that nests too deeply. Walks with a list of its own: the composer would use the stack and run out of it. */
function tooDeep(root: CST.Token): number | undefined {
  const open: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxNesting) return 'offset' in token ? token.offset : 0;
    for (const inner of innerTokens(token)) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function innerTokens(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) =>
    [item.key, item.value].filter((each): each is CST.Token => each !== null && each !== undefined),
  );
}

function readDocument(document: Document.Parsed, lines: LineCounter, text: string): Documents {
  // What YAML merely warns about (a tag that nobody knows) would change the meaning without a word, so it counts as an error.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.slice(0, 20).map((fault) => at(lines, fault.pos[0], faultWords(fault, text)));
    return { records: [], problems };
  }
  const start = document.contents?.range?.[0] ?? document.range[0];
  const value = holdsItself(document)
    ? { ok: false as const, fault: 'an alias inside its own anchor, which has no end' }
    : toPlain(document);
  if (!value.ok) {
    const expected = `aliases of anchors before them that stand for at most ${maxAliases} nodes`;
    return { records: [], problems: [at(lines, start, { field: '', found: shown(value.fault), expected })] };
  }
  return collect(value.value, document, lines, start);
}

function faultWords(
  fault: { code: string; message: string; pos: [number, number] },
  text: string,
): Omit<DocumentProblem, 'line' | 'column'> {
  const source = text.slice(fault.pos[0], Math.min(fault.pos[1], fault.pos[0] + 200)).split('\n')[0] ?? '';
  if (fault.code === 'DUPLICATE_KEY') {
    const field = shown(keyText(text, fault.pos[0]));
    return { field, found: `${field} twice in one map`, expected: 'each key once' };
  }
  return { field: shown(source.trim()), found: shown(fault.message), expected: 'YAML 1.2 or JSON without tags' };
}

/** The key that begins at an offset: up to its colon, without quotes. The fault's own range may be empty. */
function keyText(text: string, offset: number): string {
  const rest = text.slice(offset, offset + 300).split('\n')[0] ?? '';
  const quoted = /^"([^"]*)"|^'([^']*)'/.exec(rest);
  return quoted?.[1] ?? quoted?.[2] ?? (rest.split(':')[0] ?? '').trim();
}

/** Whether an alias stands inside the very node that it means: a value without end. */
function holdsItself(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias(_key, alias, path) {
      if (!path.some((above) => isNode(above) && 'anchor' in above && above.anchor === alias.source)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function toPlain(
  document: Document.Parsed,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { ok: true, value };
  } catch (error) {
    // The library's way to say that aliases expand too far, or lead nowhere.
    if (error instanceof ReferenceError) return { ok: false, fault: error.message };
    throw error;
  }
}

function collect(value: unknown, document: Document.Parsed, lines: LineCounter, start: number): Documents {
  if (value === null || value === undefined) return { records: [], problems: [] };
  const lineOf = (path: (string | number)[]): number => {
    const node: unknown = path.length === 0 ? undefined : document.getIn(path, true);
    return lines.linePos(offsetOf(node) ?? start).line;
  };
  if (Array.isArray(value)) {
    return { records: value.map((raw: unknown, index) => ({ raw, line: lineOf([index]) })), problems: [] };
  }
  const items = itemsOf(value);
  if (items !== undefined) {
    return { records: items.map((raw, index) => ({ raw, line: lineOf(['items', index]) })), problems: [] };
  }
  return { records: [{ raw: value, line: lineOf([]) }], problems: [] };
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const first: unknown = node.range[0];
  return typeof first === 'number' ? first : undefined;
}

/** The list of `{items: [...]}`, the form in which `get -o json` prints records. A map with anything else in it is a record. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const keys = Object.keys(value);
  if (keys.length !== 1 || keys[0] !== 'items' || !('items' in value)) return undefined;
  return Array.isArray(value.items) ? value.items : undefined;
}
