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
import { sweepExpired } from './expiry.ts';
import { answerMs, controlRead, controlWrite, oncePerMinute, operation } from './operation.ts';
import type { Registry } from './registry.ts';
import type { Table } from './table.ts';

const dayMs = 86_400_000;
/** The latest moment that can be restored trails the present by about five minutes (developer guide). */
const restoreLagMs = 5 * 60_000;
/**
 * A change of time to live "can take up to one hour to process", in which there can be no other (API reference, UpdateTimeToLive). Assumed: when it shows as done.
 */
const timeToLiveMs = { settling: 60_000, unchangeable: 3_600_000 } as const;

/** These operations by name. */
export function extraOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const named = (input: { readonly TableName?: string | undefined }): readonly string[] =>
    input.TableName === undefined ? [] : [input.TableName];
  return new Map([
    [
      'DescribeContinuousBackups',
      operation<DescribeContinuousBackupsCommandInput, object>({
        mutating: false,
        takes: ['TableName'],
        latencyMs: answerMs.control,
        buckets: controlRead,
        run: (input, call) => describeBackups(backedUp(registry, input.TableName, call), call.now),
        resources: named,
      }),
    ],
    [
      'UpdateContinuousBackups',
      operation<UpdateContinuousBackupsCommandInput, object>({
        mutating: true,
        takes: [
          'TableName',
          'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
          'PointInTimeRecoverySpecification.RecoveryPeriodInDays',
        ],
        latencyMs: answerMs.control,
        buckets: controlWrite,
        run: (input, call) => updateBackups(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeTimeToLive',
      operation<DescribeTimeToLiveCommandInput, object>({
        mutating: false,
        takes: ['TableName'],
        latencyMs: answerMs.control,
        buckets: controlRead,
        run: (input, call) => describeTimeToLive(registry.described(input.TableName, call), call.now),
        resources: named,
      }),
    ],
    [
      'UpdateTimeToLive',
      operation<UpdateTimeToLiveCommandInput, object>({
        mutating: true,
        takes: ['TableName', 'TimeToLiveSpecification.AttributeName', 'TimeToLiveSpecification.Enabled'],
        latencyMs: answerMs.control,
        buckets: controlWrite,
        run: (input, call) => updateTimeToLive(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeLimits',
      operation<object, object>({
        mutating: false,
        takes: [],
        latencyMs: answerMs.control,
        buckets: oncePerMinute,
        run: (_input, call) => ({
          // Documented: 80,000 each for all provisioned tables of the account.
          AccountMaxReadCapacityUnits: 80_000,
          AccountMaxWriteCapacityUnits: 80_000,
          TableMaxReadCapacityUnits: registry.world.quotas.get(call, 'tableReadUnits'),
          TableMaxWriteCapacityUnits: registry.world.quotas.get(call, 'tableWriteUnits'),
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
  if (wanted?.PointInTimeRecoveryEnabled !== true && wanted?.RecoveryPeriodInDays !== undefined) {
    throw validation('Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.');
  }
  const table = backedUp(registry, input.TableName, call);
  if (table.status === 'CREATING') {
    throw new AwsError(
      'ContinuousBackupsUnavailableException',
      `Backups are being enabled for the table: ${table.identity.name}. Please retry later`,
    );
  }
  table.recovery =
    wanted?.PointInTimeRecoveryEnabled === true
      ? { since: table.recovery?.since ?? call.now, days: wanted.RecoveryPeriodInDays ?? 35 }
      : undefined;
  return describeBackups(table, call.now);
}

function describeTimeToLive({ timeToLive, status }: Table, now: number): object {
  if (status === 'CREATING' || status === 'DELETING') {
    throw validation(
      `Cannot describe time to live while table is in ${status} state: Current table state is ${status}`,
    );
  }
  if (timeToLive === undefined) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  const { attribute, enabled, settledAt } = timeToLive;
  if (now < settledAt) {
    const status = enabled ? 'ENABLING' : 'DISABLING';
    return { TimeToLiveDescription: { TimeToLiveStatus: status, AttributeName: attribute } };
  }
  if (!enabled) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: attribute } };
}

function updateTimeToLive(registry: Registry, input: UpdateTimeToLiveCommandInput, call: Call): object {
  const wanted = input.TimeToLiveSpecification;
  new Constraints()
    .required('timeToLiveSpecification', wanted)
    .required('timeToLiveSpecification.attributeName', wanted?.AttributeName)
    .length('timeToLiveSpecification.attributeName', wanted?.AttributeName, [1, 255], wanted?.AttributeName ?? '')
    .raise();
  const table = registry.described(input.TableName, call);
  const { timeToLive } = table;
  const enable = wanted?.Enabled === true;
  if (enable === (timeToLive?.enabled === true)) {
    throw validation(`TimeToLive is already ${enable ? 'enabled' : 'disabled'}`);
  }
  if (!enable && timeToLive?.attribute !== wanted?.AttributeName) {
    throw validation(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive?.attribute}`,
    );
  }
  if (timeToLive !== undefined && call.now < timeToLive.changeableAt) {
    throw validation('Time to live has been modified multiple times within a fixed interval');
  }
  const { world } = registry;
  table.timeToLive = {
    attribute: wanted?.AttributeName ?? '',
    enabled: enable,
    settledAt: call.now + Math.round(timeToLiveMs.settling * world.latencyFactor),
    changeableAt: call.now + Math.round(timeToLiveMs.unchangeable * world.latencyFactor),
  };
  sweepExpired(table, world, () => registry.isThere(table));
  return { TimeToLiveSpecification: wanted };
}
