/** Whether an item meets a condition. */
import { bytesText, compareValues, equalValues, type Item, type Value } from '../values.ts';
import type { Comparator, Condition, ConditionFunction, Operand, Path } from './ast.ts';
import type { Values } from './parser.ts';

/** The value at a document path, or undefined when any step of it is missing or of another type. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let value = item.get(path[0]);
  for (let index = 1; index < path.length && value !== undefined; index += 1) {
    const element = path[index];
    if (typeof element === 'number') value = value.kind === 'L' ? value.items[element] : undefined;
    else value = value.kind === 'M' && element !== undefined ? value.fields.get(element) : undefined;
  }
  return value;
}

/** Evaluates a condition against an item; an item that does not exist is the empty one. */
export function meets(condition: Condition, item: Item, values: Values): boolean {
  switch (condition.kind) {
    case 'and':
      return meets(condition.left, item, values) && meets(condition.right, item, values);
    case 'or':
      return meets(condition.left, item, values) || meets(condition.right, item, values);
    case 'not':
      return !meets(condition.condition, item, values);
    case 'compare':
      return compare(
        condition.operator,
        operandValue(condition.left, item, values),
        operandValue(condition.right, item, values),
      );
    case 'between': {
      const value = operandValue(condition.operand, item, values);
      return (
        compare('>=', value, operandValue(condition.low, item, values)) &&
        compare('<=', value, operandValue(condition.high, item, values))
      );
    }
    case 'in': {
      const value = operandValue(condition.operand, item, values);
      return condition.list.some((operand) => compare('=', value, operandValue(operand, item, values)));
    }
    case 'function':
      return callFunction(
        condition.name,
        operandValue(condition.args[0], item, values),
        operandValue(condition.args[1], item, values),
      );
  }
}

function operandValue(operand: Operand | undefined, item: Item, values: Values): Value | undefined {
  if (operand === undefined) return undefined;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  if (operand.kind === 'value') return values.get(operand.name);
  const size = sizeOf(operandValue(operand.of, item, values));
  return size === undefined ? undefined : { kind: 'N', text: String(size) };
}

/** What `size` answers: length of text, bytes of a binary, number of members. Undefined for the other types, which match nothing. */
function sizeOf(value: Value | undefined): number | undefined {
  switch (value?.kind) {
    case 'S':
      return value.text.length;
    case 'B':
      return value.bytes.byteLength;
    case 'SS':
    case 'NS':
    case 'BS':
      return value.members.length;
    case 'L':
      return value.items.length;
    case 'M':
      return value.fields.size;
    default:
      return undefined;
  }
}

/** A missing operand matches nothing, except that it differs from everything. */
function compare(operator: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  const equal = left !== undefined && right !== undefined && equalValues(left, right);
  if (operator === '=') return equal;
  if (operator === '<>') return !equal;
  if (left === undefined || right === undefined) return false;
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function callFunction(name: ConditionFunction, first: Value | undefined, second: Value | undefined): boolean {
  switch (name) {
    case 'attribute_exists':
      return first !== undefined;
    case 'attribute_not_exists':
      return first === undefined;
    case 'attribute_type':
      return first !== undefined && second?.kind === 'S' && second.text === first.kind;
    case 'begins_with':
      return first !== undefined && second !== undefined && beginsWith(first, second);
    case 'contains':
      return first !== undefined && second !== undefined && contains(first, second);
  }
}

/** Whether S or B `value` begins with `prefix` of the same type. */
export function beginsWith(value: Value, prefix: Value): boolean {
  if (value.kind === 'S' && prefix.kind === 'S') return value.text.startsWith(prefix.text);
  if (value.kind !== 'B' || prefix.kind !== 'B') return false;
  return Buffer.compare(value.bytes.subarray(0, prefix.bytes.byteLength), prefix.bytes) === 0;
}

function contains(value: Value, part: Value): boolean {
  switch (value.kind) {
    case 'S':
      return part.kind === 'S' && value.text.includes(part.text);
    case 'B':
      return part.kind === 'B' && Buffer.from(value.bytes).includes(Buffer.from(part.bytes));
    case 'SS':
      return part.kind === 'S' && value.members.includes(part.text);
    case 'NS':
      return part.kind === 'N' && value.members.includes(part.text);
    case 'BS': {
      if (part.kind !== 'B') return false;
      const wanted = bytesText(part.bytes);
      return value.members.some((member) => bytesText(member) === wanted);
    }
    case 'L':
      return value.items.some((item) => equalValues(item, part));
    default:
      return false;
  }
}
