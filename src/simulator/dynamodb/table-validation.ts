/** What CreateTable refuses, in AWS's words. */
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { Constraints } from './constraints.ts';
import { invalidParameter, validation } from './errors.ts';
import type { KeyAttribute, KeySchema } from './key-schema.ts';
import { tableNameComplaint } from './registry.ts';
import type { ViewType } from './stream.ts';
import type { TableSettings, Throughput } from './table.ts';

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
    .oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST'])
    .oneOf('tableClass', input.TableClass, ['STANDARD', 'STANDARD_INFREQUENT_ACCESS']);
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
  refuseUnsupported(input);
}

function refuseUnsupported(input: CreateTableCommandInput): void {
  const given: readonly (readonly [string, unknown])[] = [
    ['GlobalSecondaryIndexes', input.GlobalSecondaryIndexes],
    ['LocalSecondaryIndexes', input.LocalSecondaryIndexes],
  ];
  for (const [parameter, value] of given) {
    if (value === undefined) continue;
    throw invalidParameter(`The simulated DynamoDB has no secondary indexes: leave out ${parameter}`);
  }
}

/** The key schema that a request's KeySchema and AttributeDefinitions make. Throws `ValidationException`. */
export function readKeySchema(input: CreateTableCommandInput): KeySchema {
  const keys = input.KeySchema ?? [];
  const definitions = new Map((input.AttributeDefinitions ?? []).map((it) => [it.AttributeName, it.AttributeType]));
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
  const onDemand = input.OnDemandThroughput;
  return {
    billing,
    throughput,
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tableClass: input.TableClass ?? 'STANDARD',
    sse: readSse(input.SSESpecification),
    onDemandLimits:
      onDemand === undefined
        ? undefined
        : { read: onDemand.MaxReadRequestUnits ?? -1, write: onDemand.MaxWriteRequestUnits ?? -1 },
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

/** The encryption a request asks for; undefined is DynamoDB's own key. */
export function readSse(
  given: { readonly Enabled?: boolean | undefined; readonly KMSMasterKeyId?: string | undefined } | undefined,
): TableSettings['sse'] {
  if (given?.Enabled !== true) return undefined;
  return { type: 'KMS', ...(given.KMSMasterKeyId === undefined ? {} : { key: given.KMSMasterKeyId }) };
}

/** The view a StreamSpecification asks for; undefined when it asks for no stream. Throws `ValidationException` when the two members contradict each other. */
export function readStreamView(
  given: { readonly StreamEnabled?: boolean | undefined; readonly StreamViewType?: string | undefined } | undefined,
): ViewType | undefined {
  if (given === undefined) return undefined;
  new Constraints()
    .required('streamSpecification.streamEnabled', given.StreamEnabled)
    .oneOf('streamSpecification.streamViewType', given.StreamViewType, viewTypes)
    .raise();
  const view = viewTypes.find((known) => known === given.StreamViewType);
  if (given.StreamEnabled === true && view === undefined) {
    throw invalidParameter('StreamViewType is required when StreamEnabled is true');
  }
  if (given.StreamEnabled !== true && view !== undefined) {
    throw invalidParameter('StreamViewType cannot be specified when StreamEnabled is false');
  }
  return view;
}
