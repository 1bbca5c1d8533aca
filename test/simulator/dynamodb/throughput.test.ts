import { describe, expect, it } from 'vitest';
import { account, createFixture, type Fixture, key, refusal, refused, region, S, type Wire } from './fixture.ts';

const arn = `arn:aws:dynamodb:${region}:${account}:table/things`;
const hot =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';

/** An item of `units` write units, which is `units / 4` read units. */
const item = (pk: string, sk: string, units: number): Wire => ({
  ...key(pk, sk),
  v: S('x'.repeat(units * 1024 - 7 - pk.length - sk.length)),
});

function busy(): Fixture {
  const fixture = createFixture({ throttle: true });
  fixture.table('things');
  return fixture;
}

const put = ({ call }: Fixture, Item: Wire): unknown => call('PutItem', { TableName: 'things', Item });
const get = ({ call }: Fixture, Key: Wire, ConsistentRead = true): unknown =>
  call('GetItem', { TableName: 'things', Key, ConsistentRead });

describe('one partition key', () => {
  it('takes 1,000 write units a second, and the table goes on beside it', () => {
    const fixture = busy();
    for (let index = 0; index < 1000; index += 1) put(fixture, key('hot', `k${index}`));
    const error = refused(() => put(fixture, key('hot', 'one more')));
    expect([error.code, error.message, error.details.fields]).toEqual([
      'ThrottlingException',
      hot,
      { throttlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: arn }] },
    ]);
    expect(refusal(() => put(fixture, key('cool', 'a')))).toBe('accepted');
    fixture.advance(0.002);
    expect(refusal(() => put(fixture, key('hot', 'one more')))).toBe('accepted');
    fixture.advance(1);
    for (let index = 0; index < 1000; index += 1) put(fixture, key('hot', `k${index}`));
    expect(refusal(() => put(fixture, key('hot', 'again')))).toContain(hot);
  });

  it('gives 3,000 read units a second, of which eventually consistent reads take half', () => {
    const fixture = busy();
    put(fixture, item('hot', 'a', 40));
    const reads = (consistent: boolean): number => {
      fixture.advance(1);
      let count = 0;
      while (refusal(() => get(fixture, key('hot', 'a'), consistent)) === 'accepted') count += 1;
      return count;
    };
    expect([reads(true), reads(false)]).toEqual([300, 600]);
    const error = refused(() => get(fixture, key('hot', 'a')));
    expect(error.details.fields).toEqual({
      throttlingReasons: [{ reason: 'TableReadKeyRangeThroughputExceeded', resource: arn }],
    });
  });

  it('is charged by queries and scans for what they read, not for what they find', () => {
    const fixture = busy();
    for (let index = 0; index < 4; index += 1) put(fixture, item('hot', `k${index}`, 200));
    fixture.advance(1);
    const query = (): string =>
      refusal(() =>
        fixture.call('Query', {
          TableName: 'things',
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :p',
          FilterExpression: 'attribute_exists(nothing)',
          ExpressionAttributeValues: { ':p': S('hot') },
        }),
      );
    // 800 KB are 200 units: 15 queries use up 3,000.
    const answers = Array.from({ length: 16 }, query);
    expect(answers.slice(0, 15).every((answer) => answer === 'accepted')).toBe(true);
    expect(answers[15]).toContain(hot);
    expect(refusal(() => fixture.call('Scan', { TableName: 'things' }))).toContain(hot);
    fixture.advance(1);
    expect(refusal(() => fixture.call('Scan', { TableName: 'things' }))).toBe('accepted');
  });

  it('is charged for writes whose condition fails, by the item that is there', () => {
    const fixture = busy();
    put(fixture, item('hot', 'a', 100));
    fixture.advance(1);
    const conditional = (): string =>
      refusal(() =>
        fixture.call('PutItem', {
          TableName: 'things',
          Item: key('hot', 'a'),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    const answers = Array.from({ length: 11 }, conditional);
    expect(answers.slice(0, 10).every((answer) => answer.startsWith('ConditionalCheckFailed'))).toBe(true);
    expect(answers[10]).toContain(hot);
  });
});

describe('a table', () => {
  it('on demand takes what the quota of the account says, under a code of its own', () => {
    const fixture = busy();
    fixture.aws.quotas.set({ account, region }, 'tableWriteUnits', 50);
    for (let index = 0; index < 50; index += 1) put(fixture, key(`k${index}`, 'a'));
    const error = refused(() => put(fixture, key('other', 'a')));
    expect([error.code, error.details.fields]).toEqual([
      'RequestLimitExceeded',
      { ThrottlingReasons: [{ reason: 'TableWriteAccountLimitExceeded', resource: arn }] },
    ]);
    expect(refusal(() => get(fixture, key('k1', 'a')))).toBe('accepted');
  });

  it('on demand takes 40,000 units a second of each kind where nobody changed the quota', () => {
    const fixture = busy();
    for (let index = 0; index < 100; index += 1) put(fixture, item(`k${index}`, 'a', 400 - 1));
    let count = 0;
    while (count < 200 && refusal(() => put(fixture, item(`m${count}`, 'a', 100))) === 'accepted') count += 1;
    // 39,900 are gone; the last of 100 leaves a debt or nothing.
    expect(count).toBe(1);
  });

  it('on demand can have a maximum of its own', () => {
    const fixture = busy();
    fixture.call('UpdateTable', {
      TableName: 'things',
      OnDemandThroughput: { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 10 },
    });
    fixture.advance(10);
    for (let index = 0; index < 10; index += 1) put(fixture, key(`k${index}`, 'a'));
    const error = refused(() => put(fixture, key('other', 'a')));
    expect([error.code, error.message, error.details.fields]).toEqual([
      'ThrottlingException',
      'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
      { throttlingReasons: [{ reason: 'TableWriteMaxOnDemandThroughputExceeded', resource: arn }] },
    ]);
  });

  it('with provisioned capacity can spend what it saved in five minutes, then only that capacity', () => {
    const fixture = createFixture({ throttle: true });
    fixture.call('CreateTable', {
      TableName: 'things',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 },
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    fixture.advance(10);
    const write = (): string => refusal(() => put(fixture, key('a')));
    for (let index = 0; index < 600; index += 1) expect(write()).toBe('accepted');
    const error = refused(() => put(fixture, key('a')));
    expect([error.code, error.message, error.details.fields]).toEqual([
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
      { ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: arn }] },
    ]);
    fixture.advance(1);
    expect([write(), write(), write()].map((answer) => answer === 'accepted')).toEqual([true, true, false]);
  });

  it('is not throttled at all in a world without throttles', () => {
    const fixture = createFixture({ throttle: false });
    fixture.table('things');
    for (let index = 0; index < 2000; index += 1) put(fixture, key('hot', `k${index}`));
    expect(refusal(() => put(fixture, key('hot', 'one more')))).toBe('accepted');
  });
});

