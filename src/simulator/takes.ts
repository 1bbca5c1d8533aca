/** Which members of an input an operation acts on, and the first that it does not. */

/** Members by name. */
type Members = ReadonlyMap<string, Below>;
interface Below {
  /** Undefined: all of it is taken. */
  readonly members: Members | undefined;
}

const read = new WeakMap<readonly string[], Members>();

/**
 * The path of the first member of `input` that is not among `takes` (see `Operation.takes`), or undefined.
 * A member that is undefined, null or an empty list counts as not given: clients send those for what they leave out.
 */
export function firstUntaken(takes: readonly string[], input: object): string | undefined {
  let members = read.get(takes);
  if (members === undefined) {
    members = membersOf(takes);
    read.set(takes, members);
  }
  return search(members, input, '');
}

function membersOf(takes: readonly string[]): Members {
  const members = new Map<string, Below>();
  const nested = new Map<string, string[]>();
  for (const path of takes) {
    const dot = path.indexOf('.');
    if (dot < 0) members.set(path, { members: undefined });
    else nested.set(path.slice(0, dot), [...(nested.get(path.slice(0, dot)) ?? []), path.slice(dot + 1)]);
  }
  for (const [name, paths] of nested) members.set(name, { members: membersOf(paths) });
  return members;
}

function search(members: Members, value: object, path: string): string | undefined {
  for (const name in value) {
    const inner: unknown = Reflect.get(value, name);
    if (isAbsent(inner)) continue;
    const known = members.get(name);
    if (known !== undefined && known.members === undefined) continue;
    const at = path === '' ? name : `${path}.${name}`;
    if (known?.members === undefined) return at;
    const found = searchBelow(known.members, inner, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function searchBelow(members: Members, value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return search(members, value, path);
  for (const element of value) {
    const found = searchBelow(members, element, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
