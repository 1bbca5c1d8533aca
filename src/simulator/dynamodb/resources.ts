/** What the call log names: `table/partition key/sort key` for operations on items. Malformed requests are named as far as they can be read. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Call } from '../kernel.ts';
import { keyNames } from './key-schema.ts';
import type { Registry } from './registry.ts';
import { bytesText } from './values.ts';

/** The log's name of an item, given its key or the whole of it. */
export function itemResource(
  registry: Registry,
  tableName: string | undefined,
  attributes: Record<string, AttributeValue> | undefined,
  call: Call,
): string {
  const table = registry.find(tableName, call);
  if (table === undefined) return tableName ?? '';
  const parts = keyNames(table.identity.schema).map((name) => scalarText(attributes?.[name]));
  return [table.identity.name, ...parts].join('/');
}

function scalarText(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  return value.S ?? value.N ?? (value.B === undefined ? '' : bytesText(value.B));
}
