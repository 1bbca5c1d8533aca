/** Checks of a condition that need the types of the expression attribute values, but no item. */
import { compareValues, type Value, type ValueKind } from '../values.ts';
import { writeValue } from '../wire-values.ts';
import type { Comparator, ConditionFunction, Operand } from './ast.ts';
import type { Values } from './parser.ts';

const attributeTypes: ReadonlySet<string> = new Set(['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']);
const shownTypes = '{B,NULL,SS,BOOL,L,BS,N,NS,S,M}';

function literal(operand: Operand | undefined, values: Values): Value | undefined {
  return operand?.kind === 'value' ? values.get(operand.name) : undefined;
}

function wrongType(name: string, type: string): string {
  return `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;
}

function firstOther(
  operands: readonly Operand[],
  values: Values,
  allowed: readonly ValueKind[],
): ValueKind | undefined {
  for (const operand of operands) {
    const value = literal(operand, values);
    if (value !== undefined && !allowed.includes(value.kind)) return value.kind;
  }
  return undefined;
}

/** Order is defined for S, N and B only; equality for every type. Returns AWS's complaint or undefined. */
export function checkComparison(
  operator: Comparator,
  operands: readonly Operand[],
  values: Values,
): string | undefined {
  if (operator === '=' || operator === '<>') return undefined;
  const other = firstOther(operands, values, ['S', 'N', 'B']);
  return other === undefined ? undefined : wrongType(operator, other);
}

/** Literal bounds must be of one type and in order. Returns AWS's complaint or undefined. */
export function checkBetween(low: Operand, high: Operand, values: Values): string | undefined {
  const other = firstOther([low, high], values, ['S', 'N', 'B']);
  if (other !== undefined) return wrongType('BETWEEN', other);
  const lower = literal(low, values);
  const upper = literal(high, values);
  if (lower === undefined || upper === undefined) return undefined;
  const bounds = `lower bound operand: AttributeValue: ${show(lower)}, upper bound operand: AttributeValue: ${show(upper)}`;
  const order = compareValues(lower, upper);
  if (order === undefined) return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`;
  if (order <= 0) return undefined;
  return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`;
}

function show(value: Value): string {
  const text = value.kind === 'S' || value.kind === 'N' ? value.text : JSON.stringify(writeValue(value));
  return `{${value.kind}:${text}}`;
}

/** Types of literal arguments. Returns AWS's complaint or undefined. */
export function checkFunction(
  name: ConditionFunction | 'size',
  args: readonly Operand[],
  values: Values,
): string | undefined {
  if (name === 'begins_with') {
    const other = firstOther(args, values, ['S', 'B']);
    return other === undefined ? undefined : wrongType(name, other);
  }
  if (name === 'size') {
    const kind = literal(args[0], values)?.kind;
    return kind === 'N' || kind === 'BOOL' || kind === 'NULL' ? wrongType(name, kind) : undefined;
  }
  if (name !== 'attribute_type') return undefined;
  const type = literal(args[1], values);
  if (type?.kind !== 'S') return wrongType(name, type?.kind ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
  if (attributeTypes.has(type.text)) return undefined;
  return `Invalid attribute type name found; type: ${type.text}, valid types: ${shownTypes}`;
}
