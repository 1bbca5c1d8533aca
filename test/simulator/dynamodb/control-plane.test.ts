import { describe, expect, it } from 'vitest';
import { account, createFixture, type Fixture, key, refusal, region } from './fixture.ts';

const minimal = (name: string): object => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
});
const throttled = 'ThrottlingException: Rate of requests exceeds the allowed throughput.';

/** How many calls of a second go through. */
function inOneSecond(fixture: Fixture, ...calls: (() => unknown)[]): number {
  fixture.advance(120);
  let count = 0;
  while (count < 10_000) {
    const answer = refusal(calls[count % calls.length] ?? (() => undefined));
    if (answer === throttled) return count;
    count += 1;
  }
  return count;
}

describe('control operations', () => {
  it('are limited to 2,500 reads and 2,500 changes a second, all together', () => {
    const fixture = createFixture({ throttle: true });
    const { call } = fixture;
    call('CreateTable', minimal('orders'));
    const describe = (): unknown => call('DescribeTable', { TableName: 'orders' });
    const list = (): unknown => call('ListTables', {});
    expect(inOneSecond(fixture, describe, list)).toBe(2500);
    const update = (): unknown => call('UpdateTable', { TableName: 'orders', DeletionProtectionEnabled: false });
    expect(inOneSecond(fixture, update, () => call('DeleteTable', { TableName: 'nothing' }))).toBe(2500);
    expect(refusal(describe)).toBe('accepted');
  });

  it('limit tags to 5 changes and 10 lists a second', () => {
    const fixture = createFixture({ throttle: true });
    const { call } = fixture;
    call('CreateTable', minimal('orders'));
    const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/orders`;
    expect(inOneSecond(fixture, () => call('TagResource', { ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] }))).toBe(5);
    expect(inOneSecond(fixture, () => call('ListTagsOfResource', { ResourceArn }))).toBe(10);
  });

  it('tell limits once a minute, as the quotas have them', () => {
    const { aws, call, advance } = createFixture({ throttle: true });
    aws.quotas.set({ account, region }, 'tableReadUnits', 60_000);
    const limits = () => call('DescribeLimits', {});
    expect(limits()).toEqual({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 60_000,
      TableMaxWriteCapacityUnits: 40_000,
    });
    advance(59);
    expect(refusal(limits)).toBe(throttled);
    advance(1);
    expect(refusal(limits)).toBe('accepted');
  });

  it('work on 500 tables at once', () => {
    const { call, advance } = createFixture({ latencyFactor: 1 });
    for (let index = 0; index < 500; index += 1) call('CreateTable', minimal(`table-${index}`));
    expect(refusal(() => call('CreateTable', minimal('one-more')))).toBe(
      'LimitExceededException: Subscriber limit exceeded: There is a limit of 500 simultaneous table operations per subscriber',
    );
    advance(5);
    expect(refusal(() => call('CreateTable', minimal('one-more')))).toBe('accepted');
  });

  it('keep to the number of tables and the capacity of one that the account may have', () => {
    const { aws, call } = createFixture();
    expect(aws.quotas.get({ account, region }, 'tables')).toBe(2500);
    aws.quotas.set({ account, region }, 'tables', 1);
    call('CreateTable', minimal('orders'));
    expect(refusal(() => call('CreateTable', minimal('more')))).toBe(
      'LimitExceededException: Subscriber limit exceeded: There is a limit of 1 tables per subscriber',
    );
    const ProvisionedThroughput = { ReadCapacityUnits: 40_001, WriteCapacityUnits: 1 };
    expect(
      refusal(() => call('UpdateTable', { TableName: 'orders', BillingMode: 'PROVISIONED', ProvisionedThroughput })),
    ).toContain('LimitExceededException: Subscriber limit exceeded: Provisioned throughput');
  });

  it.each<[string, object, string]>([
    ['no change', {}, 'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled'],
    [
      'protection with something else',
      { DeletionProtectionEnabled: true, TableClass: 'STANDARD' },
      'TableClass modification must be the only operation in the request',
    ],
    [
      'encryption with something else',
      { SSESpecification: { Enabled: true }, DeletionProtectionEnabled: true },
      'Server-Side Encryption modification must be the only operation in the request',
    ],
    [
      'a maximum with something else',
      { OnDemandThroughput: { MaxReadRequestUnits: 5 }, StreamSpecification: { StreamEnabled: false } },
      'OnDemandThroughput can only be combined with BillingMode in an UpdateTable request',
    ],
    [
      'a stream with throughput',
      { BillingMode: 'PAY_PER_REQUEST', StreamSpecification: { StreamEnabled: false } },
      'You cannot modify stream status while updating table IOPS',
    ],
    ['a maximum of zero', { OnDemandThroughput: { MaxReadRequestUnits: 0 } }, 'outside of valid range'],
    ['PROVISIONED without capacity', { BillingMode: 'PROVISIONED' }, 'ProvisionedThroughput must be specified'],
    ['a class that there is not', { TableClass: 'GLACIER' }, 'Invalid table-class parameter provided'],
    ['AES256', { SSESpecification: { Enabled: true, SSEType: 'AES256' } }, 'SSEType AES256 is not supported'],
    [
      'a stream that is not there',
      { StreamSpecification: { StreamEnabled: false } },
      'Table has no stream to disable: TableName: things',
    ],
    [
      'a stream without view',
      { StreamSpecification: { StreamEnabled: true } },
      'If stream is being enabled then UpdateViewType is required',
    ],
  ])('refuse %s', (_what, change, message) => {
    const { call, table } = createFixture();
    table('things');
    expect(refusal(() => call('UpdateTable', { TableName: 'things', ...change }))).toContain(message);
  });

  it('show their warm throughput', () => {
    const { call, table } = createFixture();
    table('things');
    expect(call('DescribeTable', { TableName: 'things' }).Table.WarmThroughput).toEqual({
      ReadUnitsPerSecond: 12_000,
      WriteUnitsPerSecond: 4_000,
      Status: 'ACTIVE',
    });
  });

  it('refuse tags in AWS’s words', () => {
    const { call, table } = createFixture();
    table('things');
    const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/things`;
    const tag = (...Tags: object[]): string => refusal(() => call('TagResource', { ResourceArn, Tags }));
    expect(tag()).toBe('ValidationException: Atleast one Tag needs to be provided as Input.');
    expect(tag({ Key: 'aws:x', Value: 'y' })).toContain('Tag Key cannot be prefixed with aws:, Key: aws:x');
    expect(tag({ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' })).toContain('Duplicate Tag Key found a');
    expect(tag({ Key: 'x'.repeat(129), Value: 'y' })).toContain('The Tag Key provided is invalid');
    expect(tag(...Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: 'v' })))).toContain(
      'Number of Tags exceed the current limit for the provided ResourceArn',
    );
    expect(refusal(() => call('ListTagsOfResource', { ResourceArn: 'things' }))).toContain(
      "ARNs must start with 'arn:': things",
    );
  });

  it('refuse a change of throughput to what it is', () => {
    const { call } = createFixture();
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };
    call('CreateTable', { ...minimal('orders'), BillingMode: 'PROVISIONED', ProvisionedThroughput });
    expect(refusal(() => call('UpdateTable', { TableName: 'orders', ProvisionedThroughput }))).toContain(
      'ValidationException: The provisioned throughput for the table will not change. The requested value equals the current value.',
    );
  });

  it('answer in 50 ms, items in 5, transactions in 15', () => {
    const { db } = createFixture();
    const latency = (name: string): number | undefined => db.dynamodb.operations.get(name)?.latencyMs;
    expect(['CreateTable', 'DescribeTable', 'PutItem', 'Query', 'TransactWriteItems'].map(latency)).toEqual([
      50, 50, 5, 5, 15,
    ]);
  });
});

