/**
 * What tables and partitions can take, as token buckets of read and write units. Requests pass while something is left, and a large one
 * leaves a debt, so that an item of 400 KB can be written to a table of one unit a second.
 */
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type World } from '../kernel.ts';
import type { Table } from './table.ts';

export type UnitKind = 'read' | 'write';

/** A partition serves this many units a second, whatever the table can (best practices, "Designing partition keys"). */
const partitionRates = { read: 3000, write: 1000 } as const;
/** A provisioned table can spend up to five minutes of what it left unused (developer guide, "Burst capacity"). */
const burstSeconds = 300;
/** From this many partitions on, those that are full again are forgotten. */
const partitionsKept = 20_000;

type Limit =
  | 'ProvisionedThroughputExceeded'
  | 'AccountLimitExceeded'
  | 'MaxOnDemandThroughputExceeded'
  | 'KeyRangeThroughputExceeded';

interface Meter {
  tokens: number;
  at: number;
}

interface Rate {
  readonly limit: Limit;
  readonly perSecond: number;
  readonly capacity: number;
}

/** Units wanted of one partition of a table. */
export interface Demand {
  readonly table: Table;
  readonly partition: string;
  readonly units: number;
}

export class Throughput {
  readonly #world: World;
  readonly #meters = new Map<string, Meter>();
  readonly #metered = new WeakSet<Call>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Marks a call as one that is charged for what it does: only where the world throttles. */
  meter(call: Call): void {
    this.#metered.add(call);
  }

  /** Why a request for a partition would be throttled now, or undefined. */
  exhausted(table: Table, partition: string, kind: UnitKind, now: number): AwsError | undefined {
    const spent = this.#rates(table, kind).find(
      (rate) => this.#meter(tableKey(table, kind, rate), rate, now).tokens <= 0,
    );
    if (spent !== undefined) return refusal(spent.limit, table, kind);
    const rate = partitionRate(kind);
    const meter = this.#meters.get(partitionKey(table, kind, partition));
    if (meter === undefined || refill(meter, rate, now).tokens > 0) return undefined;
    return refusal(rate.limit, table, kind);
  }

  /** Takes the units of all demands, or throws what the first that cannot be met is throttled with. */
  take(demands: readonly Demand[], kind: UnitKind, now: number): void {
    for (const { table, partition } of demands) {
      const throttled = this.exhausted(table, partition, kind, now);
      if (throttled !== undefined) throw throttled;
    }
    for (const demand of demands) this.#spend(demand, kind, now);
  }

  /** Charges what a metered call did; nothing for others. */
  charge(call: Call, demand: Demand, kind: UnitKind): void {
    if (this.#metered.has(call)) this.#spend(demand, kind, call.now);
  }

  #spend({ table, partition, units }: Demand, kind: UnitKind, now: number): void {
    for (const rate of this.#rates(table, kind)) this.#meter(tableKey(table, kind, rate), rate, now).tokens -= units;
    this.#forgetFull(now);
    this.#meter(partitionKey(table, kind, partition), partitionRate(kind), now).tokens -= units;
  }

  #meter(key: string, rate: Rate, now: number): Meter {
    let meter = this.#meters.get(key);
    if (meter === undefined) {
      meter = { tokens: rate.capacity, at: now };
      this.#meters.set(key, meter);
    }
    return refill(meter, rate, now);
  }

  /** What bounds a whole table: its provisioned units, or on demand the account's quota for one table and the table's own maximum. */
  #rates(table: Table, kind: UnitKind): readonly Rate[] {
    const { billing, throughput, onDemandLimits } = table.settings;
    if (billing === 'PROVISIONED') {
      const perSecond = throughput[kind];
      return [{ limit: 'ProvisionedThroughputExceeded', perSecond, capacity: perSecond * burstSeconds }];
    }
    const quota = this.#world.quotas.get(table.identity, kind === 'read' ? 'tableReadUnits' : 'tableWriteUnits');
    const account: Rate = { limit: 'AccountLimitExceeded', perSecond: quota, capacity: quota };
    const maximum = onDemandLimits?.[kind] ?? -1;
    if (maximum < 0) return [account];
    return [account, { limit: 'MaxOnDemandThroughputExceeded', perSecond: maximum, capacity: maximum }];
  }

  #forgetFull(now: number): void {
    if (this.#meters.size < partitionsKept) return;
    for (const [key, { at }] of this.#meters) {
      if (key.startsWith('partition/') && at + 60_000 < now) this.#meters.delete(key);
    }
  }
}

function refill(meter: Meter, { capacity, perSecond }: Rate, now: number): Meter {
  const seconds = Math.max(0, now - meter.at) / 1000;
  meter.tokens = Math.min(capacity, meter.tokens + seconds * perSecond);
  meter.at = Math.max(meter.at, now);
  return meter;
}

function partitionRate(kind: UnitKind): Rate {
  const perSecond = partitionRates[kind];
  return { limit: 'KeyRangeThroughputExceeded', perSecond, capacity: perSecond };
}

function tableKey(table: Table, kind: UnitKind, rate: Rate): string {
  return `table/${table.identity.id}/${kind}/${rate.limit}`;
}

function partitionKey(table: Table, kind: UnitKind, partition: string): string {
  return `partition/${table.identity.id}/${kind}/${partition}`;
}

const provisionedMessage =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.';
const onDemandMessage =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';

/** The error of a limit, by the table's billing mode, with its reason (developer guide, "Diagnosing throttling"). */
function refusal(limit: Limit, table: Table, kind: UnitKind): AwsError {
  const reasons = [{ reason: `Table${kind === 'read' ? 'Read' : 'Write'}${limit}`, resource: table.identity.arn }];
  if (table.settings.billing === 'PROVISIONED') {
    return new AwsError('ProvisionedThroughputExceededException', provisionedMessage, {
      fields: { ThrottlingReasons: reasons },
    });
  }
  switch (limit) {
    case 'AccountLimitExceeded':
      return new AwsError('RequestLimitExceeded', 'Throughput exceeds the current throughput limit for your account.', {
        fields: { ThrottlingReasons: reasons },
      });
    case 'MaxOnDemandThroughputExceeded':
      return new AwsError(
        'ThrottlingException',
        'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
        { fields: { throttlingReasons: reasons } },
      );
    default:
      return new AwsError('ThrottlingException', onDemandMessage, { fields: { throttlingReasons: reasons } });
  }
}

/** How a transaction that was throttled gives its reason. */
export function throttlingReason(error: AwsError): CancellationReason {
  const Code =
    error.code === 'ProvisionedThroughputExceededException' ? 'ProvisionedThroughputExceeded' : 'ThrottlingError';
  return { Code, Message: error.message };
}
