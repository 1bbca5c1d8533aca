/** Continuous backups, time to live and limits: the small control operations. */
import type {
  DescribeContinuousBackupsCommandInput,
  DescribeTimeToLiveCommandInput,
  UpdateContinuousBackupsCommandInput,
  UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { Constraints } from './constraints.ts';
import { validation } from './errors.ts';
import { controlRead, controlWrite, operation } from './operation.ts';
import type { Registry } from './registry.ts';
import type { Table } from './table.ts';

const dayMs = 86_400_000;
/** The latest moment that can be restored trails the present by about five minutes (developer guide). */
const restoreLagMs = 5 * 60_000;

/** These operations by name. */
export function extraOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const named = (input: { readonly TableName?: string | undefined }): readonly string[] =>
    input.TableName === undefined ? [] : [input.TableName];
  return new Map([
    [
      'DescribeContinuousBackups',
      operation<DescribeContinuousBackupsCommandInput, object>({
        mutating: false,
        buckets: controlRead,
        run: (input, call) => describeBackups(backedUp(registry, input.TableName, call), call.now),
        resources: named,
      }),
    ],
    [
      'UpdateContinuousBackups',
      operation<UpdateContinuousBackupsCommandInput, object>({
        mutating: true,
        buckets: controlWrite,
        run: (input, call) => updateBackups(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeTimeToLive',
      operation<DescribeTimeToLiveCommandInput, object>({
        mutating: false,
        buckets: controlRead,
        run: (input, call) => {
          const { ttlAttribute } = registry.described(input.TableName, call);
          return {
            TimeToLiveDescription:
              ttlAttribute === undefined
                ? { TimeToLiveStatus: 'DISABLED' }
                : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
          };
        },
        resources: named,
      }),
    ],
    [
      'UpdateTimeToLive',
      operation<UpdateTimeToLiveCommandInput, object>({
        mutating: true,
        buckets: controlWrite,
        run: (input, call) => updateTimeToLive(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeLimits',
      operation<object, object>({
        mutating: false,
        buckets: controlRead,
        run: () => ({
          AccountMaxReadCapacityUnits: 80_000,
          AccountMaxWriteCapacityUnits: 80_000,
          TableMaxReadCapacityUnits: 40_000,
          TableMaxWriteCapacityUnits: 40_000,
        }),
      }),
    ],
  ]);
}

function backedUp(registry: Registry, name: string | undefined, call: Call): Table {
  new Constraints().required('tableName', name).raise();
  const table = registry.find(name, call);
  if (table === undefined) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  return table;
}

function describeBackups(table: Table, now: number): object {
  const { recovery } = table;
  const earliest = recovery === undefined ? 0 : Math.max(recovery.since, now - recovery.days * dayMs);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription:
        recovery === undefined
          ? { PointInTimeRecoveryStatus: 'DISABLED' }
          : {
              PointInTimeRecoveryStatus: 'ENABLED',
              RecoveryPeriodInDays: recovery.days,
              EarliestRestorableDateTime: new Date(earliest),
              LatestRestorableDateTime: new Date(Math.max(earliest, now - restoreLagMs)),
            },
    },
  };
}

function updateBackups(registry: Registry, input: UpdateContinuousBackupsCommandInput, call: Call): object {
  const wanted = input.PointInTimeRecoverySpecification;
  new Constraints()
    .required('pointInTimeRecoverySpecification', wanted)
    .within('pointInTimeRecoverySpecification.recoveryPeriodInDays', wanted?.RecoveryPeriodInDays, 1, 35)
    .raise();
  const table = backedUp(registry, input.TableName, call);
  if (table.status === 'CREATING') {
    throw new AwsError(
      'ContinuousBackupsUnavailableException',
      'Backups are being enabled for the table: please retry later',
    );
  }
  table.recovery =
    wanted?.PointInTimeRecoveryEnabled === true
      ? { since: table.recovery?.since ?? call.now, days: wanted.RecoveryPeriodInDays ?? 35 }
      : undefined;
  return describeBackups(table, call.now);
}

function updateTimeToLive(registry: Registry, input: UpdateTimeToLiveCommandInput, call: Call): object {
  const wanted = input.TimeToLiveSpecification;
  new Constraints()
    .required('timeToLiveSpecification', wanted)
    .required('timeToLiveSpecification.attributeName', wanted?.AttributeName)
    .raise();
  const table = registry.described(input.TableName, call);
  const enable = wanted?.Enabled === true;
  if (enable === (table.ttlAttribute !== undefined)) {
    throw validation(`TimeToLive is already ${enable ? 'enabled' : 'disabled'}`);
  }
  if (!enable && table.ttlAttribute !== wanted?.AttributeName) {
    throw validation(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${table.ttlAttribute}`,
    );
  }
  table.ttlAttribute = enable ? wanted.AttributeName : undefined;
  table.ttlSweptAt = call.now;
  return { TimeToLiveSpecification: wanted };
}
