import type { Behaviour } from './behaviour.ts';
import { sources as s } from './sources.ts';

const throughput = 'test/simulator/dynamodb/throughput.test.ts';
const batches = 'test/simulator/dynamodb/batches.test.ts';
const overlap = 'test/simulator/dynamodb/overlap.test.ts';
const sizes = 'test/simulator/dynamodb/sizes.test.ts';
const items = 'test/simulator/dynamodb/items.test.ts';
const reads = 'test/simulator/dynamodb/reads.test.ts';
const conditions = 'test/simulator/dynamodb/conditions.test.ts';
const updates = 'test/simulator/dynamodb/updates.test.ts';

const units: readonly Behaviour[] = [
  {
    what: 'A partition serves 3,000 read and 1,000 write units a second, whatever its table can.',
    kind: 'documented',
    source: s.dynamodbPartitions,
    test: [throughput, 'takes 1,000 write units a second, and the table goes on beside it'],
  },
  {
    what: 'Each partition key is a partition of its own, and is never spread over several.',
    kind: 'assumed',
    source: s.dynamodbPartitions,
    test: [throughput, 'takes 1,000 write units a second, and the table goes on beside it'],
  },
  {
    what: 'A hot key of a table on demand is throttled with ThrottlingException.',
    kind: 'observed',
    source: s.dynamodbHotKey,
    test: [throughput, 'takes 1,000 write units a second, and the table goes on beside it'],
  },
  {
    what: 'Throttled requests say why and of which table (ThrottlingReasons).',
    kind: 'documented',
    source: s.dynamodbThrottling,
    test: [throughput, 'TableReadKeyRangeThroughputExceeded'],
  },
  {
    what: 'A table on demand takes 40,000 units a second of each kind, beyond which requests are RequestLimitExceeded.',
    kind: 'documented',
    source: s.dynamodbQuotas,
    test: [throughput, 'on demand takes 40,000 units a second of each kind where nobody changed the quota'],
  },
  {
    what: 'A table on demand can have a maximum of its own.',
    kind: 'documented',
    source: s.dynamodbThrottling,
    test: [throughput, 'on demand can have a maximum of its own'],
  },
  {
    what: 'A provisioned table can spend what it left unused in the last five minutes; then ProvisionedThroughputExceededException.',
    kind: 'documented',
    source: s.dynamodbBurst,
    test: [throughput, 'with provisioned capacity can spend what it saved in five minutes, then only that capacity'],
  },
  {
    what: 'A request passes while any unit is left, and a large one leaves a debt.',
    kind: 'assumed',
    source: s.dynamodbBurst,
    test: [throughput, 'gives 3,000 read units a second, of which eventually consistent reads take half'],
  },
  {
    what: 'Reads cost one unit for each 4 KB, half of that if eventually consistent; writes one for each KB; transactions twice as much.',
    kind: 'documented',
    source: s.dynamodbCapacity,
    test: [throughput, 'cost twice the units'],
  },
  {
    what: 'Query and Scan cost what they read, not what they find; a write whose condition fails costs as much as the item that is there.',
    kind: 'documented',
    source: s.dynamodbCapacity,
    test: [throughput, 'is charged by queries and scans for what they read, not for what they find'],
  },
  {
    what: 'A batch leaves unprocessed what finds no throughput, and fails only when that is all of it.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [throughput, 'leave unprocessed what finds no throughput, and fail only when that is everything'],
  },
  {
    what: 'A transaction that finds no throughput is cancelled, with ThrottlingError or ProvisionedThroughputExceeded in its place.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [throughput, 'are cancelled with the reason in its place'],
  },
];

