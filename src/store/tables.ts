/** Makes the two tables, and the installation that they belong to. Safe to run again at any time, also by several at once. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  type TableDescription,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { CallError } from '../model/errors.ts';
import type { Dynamo } from './client.ts';
import {
  assertInstallationId,
  decideInstallation,
  InstallationError,
  installationTag,
  newInstallationId,
  readInstallation,
  writeInstallation,
} from './installation.ts';

/** What `initTables` is asked to do. */
export interface InitOptions {
  readonly desiredTable: string;
  readonly stateTable: string;
  /** The only way back after the id was lost everywhere; otherwise it must agree with what is found. */
  readonly installation?: string;
}

/** What `initTables` did. */
export interface InitResult {
  readonly installation: string;
  /** Names of the tables that were made now. */
  readonly created: readonly string[];
  /** What is not as it should be, but was left alone because the table is somebody's own. */
  readonly warnings: readonly string[];
}

/** The keys of a table, both strings, and whether it has a stream. */
export interface TableShape {
  readonly hash: string;
  readonly range: string;
  readonly stream: boolean;
}

/**
 * The stream carries keys only: it is a hint to read a record anew, so images would add nothing but copies of users' data. (The view type of a
 * stream cannot be changed later; readers here work with any.)
 */
export const desiredShape: TableShape = { hash: 'kind', range: 'name', stream: true };
export const stateShape: TableShape = { hash: 'pk', range: 'sk', stream: false };

const pollMs = 1_000;
const longestWaitMs = 300_000;

/**
 * Makes the tables that are missing (on demand, waiting until they are ACTIVE) and puts the installation id in all its places. Throws `CallError`
 * for failed calls and `InstallationError` where tables have another shape or belong to different installations; then no id was written.
 */
export async function initTables(dynamo: Dynamo, options: InitOptions): Promise<InitResult> {
  const { desiredTable, stateTable, installation: asked } = options;
  if (asked !== undefined) assertInstallationId(asked);
  if (desiredTable === stateTable) {
    throw new InstallationError(
      `the desired table and the state table must be two tables; both are named ${stateTable}`,
    );
  }
  // Both are looked at before either is made: a wrong name must not leave a table behind.
  const before = [await describeTable(dynamo, desiredTable), await describeTable(dynamo, stateTable)];
  if (before[0] !== undefined) assertShape(before[0], desiredTable, desiredShape);
  if (before[1] !== undefined) assertShape(before[1], stateTable, stateShape);
  const known = await evidence(dynamo, options, before);
  const decided = decideInstallation(known);
  const created: string[] = [];
  if (before[0] === undefined && (await create(dynamo, desiredTable, desiredShape))) created.push(desiredTable);
  if (before[1] === undefined && (await create(dynamo, stateTable, stateShape))) created.push(stateTable);
  const desired = await waitUntilActive(dynamo, desiredTable);
  const state = await waitUntilActive(dynamo, stateTable);
  const id = known.item ?? (await writeInstallation(dynamo, stateTable, decided ?? newInstallationId(dynamo.random)));
  decideInstallation({ ...known, item: id });
  if (known.desiredTag === undefined) await tag(dynamo, desired, id);
  if (known.stateTag === undefined) await tag(dynamo, state, id);
  return { installation: id, created, warnings: streamWarnings(desired, desiredTable) };
}

async function evidence(
  dynamo: Dynamo,
  options: InitOptions,
  [desired, state]: readonly (TableDescription | undefined)[],
) {
  if (state !== undefined) await waitUntilActive(dynamo, options.stateTable);
  return {
    item: state === undefined ? undefined : await readInstallation(dynamo, options.stateTable),
    stateTag: state === undefined ? undefined : await readTag(dynamo, state),
    desiredTag: desired === undefined ? undefined : await readTag(dynamo, desired),
    asked: options.installation,
    stateHasItems: state !== undefined && (await hasItems(dynamo, options.stateTable)),
    stateTable: options.stateTable,
    desiredTable: options.desiredTable,
  };
}

/** What AWS says of a table; undefined where there is none. Throws `CallError`. */
export async function describeTable(dynamo: Dynamo, table: string): Promise<TableDescription | undefined> {
  const info = { operation: 'DescribeTable', about: table, mutating: false, repeatable: true };
  try {
    const output = await dynamo.call(info, (abortSignal) =>
      dynamo.sdk.send(new DescribeTableCommand({ TableName: table }), { abortSignal }),
    );
    return output.Table;
  } catch (error) {
    if (error instanceof CallError && error.class === 'not_found') return undefined;
    throw error;
  }
}

