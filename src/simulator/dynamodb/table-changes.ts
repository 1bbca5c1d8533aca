/** What UpdateTable refuses before it looks at the table's settings one by one. Texts as others recorded them from AWS in 2026. */
import type { OnDemandThroughput, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { invalidParameter, validation } from './errors.ts';
import type { Table, TableSettings, Throughput } from './table.ts';

/** The members that change something, as AWS names them where it misses them all. */
const changes = [
  'ProvisionedThroughput',
  'BillingMode',
  'StreamSpecification',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'TableClass',
] as const;

/** Changes that AWS makes alone. */
const alone = [
  ['SSESpecification', 'Server-Side Encryption'],
  ['TableClass', 'TableClass'],
  ['DeletionProtectionEnabled', 'DeletionProtection'],
] as const;

/** Throws `ValidationException` for no change at all, and for changes that cannot be made together. */
export function checkChanges(input: UpdateTableCommandInput): void {
  const given = changes.filter((member) => input[member] !== undefined);
  if (given.length === 0) {
    throw validation(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    );
  }
  for (const [member, name] of alone) {
    if (input[member] === undefined || given.length === 1) continue;
    throw invalidParameter(`${name} modification must be the only operation in the request`);
  }
  if (
    input.OnDemandThroughput !== undefined &&
    given.some((it) => it !== 'OnDemandThroughput' && it !== 'BillingMode')
  ) {
    throw invalidParameter('OnDemandThroughput can only be combined with BillingMode in an UpdateTable request');
  }
  const movesUnits = input.ProvisionedThroughput !== undefined || input.BillingMode !== undefined;
  if (input.StreamSpecification !== undefined && movesUnits) {
    throw invalidParameter('You cannot modify stream status while updating table IOPS');
  }
}

/** Capacities as they are already are no change. */
export function refuseSameThroughput(table: Table, input: UpdateTableCommandInput, { read, write }: Throughput): void {
  const { settings } = table;
  if (input.ProvisionedThroughput === undefined || settings.billing !== 'PROVISIONED') return;
  if (settings.throughput.read !== read || settings.throughput.write !== write) return;
  throw validation(
    `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${read}. Requested ReadCapacityUnits: ${read}. Current WriteCapacityUnits provisioned for the table: ${write}. Requested WriteCapacityUnits: ${write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}

/** The maximum that a table on demand sets itself; -1 is none. Throws `ValidationException` for a provisioned table and for no numbers from 1. */
export function readOnDemandLimits(
  billing: TableSettings['billing'],
  given: OnDemandThroughput | undefined,
): Throughput | undefined {
  if (given === undefined) return undefined;
  const { MaxReadRequestUnits: read = -1, MaxWriteRequestUnits: write = -1 } = given;
  for (const [name, value] of [
    ['MaxReadRequestUnits', given.MaxReadRequestUnits],
    ['MaxWriteRequestUnits', given.MaxWriteRequestUnits],
  ] as const) {
    if (value === undefined) continue;
    if (billing === 'PROVISIONED') {
      throw invalidParameter(
        `${name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`,
      );
    }
    if (value < 1 && value !== -1) {
      throw invalidParameter(`Requested ${name} for OnDemandThroughput for table is outside of valid range`);
    }
  }
  return { read, write };
}
