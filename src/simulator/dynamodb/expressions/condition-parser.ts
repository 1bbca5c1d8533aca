/** Parses ConditionExpression, FilterExpression and, before its own checks, KeyConditionExpression. */
import {
  type Comparator,
  type Condition,
  type ConditionFunction,
  comparators,
  conditionFunctions,
  type Operand,
} from './ast.ts';
import { checkBetween, checkComparison, checkFunction } from './condition-checks.ts';
import { ExpressionParser, type Names, type Parsed, showPath } from './parser.ts';

type Node = Condition | Operand;

const keywords = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const misuse = 'The function is not allowed to be used this way in an expression; function: ';

/** Parses a condition. Throws `ValidationException` naming `parameter` for what the grammar or the static checks refuse. */
export function parseCondition(parameter: string, text: string, names: Names): Parsed<Condition> {
  return new ConditionParser(parameter, text, names).parse();
}

function isOperand(node: Node): node is Operand {
  return node.kind === 'path' || node.kind === 'value' || node.kind === 'size';
}

class ConditionParser {
  readonly #parser: ExpressionParser;
  /** Nodes that stood in parentheses of their own: a second pair around them is redundant. */
  readonly #grouped = new WeakSet();

  constructor(parameter: string, text: string, names: Names) {
    this.#parser = new ExpressionParser(parameter, text, names);
  }

  parse(): Parsed<Condition> {
    const node = this.#or();
    const condition = this.#condition(node);
    return this.#parser.finish(condition);
  }

  /** Refuses an operand where a condition must stand. */
  #condition(node: Node): Condition {
    if (!isOperand(node)) return node;
    if (node.kind !== 'size') throw this.#parser.syntaxError();
    this.#parser.problem('function-use', `${misuse}size`);
    return { kind: 'compare', operator: '=', left: node, right: node };
  }

  #or(): Node {
    let left = this.#and();
    while (this.#parser.isKeyword('OR')) {
      const first = this.#condition(left);
      this.#parser.next();
      left = { kind: 'or', left: first, right: this.#condition(this.#and()) };
    }
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#parser.isKeyword('AND')) {
      const first = this.#condition(left);
      this.#parser.next();
      left = { kind: 'and', left: first, right: this.#condition(this.#not()) };
    }
    return left;
  }

  #not(): Node {
    if (!this.#parser.takeKeyword('NOT')) return this.#comparison();
    return { kind: 'not', condition: this.#condition(this.#not()) };
  }

  #comparison(): Node {
    const left = this.#primary();
    const token = this.#parser.peek();
    if (token.kind === 'symbol') {
      const operator = comparators.find((known) => known === token.text);
      if (operator === undefined) return left;
      this.#parser.next();
      return this.#compare(operator, this.#operand(left), this.#operand(this.#primary()));
    }
    if (this.#parser.takeKeyword('BETWEEN')) return this.#between(this.#operand(left));
    if (this.#parser.takeKeyword('IN')) return this.#in(this.#operand(left));
    return left;
  }

  #compare(operator: Comparator, left: Operand, right: Operand): Condition {
    this.#distinct(operator, left, [right]);
    this.#parser.checks.push((values) => checkComparison(operator, [left, right], values));
    return { kind: 'compare', operator, left, right };
  }

  #between(operand: Operand): Condition {
    const low = this.#operand(this.#primary());
    if (!this.#parser.takeKeyword('AND')) throw this.#parser.syntaxError();
    const high = this.#operand(this.#primary());
    this.#parser.checks.push((values) => checkBetween(low, high, values));
    return { kind: 'between', operand, low, high };
  }

  #in(operand: Operand): Condition {
    this.#parser.expectSymbol('(');
    const list = this.#arguments().map((node) => this.#operand(node));
    if (list.length > 100) this.#wrongCount('IN', list.length);
    return { kind: 'in', operand, list };
  }

  /** Refuses a condition where an operand must stand. */
  #operand(node: Node): Operand {
    if (isOperand(node)) return node;
    if (node.kind !== 'function') throw this.#parser.syntaxError();
    this.#parser.problem('function-use', misuse + node.name);
    return { kind: 'path', path: ['unused'] };
  }

  #primary(): Node {
    const token = this.#parser.peek();
    if (this.#parser.takeSymbol('(')) return this.#group();
    if (token.kind === 'value') return this.#parser.valueReference();
    if (token.kind === 'identifier' && keywords.has(token.text.toUpperCase())) throw this.#parser.syntaxError();
    const following = this.#parser.peek(1);
    if (token.kind === 'identifier' && following.kind === 'symbol' && following.text === '(') return this.#function();
    return { kind: 'path', path: this.#parser.path() };
  }

  #group(): Node {
    const inner = this.#or();
    this.#parser.expectSymbol(')');
    if (this.#grouped.has(inner)) {
      this.#parser.problem('parentheses', 'The expression has redundant parentheses;');
    }
    this.#grouped.add(inner);
    return inner;
  }

  #arguments(): Node[] {
    const list: Node[] = [];
    do list.push(this.#primary());
    while (this.#parser.takeSymbol(','));
    this.#parser.expectSymbol(')');
    return list;
  }

  #function(): Node {
    const name = this.#parser.next().text;
    this.#parser.expectSymbol('(');
    const args = this.#arguments().map((node) => this.#operand(node));
    if (name === 'size') return this.#size(args);
    const known = conditionFunctions.find((candidate) => candidate === name);
    if (known === undefined) {
      this.#parser.problem('function-name', `Invalid function name; function: ${name}`);
      return { kind: 'function', name: 'contains', args };
    }
    this.#checkArguments(known, args);
    return { kind: 'function', name: known, args };
  }

  #size(args: readonly Operand[]): Operand {
    const [first] = args;
    if (first === undefined) throw this.#parser.syntaxError();
    if (args.length !== 1) this.#wrongCount('size', args.length);
    this.#parser.checks.push((values) => checkFunction('size', args, values));
    return { kind: 'size', of: first };
  }

  #checkArguments(name: ConditionFunction, args: readonly Operand[]): void {
    const unary = name === 'attribute_exists' || name === 'attribute_not_exists';
    if (args.length !== (unary ? 1 : 2)) {
      this.#wrongCount(name, args.length);
      return;
    }
    if (unary && args[0]?.kind !== 'path') {
      this.#parser.problem('operands', `Operator or function requires a document path; operator or function: ${name}`);
      return;
    }
    const [first, ...rest] = args;
    if (first !== undefined) this.#distinct(name, first, rest);
    this.#parser.checks.push((values) => checkFunction(name, args, values));
  }

  #wrongCount(name: string, count: number): void {
    this.#parser.problem(
      'operands',
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
    );
  }

  #distinct(name: string, first: Operand, rest: readonly Operand[]): void {
    if (first.kind !== 'path') return;
    const shown = showPath(first.path);
    if (!rest.some((operand) => operand.kind === 'path' && showPath(operand.path) === shown)) return;
    this.#parser.problem(
      'distinct',
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${name}, first operand: ${shown}`,
    );
  }
}
