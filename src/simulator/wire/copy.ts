/** Copies of typed values by their schema, by copiers that are put together once for each shape. */
import type { Member, Shape, StructShape } from './shape.ts';
import type { Fields } from './values.ts';
import { isFields, setKey } from './values.ts';

/** Copies a value of one shape; what is not of the shape is handed through. Null for shapes whose values are their own copies. */
type Copier = ((value: unknown) => unknown) | null;

/** Copiers by member. Shapes may be recursive, so each is made when its member is first met. */
const copiers = new WeakMap<Member, Copier>();

/** A deep copy by the schema: members that the schema does not have, and undefined or null ones, are left behind. */
export function copyStruct(shape: StructShape, value: object): Fields {
  // Copying by spreading is by far the quickest, and mostly nothing has to be left behind.
  const copy: Fields = { ...value };
  let complete = true;
  for (const name in copy) {
    const found = copy[name];
    const member = shape.byName.get(name);
    if (member === undefined || found === undefined || found === null) {
      copy[name] = undefined;
      complete = false;
    } else if (typeof found === 'object') copy[name] = copyMember(member, found);
  }
  return complete ? copy : withoutUndefined(copy);
}

function withoutUndefined(fields: Fields): Fields {
  const kept: Fields = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function copyMember(member: Member, value: unknown): unknown {
  const copier = copierOf(member);
  return copier === null ? value : copier(value);
}

function copierOf(member: Member): Copier {
  let copier = copiers.get(member);
  if (copier === undefined) {
    copier = makeCopier(member.shape);
    copiers.set(member, copier);
  }
  return copier;
}

function makeCopier(shape: Shape): Copier {
  switch (shape.kind) {
    case 'struct':
      return (value) => (isFields(value) ? copyStruct(shape, value) : value);
    case 'list':
      return (value) => (Array.isArray(value) ? copyList(value, copierOf(shape.element)) : value);
    case 'map':
      return (value) => (isFields(value) ? copyMap(value, copierOf(shape.value)) : value);
    case 'timestamp':
      return (value) => (value instanceof Date ? new Date(value) : value);
    case 'blob':
      return (value) => (value instanceof Uint8Array ? new Uint8Array(value) : value);
    default:
      return null;
  }
}

function copyList(list: readonly unknown[], copier: Copier): unknown[] {
  if (copier === null) return [...list];
  const copy = new Array<unknown>(list.length);
  for (let i = 0; i < list.length; i++) copy[i] = copier(list[i]);
  return copy;
}

function copyMap(map: Fields, copier: Copier): Fields {
  if (copier === null) return { ...map };
  const copy: Fields = {};
  for (const key of Object.keys(map)) setKey(copy, key, copier(map[key]));
  return copy;
}
