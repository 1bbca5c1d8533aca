/** Parses UpdateExpression. */
import type { Value } from '../values.ts';
import type { Path, UpdateAction, UpdateOperand } from './ast.ts';
import { ExpressionParser, type Names, type Parsed, pathClash, type Values } from './parser.ts';

const sections = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof sections)[number];

/** AWS's names of types in complaints about ADD and DELETE. */
const longTypes: Readonly<Record<Value['kind'], string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  L: 'LIST',
  M: 'MAP',
};

/** Parses an update. Throws `ValidationException` for what the grammar or the static checks refuse. */
export function parseUpdate(text: string, names: Names): Parsed<readonly UpdateAction[]> {
  return new UpdateParser(text, names).parse();
}

class UpdateParser {
  readonly #parser: ExpressionParser;
  readonly #actions: UpdateAction[] = [];

  constructor(text: string, names: Names) {
    this.#parser = new ExpressionParser('UpdateExpression', text, names);
  }

  parse(): Parsed<readonly UpdateAction[]> {
    const seen = new Set<Section>();
    do {
      const section = sections.find((word) => this.#parser.isKeyword(word));
      if (section === undefined) throw this.#parser.syntaxError();
      this.#parser.next();
      if (seen.has(section)) {
        this.#parser.problem('section', `The "${section}" section can only be used once in an update expression;`);
      }
      seen.add(section);
      do this.#action(section);
      while (this.#parser.takeSymbol(','));
    } while (this.#parser.peek().kind !== 'end');
    return this.#parser.finish(this.#actions);
  }

  #action(section: Section): void {
    const path = this.#parser.path();
    for (const action of this.#actions) {
      const clash = pathClash(action.path, path);
      if (clash !== undefined) this.#parser.problem('paths', clash);
    }
    if (section === 'REMOVE') this.#actions.push({ kind: section, path });
    else if (section === 'SET') {
      this.#parser.expectSymbol('=');
      this.#actions.push({ kind: section, path, value: this.#setValue() });
    } else this.#actions.push({ kind: section, path, value: this.#setOperand(section) });
  }

  /** ADD and DELETE take a value only: a number or a set for ADD, a set for DELETE. */
  #setOperand(section: 'ADD' | 'DELETE'): string {
    if (this.#parser.peek().kind !== 'value') throw this.#parser.syntaxError();
    const { name } = this.#parser.valueReference();
    this.#parser.checks.push((values) => {
      const kind = values.get(name)?.kind;
      if (kind === undefined || kind === 'SS' || kind === 'NS' || kind === 'BS') return undefined;
      if (section === 'ADD' && kind === 'N') return undefined;
      return `Incorrect operand type for operator or function; operator: ${section}, operand type: ${longTypes[kind]}, typeSet: ALLOWED_FOR_${section}_OPERAND`;
    });
    return name;
  }

  #setValue(): UpdateOperand {
    if (!this.#parser.isSymbol('(')) return this.#sum();
    this.#parser.next();
    const inner = this.#setValue();
    this.#parser.expectSymbol(')');
    return this.#rest(inner);
  }

  #sum(): UpdateOperand {
    return this.#rest(this.#operand());
  }

  #rest(left: UpdateOperand): UpdateOperand {
    const sign = this.#parser.isSymbol('+') ? 1 : this.#parser.isSymbol('-') ? -1 : undefined;
    if (sign === undefined) return left;
    this.#parser.next();
    const right = this.#operand();
    this.#requireType(sign === 1 ? '+' : '-', 'N', [left, right]);
    return { kind: 'add', sign, left, right };
  }

  #operand(): UpdateOperand {
    const token = this.#parser.peek();
    if (token.kind === 'value') return this.#parser.valueReference();
    if (this.#parser.takeSymbol('(')) {
      const inner = this.#setValue();
      this.#parser.expectSymbol(')');
      return inner;
    }
    const following = this.#parser.peek(1);
    if (token.kind === 'identifier' && following.kind === 'symbol' && following.text === '(') return this.#function();
    return { kind: 'path', path: this.#parser.path() };
  }

  #function(): UpdateOperand {
    const name = this.#parser.next().text;
    this.#parser.expectSymbol('(');
    const args: UpdateOperand[] = [];
    do args.push(this.#operand());
    while (this.#parser.takeSymbol(','));
    this.#parser.expectSymbol(')');
    const [first, second] = args;
    if (name !== 'if_not_exists' && name !== 'list_append') {
      this.#parser.problem('function-name', `Invalid function name; function: ${name}`);
    } else if (args.length !== 2 || first === undefined || second === undefined) {
      this.#parser.problem(
        'operands',
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
      );
    } else return name === 'list_append' ? this.#listAppend(first, second) : this.#ifNotExists(first, second);
    return { kind: 'path', path: ['unused'] };
  }

  #listAppend(left: UpdateOperand, right: UpdateOperand): UpdateOperand {
    this.#requireType('list_append', 'L', [left, right]);
    return { kind: 'list_append', left, right };
  }

  #ifNotExists(first: UpdateOperand, otherwise: UpdateOperand): UpdateOperand {
    const path: Path = first.kind === 'path' ? first.path : ['unused'];
    if (first.kind !== 'path') {
      this.#parser.problem(
        'operands',
        'Operator or function requires a document path; operator or function: if_not_exists',
      );
    }
    return { kind: 'if_not_exists', path, otherwise };
  }

  #requireType(name: string, kind: 'N' | 'L', operands: readonly UpdateOperand[]): void {
    this.#parser.checks.push((values: Values) => {
      for (const operand of operands) {
        const found = operand.kind === 'value' ? values.get(operand.name)?.kind : undefined;
        if (found !== undefined && found !== kind) {
          return `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${found}`;
        }
      }
      return undefined;
    });
  }
}
