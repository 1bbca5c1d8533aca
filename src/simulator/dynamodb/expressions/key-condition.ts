/** Turns a parsed KeyConditionExpression into a partition key value and a range of sort key values. */
import { validation } from '../errors.ts';
import type { KeySchema } from '../key-schema.ts';
import { compareValues, type Value } from '../values.ts';
import type { Comparator, Condition, Operand } from './ast.ts';
import { beginsWith } from './evaluate.ts';
import type { Values } from './parser.ts';

/** Which sort keys a Query wants: those for which `matches` holds, all of them between `from` and `to`. */
export interface SortRange {
  readonly from?: Value;
  readonly to?: Value;
  matches(sort: Value): boolean;
}

export interface KeyCondition {
  readonly partition: Value;
  readonly sort?: SortRange;
}

interface Simple {
  readonly attribute: string;
  readonly operator: Exclude<Comparator, '<>'> | 'BETWEEN' | 'begins_with';
  readonly operands: readonly Value[];
}

const invalid = (message: string): Error => validation(`Invalid KeyConditionExpression: ${message}`);
const swapped = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** Reads the condition against a table's keys. Throws `ValidationException` with AWS's texts for what a Query cannot ask. */
export function keyCondition(condition: Condition, schema: KeySchema, values: Values): KeyCondition {
  const conditions = flatten(condition, values);
  if (conditions.length > 2) throw validation('Conditions can be of length 1 or 2 only');
  const [first, second] = conditions;
  if (first !== undefined && first.attribute === second?.attribute) {
    throw invalid('KeyConditionExpressions must only contain one condition per key');
  }
  const partition = conditions.find(({ attribute }) => attribute === schema.partition.name);
  if (partition === undefined) {
    throw validation(`Query condition missed key schema element: ${schema.partition.name}`);
  }
  const other = conditions.find((candidate) => candidate !== partition);
  if (partition.operator !== '=') throw validation('Query key condition not supported');
  const value = typed(partition, schema.partition.type);
  if (value.kind === 'S' && value.text === '') {
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${schema.partition.name}`,
    );
  }
  if (other === undefined) return { partition: value };
  if (schema.sort === undefined) throw validation('Query key condition not supported');
  if (other.attribute !== schema.sort.name) {
    throw validation(`Query condition missed key schema element: ${schema.sort.name}`);
  }
  return { partition: value, sort: sortRange(other, typed(other, schema.sort.type)) };
}

function typed(condition: Simple, type: string): Value {
  const [first] = condition.operands;
  if (first === undefined || condition.operands.some((operand) => operand.kind !== type)) {
    throw validation('One or more parameter values were invalid: Condition parameter type does not match schema type');
  }
  return first;
}

function sortRange(condition: Simple, first: Value): SortRange {
  const order = (sort: Value, bound: Value): number => compareValues(sort, bound) ?? Number.NaN;
  switch (condition.operator) {
    case '=':
      return { from: first, to: first, matches: (sort) => order(sort, first) === 0 };
    case '<':
      return { to: first, matches: (sort) => order(sort, first) < 0 };
    case '<=':
      return { to: first, matches: (sort) => order(sort, first) <= 0 };
    case '>':
      return { from: first, matches: (sort) => order(sort, first) > 0 };
    case '>=':
      return { from: first, matches: (sort) => order(sort, first) >= 0 };
    case 'BETWEEN': {
      const last = condition.operands[1] ?? first;
      return { from: first, to: last, matches: (sort) => order(sort, first) >= 0 && order(sort, last) <= 0 };
    }
    case 'begins_with':
      return { from: first, matches: (sort) => beginsWith(sort, first) };
  }
}

function flatten(condition: Condition, values: Values): readonly Simple[] {
  switch (condition.kind) {
    case 'and':
      return [...flatten(condition.left, values), ...flatten(condition.right, values)];
    case 'or':
    case 'not':
    case 'in':
      throw invalid(`Invalid operator used in KeyConditionExpression: ${condition.kind.toUpperCase()}`);
    case 'compare':
      return [comparison(condition.operator, condition.left, condition.right, values)];
    case 'between':
      return [simple('BETWEEN', condition.operand, [condition.low, condition.high], values)];
    case 'function': {
      if (condition.name !== 'begins_with') {
        throw invalid(`Invalid operator used in KeyConditionExpression: ${condition.name}`);
      }
      const [first, ...rest] = condition.args;
      return first === undefined ? [] : [simple('begins_with', first, rest, values)];
    }
  }
}

function comparison(operator: Comparator, left: Operand, right: Operand, values: Values): Simple {
  if (operator === '<>') throw invalid('Invalid operator used in KeyConditionExpression: <>');
  if (left.kind === 'path' || right.kind !== 'path') return simple(operator, left, [right], values);
  return simple(swapped[operator], right, [left], values);
}

function simple(operator: Simple['operator'], subject: Operand, operands: readonly Operand[], values: Values): Simple {
  if ([subject, ...operands].some((operand) => operand.kind === 'size')) {
    throw invalid('KeyConditionExpressions cannot contain nested operations');
  }
  if (subject.kind !== 'path') {
    const keyFirst = operator === 'BETWEEN' || operator === 'begins_with';
    throw invalid(
      keyFirst
        ? `Invalid condition in KeyConditionExpression: ${operator} operator must have the key attribute as its first operand`
        : 'Invalid condition in KeyConditionExpression: No key attribute specified',
    );
  }
  if (subject.path.length > 1) {
    throw invalid('KeyConditionExpressions cannot have conditions on nested attributes');
  }
  const found = operands.flatMap((operand) => (operand.kind === 'value' ? [values.get(operand.name)] : []));
  const literals = found.filter((value) => value !== undefined);
  if (literals.length !== operands.length) {
    throw invalid('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
  }
  return { attribute: subject.path[0], operator, operands: literals };
}
