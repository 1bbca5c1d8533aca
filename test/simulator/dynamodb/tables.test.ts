import { describe, expect, it } from 'vitest';
import { account, createFixture, key, refusal, region, S, start } from './fixture.ts';

const minimal = (name: string): object => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
});
const arn = (name: string): string => `arn:aws:dynamodb:${region}:${account}:table/${name}`;

describe('tables', () => {
  it('are CREATING for a while, in which items cannot be reached', () => {
    const { call, advance } = createFixture({ latencyFactor: 1 });
    const created = call('CreateTable', minimal('orders')).TableDescription;
    expect(created).toMatchObject({
      TableStatus: 'CREATING',
      TableArn: arn('orders'),
      CreationDateTime: new Date(start),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
    });
    const put = (): unknown => call('PutItem', { TableName: 'orders', Item: key('a') });
    expect(refusal(put)).toBe('ResourceNotFoundException: Requested resource not found');
    expect(refusal(() => call('DeleteTable', { TableName: 'orders' }))).toBe(
      'ResourceInUseException: Attempt to change a resource which is still in use: Table is being created: orders',
    );
    advance(10);
    expect(call('DescribeTable', { TableName: arn('orders') }).Table.TableStatus).toBe('ACTIVE');
    expect(refusal(put)).toBe('accepted');
  });

  it('are DELETING for a while, and their name is free afterwards', () => {
    const { call, advance } = createFixture({ latencyFactor: 1 });
    call('CreateTable', minimal('orders'));
    advance(10);
    expect(refusal(() => call('CreateTable', minimal('orders')))).toBe(
      'ResourceInUseException: Table already exists: orders',
    );
    call('DeleteTable', { TableName: 'orders' });
    expect(call('DescribeTable', { TableName: 'orders' }).Table.TableStatus).toBe('DELETING');
    advance(10);
    expect(refusal(() => call('DescribeTable', { TableName: 'orders' }))).toBe(
      'ResourceNotFoundException: Requested resource not found: Table: orders not found',
    );
    expect(refusal(() => call('CreateTable', minimal('orders')))).toBe('accepted');
  });

  it('cannot be deleted while protected', () => {
    const { call } = createFixture();
    call('CreateTable', { ...minimal('orders'), DeletionProtectionEnabled: true });
    expect(refusal(() => call('DeleteTable', { TableName: 'orders' }))).toBe(
      'ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
    call('UpdateTable', { TableName: 'orders', DeletionProtectionEnabled: false });
    expect(refusal(() => call('DeleteTable', { TableName: 'orders' }))).toBe('accepted');
  });

  it('belong to one account and one Region', () => {
    const { aws, call } = createFixture();
    call('CreateTable', minimal('orders'));
    const elsewhere = { accessKeyId: account, region: 'us-east-1', service: 'dynamodb' as const };
    const input = { TableName: 'orders' };
    expect(refusal(() => aws.call({ ...elsewhere, operation: 'DescribeTable', input }))).toContain('ResourceNotFound');
    expect(refusal(() => aws.call({ ...elsewhere, operation: 'CreateTable', input: minimal('orders') }))).toBe(
      'accepted',
    );
  });

  it.each([
    [{ TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
    [
      { TableName: 'ab' },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'X' }] },
      "1 validation error detected: Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
    ],
    [
      { KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] },
      'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [other], AttributeDefinitions: [pk]',
    ],
    [
      {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'pk', KeyType: 'RANGE' },
        ],
      },
      'Invalid KeySchema: Some index key attribute have no definition',
    ],
    [
      {
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      },
      'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    ],
    [
      { BillingMode: 'PROVISIONED' },
      'One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    ],
    [
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
  ])('refuse %j', (change, message) => {
    const { call } = createFixture();
    expect(refusal(() => call('CreateTable', { ...minimal('orders'), ...change }))).toBe(
      `ValidationException: ${message}`,
    );
  });

  it('refuse secondary indexes rather than ignore them', () => {
    const { call } = createFixture();
    const indexes = [{ IndexName: 'byName', KeySchema: [], Projection: { ProjectionType: 'ALL' } }];
    expect(refusal(() => call('CreateTable', { ...minimal('orders'), GlobalSecondaryIndexes: indexes }))).toContain(
      'ValidationException: One or more parameter values were invalid: GlobalSecondaryIndexes is not supported',
    );
  });

  it('are listed in pages', () => {
    const { call } = createFixture();
    for (const name of ['table-c', 'table-a', 'table-b']) call('CreateTable', minimal(name));
    const first = call('ListTables', { Limit: 2 });
    expect(first).toEqual({ TableNames: ['table-a', 'table-b'], LastEvaluatedTableName: 'table-b' });
    expect(call('ListTables', { ExclusiveStartTableName: first.LastEvaluatedTableName })).toEqual({
      TableNames: ['table-c'],
    });
  });

  it('keep tags, listed ten at a time', () => {
    const { call } = createFixture();
    call('CreateTable', { ...minimal('orders'), Tags: [{ Key: 'owner', Value: 'me' }] });
    const ResourceArn = arn('orders');
    const more = Array.from({ length: 12 }, (_, index) => ({ Key: `k${index}`, Value: String(index) }));
    call('TagResource', { ResourceArn, Tags: more });
    call('UntagResource', { ResourceArn, TagKeys: ['k3'] });
    const first = call('ListTagsOfResource', { ResourceArn });
    const second = call('ListTagsOfResource', { ResourceArn, NextToken: first.NextToken });
    expect(first.Tags).toHaveLength(10);
    expect(second.NextToken).toBeUndefined();
    expect([...first.Tags, ...second.Tags]).toEqual([
      { Key: 'owner', Value: 'me' },
      ...more.filter(({ Key }) => Key !== 'k3'),
    ]);
    expect(refusal(() => call('TagResource', { ResourceArn: arn('nothing'), Tags: [] }))).toBe(
      `ResourceNotFoundException: Requested resource not found: ResourcArn: ${arn('nothing')} not found`,
    );
  });

  it('show changed tags after a while', () => {
    const { call, advance } = createFixture({ latencyFactor: 1 });
    call('CreateTable', minimal('orders'));
    const ResourceArn = arn('orders');
    const owner = (): string | undefined => call('ListTagsOfResource', { ResourceArn }).Tags[0]?.Value;
    call('TagResource', { ResourceArn, Tags: [{ Key: 'owner', Value: 'first' }] });
    call('TagResource', { ResourceArn, Tags: [{ Key: 'owner', Value: 'second' }] });
    expect(owner()).toBeUndefined();
    advance(3);
    expect(owner()).toBe('second');
  });

  it('show their statistics up to six hours late', () => {
    const { call, table, put, advance } = createFixture();
    table('orders', { keys: 'S' });
    put('orders', key('a'));
    expect(call('DescribeTable', { TableName: 'orders' }).Table.ItemCount).toBe(0);
    advance(6 * 3600);
    expect(call('DescribeTable', { TableName: 'orders' }).Table.ItemCount).toBe(1);
  });

  it('switch point-in-time recovery', () => {
    const { call, table } = createFixture();
    table('orders');
    const state = (): unknown =>
      call('DescribeContinuousBackups', { TableName: 'orders' }).ContinuousBackupsDescription
        .PointInTimeRecoveryDescription.PointInTimeRecoveryStatus;
    expect(state()).toBe('DISABLED');
    call('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(state()).toBe('ENABLED');
    expect(refusal(() => call('DescribeContinuousBackups', { TableName: 'nothing' }))).toBe(
      'TableNotFoundException: Table not found: nothing',
    );
  });

  it('name items in the call log by their keys', () => {
    const { aws, call, table } = createFixture();
    table('pairs', { keys: 'SN' });
    const last = (): readonly string[] => aws.log.since(aws.log.last - 1, 1)[0]?.resources ?? [];
    call('PutItem', { TableName: 'pairs', Item: { pk: S('a'), sk: { N: '1.0' }, x: S('y') } });
    expect(last()).toEqual(['pairs/a/1.0']);
    refusal(() => call('GetItem', { TableName: 'pairs', Key: { pk: S('b') } }));
    expect(last()).toEqual(['pairs/b/']);
    refusal(() => call('GetItem', { TableName: 'nothing', Key: { pk: S('b') } }));
    expect(last()).toEqual(['nothing']);
    call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'pairs', Item: { pk: S('c'), sk: { N: '2' } } } },
        { Delete: { TableName: 'pairs', Key: { pk: S('d'), sk: { N: '3' } } } },
      ],
    });
    expect(last()).toEqual(['pairs/c/2', 'pairs/d/3']);
  });
});
