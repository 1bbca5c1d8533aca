/** awsQuery and ec2Query requests: a form whose keys are paths (`Conditions.member.1.Field`), read by schema. */
import { malformed, WireFault } from './faults.ts';
import type { ListShape, MapShape, Member, Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { deepest, scalarOf, setKey } from './values.ts';

/** One step of the keys' paths. */
interface Node {
  value: string | undefined;
  children: Map<string, Node> | undefined;
}

/** A form as a tree of its keys. Throws `WireFault` when it is not form-encoded. */
export function parseForm(body: string): Node {
  const root: Node = { value: undefined, children: undefined };
  if (body === '') return root;
  for (const pair of body.split('&')) {
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const steps = key.split('.');
    if (steps.length > deepest) throw new WireFault('malformed', key.slice(0, 80), 'the form is nested too deeply');
    let node = root;
    for (const step of steps) node = childOf(node, step);
    node.value = equals < 0 ? '' : decode(pair.slice(equals + 1));
  }
  return root;
}

function childOf(node: Node, step: string): Node {
  node.children ??= new Map();
  let child = node.children.get(step);
  if (child === undefined) {
    child = { value: undefined, children: undefined };
    node.children.set(step, child);
  }
  return child;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (error instanceof URIError) throw new WireFault('malformed', '', 'the form is not URL-encoded UTF-8');
    throw error;
  }
}

/** The text of a top-level key. */
export function formValue(form: Node, key: string): string | undefined {
  return form.children?.get(key)?.value;
}

/** Which of the two query protocols a form follows: they name members and write lists differently. */
export type FormDialect = 'query' | 'ec2';

/** Reads an input from a form. Throws `WireFault`. */
export function readForm(shape: StructShape, form: Node, dialect: FormDialect): Fields {
  return readStruct(shape, form, dialect);
}

const wireNames: Readonly<Record<FormDialect, WeakMap<Member, string>>> = { query: new WeakMap(), ec2: new WeakMap() };

function wireName(member: Member, dialect: FormDialect): string {
  const known = wireNames[dialect].get(member);
  if (known !== undefined) return known;
  const plain = member.xmlName ?? member.name;
  const name = dialect === 'query' ? plain : (member.ec2QueryName ?? plain.charAt(0).toUpperCase() + plain.slice(1));
  wireNames[dialect].set(member, name);
  return name;
}

function readStruct(shape: StructShape, node: Node, dialect: FormDialect): Fields {
  const fields: Fields = {};
  if (node.children === undefined) return fields;
  for (const member of shape.members) {
    const child = node.children.get(wireName(member, dialect));
    if (child !== undefined) fields[member.name] = read(member, member.shape, child, dialect);
  }
  return fields;
}

function read(member: Member, shape: Shape, node: Node, dialect: FormDialect): unknown {
  switch (shape.kind) {
    case 'struct':
      return readStruct(shape, node, dialect);
    case 'list':
      return readList(member, shape, node, dialect);
    case 'map':
      return readMap(member, shape, node, dialect);
    default:
      if (node.value === undefined) throw malformed(member.name, {}, 'a plain value');
      return scalarOf(shape, node.value, member.name);
  }
}

/** The numbered children of a node in the order of their numbers; clients may leave gaps. */
function numbered(node: Node | undefined): Node[] {
  if (node?.children === undefined) return [];
  const found: { number: number; node: Node }[] = [];
  for (const [key, child] of node.children) if (/^\d+$/.test(key)) found.push({ number: Number(key), node: child });
  found.sort((a, b) => a.number - b.number);
  return found.map((entry) => entry.node);
}

function readList(member: Member, shape: ListShape, node: Node, dialect: FormDialect): unknown[] {
  const flat = dialect === 'ec2' || member.flattened;
  // An empty list travels as the bare key with an empty value, and leaves no numbered children.
  const holder = flat ? node : node.children?.get(shape.element.xmlName ?? 'member');
  return numbered(holder).map((child) => read(shape.element, shape.element.shape, child, dialect));
}

function readMap(member: Member, shape: MapShape, node: Node, dialect: FormDialect): Fields {
  const entries = numbered(dialect === 'ec2' || member.flattened ? node : node.children?.get('entry'));
  const fields: Fields = {};
  for (const entry of entries) {
    const key = entry.children?.get(shape.key.xmlName ?? 'key')?.value;
    const value = entry.children?.get(shape.value.xmlName ?? 'value');
    if (key !== undefined && value !== undefined)
      setKey(fields, key, read(shape.value, shape.value.shape, value, dialect));
  }
  return fields;
}
