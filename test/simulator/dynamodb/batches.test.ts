import { describe, expect, it } from 'vitest';
import { createFixture, key, N, refusal, refused, S, type Wire } from './fixture.ts';

const canceled = (codes: string): string =>
  `TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;

describe('batches', () => {
  it('write and read over several tables', () => {
    const { call, table, get } = createFixture();
    table('one', { keys: 'S' });
    table('two', { keys: 'SS' });
    const written = call('BatchWriteItem', {
      RequestItems: {
        one: [{ PutRequest: { Item: { ...key('a'), v: N(1) } } }, { PutRequest: { Item: key('b') } }],
        two: [{ PutRequest: { Item: key('c', 'd') } }],
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(written).toEqual({
      UnprocessedItems: {},
      ConsumedCapacity: [
        { TableName: 'one', CapacityUnits: 2 },
        { TableName: 'two', CapacityUnits: 1 },
      ],
    });
    call('BatchWriteItem', { RequestItems: { one: [{ DeleteRequest: { Key: key('b') } }] } });
    expect(get('one', key('b'))).toBeUndefined();
    const read = call('BatchGetItem', {
      RequestItems: {
        one: { Keys: [key('a'), key('b')], ProjectionExpression: '#v', ExpressionAttributeNames: { '#v': 'v' } },
        two: { Keys: [key('c', 'd')], ConsistentRead: true },
      },
    });
    expect(read).toEqual({ Responses: { one: [{ v: N(1) }], two: [key('c', 'd')] }, UnprocessedKeys: {} });
  });

  it('leave unprocessed what would not fit into 16 MB', () => {
    const { call, table, put } = createFixture();
    table('big', { keys: 'S' });
    const keys = Array.from({ length: 60 }, (_, index) => key(`k${index}`));
    for (const Key of keys) put('big', { ...Key, blob: S('x'.repeat(400_000)) });
    const found: string[] = [];
    let Keys: Wire[] = keys;
    let rounds = 0;
    while (Keys.length > 0) {
      const answer = call('BatchGetItem', { RequestItems: { big: { Keys } } });
      for (const item of answer.Responses.big as Wire[]) found.push(item['pk']?.S ?? '');
      Keys = answer.UnprocessedKeys.big?.Keys ?? [];
      rounds += 1;
    }
    expect(rounds).toBe(2);
    expect(found.sort()).toEqual(keys.map((Key) => Key['pk']?.S).sort());
  });

  it('are refused as a whole', () => {
    const { call, table, get } = createFixture();
    table('one', { keys: 'S' });
    const write = (requests: object[]): string =>
      refusal(() => call('BatchWriteItem', { RequestItems: { one: requests } }));
    expect(write([{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('a') } }])).toBe(
      'ValidationException: Provided list of item keys contains duplicates',
    );
    expect(write([{ PutRequest: { Item: key('a') } }, { PutRequest: { Item: { pk: N(5) } } }])).toBe(
      'ValidationException: The provided key element does not match the schema',
    );
    expect(write([])).toContain('Map value must satisfy constraint');
    expect(get('one', key('a'))).toBeUndefined();
    expect(write(Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: key(`k${index}`) } })))).toContain(
      'Member must have length less than or equal to 25',
    );
    const Keys = Array.from({ length: 101 }, (_, index) => key(`k${index}`));
    expect(refusal(() => call('BatchGetItem', { RequestItems: { one: { Keys } } }))).toBe(
      'ValidationException: Too many items requested for the BatchGetItem call',
    );
    expect(refusal(() => call('BatchGetItem', { RequestItems: { gone: { Keys: [key('a')] } } }))).toBe(
      'ResourceNotFoundException: Requested resource not found',
    );
  });
});

describe('transactions', () => {
  function bank(): ReturnType<typeof createFixture> {
    const fixture = createFixture();
    fixture.table('accounts', { keys: 'S' });
    fixture.put('accounts', { ...key('a'), cents: N(100) });
    fixture.put('accounts', { ...key('b'), cents: N(0) });
    return fixture;
  }
  const move = (cents: number, more: object = {}): object => ({
    TransactItems: [
      {
        Update: {
          TableName: 'accounts',
          Key: key('a'),
          UpdateExpression: 'SET cents = cents - :c',
          ConditionExpression: 'cents >= :c',
          ExpressionAttributeValues: { ':c': N(cents) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      {
        Update: {
          TableName: 'accounts',
          Key: key('b'),
          UpdateExpression: 'ADD cents :c',
          ExpressionAttributeValues: { ':c': N(cents) },
        },
      },
    ],
    ...more,
  });

  it('do all or nothing, and say which action failed', () => {
    const { call, get } = bank();
    call('TransactWriteItems', move(60));
    expect([get('accounts', key('a'))?.['cents'], get('accounts', key('b'))?.['cents']]).toEqual([N(40), N(60)]);
    const error = refused(() => call('TransactWriteItems', move(60)));
    expect(`${error.code}: ${error.message}`).toBe(canceled('ConditionalCheckFailed, None'));
    expect(error.details.fields).toEqual({
      CancellationReasons: [
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { ...key('a'), cents: N(40) },
        },
        { Code: 'None' },
      ],
    });
    expect([get('accounts', key('a'))?.['cents'], get('accounts', key('b'))?.['cents']]).toEqual([N(40), N(60)]);
  });

  it('are done once for one token, for ten minutes', () => {
    const { call, get, advance } = bank();
    const ClientRequestToken = 'token-1';
    const first = call('TransactWriteItems', move(10, { ClientRequestToken, ReturnConsumedCapacity: 'TOTAL' }));
    const again = call('TransactWriteItems', move(10, { ClientRequestToken, ReturnConsumedCapacity: 'TOTAL' }));
    expect(first.ConsumedCapacity).toEqual([{ TableName: 'accounts', CapacityUnits: 4, WriteCapacityUnits: 4 }]);
    expect(again.ConsumedCapacity).toEqual([{ TableName: 'accounts', CapacityUnits: 4, ReadCapacityUnits: 4 }]);
    expect(get('accounts', key('a'))?.['cents']).toEqual(N(90));
    expect(refusal(() => call('TransactWriteItems', move(20, { ClientRequestToken })))).toContain(
      'IdempotentParameterMismatchException',
    );
    advance(600);
    call('TransactWriteItems', move(20, { ClientRequestToken }));
    expect(get('accounts', key('a'))?.['cents']).toEqual(N(70));
  });

  it('that were cancelled may be tried again with their token', () => {
    const { call, put, get } = bank();
    const ClientRequestToken = 'token-1';
    expect(refusal(() => call('TransactWriteItems', move(500, { ClientRequestToken })))).toContain('Canceled');
    put('accounts', { ...key('a'), cents: N(500) });
    call('TransactWriteItems', move(500, { ClientRequestToken }));
    expect(get('accounts', key('a'))?.['cents']).toEqual(N(0));
  });

  it('report what is wrong with one action as its reason, and what is wrong with the request as such', () => {
    const { call } = bank();
    const write = (...TransactItems: object[]): string => refusal(() => call('TransactWriteItems', { TransactItems }));
    const put = (Item: Wire, TableName = 'accounts'): object => ({ Put: { TableName, Item } });
    const remove = (Key: Wire): object => ({ Delete: { TableName: 'accounts', Key } });
    const duplicate = 'ValidationException: Transaction request cannot include multiple operations on one item';
    expect(write(put(key('x')), remove(key('x')))).toBe(duplicate);
    expect(write(put(key('x')), put({ pk: N(5) }))).toBe(canceled('None, ValidationError'));
    expect(write(put(key('x')), remove({ other: S('y') }))).toBe(canceled('None, ValidationError'));
    expect(write(put(key('')))).toContain('ValidationException: One or more parameter values are not valid.');
    expect(write(put(key('x'), 'gone-table'))).toBe('ResourceNotFoundException: Requested resource not found');
    expect(write({ ...put(key('x')), ...remove(key('y')) })).toBe(
      'ValidationException: TransactItems can only contain one of Check, Put, Update or Delete',
    );
    expect(write()).toContain('Member must have length greater than or equal to 1');
    expect(write(...Array.from({ length: 101 }, (_, index) => put(key(`k${index}`))))).toContain(
      'Member must have length less than or equal to 100',
    );
    const update = { TableName: 'accounts', Key: key('a'), UpdateExpression: 'SET x = gone' };
    const error = refused(() => call('TransactWriteItems', { TransactItems: [{ Update: update }] }));
    expect(error.details.fields).toEqual({
      CancellationReasons: [
        {
          Code: 'ValidationError',
          Message: 'The provided expression refers to an attribute that does not exist in the item',
        },
      ],
    });
    expect(
      write(put(key('x'), 'gone-table'), {
        ConditionCheck: { TableName: 'accounts', Key: key('a'), ConditionExpression: 'attribute_not_exists(' },
      }),
    ).toBe('ValidationException: Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("');
  });

  it('check conditions on items that they do not write', () => {
    const { call, get } = bank();
    const write = (ConditionExpression: string): string =>
      refusal(() =>
        call('TransactWriteItems', {
          TransactItems: [
            { ConditionCheck: { TableName: 'accounts', Key: key('leader'), ConditionExpression } },
            { Put: { TableName: 'accounts', Item: key('new') } },
          ],
        }),
      );
    expect(write('attribute_exists(pk)')).toBe(canceled('ConditionalCheckFailed, None'));
    expect(get('accounts', key('new'))).toBeUndefined();
    expect(write('attribute_not_exists(pk)')).toBe('accepted');
    expect(get('accounts', key('leader'))).toBeUndefined();
    expect(get('accounts', key('new'))).toEqual(key('new'));
  });

  it('read items together', () => {
    const { call } = bank();
    const get = (pk: string, more: object = {}): object => ({ Get: { TableName: 'accounts', Key: key(pk), ...more } });
    expect(
      call('TransactGetItems', {
        TransactItems: [get('b'), get('nobody'), get('a', { ProjectionExpression: 'cents' })],
      }),
    ).toEqual({ Responses: [{ Item: { ...key('b'), cents: N(0) } }, {}, { Item: { cents: N(100) } }] });
    expect(refusal(() => call('TransactGetItems', { TransactItems: [get('a'), get('a')] }))).toContain(
      'multiple operations on one item',
    );
    const wrong = { Get: { TableName: 'accounts', Key: { id: S('a') } } };
    expect(refusal(() => call('TransactGetItems', { TransactItems: [get('a'), wrong] }))).toBe(
      canceled('None, ValidationError'),
    );
  });
});
