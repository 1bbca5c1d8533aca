/** Query and Scan. */
import type { QueryCommandInput, ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { readUnits, withCapacity } from './capacity.ts';
import { Constraints, capacityLevels } from './constraints.ts';
import { invalidParameter, validation } from './errors.ts';
import type { Condition, Operand } from './expressions/ast.ts';
import { type KeyCondition, keyCondition } from './expressions/key-condition.ts';
import { type Expressions, readExpressions } from './expressions/request.ts';
import { indexAfter, lowerBound, type StoredItem, sortIndex } from './item-store.ts';
import { keyNames, keyText, type PrimaryKey, readKey } from './key-schema.ts';
import { refuseLegacy } from './legacy.ts';
import { answerMs, operation } from './operation.ts';
import { measurePage, readPage } from './page.ts';
import { type Registry, tableNameComplaint } from './registry.ts';
import type { Table } from './table.ts';
import { takeRead } from './throttling.ts';
import type { Demand } from './throughput.ts';
import { compareValues, equalValues } from './values.ts';
import { readItem, type WireItem } from './wire-values.ts';

const selections = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] as const;
const keySpace = 2 ** 32;

/** What Query and Scan have in common. */
const pageMembers = [
  'TableName',
  'IndexName',
  'AttributesToGet',
  'ConditionalOperator',
  'ConsistentRead',
  'ExclusiveStartKey',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'FilterExpression',
  'Limit',
  'ProjectionExpression',
  'ReturnConsumedCapacity',
  'Select',
];

/** The operations that read pages of items. */
export function readOperations(registry: Registry): ReadonlyMap<string, Operation> {
  const named = (input: { readonly TableName?: string | undefined }): readonly string[] =>
    input.TableName === undefined ? [] : [input.TableName];
  return new Map([
    [
      'Query',
      operation<QueryCommandInput, object>({
        mutating: false,
        takes: [...pageMembers, 'KeyConditionExpression', 'KeyConditions', 'QueryFilter', 'ScanIndexForward'],
        latencyMs: answerMs.item,
        buckets: (input, call) => takeRead(registry, call, () => measure(planQuery(registry, input, call), input)),
        run: (input, call) => answer(planQuery(registry, input, call), input),
        resources: named,
      }),
    ],
    [
      'Scan',
      operation<ScanCommandInput, object>({
        mutating: false,
        takes: [...pageMembers, 'ScanFilter', 'Segment', 'TotalSegments'],
        latencyMs: answerMs.item,
        buckets: (input, call) => takeRead(registry, call, () => measure(planScan(registry, input, call), input)),
        run: (input, call) => answer(planScan(registry, input, call), input),
        resources: named,
      }),
    ],
  ]);
}

function checkCommon(input: QueryCommandInput | ScanCommandInput): Constraints {
  return new Constraints()
    .within('limit', input.Limit, 1)
    .oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, capacityLevels)
    .oneOf('select', input.Select, selections)
    .add(tableNameComplaint(input.TableName, 1));
}