function assertShape(table: TableDescription, name: string, shape: TableShape): void {
  const why = misshapen(table, name, shape);
  if (why !== undefined) throw new InstallationError(why);
}

/** Why a table's keys are not as they have to be, and what to do; undefined where they are. */
export function misshapen(table: TableDescription, name: string, shape: TableShape): string | undefined {
  const keys = (table.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType})`).join(', ');
  const types = new Map((table.AttributeDefinitions ?? []).map((a) => [a.AttributeName, a.AttributeType]));
  const expected = `${shape.hash} (HASH), ${shape.range} (RANGE)`;
  if (keys === expected && types.get(shape.hash) === 'S' && types.get(shape.range) === 'S') return undefined;
  return `table ${name} exists with the keys ${keys}; expected ${expected}, both strings. Name another table, or remove this one if it is not in use`;
}

/** Returns false when somebody else made it at the same time. */
async function create(dynamo: Dynamo, name: string, shape: TableShape): Promise<boolean> {
  const input: CreateTableCommandInput = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: shape.hash, AttributeType: 'S' },
      { AttributeName: shape.range, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: shape.hash, KeyType: 'HASH' },
      { AttributeName: shape.range, KeyType: 'RANGE' },
    ],
    ...(shape.stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } } : {}),
  };
  const info = { operation: 'CreateTable', about: name, mutating: true, repeatable: true };
  try {
    await dynamo.call(info, (abortSignal) => dynamo.sdk.send(new CreateTableCommand(input), { abortSignal }));
    return true;
  } catch (error) {
    if (error instanceof CallError && error.code === 'ResourceInUseException') return false;
    throw error;
  }
}

async function waitUntilActive(dynamo: Dynamo, name: string): Promise<TableDescription> {
  const deadline = dynamo.clock.monotonic() + longestWaitMs;
  for (;;) {
    const table = await describeTable(dynamo, name);
    const status = table?.TableStatus;
    // UPDATING tables answer reads and writes too.
    if (table !== undefined && (status === 'ACTIVE' || status === 'UPDATING')) return table;
    if (dynamo.clock.monotonic() >= deadline) {
      throw new InstallationError(
        `table ${name} is ${status ?? 'not there'} after ${longestWaitMs / 1_000} s; expected ACTIVE: look at it in the console and run init again`,
      );
    }
    await dynamo.clock.sleep(pollMs);
  }
}

/** The installation that a table's tag names. Throws `CallError`. */
export async function readTag(dynamo: Dynamo, table: TableDescription): Promise<string | undefined> {
  const info = { operation: 'ListTagsOfResource', about: table.TableName ?? '', mutating: false, repeatable: true };
  let next: string | undefined;
  do {
    const input = { ResourceArn: table.TableArn, ...(next === undefined ? {} : { NextToken: next }) };
    const output = await dynamo.call(info, (abortSignal) =>
      dynamo.sdk.send(new ListTagsOfResourceCommand(input), { abortSignal }),
    );
    const found = output.Tags?.find(({ Key }) => Key === installationTag);
    if (found !== undefined) return found.Value;
    next = output.NextToken;
  } while (next !== undefined);
  return undefined;
}

async function tag(dynamo: Dynamo, table: TableDescription, id: string): Promise<void> {
  const info = { operation: 'TagResource', about: table.TableName ?? '', mutating: true, repeatable: true };
  const input = { ResourceArn: table.TableArn, Tags: [{ Key: installationTag, Value: id }] };
  await dynamo.call(info, (abortSignal) => dynamo.sdk.send(new TagResourceCommand(input), { abortSignal }));
}

/** An unfiltered page is empty only where the table is. */
async function hasItems(dynamo: Dynamo, table: string): Promise<boolean> {
  const info = { operation: 'Scan', about: table, mutating: false, repeatable: true };
  const input = { TableName: table, Limit: 1, ConsistentRead: true };
  const page = await dynamo.call(info, (abortSignal) => dynamo.sdk.send(new ScanCommand(input), { abortSignal }));
  return (page.Items ?? []).length > 0;
}

function streamWarnings(desired: TableDescription, name: string): readonly string[] {
  if (desired.StreamSpecification?.StreamEnabled === true) return [];
  return [
    `the stream of table ${name} is off: changes are seen at the next full list only. Switch it on with: aws dynamodb update-table --table-name ${name} --stream-specification StreamEnabled=true,StreamViewType=KEYS_ONLY`,
  ];
}
