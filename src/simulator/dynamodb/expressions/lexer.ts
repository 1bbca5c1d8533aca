/** Splits an expression into tokens. Nothing is refused here: a character that fits nowhere becomes a token the parser refuses. */

export type TokenKind = 'identifier' | 'name' | 'value' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern = /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)|(<=|>=|<>|[\s\S]))/gy;
const kinds: readonly TokenKind[] = ['identifier', 'name', 'value', 'number', 'symbol'];

/** The tokens of an expression, always with one `end` token last, whose text is `<EOF>` as in AWS's messages. */
export function tokenize(text: string): readonly Token[] {
  const source = text.trimEnd();
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (match === null) break;
    const group = kinds.findIndex((_, index) => match[index + 1] !== undefined);
    const found = match[group + 1] ?? '';
    const end = match.index + match[0].length;
    tokens.push({ kind: kinds[group] ?? 'symbol', text: found, start: end - found.length, end });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: source.length, end: source.length });
  return tokens;
}