describe('batches and transactions', () => {
  const drain = (fixture: Fixture): void => {
    for (let index = 0; index < 1000; index += 1) put(fixture, key('hot', `k${index}`));
  };
  const drainReads = (fixture: Fixture): void => {
    put(fixture, item('hot', 'large', 400 - 1));
    fixture.advance(1);
    while (refusal(() => get(fixture, key('hot', 'large'))) === 'accepted');
  };

  it('leave unprocessed what finds no throughput, and fail only when that is everything', () => {
    const fixture = busy();
    drain(fixture);
    const write = (...keys: Wire[]) =>
      fixture.call('BatchWriteItem', { RequestItems: { things: keys.map((Item) => ({ PutRequest: { Item } })) } });
    expect(write(key('hot', 'new'), key('cool', 'new')).UnprocessedItems).toEqual({
      things: [{ PutRequest: { Item: key('hot', 'new') } }],
    });
    expect(refusal(() => write(key('hot', 'new')))).toContain(`ThrottlingException: ${hot}`);
    fixture.advance(1);
    expect(get(fixture, key('cool', 'new'))).toEqual({ Item: key('cool', 'new') });
    expect(get(fixture, key('hot', 'new'))).toEqual({});
    expect(write(key('hot', 'new')).UnprocessedItems).toEqual({});
  });

  it('leave keys unprocessed likewise', () => {
    const fixture = busy();
    put(fixture, key('cool', 'a'));
    drainReads(fixture);
    const read = (...Keys: Wire[]) => fixture.call('BatchGetItem', { RequestItems: { things: { Keys } } });
    expect(read(key('hot', 'large'), key('cool', 'a'))).toEqual({
      Responses: { things: [key('cool', 'a')] },
      UnprocessedKeys: { things: { Keys: [key('hot', 'large')] } },
    });
    expect(refusal(() => read(key('hot', 'large')))).toContain(hot);
  });

  it('are cancelled with the reason in its place', () => {
    const fixture = busy();
    drain(fixture);
    const transact = (): unknown =>
      fixture.call('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: 'things', Item: key('cool', 'a') } },
          { Put: { TableName: 'things', Item: key('hot', 'a') } },
        ],
      });
    const error = refused(transact);
    expect([error.code, error.details.fields]).toEqual([
      'TransactionCanceledException',
      { CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError', Message: hot }] },
    ]);
    fixture.advance(1);
    expect(refusal(transact)).toBe('accepted');
  });

  it('cost twice the units', () => {
    const fixture = busy();
    for (let index = 0; index < 500; index += 1) {
      fixture.call('TransactWriteItems', {
        TransactItems: [{ Put: { TableName: 'things', Item: key('hot', `k${index}`) } }],
      });
    }
    expect(refusal(() => put(fixture, key('hot', 'one more')))).toContain(hot);
    fixture.advance(1);
    drainReads(fixture);
    expect(
      refusal(() =>
        fixture.call('TransactGetItems', {
          TransactItems: [{ Get: { TableName: 'things', Key: key('hot', 'large') } }],
        }),
      ),
    ).toContain('ThrottlingError');
  });
});
