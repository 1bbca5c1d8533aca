/** CreateTable, DescribeTable, ListTables, UpdateTable and DeleteTable. */
import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteTableCommandInput,
  DescribeTableCommandInput,
  ListTablesCommandInput,
  UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Call, Operation } from '../kernel.ts';
import { Constraints } from './constraints.ts';
import { invalidParameter, resourceInUse, validation } from './errors.ts';
import { answerMs, controlRead, controlWrite, operation } from './operation.ts';
import type { Registry } from './registry.ts';
import { Table, type Throughput } from './table.ts';
import { checkChanges, readOnDemandLimits, refuseSameThroughput } from './table-changes.ts';
import { describeTable } from './table-description.ts';
import { refuseOneMore, refuseTooMany, refuseTooMuch } from './table-limits.ts';
import {
  checkCreateTable,
  readKeySchema,
  readSettings,
  readSse,
  readStreamView,
  readTableClass,
  readThroughput,
} from './table-validation.ts';
import { checkTags } from './tags.ts';

/** How long a table is CREATING, UPDATING or DELETING, ms. AWS gives no number; a few seconds is what is usually seen. */
const transition = { least: 2000, most: 5000 };
/** How often ItemCount and TableSizeBytes follow the truth (API reference, TableDescription). */
const statisticsEveryMs = 6 * 3_600_000;

const settingMembers = [
  'BillingMode',
  'ProvisionedThroughput',
  'StreamSpecification',
  'SSESpecification',
  'TableClass',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
];

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
        takes: ['TableName', 'AttributeDefinitions', 'KeySchema', 'Tags', ...settingMembers],
        latencyMs: answerMs.control,
        buckets: controlWrite,
        run: (input, call) => createTable(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DescribeTable',
      operation<DescribeTableCommandInput, object>({
        mutating: false,
        takes: ['TableName'],
        latencyMs: answerMs.control,
        buckets: controlRead,
        run: (input, call) => ({ Table: describeTable(registry.described(input.TableName, call)) }),
        resources: named,
      }),
    ],
    [
      'ListTables',
      operation<ListTablesCommandInput, object>({
        mutating: false,
        takes: ['ExclusiveStartTableName', 'Limit'],
        latencyMs: answerMs.control,
        buckets: controlRead,
        run: (input, call) => listTables(registry, input, call),
      }),
    ],
    [
      'UpdateTable',
      operation<UpdateTableCommandInput, Described>({
        mutating: true,
        takes: ['TableName', ...settingMembers],
        latencyMs: answerMs.control,
        buckets: controlWrite,
        run: (input, call) => updateTable(registry, input, call),
        resources: named,
      }),
    ],
    [
      'DeleteTable',
      operation<DeleteTableCommandInput, Described>({
        mutating: true,
        takes: ['TableName'],
        latencyMs: answerMs.control,
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

/** A stream becomes ENABLED, or DISABLED, when its table's transition is over. */
function settleStream({ latestStream: stream }: Table): void {
  if (stream !== undefined) stream.status = stream.disabledAt === undefined ? 'ENABLED' : 'DISABLED';
}

function countFromTimeToTime(registry: Registry, table: Table): void {
  const { world } = registry;
  world.at(world.now() + statisticsEveryMs, () => {
    if (!registry.isThere(table)) return;
    table.count();
    countFromTimeToTime(registry, table);
  });
}

function createTable(registry: Registry, input: CreateTableCommandInput, call: Call): Described {
  checkCreateTable(input);
  const name = input.TableName ?? '';
  const schema = readKeySchema(input);
  const settings = readSettings(input);
  const view = readStreamView(input.StreamSpecification, 'create');
  const tags = checkTags(input.Tags ?? []);
  const { tables, streams } = registry.region(call);
  if (tables.has(name)) throw resourceInUse(`Table already exists: ${name}`);
  refuseTooMany(registry, call);
  refuseOneMore(registry, call);
  refuseTooMuch(registry, settings.throughput, call);
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
    registry.streamFaults,
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
    settleStream(table);
  });
  countFromTimeToTime(registry, table);
  return { TableDescription: describeTable(table) };
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
  checkChanges(input);
  new Constraints().oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST']).raise();
  const view = readStreamView(input.StreamSpecification, 'update');
  refuseBusy(table);
  refuseTooMany(registry, call);
  const billing = input.BillingMode ?? table.settings.billing;
  const throughputChanges = input.BillingMode !== undefined || input.ProvisionedThroughput !== undefined;
  if (input.BillingMode === 'PROVISIONED' && input.ProvisionedThroughput === undefined) {
    throw invalidParameter('ProvisionedThroughput must be specified when BillingMode is PROVISIONED');
  }
  const throughput = throughputChanges
    ? readThroughput(billing, input.ProvisionedThroughput)
    : table.settings.throughput;
  const onDemandLimits = readOnDemandLimits(billing, input.OnDemandThroughput);
  const sse = readSse(input.SSESpecification);
  refuseSameThroughput(table, input, throughput);
  refuseTooMuch(registry, throughput, call);
  if (input.StreamSpecification !== undefined) switchStream(registry, table, view, call);
  Object.assign(table.settings, { billing, throughput });
  changeSettings(table, input, onDemandLimits);
  if (input.SSESpecification !== undefined) table.settings.sse = sse;
  table.status = 'UPDATING';
  after(registry, call, () => {
    if (table.status === 'UPDATING') table.status = 'ACTIVE';
    settleStream(table);
  });
  return { TableDescription: describeTable(table) };
}

function changeSettings(table: Table, input: UpdateTableCommandInput, onDemandLimits: Throughput | undefined): void {
  const { settings } = table;
  settings.deletionProtection = input.DeletionProtectionEnabled ?? settings.deletionProtection;
  settings.tableClass = readTableClass(input.TableClass) ?? settings.tableClass;
  settings.onDemandLimits = onDemandLimits ?? settings.onDemandLimits;
}

function switchStream(registry: Registry, table: Table, view: ReturnType<typeof readStreamView>, call: Call): void {
  const { name } = table.identity;
  if (view === undefined) {
    if (table.stream === undefined) throw validation(`Table has no stream to disable: TableName: ${name}`);
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
  const description = describeTable(table);
  after(registry, call, () => {
    registry.region(call).tables.delete(table.identity.name);
    settleStream(table);
  });
  return { TableDescription: description };
}
