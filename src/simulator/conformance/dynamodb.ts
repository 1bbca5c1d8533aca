import type { Behaviour } from './behaviour.ts';
import { itemsBehaviours } from './dynamodb-items.ts';
import { streamsBehaviours } from './dynamodb-streams.ts';
import { sources as s } from './sources.ts';

const control = 'test/simulator/dynamodb/control-plane.test.ts';
const tables = 'test/simulator/dynamodb/tables.test.ts';
const ttl = 'test/simulator/dynamodb/time-to-live.test.ts';

const controlPlane: readonly Behaviour[] = [
  {
    what: 'Control operations are limited to 2,500 reads and 2,500 changes a second, for each account and Region.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [control, 'are limited to 2,500 reads and 2,500 changes a second, all together'],
  },
  {
    what: 'Tags are changed 5 times and listed 10 times a second.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [control, 'limit tags to 5 changes and 10 lists a second'],
  },
  {
    what: 'DescribeLimits is throttled when it is called more than once in a minute.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [control, 'tell limits once a minute, as the quotas have them'],
  },
  {
    what: '500 tables can be CREATING, UPDATING or DELETING at once; one more is a LimitExceededException.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [control, 'work on 500 tables at once'],
  },
  {
    what: 'An account has 2,500 tables in a Region, and 40,000 read and write units for one table, unless its quotas were raised.',
    kind: 'documented',
    source: s.dynamodbQuotas,
    test: [control, 'keep to the number of tables and the capacity of one that the account may have'],
  },
  {
    what: 'The texts with which more tables or units than the quotas allow are refused.',
    kind: 'assumed',
    source: s.dynamodbQuotas,
    test: [control, 'Subscriber limit exceeded: Provisioned throughput'],
  },
  {
    what: 'A new table is CREATING, in which its items cannot be reached, then ACTIVE; a deleted one DELETING, then gone.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [tables, 'are CREATING for a while, in which items cannot be reached'],
  },
  {
    what: 'Each transition of a table takes 2 to 5 seconds.',
    kind: 'assumed',
    source: s.dynamodbModel,
    test: [tables, 'are DELETING for a while, and their name is free afterwards'],
  },
  {
    what: 'A protected table cannot be deleted.',
    kind: 'documented',
    source: s.dynamodbUpdateTable,
    test: [tables, 'cannot be deleted while protected'],
  },
  {
    what: 'The refusal to delete a protected table says that it is currently protected against deletion.',
    kind: 'observed',
    source: s.dynamodbProtected,
    test: [tables, 'Disable deletion protection first.'],
  },
  {
    what: 'UpdateTable changes encryption, table class and protection each alone, and no stream together with throughput.',
    kind: 'documented',
    source: s.dynamodbUpdateTable,
    test: [control, 'encryption with something else'],
  },
  {
    what: 'UpdateTable to the throughput that there is, is a ValidationException.',
    kind: 'observed',
    source: s.dynamodbRecorded,
    test: [control, 'refuse a change of throughput to what it is'],
  },
  {
    what: 'Tables belong to one account and Region.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [tables, 'belong to one account and one Region'],
  },
  {
    what: 'Table names have 3 to 255 letters, digits and _.-; key definitions must match the key.',
    kind: 'documented',
    source: s.dynamodbTypes,
    test: [tables, "Value 'ab' at 'tableName' failed to satisfy constraint"],
  },
  {
    what: 'ListTables gives 100 names at most, in order.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [tables, 'are listed in pages'],
  },
  {
    what: 'A table has 50 tags at most, of which ListTagsOfResource gives 10 in one answer.',
    kind: 'documented',
    source: s.dynamodbConstraints,
    test: [tables, 'keep tags, listed ten at a time'],
  },
  {
    what: 'Changed tags show up to three seconds late.',
    kind: 'assumed',
    source: s.dynamodbModel,
    test: [tables, 'show changed tags after a while'],
  },
  {
    what: 'ItemCount and TableSizeBytes follow every six hours.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [tables, 'show their statistics up to six hours late'],
  },
  {
    what: 'A new table on demand shows a warm throughput of 12,000 read and 4,000 write units; it is not enforced.',
    kind: 'documented',
    source: s.dynamodbWarm,
    test: [control, 'show their warm throughput'],
  },
  {
    what: 'Point-in-time recovery is switched per table, and reaches back to its start or 35 days.',
    kind: 'documented',
    source: s.dynamodbModel,
    test: [tables, 'switch point-in-time recovery'],
  },
  {
    what: 'Secondary indexes, replicas, resource policies and set warm throughput are refused as ValidationException: they are not simulated.',
    kind: 'assumed',
    source: s.dynamodbModel,
    test: [control, "'LocalSecondaryIndexes'"],
  },
  {
    what: 'Control operations are answered after 50 ms, single items after 5, transactions after 15, GetRecords after 10, other stream calls after 20.',
    kind: 'assumed',
    source: s.dynamodbModel,
    test: [control, 'answer in 50 ms, items in 5, transactions in 15'],
  },
];

const timeToLive: readonly Behaviour[] = [
  {
    what: 'Expired items are deleted within a few days, until when they are read as any other.',
    kind: 'documented',
    source: s.dynamodbTtl,
    test: [ttl, 'takes each item away within two days of its expiry, until then it is read as any other'],
  },
  {
    what: 'Each expired item stays for a time of its own of up to two days, until an hourly sweep.',
    kind: 'assumed',
    source: s.dynamodbTtl,
    test: [ttl, 'takes each item away within two days of its expiry, until then it is read as any other'],
  },
  {
    what: 'A deletion by time to live leaves a record whose userIdentity is the service, and items that expired over five years ago stay.',
    kind: 'documented',
    source: s.dynamodbTtl,
    test: [ttl, 'and leaves a record that says so'],
  },
  {
    what: 'Time to live cannot be changed twice within an hour.',
    kind: 'documented',
    source: s.dynamodbUpdateTtl,
    test: [ttl, 'is ENABLING and DISABLING for a while, and changes once an hour'],
  },
  {
    what: 'Setting time to live to what it is, is a ValidationException.',
    kind: 'observed',
    source: s.dynamodbTtlTwice,
    test: [ttl, 'TimeToLive is already enabled'],
  },
];

/** What DynamoDB and its streams do. */
export const dynamodbBehaviours: readonly Behaviour[] = [
  ...controlPlane,
  ...timeToLive,
  ...itemsBehaviours,
  ...streamsBehaviours,
];
