/** What the three expression grammars share: the token cursor, document paths, names, values and the order of complaints. */
import { validation } from '../errors.ts';
import type { Value } from '../values.ts';
import type { Path, ValueOperand } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { isReserved } from './reserved-words.ts';

export type Names = ReadonlyMap<string, string>;
export type Values = ReadonlyMap<string, Value>;

/** A parsed expression and what it took from the request. Checks that need the values run on every use. */
export interface Parsed<T> {
  readonly root: T;
  readonly usedNames: ReadonlySet<string>;
  readonly usedValues: readonly string[];
  readonly checks: readonly ((values: Values) => string | undefined)[];
}

/** Complaints in the order in which DynamoDB prefers them when an expression has several. */
const ranks = [
  'parentheses',
  'function-name',
  'function-use',
  'reserved',
  'section',
  'undefined',
  'operands',
  'paths',
  'distinct',
] as const;
export type Rank = (typeof ranks)[number];

const sizeLimit = 4096;

export class ExpressionParser {
  readonly usedNames = new Set<string>();
  readonly usedValues: string[] = [];
  readonly checks: ((values: Values) => string | undefined)[] = [];
  readonly #parameter: string;
  readonly #text: string;
  readonly #names: Names;
  readonly #tokens: readonly Token[];
  #position = 0;
  #problem: { readonly rank: number; readonly message: string } | undefined;

  constructor(parameter: string, text: string, names: Names) {
    this.#parameter = parameter;
    this.#text = text;
    this.#names = names;
    if (text.trim() === '') throw this.error('The expression can not be empty;');
    if (Buffer.byteLength(text) > sizeLimit) {
      throw this.error('Expression size has exceeded the maximum allowed size;');
    }
    this.#tokens = tokenize(text);
  }

  error(message: string): Error {
    return validation(`Invalid ${this.#parameter}: ${message}`);
  }

  /** Notes a complaint that must wait until the whole text has been found to be an expression at all. */
  problem(rank: Rank, message: string): void {
    const order = ranks.indexOf(rank);
    if (this.#problem === undefined || order < this.#problem.rank) this.#problem = { rank: order, message };
  }

  /** Ends parsing: refuses left-over tokens, then raises the foremost complaint. */
  finish<T>(root: T): Parsed<T> {
    if (this.peek().kind !== 'end') throw this.syntaxError();
    if (this.#problem !== undefined) throw this.error(this.#problem.message);
    return { root, usedNames: this.usedNames, usedValues: this.usedValues, checks: this.checks };
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#position + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw this.syntaxError();
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  isSymbol(text: string): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && token.text === text;
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.next();
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.syntaxError();
  }

  isKeyword(word: string): boolean {
    const token = this.peek();
    return token.kind === 'identifier' && token.text.toUpperCase() === word;
  }

  takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.next();
    return true;
  }

  /** AWS quotes the token and the source around it, one token to each side. */
  syntaxError(): Error {
    const token = this.#tokens[Math.min(this.#position, this.#tokens.length - 1)];
    const before = this.#tokens[this.#position - 1];
    const after = this.#tokens[this.#position + 1];
    const near = this.#text.slice((before ?? token)?.start ?? 0, (after ?? token)?.end ?? 0).trim();
    return this.error(`Syntax error; token: "${token?.text ?? '<EOF>'}", near: "${near}"`);
  }

  /** A document path; the current token must begin one. */
  path(): Path {
    const elements: (string | number)[] = [];
    const head = this.#element();
    for (;;) {
      if (this.takeSymbol('.')) elements.push(this.#element());
      else if (this.takeSymbol('[')) {
        if (this.peek().kind !== 'number') throw this.syntaxError();
        elements.push(Number(this.next().text));
        this.expectSymbol(']');
      } else return [head, ...elements];
    }
  }

  #element(): string {
    const token = this.peek();
    if (token.kind === 'name') {
      this.next();
      return this.#resolve(token.text);
    }
    if (token.kind !== 'identifier' || token.text.startsWith('_')) throw this.syntaxError();
    this.next();
    if (isReserved(token.text)) {
      this.problem('reserved', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }

  #resolve(reference: string): string {
    const name = this.#names.get(reference);
    if (name === undefined) {
      const what = 'An expression attribute name used in the document path is not defined';
      this.problem('undefined', `${what}; attribute name: ${reference}`);
      return reference;
    }
    this.usedNames.add(reference);
    return name;
  }

  /** A reference to an expression attribute value; the current token must be one. */
  valueReference(): ValueOperand {
    const token = this.next();
    if (!this.usedValues.includes(token.text)) {
      this.usedValues.push(token.text);
      this.checks.push((values) =>
        values.has(token.text)
          ? undefined
          : `An expression attribute value used in expression is not defined; attribute value: ${token.text}`,
      );
    }
    return { kind: 'value', name: token.text };
  }
}

/** A path as AWS prints it in messages: `[a, b, [1]]`. */
export function showPath(path: Path): string {
  return `[${path.map((element) => (typeof element === 'number' ? `[${element}]` : element)).join(', ')}]`;
}

/** Why two paths may not stand in one expression, or undefined: one contains the other, or one takes for a list what the other takes for a map. */
export function pathClash(first: Path, second: Path): string | undefined {
  const length = Math.min(first.length, second.length);
  const paths = `must remove or rewrite one of these paths; path one: ${showPath(first)}, path two: ${showPath(second)}`;
  for (let index = 0; index < length; index += 1) {
    const left = first[index];
    const right = second[index];
    if (typeof left !== typeof right) return `Two document paths conflict with each other; ${paths}`;
    if (left !== right) return undefined;
  }
  return `Two document paths overlap with each other; ${paths}`;
}