const transactions: readonly Behaviour[] = [
  {
    what: 'A transaction has 100 actions at most, on different items.',
    kind: 'documented',
    source: s.dynamodbTransactions,
    test: [batches, 'report what is wrong with one action as its reason, and what is wrong with the request as such'],
  },
  {
    what: 'A transaction writes or reads 4 MB at most.',
    kind: 'documented',
    source: s.dynamodbTransactions,
    test: [sizes, 'a transaction writes 4 MB at most'],
  },
  {
    what: 'A cancelled transaction gives a reason for each action, in order, with the item where ALL_OLD is asked for.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [batches, 'do all or nothing, and say which action failed'],
  },
  {
    what: 'A ClientRequestToken makes a transaction idempotent for ten minutes; with other contents it is an IdempotentParameterMismatchException.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [batches, 'are done once for one token, for ten minutes'],
  },
  {
    what: 'A transaction whose token comes again while it is going on is a TransactionInProgressException.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [overlap, 'is in progress for whoever asks again with its token'],
  },
  {
    what: 'While a transaction is going on, single writes of its items are TransactionConflictExceptions and other transactions are cancelled with TransactionConflict.',
    kind: 'documented',
    source: s.dynamodbTransactions,
    test: [overlap, 'keeps single writes from its items, and nothing from others'],
  },
  {
    what: 'A transaction goes on until its caller has the answer (where answers take their time at all).',
    kind: 'assumed',
    source: s.dynamodbTransactions,
    test: [overlap, 'is none where answers come at once'],
  },
  {
    what: 'BatchGetItem reads 100 items and 16 MB at most and leaves the rest in UnprocessedKeys; BatchWriteItem has 25 requests at most.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [batches, 'leave unprocessed what would not fit into 16 MB'],
  },
  {
    what: 'BatchGetItem reads 1 MB of a partition at most.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [sizes, 'a batch reads 1 MB of a partition at most, and leaves the rest unprocessed'],
  },
  {
    what: 'A batch that names an item twice, or has a key that does not fit, is refused as a whole.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [batches, 'are refused as a whole'],
  },
];

const itemRules: readonly Behaviour[] = [
  {
    what: 'An item has 400 KB at most, with the names of its attributes.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [items, 'may have 409,600 bytes with the names of their attributes, not one more'],
  },
  {
    what: 'Partition keys have 2,048 bytes at most and sort keys 1,024, and neither is empty.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [items, '%s refuses a %s that does not fit the table'],
  },
  {
    what: 'Values are nested 32 levels deep at most.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [items, 'may be nested 32 levels deep, not 33'],
  },
  {
    what: 'Numbers have 38 digits and are kept in their plain form; sets are neither empty nor hold anything twice.',
    kind: 'documented',
    source: s.dynamodbTypes,
    test: [items, 'normalise numbers, also in keys and sets'],
  },
  {
    what: 'A failed condition tells the item only where ReturnValuesOnConditionCheckFailure asks for it.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [items, 'are written on a condition, and the error can show what was there'],
  },
  {
    what: 'A page of Query or Scan ends after 1 MB or at the limit, before the filter: it can be empty and not the last.',
    kind: 'documented',
    source: s.dynamodbQuery,
    test: [reads, 'limits what it reads before the filter, so a page can be empty with more to come'],
  },
  {
    what: 'A page that ends with the last item still names where it ended.',
    kind: 'documented',
    source: s.dynamodbQuery,
    test: [reads, 'ends a page after 1 MB'],
  },
  {
    what: 'A parallel scan of up to 1,000,000 segments visits every item once.',
    kind: 'documented',
    source: s.dynamodbScan,
    test: [reads, 'visits every item once over any segments, page sizes and index of types'],
  },
  {
    what: 'GetItem, Query, Scan and BatchGetItem may lag behind unless ConsistentRead is asked for; transactions never do, descriptions of tables always may.',
    kind: 'documented',
    source: s.readConsistency,
    test: ['test/simulator/dynamodb/consistency.test.ts', 'is told to the world by the operation itself'],
  },
  {
    what: 'Expressions have AWS’s grammar, functions, precedence and complaints, and 4 KB at most; IN has 100 operands at most.',
    kind: 'documented',
    source: s.dynamodbExpressions,
    test: [conditions, 'combine as logic has it, whatever the parentheses'],
  },
  {
    what: 'Names and values that an expression does not use are refused.',
    kind: 'observed',
    source: s.dynamodbRecorded,
    test: [conditions, 'leave no name and no value unused'],
  },
  {
    what: 'Reserved words cannot be attribute names in expressions.',
    kind: 'documented',
    source: s.dynamodbReserved,
    test: [items, 'Attribute name is a reserved keyword; reserved keyword: name'],
  },
  {
    what: 'All clauses of an update read the item as it was.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [updates, 'read every operand from the item as it was'],
  },
  {
    what: 'The parameters that expressions replaced are refused; together with expressions, in AWS’s own words.',
    kind: 'assumed',
    source: s.dynamodbModel,
    test: [items, 'know no legacy parameters'],
  },
  {
    what: 'Answers agree with those of moto, but for a list of differences of which each names the document that says who is right.',
    kind: 'observed',
    source: s.moto,
    test: ['test/conformance/moto.test.ts', 'the list of differences'],
  },
];

/** What DynamoDB does with items. */
export const itemsBehaviours: readonly Behaviour[] = [...units, ...transactions, ...itemRules];