describe('what is not simulated', () => {
  it.each<[string, object, string]>([
    [
      'CreateTable',
      { ...minimal('orders'), LocalSecondaryIndexes: [{ IndexName: 'byName' }] },
      'LocalSecondaryIndexes',
    ],
    ['CreateTable', { ...minimal('orders'), ResourcePolicy: '{}' }, 'ResourcePolicy'],
    ['CreateTable', { ...minimal('orders'), WarmThroughput: { ReadUnitsPerSecond: 12_000 } }, 'WarmThroughput'],
    [
      'UpdateTable',
      { TableName: 'things', ReplicaUpdates: [{ Create: { RegionName: 'us-east-1' } }] },
      'ReplicaUpdates',
    ],
    ['UpdateTable', { TableName: 'things', GlobalSecondaryIndexUpdates: [{}] }, 'GlobalSecondaryIndexUpdates'],
  ])('%s refuses', (operation, input, member) => {
    const { call, table } = createFixture();
    table('things');
    expect(refusal(() => call(operation, input))).toBe(
      `ValidationException: One or more parameter values were invalid: ${member} is not supported`,
    );
  });

  it('every operation says what it takes and how long it takes', () => {
    const { db } = createFixture();
    for (const { operations } of [db.dynamodb, db.streams]) {
      for (const [name, { takes, latencyMs }] of operations) {
        expect(takes, name).toBeDefined();
        expect(latencyMs, name).toBeGreaterThan(0);
      }
    }
  });

  it('legacy parameters are refused, with expressions beside them in AWS’s own words', () => {
    const { call, table } = createFixture();
    table('things', { keys: 'S' });
    const get = (more: object): string =>
      refusal(() => call('GetItem', { TableName: 'things', Key: key('a'), ...more }));
    expect(get({ AttributesToGet: ['v'] })).toContain('{AttributesToGet} are not supported');
    expect(get({ AttributesToGet: ['v'], ProjectionExpression: 'v' })).toContain(
      'Can not use both expression and non-expression parameters in the same request',
    );
    const batch = { RequestItems: { things: { Keys: [key('a')], AttributesToGet: ['v'] } } };
    expect(refusal(() => call('BatchGetItem', batch))).toContain('{AttributesToGet} are not supported');
  });
});
