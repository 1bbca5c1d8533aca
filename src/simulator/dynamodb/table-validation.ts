/** What CreateTable refuses, in AWS's words. */
import type { CreateTableCommandInput, SSESpecification } from '@aws-sdk/client-dynamodb';
import { Constraints } from './constraints.ts';
import { invalidParameter, validation } from './errors.ts';
import type { KeyAttribute, KeySchema } from './key-schema.ts';
import { tableNameComplaint } from './registry.ts';
import type { ViewType } from './stream.ts';
import type { TableSettings, Throughput } from './table.ts';
import { readOnDemandLimits } from './table-changes.ts';

const viewTypes: readonly ViewType[] = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'];

/** Checks the members of a CreateTable request one by one. Throws `ValidationException`. */
export function checkCreateTable(input: CreateTableCommandInput): void {
  if (input.TableName === undefined) {
    throw validation("The parameter 'TableName' is required but was not present in the request");
  }
  const constraints = new Constraints()
    .add(tableNameComplaint(input.TableName, 3, false))
    .required('attributeDefinitions', input.AttributeDefinitions)
    .required('keySchema', input.KeySchema)
    .oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST']);
  for (const [index, definition] of (input.AttributeDefinitions ?? []).entries()) {
    const member = `attributeDefinitions.${index + 1}.member`;
    constraints
      .required(`${member}.attributeName`, definition.AttributeName)
      .oneOf(`${member}.attributeType`, definition.AttributeType, ['B', 'N', 'S']);
  }
  const shown = (input.KeySchema ?? [])
    .map((key) => `KeySchemaElement(attributeName=${key.AttributeName}, keyType=${key.KeyType})`)
    .join(', ');
  constraints.length('keySchema', input.KeySchema, [1, 2], `[${shown}]`);
  for (const [index, key] of (input.KeySchema ?? []).entries()) {
    const member = `keySchema.${index + 1}.member`;
    constraints
      .required(`${member}.attributeName`, key.AttributeName)
      .oneOf(`${member}.keyType`, key.KeyType, ['HASH', 'RANGE']);
  }
  constraints.raise();
}

/** The key schema that a request's KeySchema and AttributeDefinitions make. Throws `ValidationException`. */
export function readKeySchema(input: CreateTableCommandInput): KeySchema {
  const keys = input.KeySchema ?? [];
  const definitions = new Map<string | undefined, string | undefined>();
  for (const { AttributeName: name, AttributeType: type } of input.AttributeDefinitions ?? []) {
    if (definitions.has(name)) throw validation(`Attribute Name is duplicated: ${name}`);
    definitions.set(name, type);
  }
  const names = keys.map((key) => key.AttributeName ?? '');
  refuseUndefinedKeys(names, [...definitions.keys()]);
  if (names[0] === names[1]) {
    throw validation('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  if (keys[0]?.KeyType !== 'HASH') {
    throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (keys[1] !== undefined && keys[1].KeyType !== 'RANGE') {
    throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if ((input.AttributeDefinitions ?? []).length !== keys.length) {
    throw invalidParameter(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  const attribute = (name: string): KeyAttribute => ({ name, type: keyType(definitions.get(name)) });
  const partition = attribute(names[0] ?? '');
  return names[1] === undefined ? { partition } : { partition, sort: attribute(names[1]) };
}

/** One definition for two equal key names counts as a missing one, as in AWS. */
function refuseUndefinedKeys(names: readonly string[], defined: readonly (string | undefined)[]): void {
  const doubled = names.length === 2 && names[0] === names[1] && defined.length === 1;
  if (!doubled && names.every((name) => defined.includes(name))) return;
  if (names.length === 2) throw validation('Invalid KeySchema: Some index key attribute have no definition');
  throw invalidParameter(
    `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
  );
}

function keyType(type: string | undefined): 'S' | 'N' | 'B' {
  return type === 'N' || type === 'B' ? type : 'S';
}

/** The settings that a CreateTable request asks for. Throws `ValidationException` for capacities that contradict the billing mode. */
export function readSettings(input: CreateTableCommandInput): TableSettings {
  const billing = input.BillingMode ?? 'PROVISIONED';
  const throughput = readThroughput(billing, input.ProvisionedThroughput);
  return {
    billing,
    throughput,
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tableClass: readTableClass(input.TableClass) ?? 'STANDARD',
    sse: readSse(input.SSESpecification),
    onDemandLimits: readOnDemandLimits(billing, input.OnDemandThroughput),
  };
}

/** Capacities for a billing mode. Throws `ValidationException` when they are missing, or given where there are none. */
export function readThroughput(
  billing: TableSettings['billing'],
  given:
    | { readonly ReadCapacityUnits?: number | undefined; readonly WriteCapacityUnits?: number | undefined }
    | undefined,
): Throughput {
  const read = given?.ReadCapacityUnits;
  const write = given?.WriteCapacityUnits;
  if (billing === 'PAY_PER_REQUEST') {
    if ((read ?? 0) !== 0 || (write ?? 0) !== 0) {
      throw invalidParameter(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    }
    return { read: 0, write: 0 };
  }
  if (read === undefined || write === undefined) {
    throw invalidParameter(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  new Constraints()
    .within('provisionedThroughput.writeCapacityUnits', write, 1)
    .within('provisionedThroughput.readCapacityUnits', read, 1)
    .raise();
  return { read, write };
}

/** The class a request asks for. Throws `ValidationException` for one that there is not. */
export function readTableClass(given: string | undefined): TableSettings['tableClass'] | undefined {
  if (given === undefined || given === 'STANDARD' || given === 'STANDARD_INFREQUENT_ACCESS') return given;
  throw validation(
    'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
  );
}

/** The encryption a request asks for; undefined is DynamoDB's own key. Throws `ValidationException` for members that contradict each other. */
export function readSse(given: SSESpecification | undefined): TableSettings['sse'] {
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: key } = given ?? {};
  if (enabled === false && type !== undefined)
    throw invalidParameter('SSEType can not be specified if Enabled is false');
  if (enabled === false && key !== undefined) {
    throw invalidParameter('KMSMasterKeyId can not be specified if Enabled is false');
  }
  if (type === 'AES256') throw invalidParameter('SSEType AES256 is not supported');
  if (enabled !== true) return undefined;
  if (key !== undefined && type === undefined) {
    throw invalidParameter('SSEType KMS is required if KMSMasterKeyId is specified');
  }
  return { type: 'KMS', ...(key === undefined ? {} : { key }) };
}

/** The view a StreamSpecification asks for; undefined when it asks for no stream. Throws `ValidationException` when the two members contradict each other. */
export function readStreamView(
  given: { readonly StreamEnabled?: boolean | undefined; readonly StreamViewType?: string | undefined } | undefined,
  on: 'create' | 'update',
): ViewType | undefined {
  if (given === undefined) return undefined;
  new Constraints()
    .required('streamSpecification.streamEnabled', given.StreamEnabled)
    .oneOf('streamSpecification.streamViewType', given.StreamViewType, viewTypes)
    .raise();
  const view = viewTypes.find((known) => known === given.StreamViewType);
  if (given.StreamEnabled === true && view === undefined) {
    throw invalidParameter(
      on === 'create'
        ? 'Table is being created with a stream enabled, UpdateViewType is required'
        : 'If stream is being enabled then UpdateViewType is required',
    );
  }
  if (given.StreamEnabled !== true && view !== undefined) {
    throw invalidParameter(
      on === 'create'
        ? 'Table is being created with a stream disabled, UpdateViewType should not be specified'
        : 'If stream is being disabled, then UpdateViewType must not be specified',
    );
  }
  return view;
}
