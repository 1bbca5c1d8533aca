/**
 * The SDK's schemas in the form that the codec walks: read once from `NormalizedSchema`, then plain data. The SDK's own view makes a
 * generator and a traits object at each step, which is most of the cost of reading a message.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, SchemaTraitsObject } from '@smithy/types';

export type ScalarKind = 'string' | 'boolean' | 'number' | 'bigint' | 'timestamp' | 'blob' | 'document';
/** How a timestamp is written where the protocol's default does not hold. */
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

export interface ScalarShape {
  readonly kind: ScalarKind;
  readonly format?: TimestampFormat;
}

export interface ListShape {
  readonly kind: 'list';
  readonly element: Member;
}

export interface MapShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
}

export interface StructShape {
  readonly kind: 'struct';
  readonly name: string;
  readonly union: boolean;
  /** In the order of the model; the first `required` ones must be there. */
  readonly members: readonly Member[];
  readonly required: number;
  readonly byName: ReadonlyMap<string, Member>;
}

export type Shape = ScalarShape | ListShape | MapShape | StructShape;

/** A member of a structure, or what a list or map holds. Shapes may be recursive, so they are compiled when first asked for. */
export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly sparse: boolean;
  readonly xmlName: string | undefined;
  readonly ec2QueryName: string | undefined;
  readonly flattened: boolean;
  readonly httpLabel: boolean;
  readonly httpPayload: boolean;
  readonly httpHeader: string | undefined;
  readonly httpQuery: string | undefined;
  readonly idempotencyToken: boolean;
}

/** A schema as the SDK's packages export it; undefined for "unit" (nothing at all). */
export function compileStruct(ref: $SchemaRef): StructShape | undefined {
  const schema = NormalizedSchema.of(ref);
  return schema.isStructSchema() ? structShape(schema) : undefined;
}

const structs = new WeakMap<object, StructShape>();

function structShape(schema: NormalizedSchema): StructShape {
  const raw: unknown = schema.getSchema();
  const key = typeof raw === 'object' && raw !== null ? raw : schema;
  const known = structs.get(key);
  if (known !== undefined) return known;
  const members: Member[] = [];
  const byName = new Map<string, Member>();
  const required: unknown = Array.isArray(raw) ? raw[6] : undefined;
  const shape: StructShape = {
    kind: 'struct',
    name: schema.getName() ?? '',
    union: schema.isUnionSchema(),
    members,
    byName,
    required: typeof required === 'number' ? required : 0,
  };
  structs.set(key, shape);
  for (const [name, member] of schema.structIterator()) {
    const compiled = new CompiledMember(name, member);
    members.push(compiled);
    byName.set(name, compiled);
  }
  return shape;
}

class CompiledMember implements Member {
  readonly name: string;
  readonly sparse: boolean;
  readonly xmlName: string | undefined;
  readonly ec2QueryName: string | undefined;
  readonly flattened: boolean;
  readonly httpLabel: boolean;
  readonly httpPayload: boolean;
  readonly httpHeader: string | undefined;
  readonly httpQuery: string | undefined;
  readonly idempotencyToken: boolean;
  private readonly schema: NormalizedSchema;
  private compiled: Shape | undefined = undefined;

  constructor(name: string, schema: NormalizedSchema) {
    const traits: SchemaTraitsObject = schema.getMergedTraits();
    this.name = name;
    this.schema = schema;
    this.sparse = traits.sparse === 1;
    this.xmlName = traits.xmlName;
    this.ec2QueryName = textTrait(traits['ec2QueryName']);
    this.flattened = traits.xmlFlattened === 1;
    this.httpLabel = traits.httpLabel === 1;
    this.httpPayload = traits.httpPayload === 1;
    this.httpHeader = traits.httpHeader;
    this.httpQuery = traits.httpQuery;
    this.idempotencyToken = traits.idempotencyToken === 1;
  }

  get shape(): Shape {
    this.compiled ??= shapeOf(this.schema);
    return this.compiled;
  }
}

function textTrait(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function shapeOf(schema: NormalizedSchema): Shape {
  if (schema.isStructSchema()) return structShape(schema);
  if (schema.isListSchema()) return { kind: 'list', element: new CompiledMember('member', schema.getValueSchema()) };
  if (schema.isMapSchema()) {
    return {
      kind: 'map',
      key: new CompiledMember('key', schema.getKeySchema()),
      value: new CompiledMember('value', schema.getValueSchema()),
    };
  }
  return scalarShape(schema);
}

// The numbers by which a schema names a timestamp format (5, 6, 7); 4 leaves it to the protocol.
const timestampFormats: ReadonlyMap<unknown, TimestampFormat> = new Map([
  [5, 'date-time'],
  [6, 'http-date'],
  [7, 'epoch-seconds'],
]);

function scalarShape(schema: NormalizedSchema): ScalarShape {
  if (schema.isTimestampSchema()) {
    const format = timestampFormats.get(schema.getSchema());
    return format === undefined ? { kind: 'timestamp' } : { kind: 'timestamp', format };
  }
  if (schema.isBooleanSchema()) return { kind: 'boolean' };
  if (schema.isNumericSchema()) return { kind: 'number' };
  if (schema.isBlobSchema()) return { kind: 'blob' };
  if (schema.isBigIntegerSchema()) return { kind: 'bigint' };
  if (schema.isDocumentSchema()) return { kind: 'document' };
  return { kind: 'string' };
}
