/** CreateTable, DescribeTable, ListTables, UpdateTable and DeleteTable. */
import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteTableCommandInput,
  DescribeTableCommandInput,
  ListTablesCommandInput,
  UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { Constraints } from './constraints.ts';
import { resourceInUse, validation } from './errors.ts';
import { controlRead, controlWrite, operation } from './operation.ts';
import type { Registry } from './registry.ts';
import { Table } from './table.ts';
import { describeTable } from './table-description.ts';
import {
  checkCreateTable,
  readKeySchema,
  readSettings,
  readSse,
  readStreamView,
  readThroughput,
} from './table-validation.ts';
import { checkTags } from './tags.ts';

/** How long a table is CREATING, UPDATING or DELETING, ms. AWS gives no number; a few seconds is what is usually seen. */
const transition = { least: 2000, most: 5000 };
/** Tables in CREATING, UPDATING or DELETING at once (developer guide, "Quotas"). */
const concurrentLimit = 500;

type Described = Omit<CreateTableCommandOutput, '$metadata'>;

/** The control operations on tables. */
export function tableOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const named = (input: { readonly TableName?: string | undefined }): readonly string[] =>
    input.TableName === undefined ? [] : [input.TableName];
  return new Map([
    [
      'CreateTable',
      operation<CreateTableCommandInput, Described>({
        mutating: true,
        buckets: controlWrite,
        run: (input, call) => createTable(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeTable',
      operation<DescribeTableCommandInput, object>({
        mutating: false,
        buckets: controlRead,
        run: (input, call) => ({ Table: describeTable(registry.described(input.TableName, call), call.now) }),
        resources: named,
      }),
    ],
    [
      'ListTables',
      operation<ListTablesCommandInput, object>({
        mutating: false,
        buckets: controlRead,
        run: (input, call) => listTables(registry, input, call),
      }),
    ],
    [
      'UpdateTable',
      operation<UpdateTableCommandInput, Described>({
        mutating: true,
        buckets: controlWrite,
        run: (input, call) => updateTable(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DeleteTable',
      operation<DeleteTableCommandInput, Described>({
        mutating: true,
        buckets: controlWrite,
        run: (input, call) => deleteTable(registry, input, call),
        resources: named,
      }),
    ],
  ]);
}

/** The ARN prefix of a place, in the partition that its Region belongs to. */
function arnPrefix(call: Call): string {
  const partition = call.region.startsWith('cn-') ? 'aws-cn' : call.region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:dynamodb:${call.region}:${call.account}`;
}

/** Runs `then` when a transition that begins now is over. */
function after(registry: Registry, call: Call, then: () => void): void {
  const { world } = registry;
  const span = transition.most - transition.least;
  const duration = (transition.least + world.random('dynamodb-table') * span) * world.latencyFactor;
  world.at(call.now + Math.round(duration), then);
}

function refuseTooMany(registry: Registry, call: Call): void {
  const busy = [...registry.region(call).tables.values()].filter((table) => table.status !== 'ACTIVE');
  if (busy.length < concurrentLimit) return;
  throw new AwsError(
    'LimitExceededException',
    `Subscriber limit exceeded: There is a limit of ${concurrentLimit} simultaneous table operations per subscriber`,
  );
}

function createTable(registry: Registry, input: CreateTableCommandInput, call: Call): Described {
  checkCreateTable(input);
  const name = input.TableName ?? '';
  const schema = readKeySchema(input);
  const settings = readSettings(input);
  const view = readStreamView(input.StreamSpecification);
  const tags = checkTags(input.Tags ?? []);
  const { tables, streams } = registry.region(call);
  if (tables.has(name)) throw resourceInUse(`Table already exists: ${name}`);
  refuseTooMany(registry, call);
  const table = new Table(
    {
      name,
      arn: `${arnPrefix(call)}:table/${name}`,
      id: uuid(registry.world.hex('dynamodb-table-id', 32)),
      account: call.account,
      region: call.region,
      schema,
      createdAt: call.now,
    },
    settings,
    registry.world,
  );
  for (const [key, value] of tags) table.tags.set(key, value);
  table.visibleTags = tags;
  tables.set(name, table);
  if (view !== undefined) {
    const stream = table.enableStream(view, call.now);
    streams.set(stream.identity.arn, stream);
  }
  after(registry, call, () => {
    if (table.status === 'CREATING') table.status = 'ACTIVE';
  });
  return { TableDescription: describeTable(table, call.now) };
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function listTables(registry: Registry, input: ListTablesCommandInput, call: Call): object {
  new Constraints().within('limit', input.Limit, 1, 100).raise();
  const start = input.ExclusiveStartTableName;
  const names = [...registry.region(call).tables.keys()].filter((name) => start === undefined || name > start).sort();
  const page = names.slice(0, input.Limit ?? 100);
  const last = page.at(-1);
  return {
    TableNames: page,
    ...(page.length < names.length && last !== undefined ? { LastEvaluatedTableName: last } : {}),
  };
}

function refuseBusy(table: Table): void {
  const doing = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted', ACTIVE: undefined }[table.status];
  if (doing === undefined) return;
  throw resourceInUse(
    `Attempt to change a resource which is still in use: Table is being ${doing}: ${table.identity.name}`,
  );
}

function updateTable(registry: Registry, input: UpdateTableCommandInput, call: Call): Described {
  const table = registry.described(input.TableName, call);
  refuseUnsupported(input);
  const changes = [
    input.StreamSpecification,
    input.BillingMode,
    input.ProvisionedThroughput,
    input.DeletionProtectionEnabled,
    input.SSESpecification,
    input.TableClass,
    input.OnDemandThroughput,
  ];
  if (changes.every((change) => change === undefined)) {
    throw validation(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    );
  }
  new Constraints().oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST']).raise();
  const view = readStreamView(input.StreamSpecification);
  refuseBusy(table);
  refuseTooMany(registry, call);
  const billing = input.BillingMode ?? table.settings.billing;
  const throughputChanges = input.BillingMode !== undefined || input.ProvisionedThroughput !== undefined;
  const throughput = throughputChanges
    ? readThroughput(billing, input.ProvisionedThroughput)
    : table.settings.throughput;
  if (input.StreamSpecification !== undefined) switchStream(registry, table, view, call);
  Object.assign(table.settings, { billing, throughput });
  changeSettings(table, input);
  table.status = 'UPDATING';
  after(registry, call, () => {
    if (table.status === 'UPDATING') table.status = 'ACTIVE';
  });
  return { TableDescription: describeTable(table, call.now) };
}

function changeSettings(table: Table, input: UpdateTableCommandInput): void {
  const { settings } = table;
  settings.deletionProtection = input.DeletionProtectionEnabled ?? settings.deletionProtection;
  settings.tableClass = input.TableClass ?? settings.tableClass;
  if (input.SSESpecification !== undefined) settings.sse = readSse(input.SSESpecification);
  if (input.OnDemandThroughput === undefined) return;
  settings.onDemandLimits = {
    read: input.OnDemandThroughput.MaxReadRequestUnits ?? -1,
    write: input.OnDemandThroughput.MaxWriteRequestUnits ?? -1,
  };
}

function refuseUnsupported(input: UpdateTableCommandInput): void {
  if (input.GlobalSecondaryIndexUpdates === undefined && input.ReplicaUpdates === undefined) return;
  throw validation(
    'One or more parameter values were invalid: The simulated DynamoDB has neither secondary indexes nor replicas',
  );
}

function switchStream(registry: Registry, table: Table, view: ReturnType<typeof readStreamView>, call: Call): void {
  const { name } = table.identity;
  if (view === undefined) {
    if (table.stream === undefined) throw validation(`Table does not have an enabled stream: TableName: ${name}`);
    table.disableStream(call.now);
    return;
  }
  if (table.stream !== undefined) throw validation(`Table already has an enabled stream: TableName: ${name}`);
  const stream = table.enableStream(view, call.now);
  registry.region(call).streams.set(stream.identity.arn, stream);
}

function deleteTable(registry: Registry, input: DeleteTableCommandInput, call: Call): Described {
  const table = registry.described(input.TableName, call);
  refuseBusy(table);
  if (table.settings.deletionProtection) {
    throw validation(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  refuseTooMany(registry, call);
  table.status = 'DELETING';
  table.disableStream(call.now);
  const description = describeTable(table, call.now);
  after(registry, call, () => {
    registry.region(call).tables.delete(table.identity.name);
  });
  return { TableDescription: description };
}
