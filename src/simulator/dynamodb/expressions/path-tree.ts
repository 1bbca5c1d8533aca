/** Document paths that do not overlap, as a tree: both projections and updates walk an item along it. */
import type { Item, Value } from '../values.ts';
import type { Path } from './ast.ts';

export interface PathTree<T> {
  readonly children: Map<string | number, PathTree<T>>;
  leaf?: T;
}

/** Builds the tree; `leaf` is what hangs at the end of each path. */
export function pathTree<T>(entries: Iterable<readonly [Path, T]>): PathTree<T> {
  const root: PathTree<T> = { children: new Map() };
  for (const [path, leaf] of entries) {
    let node = root;
    for (const element of path) {
      let child = node.children.get(element);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(element, child);
      }
      node = child;
    }
    node.leaf = leaf;
  }
  return root;
}

/** The parts of an item that lie on the paths; lists keep the chosen elements only, in order. */
export function project(item: Item, paths: readonly Path[]): Item {
  return projectFields(item, pathTree(paths.map((path) => [path, true] as const)));
}

function projectFields(fields: Item, tree: PathTree<true>): Item {
  const kept = new Map<string, Value>();
  for (const [element, child] of tree.children) {
    const value = typeof element === 'string' ? fields.get(element) : undefined;
    const part = value === undefined ? undefined : projectValue(value, child);
    if (part !== undefined) kept.set(String(element), part);
  }
  return kept;
}

function projectValue(value: Value, tree: PathTree<true>): Value | undefined {
  if (tree.leaf === true) return value;
  if (value.kind === 'M') {
    const fields = projectFields(value.fields, tree);
    return fields.size === 0 ? undefined : { kind: 'M', fields };
  }
  if (value.kind !== 'L') return undefined;
  const items = value.items.flatMap((item, index) => {
    const child = tree.children.get(index);
    const part = child === undefined ? undefined : projectValue(item, child);
    return part === undefined ? [] : [part];
  });
  return items.length === 0 ? undefined : { kind: 'L', items };
}
