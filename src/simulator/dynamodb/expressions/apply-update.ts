/** Applies an update to an item. Every operand is read from the item as it was before the update. */
import { addNumbers } from '../decimal.ts';
import { validation } from '../errors.ts';
import { bytesText, type Item, type Value } from '../values.ts';
import type { Path, UpdateAction, UpdateOperand } from './ast.ts';
import { valueAt } from './evaluate.ts';
import type { Values } from './parser.ts';
import { type PathTree, pathTree } from './path-tree.ts';

/** What becomes of the value at the end of a path; undefined means that it is gone. */
type Change = (current: Value | undefined) => Value | undefined;

/**
 * The item after the update. Throws `ValidationException` with AWS's text for operands that do not exist or have the wrong type and
 * for paths that lead nowhere.
 */
export function applyUpdate(actions: readonly UpdateAction[], item: Item, values: Values): Item {
  const changes = actions.map((action): readonly [Path, Change] => [action.path, changeOf(action, item, values)]);
  return changeFields(item, pathTree(changes));
}

function changeOf(action: UpdateAction, item: Item, values: Values): Change {
  switch (action.kind) {
    case 'REMOVE':
      return () => undefined;
    case 'SET': {
      const value = operandValue(action.value, item, values);
      return () => value;
    }
    case 'ADD':
      return (current) => add(current, known(values.get(action.value)));
    case 'DELETE':
      return (current) => removeMembers(current, known(values.get(action.value)));
  }
}

function known(value: Value | undefined): Value {
  if (value === undefined) {
    throw validation('The provided expression refers to an attribute that does not exist in the item');
  }
  return value;
}

const wrongType = (): Error => validation('An operand in the update expression has an incorrect data type');
const wrongPath = (): Error => validation('The document path provided in the update expression is invalid for update');

function operandValue(operand: UpdateOperand, item: Item, values: Values): Value {
  switch (operand.kind) {
    case 'path':
      return known(valueAt(item, operand.path));
    case 'value':
      return known(values.get(operand.name));
    case 'if_not_exists':
      return valueAt(item, operand.path) ?? operandValue(operand.otherwise, item, values);
    case 'list_append': {
      const left = operandValue(operand.left, item, values);
      const right = operandValue(operand.right, item, values);
      if (left.kind !== 'L' || right.kind !== 'L') throw wrongType();
      return { kind: 'L', items: [...left.items, ...right.items] };
    }
    case 'add': {
      const left = operandValue(operand.left, item, values);
      const right = operandValue(operand.right, item, values);
      if (left.kind !== 'N' || right.kind !== 'N') throw wrongType();
      return { kind: 'N', text: addNumbers(left.text, right.text, operand.sign) };
    }
  }
}

function add(current: Value | undefined, value: Value): Value {
  if (current === undefined) return value;
  if (value.kind === 'N' && current.kind === 'N') {
    return { kind: 'N', text: addNumbers(current.text, value.text, 1) };
  }
  if (value.kind === 'BS' && current.kind === 'BS') {
    const present = new Set(current.members.map(bytesText));
    return {
      kind: 'BS',
      members: [...current.members, ...value.members.filter((member) => !present.has(bytesText(member)))],
    };
  }
  if ((value.kind === 'SS' || value.kind === 'NS') && current.kind === value.kind) {
    return { kind: value.kind, members: [...new Set([...current.members, ...value.members])] };
  }
  throw wrongType();
}

/** A set that loses its last member is gone, since there are no empty sets. */
function removeMembers(current: Value | undefined, value: Value): Value | undefined {
  if (current === undefined) return undefined;
  if (value.kind === 'BS' && current.kind === 'BS') {
    const gone = new Set(value.members.map(bytesText));
    const members = current.members.filter((member) => !gone.has(bytesText(member)));
    return members.length === 0 ? undefined : { kind: 'BS', members };
  }
  if ((value.kind === 'SS' || value.kind === 'NS') && current.kind === value.kind) {
    const gone = new Set(value.members);
    const members = current.members.filter((member) => !gone.has(member));
    return members.length === 0 ? undefined : { kind: value.kind, members };
  }
  throw wrongType();
}

function changeFields(fields: Item, tree: PathTree<Change>): Item {
  const changed = new Map(fields);
  for (const [element, child] of tree.children) {
    if (typeof element === 'number') throw wrongPath();
    const value = changeValue(fields.get(element), child);
    if (value === undefined) changed.delete(element);
    else changed.set(element, value);
  }
  return changed;
}

function changeValue(value: Value | undefined, tree: PathTree<Change>): Value | undefined {
  if (tree.leaf !== undefined) return tree.leaf(value);
  if (value?.kind === 'M') return { kind: 'M', fields: changeFields(value.fields, tree) };
  if (value?.kind === 'L') return { kind: 'L', items: changeItems(value.items, tree) };
  throw wrongPath();
}

/** Indexes mean the list before the update; what is set beyond its end is appended in the order of the indexes. */
function changeItems(items: readonly Value[], tree: PathTree<Change>): readonly Value[] {
  const slots: (Value | undefined)[] = [...items];
  const appended: Value[] = [];
  const byIndex = [...tree.children].sort(([a], [b]) => Number(a) - Number(b));
  for (const [element, child] of byIndex) {
    if (typeof element === 'string') throw wrongPath();
    const value = changeValue(items[element], child);
    if (element < items.length) slots[element] = value;
    else if (value !== undefined) appended.push(value);
  }
  return [...slots.filter((slot) => slot !== undefined), ...appended];
}
