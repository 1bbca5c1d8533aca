/** How large DynamoDB takes an item to be. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CallError } from '../model/errors.ts';
import type { AttributeMap } from './attributes.ts';

/** DynamoDB's limit for an item, attribute names included, in bytes (Constraints page of the developer guide). */
export const maxItemBytes = 400 * 1024;

/** An item's size in bytes by the rules of the developer guide's page on item sizes; numbers are rounded up. */
export function itemBytes(item: AttributeMap): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + attributeBytes(value);
  return bytes;
}

/** Throws class `invalid` when the item is larger than DynamoDB takes; better here, with its name, than as a ValidationException. */
export function assertItemFits(item: AttributeMap, what: string): void {
  const bytes = itemBytes(item);
  if (bytes <= maxItemBytes) return;
  throw new CallError({
    class: 'invalid',
    service: 'dynamodb',
    operation: 'PutItem',
    code: 'ItemTooLarge',
    message: `${what} is ${bytes} bytes; DynamoDB takes at most ${maxItemBytes}: use fewer placements or shorter values`,
  });
}

function attributeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return sum(value.SS, (text) => Buffer.byteLength(text));
  if (value.NS !== undefined) return sum(value.NS, numberBytes);
  if (value.BS !== undefined) return sum(value.BS, (bytes) => bytes.byteLength);
  if (value.L !== undefined) return 3 + sum(value.L, (member) => 1 + attributeBytes(member));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

/** Two digits a byte, one byte for the exponent, one for a sign. */
function numberBytes(text: string): number {
  return Math.ceil(text.replace(/[^0-9]/g, '').length / 2) + (text.startsWith('-') ? 2 : 1);
}

function sum<T>(values: readonly T[], size: (value: T) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}
