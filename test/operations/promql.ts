/** What an expression of PromQL asks for. */
export interface Query {
  readonly selectors: readonly Selector[];
  /** Labels after `by`, of all aggregations. */
  readonly groupings: readonly string[];
  readonly functions: readonly string[];
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

const token =
  /\s*(?:"((?:[^"\\]|\\.)*)"|([a-zA-Z_:][a-zA-Z0-9_:]*)|(\d+[smhdwy]|\d+(?:\.\d+)?)|(=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}[\],]))/y;
const operators = new Set(['and', 'or', 'unless', 'bool', 'offset']);

interface Token {
  readonly kind: 'text' | 'word' | 'number' | 'sign';
  readonly text: string;
}

/** Reads an expression as far as its names go. Throws on what is no PromQL, or a part of it that is not read here. */
export function readQuery(expression: string): Query {
  const tokens = tokensOf(expression);
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  const functions: string[] = [];
  let at = 0;
  const isSign = (text: string, ahead = 0): boolean => {
    const next = tokens[at + ahead];
    return next?.kind === 'sign' && next.text === text;
  };
  const words = (): string[] => {
    const found: string[] = [];
    for (at += 1; !isSign(')'); at += 1) {
      const next = tokens[at];
      if (next === undefined) throw new Error(`a list of labels does not end: ${expression}`);
      if (next.kind === 'word') found.push(next.text);
    }
    at += 1;
    return found;
  };
  const matchers = (): Matcher[] => {
    const found: Matcher[] = [];
    for (at += 1; !isSign('}'); at += isSign(',', 3) ? 4 : 3) {
      const [label, op, value] = tokens.slice(at, at + 3);
      if (label?.kind !== 'word' || op?.kind !== 'sign' || value?.kind !== 'text')
        throw new Error(`a matcher that cannot be read: ${expression}`);
      found.push({ label: label.text, op: op.text, value: value.text });
    }
    at += 1;
    return found;
  };
  while (at < tokens.length) {
    const next = tokens[at];
    at += 1;
    if (next?.kind !== 'word' || operators.has(next.text)) continue;
    if (next.text === 'by') groupings.push(...words());
    else if (['without', 'on', 'ignoring', 'group_left', 'group_right'].includes(next.text))
      throw new Error(`${next.text} is not read here: ${expression}`);
    else if (isSign('(') || tokens[at]?.text === 'by') functions.push(next.text);
    else selectors.push({ metric: next.text, matchers: isSign('{') ? matchers() : [] });
  }
  if (selectors.length === 0 && expression !== 'vector(0)') throw new Error(`no metric is asked for: ${expression}`);
  return { selectors, groupings, functions };
}

function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = expression.trim();
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`not PromQL at '${text.slice(from)}'`);
    const [, quoted, word, number, sign = ''] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}
