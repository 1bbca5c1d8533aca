/** Attribute values between the SDK's low-level shapes and the simulator's own form; the way in validates. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { canonicalNumber } from './decimal.ts';
import { invalidParameter, validation } from './errors.ts';
import { bytesText, compareText, type Item, maxDepth, type Value } from './values.ts';

export type WireItem = Record<string, AttributeValue>;

const nestingLimit = 32;

/** Reads one attribute value. Throws `ValidationException` with AWS's text for whatever DynamoDB refuses in any item. */
export function readValue(wire: AttributeValue): Value {
  const value = wire.L !== undefined || wire.M !== undefined ? readDocument(wire) : readScalarOrSet(wire);
  if (Object.keys(wire).length > 1 && membersOf(wire) > 1) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return value;
}

function membersOf(wire: AttributeValue): number {
  const members = [wire.S, wire.N, wire.B, wire.BOOL, wire.NULL, wire.SS, wire.NS, wire.BS, wire.L, wire.M];
  return members.filter((member) => member !== undefined).length;
}

function readDocument(wire: AttributeValue): Value {
  if (wire.L !== undefined) return { kind: 'L', items: wire.L.map(readValue) };
  return { kind: 'M', fields: readFields(wire.M ?? {}) };
}

function readScalarOrSet(wire: AttributeValue): Value {
  if (wire.S !== undefined) return { kind: 'S', text: wire.S };
  if (wire.N !== undefined) return { kind: 'N', text: canonicalNumber(wire.N) };
  if (wire.BOOL !== undefined) return { kind: 'BOOL', flag: wire.BOOL };
  if (wire.B !== undefined) return { kind: 'B', bytes: Uint8Array.from(wire.B) };
  if (wire.NULL !== undefined) {
    if (!wire.NULL) throw invalidParameter('Null attribute value types must have the value of true');
    return { kind: 'NULL' };
  }
  return readSet(wire);
}

function readSet(wire: AttributeValue): Value {
  if (wire.SS !== undefined) {
    if (wire.SS.length === 0) throw invalidParameter('An string set  may not be empty');
    refuseDuplicates(wire.SS, (shown) => `Input collection [${shown.map(quoted).join(', ')}] contains duplicates.`);
    return { kind: 'SS', members: [...wire.SS].sort(compareText) };
  }
  if (wire.NS !== undefined) {
    if (wire.NS.length === 0) throw invalidParameter('An number set  may not be empty');
    const members = wire.NS.map(canonicalNumber);
    refuseDuplicates(members, () => 'Input collection contains duplicates.');
    return { kind: 'NS', members };
  }
  if (wire.BS === undefined) {
    throw validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  const members = wire.BS.map((bytes) => Uint8Array.from(bytes));
  if (members.length === 0) throw invalidParameter('Binary sets should not be empty');
  refuseDuplicates(
    members.map(bytesText),
    (shown) => `Input collection [${shown.map(quoted).join(',')}]of type BS contains duplicates.`,
  );
  return { kind: 'BS', members };
}

const quoted = (text: string): string => `"${text}"`;

/** AWS shows the members in order up to the first repeat, then the repeat, then the rest as sent. */
function refuseDuplicates(members: readonly string[], message: (shown: readonly string[]) => string): void {
  const seen = new Set<string>();
  for (const [index, member] of members.entries()) {
    if (seen.has(member)) {
      throw invalidParameter(message([...[...seen].sort(compareText), member, ...members.slice(index + 1)]));
    }
    seen.add(member);
  }
}

function readFields(wire: WireItem): Item {
  const fields = new Map<string, Value>();
  for (const [name, member] of Object.entries(wire)) fields.set(name, readValue(member));
  return fields;
}

/** Reads an item or a key. Throws as `readValue`, and for names longer than 64 KB and documents nested too deep. */
export function readItem(wire: WireItem): Item {
  const item = readFields(wire);
  for (const name of item.keys()) {
    if (Buffer.byteLength(name) > 65_535) {
      throw invalidParameter('Attribute name is too large, must be less than 64 KB');
    }
  }
  checkNesting(item.values());
  return item;
}

/** Throws `ValidationException` when a value is nested more than 32 levels deep, the attribute itself being the first. */
export function checkNesting(values: Iterable<Value>): void {
  if (maxDepth(values) > nestingLimit) {
    throw validation(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  }
}

/** The SDK's shape of one value; shares nothing with the simulator's own. */
export function writeValue(value: Value): AttributeValue {
  switch (value.kind) {
    case 'S':
      return { S: value.text };
    case 'N':
      return { N: value.text };
    case 'B':
      return { B: Uint8Array.from(value.bytes) };
    case 'BOOL':
      return { BOOL: value.flag };
    case 'NULL':
      return { NULL: true };
    case 'SS':
      return { SS: [...value.members] };
    case 'NS':
      return { NS: [...value.members] };
    case 'BS':
      return { BS: value.members.map((bytes) => Uint8Array.from(bytes)) };
    case 'L':
      return { L: value.items.map(writeValue) };
    case 'M':
      return { M: writeItem(value.fields) };
  }
}

/** The SDK's shape of an item; shares nothing with the simulator's own. */
export function writeItem(item: Item): WireItem {
  const wire: WireItem = {};
  for (const [name, value] of item) {
    // Plain assignment to `__proto__` would set the prototype and lose the attribute.
    if (name === '__proto__') {
      Object.defineProperty(wire, name, {
        value: writeValue(value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else wire[name] = writeValue(value);
  }
  return wire;
}
