/** A table as DescribeTable and the answers of the other control operations show it. */
import type { KeySchemaElement, TableDescription, TableWarmThroughputDescription } from '@aws-sdk/client-dynamodb';
import type { KeySchema } from './key-schema.ts';
import type { Table, TableSettings } from './table.ts';

/** The KeySchema member for a table's or stream's key. */
export function keySchemaElements(schema: KeySchema): KeySchemaElement[] {
  const elements: KeySchemaElement[] = [{ AttributeName: schema.partition.name, KeyType: 'HASH' }];
  if (schema.sort !== undefined) elements.push({ AttributeName: schema.sort.name, KeyType: 'RANGE' });
  return elements;
}

/** Describes a table as it stands. */
export function describeTable(table: Table): TableDescription {
  const { identity, settings, statistics } = table;
  const attributes = [identity.schema.partition, ...(identity.schema.sort === undefined ? [] : [identity.schema.sort])];
  return {
    AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    TableName: identity.name,
    KeySchema: keySchemaElements(identity.schema),
    TableStatus: table.status,
    CreationDateTime: new Date(identity.createdAt),
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: settings.throughput.read,
      WriteCapacityUnits: settings.throughput.write,
    },
    TableSizeBytes: statistics.bytes,
    ItemCount: statistics.count,
    TableArn: identity.arn,
    TableId: identity.id,
    DeletionProtectionEnabled: settings.deletionProtection,
    WarmThroughput: { ...warmUnits(settings), Status: table.status === 'ACTIVE' ? 'ACTIVE' : 'UPDATING' },
    ...describeOptional(table),
  };
}

/** What the table serves at once: what it has provisioned, or what a new table on demand has (developer guide, "Warm throughput"). */
function warmUnits({ billing, throughput }: TableSettings): TableWarmThroughputDescription {
  return billing === 'PROVISIONED'
    ? { ReadUnitsPerSecond: throughput.read, WriteUnitsPerSecond: throughput.write }
    : { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };
}

function describeOptional(table: Table): TableDescription {
  const { settings, stream, latestStream } = table;
  return {
    ...(settings.billing === 'PAY_PER_REQUEST'
      ? {
          BillingModeSummary: {
            BillingMode: settings.billing,
            LastUpdateToPayPerRequestDateTime: new Date(table.identity.createdAt),
          },
        }
      : {}),
    ...(settings.onDemandLimits === undefined
      ? {}
      : {
          OnDemandThroughput: {
            MaxReadRequestUnits: settings.onDemandLimits.read,
            MaxWriteRequestUnits: settings.onDemandLimits.write,
          },
        }),
    ...(settings.tableClass === 'STANDARD' ? {} : { TableClassSummary: { TableClass: settings.tableClass } }),
    ...(settings.sse === undefined
      ? {}
      : {
          SSEDescription: {
            Status: 'ENABLED',
            SSEType: 'KMS',
            ...(settings.sse.key === undefined ? {} : { KMSMasterKeyArn: settings.sse.key }),
          },
        }),
    ...(stream === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.identity.view } }),
    ...(latestStream === undefined
      ? {}
      : { LatestStreamLabel: latestStream.identity.label, LatestStreamArn: latestStream.identity.arn }),
  };
}