function checkSelect(select: string | undefined, expressions: Expressions): void {
  if (select === 'ALL_PROJECTED_ATTRIBUTES') {
    throw invalidParameter('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (expressions.projection === undefined) {
    if (select !== 'SPECIFIC_ATTRIBUTES') return;
    throw invalidParameter(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (select === undefined || select === 'SPECIFIC_ATTRIBUTES') return;
  const chosen = select === 'COUNT' ? 'only the Count' : select;
  throw validation(`Cannot specify the ProjectionExpression when choosing to get ${chosen}`);
}

/** What a request reads of which table, when all is checked. The items come one by one as they are asked for. */
interface Plan {
  readonly table: Table;
  readonly expressions: Expressions;
  readonly items: Iterable<StoredItem>;
}

function answer({ table, expressions, items }: Plan, input: QueryCommandInput | ScanCommandInput): object {
  const { bytes, ...page } = readPage(items, {
    schema: table.identity.schema,
    limit: input.Limit,
    filter: expressions.filter,
    values: expressions.values,
    projection: expressions.projection,
    count: input.Select === 'COUNT',
  });
  const units = readUnits(bytes, input.ConsistentRead === true);
  return { ...page, ...withCapacity(input.ReturnConsumedCapacity, table.identity.name, units) };
}

/** What a page costs each partition that it reads from. */
function measure({ table, items }: Plan, input: QueryCommandInput | ScanCommandInput): readonly Demand[] {
  const read = measurePage(items, input.Limit);
  return [...read].map(([partition, bytes]) => {
    return { table, partition, units: readUnits(bytes, input.ConsistentRead === true) };
  });
}

function startKey(given: WireItem | undefined, table: Table): PrimaryKey | undefined {
  if (given === undefined) return undefined;
  const item = readItem(given);
  const names = keyNames(table.identity.schema);
  if (item.size !== names.length || names.some((name) => !item.has(name))) {
    throw validation('The provided starting key is invalid');
  }
  try {
    return readKey(table.identity.schema, item);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validation(`The provided starting key is invalid: ${error.message}`);
  }
}

function planQuery(registry: Registry, input: QueryCommandInput, call: Call): Plan {
  checkCommon(input).raise();
  refuseLegacy(input);
  if (input.KeyConditionExpression === undefined) {
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const expressions = readExpressions(input, registry.expressions);
  checkSelect(input.Select, expressions);
  const table = registry.data(input.TableName, call);
  refuseIndex(input.IndexName);
  if (expressions.key === undefined) return { table, expressions, items: [] };
  const wanted = keyCondition(expressions.key, table.identity.schema, expressions.values);
  for (const name of keyNames(table.identity.schema)) {
    if (expressions.filter === undefined || !pathHeads(expressions.filter).has(name)) continue;
    throw validation(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
  const start = startKey(input.ExclusiveStartKey, table);
  if (start !== undefined) checkQueryStart(start, wanted);
  const items = queried(table, wanted, start, input.ScanIndexForward === false);
  return { table, expressions, items };
}

function refuseIndex(name: string | undefined): void {
  if (name !== undefined) throw validation(`The table does not have the specified index: ${name}`);
}

function checkQueryStart(start: PrimaryKey, wanted: KeyCondition): void {
  if (!equalValues(start.partition, wanted.partition)) {
    throw validation('The provided starting key is outside query boundaries based on provided conditions');
  }
  if (start.sort === undefined || wanted.sort === undefined || wanted.sort.matches(start.sort)) return;
  throw validation('The provided starting key does not match the range key predicate');
}

/** The items between the bounds, which lie side by side, in the direction asked for. */
function* queried(
  table: Table,
  wanted: KeyCondition,
  start: PrimaryKey | undefined,
  backward: boolean,
): Generator<StoredItem> {
  const items = table.items.partition(keyText(wanted.partition));
  let [low, high] = bounds(items, wanted);
  if (start !== undefined && backward) high = Math.min(high, sortIndex(items, start.sort));
  if (start !== undefined && !backward) low = Math.max(low, indexAfter(items, start.sort));
  const step = backward ? -1 : 1;
  for (let index = backward ? high - 1 : low; index >= low && index < high; index += step) {
    const item = items[index];
    if (item !== undefined) yield item;
  }
}

function bounds(items: readonly StoredItem[], { sort }: KeyCondition): [number, number] {
  if (sort === undefined) return [0, items.length];
  const matches = ({ key }: StoredItem): boolean => key.sort !== undefined && sort.matches(key.sort);
  const { from } = sort;
  const isBefore = (item: StoredItem): boolean =>
    from !== undefined &&
    item.key.sort !== undefined &&
    !matches(item) &&
    (compareValues(item.key.sort, from) ?? 0) <= 0;
  const low = lowerBound(items, isBefore);
  return [low, lowerBound(items, matches, low)];
}

function planScan(registry: Registry, input: ScanCommandInput, call: Call): Plan {
  checkCommon(input)
    .within('totalSegments', input.TotalSegments, 1, 1_000_000)
    .within('segment', input.Segment, 0, 999_999)
    .raise();
  refuseLegacy(input);
  checkSegments(input);
  const expressions = readExpressions(input, registry.expressions);
  checkSelect(input.Select, expressions);
  const table = registry.data(input.TableName, call);
  refuseIndex(input.IndexName);
  const total = input.TotalSegments ?? 1;
  const segment = input.Segment ?? 0;
  const from = Math.ceil((segment * keySpace) / total);
  const to = Math.ceil(((segment + 1) * keySpace) / total);
  const start = startKey(input.ExclusiveStartKey, table);
  if (start !== undefined && !table.items.covers(from, to, start)) {
    throw validation(
      `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${total} Segment: ${segment}`,
    );
  }
  return { table, expressions, items: table.items.scan(from, to, start) };
}

function checkSegments(input: ScanCommandInput): void {
  const { Segment: segment, TotalSegments: total } = input;
  if (segment !== undefined && total === undefined) {
    throw validation(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined && total !== undefined) {
    throw validation(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment !== undefined && total !== undefined && segment >= total) {
    throw validation(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

/** The top-level attributes that a condition looks at. */
function pathHeads(condition: Condition): ReadonlySet<string> {
  const heads = new Set<string>();
  const operand = (node: Operand): void => {
    if (node.kind === 'path') heads.add(node.path[0]);
    else if (node.kind === 'size') operand(node.of);
  };
  const visit = (node: Condition): void => {
    switch (node.kind) {
      case 'and':
      case 'or':
        visit(node.left);
        visit(node.right);
        break;
      case 'not':
        visit(node.condition);
        break;
      case 'compare':
        operand(node.left);
        operand(node.right);
        break;
      case 'between':
        [node.operand, node.low, node.high].forEach(operand);
        break;
      case 'in':
        [node.operand, ...node.list].forEach(operand);
        break;
      case 'function':
        node.args.forEach(operand);
    }
  };
  visit(condition);
  return heads;
}
