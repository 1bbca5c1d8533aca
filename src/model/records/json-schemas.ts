import { z } from 'zod';
import type { Kind } from './kinds.ts';
import { kindSentences, kinds, kindWords, specSchemas } from './kinds.ts';
import { nameExpected, nameMaxLength, namePattern } from './shapes.ts';

/** A node of a JSON Schema (draft 2020-12), as far as the schemas of records use it. */
export interface SchemaNode {
  readonly $schema?: string;
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  /** Marks what is never shown: environment, secrets, external ids. */
  readonly writeOnly?: boolean;
}

const built = new Map<Kind, SchemaNode>();

/** The JSON Schema of what a user may write under `spec` of a kind. Built at first use, as most runs never need it. */
export function specJsonSchema(kind: Kind): SchemaNode {
  const known = built.get(kind);
  if (known !== undefined) return known;
  // The two types describe the same JSON; zod's is the wider one (draft 4 to 2020-12, all keywords).
  const schema = z.toJSONSchema(specSchemas[kind], { io: 'input', target: 'draft-2020-12' }) as SchemaNode;
  built.set(kind, schema);
  return schema;
}

/** The JSON Schema of a whole record of a kind: `{kind, name, spec}`. */
export function recordJsonSchema(kind: Kind): SchemaNode {
  const { $schema, ...spec } = specJsonSchema(kind);
  const name: SchemaNode =
    kind === 'Fleet'
      ? { const: 'default', description: 'The only Fleet is named default.' }
      : {
          type: 'string',
          minLength: 1,
          maxLength: nameMaxLength,
          pattern: namePattern.source,
          description: `Unique among records of the kind: ${nameExpected}.`,
        };
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: kind,
    description: kindSentences[kind],
    type: 'object',
    properties: {
      kind: { const: kind, description: 'The kind of record.' },
      name,
      spec: { ...spec, description: 'What is wanted.' },
    },
    required: ['kind', 'name', 'spec'],
    additionalProperties: false,
  };
}

/** The JSON Schemas to publish, by file name (`tenant.json` ...). */
export function publishedSchemas(): Record<string, SchemaNode> {
  return Object.fromEntries(kinds.map((kind) => [`${kindWords[kind].one}.json`, recordJsonSchema(kind)]));
}

/** What a path leads to: the field's schema, and whether its value may be shown. */
export interface FieldAt {
  readonly node: SchemaNode;
  /** True for environment, secrets and external ids, and for all that is in them. */
  readonly hidden: boolean;
}

/** Follows a path below `spec` (names, and numbers in lists). Undefined where the schema has no such field. */
export function fieldAt(kind: Kind, path: readonly (string | number)[]): FieldAt | undefined {
  let node: SchemaNode = specJsonSchema(kind);
  let hidden = false;
  for (const step of path) {
    const next = stepInto(node, step);
    if (next === undefined) return undefined;
    node = next;
    hidden = hidden || node.writeOnly === true;
  }
  return { node, hidden };
}

function stepInto(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') return node.items;
  if (node.properties !== undefined && Object.hasOwn(node.properties, step)) return node.properties[step];
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}
