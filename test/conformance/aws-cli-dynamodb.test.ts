import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';
import { type Sim, startSim } from './sim.ts';
import { awsCli, describeBy } from './tools.ts';

const table = 'notes';
const key = (name: string): string => JSON.stringify({ kind: { S: 'Note' }, name: { S: name } });

describeBy(awsCli, 'items, conditions, transactions and paging of the simulated DynamoDB')('aws dynamodb', () => {
  let sim: Sim;
  let aws: AwsCli;

  beforeAll(async () => {
    sim = await startSim('--time-scale', '60');
    aws = AwsCli.of(sim.url, '000000000000');
  });
  afterAll(async () => {
    await sim?.program.end('SIGTERM');
  });

  const onItem = (operation: string, name: string, ...more: string[]): string[] => [
    ...['dynamodb', operation, '--table-name', table, '--key', key(name), ...more],
  ];
  const put = (name: string, count: number, ...more: string[]): string[] => [
    ...['dynamodb', 'put-item', '--table-name', table, '--item'],
    JSON.stringify({ kind: { S: 'Note' }, name: { S: name }, count: { N: String(count) } }),
    ...more,
  ];

  it('makes a table, once', async () => {
    const create = [
      ...['dynamodb', 'create-table', '--table-name', table, '--billing-mode', 'PAY_PER_REQUEST'],
      ...['--attribute-definitions', 'AttributeName=kind,AttributeType=S', 'AttributeName=name,AttributeType=S'],
      ...['--key-schema', 'AttributeName=kind,KeyType=HASH', 'AttributeName=name,KeyType=RANGE'],
    ];
    expect(await aws.refused(...put('early', 1))).toMatchObject({ code: 'ResourceNotFoundException' });
    expect(await aws.text('TableDescription.TableStatus', ...create)).toBe('CREATING');
    await expect
      .poll(() => aws.text('Table.TableStatus', 'dynamodb', 'describe-table', '--table-name', table), {
        timeout: 30_000,
      })
      .toBe('ACTIVE');
    await aws.json('dynamodb', 'wait', 'table-exists', '--table-name', table);
    expect(await aws.refused(...create)).toMatchObject({ code: 'ResourceInUseException' });
    expect(await aws.text('TableNames', 'dynamodb', 'list-tables')).toBe(table);
  });

  it('puts what is not there yet, on that condition', async () => {
    const condition = [
      '--condition-expression',
      'attribute_not_exists(#k)',
      '--expression-attribute-names',
      '{"#k":"kind"}',
    ];
    for (const [index, name] of ['a', 'b', 'c'].entries()) await aws.json(...put(name, index, ...condition));
    expect(await aws.refused(...put('a', 9, ...condition))).toMatchObject({
      code: 'ConditionalCheckFailedException',
      operation: 'PutItem',
      message: expect.stringContaining('The conditional request failed'),
    });
    expect(await aws.json(...onItem('get-item', 'a', '--consistent-read'))).toEqual({
      Item: { kind: { S: 'Note' }, name: { S: 'a' }, count: { N: '0' } },
    });
    expect(await aws.json(...onItem('get-item', 'nobody'))).toBeUndefined();
  });

  it('updates by expression, and says what is wrong with one', async () => {
    expect(
      await aws.json(
        ...onItem('update-item', 'a', '--return-values', 'ALL_NEW', '--update-expression'),
        'SET #c = #c + :one, tags = list_append(if_not_exists(tags, :none), :tag) REMOVE gone',
        ...['--expression-attribute-names', '{"#c":"count"}', '--expression-attribute-values'],
        '{":one":{"N":"1"},":none":{"L":[]},":tag":{"L":[{"S":"x"}]}}',
      ),
    ).toEqual({
      Attributes: { kind: { S: 'Note' }, name: { S: 'a' }, count: { N: '1' }, tags: { L: [{ S: 'x' }] } },
    });
    expect(await aws.refused(...onItem('update-item', 'a', '--update-expression', 'SET a = :missing'))).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(':missing'),
    });
    expect(
      await aws.refused(
        ...onItem('update-item', 'a', '--update-expression', 'SET kind = :k'),
        ...['--expression-attribute-values', '{":k":{"S":"x"}}'],
      ),
    ).toMatchObject({ code: 'ValidationException', message: expect.stringContaining('part of the key') });
  });

  it('queries and scans page by page', async () => {
    const query = [
      ...['dynamodb', 'query', '--table-name', table, '--page-size', '1', '--no-scan-index-forward'],
      ...['--key-condition-expression', 'kind = :k AND #n > :a', '--expression-attribute-names', '{"#n":"name"}'],
      ...['--expression-attribute-values', '{":k":{"S":"Note"},":a":{"S":"a"}}'],
    ];
    expect(await aws.json(...query)).toMatchObject({ Items: [{ name: { S: 'c' } }, { name: { S: 'b' } }], Count: 2 });
    const scan = ['dynamodb', 'scan', '--table-name', table, '--page-size', '1'];
    expect(await aws.json(...scan)).toMatchObject({ Count: 3, ScannedCount: 3 });
    const first = (await aws.json(...scan, '--max-items', '2')) as { Items: unknown[]; NextToken: string };
    const rest = (await aws.json(...scan, '--starting-token', first.NextToken)) as { Items: unknown[] };
    expect(first.Items).toHaveLength(2);
    expect(rest.Items).toHaveLength(1);
    expect(first.Items).not.toContainEqual(rest.Items[0]);
    expect(
      await aws.json(
        ...['dynamodb', 'scan', '--table-name', table, '--filter-expression', 'attribute_exists(tags)'],
        ...['--select', 'COUNT'],
      ),
    ).toMatchObject({ Count: 1, ScannedCount: 3 });
  });

  it('writes a transaction whole or not at all, and says which part was in the way', async () => {
    const transact = (name: string): string[] => [
      ...['dynamodb', 'transact-write-items', '--transact-items'],
      JSON.stringify([
        { Put: { TableName: table, Item: { kind: { S: 'Note' }, name: { S: name } } } },
        {
          ConditionCheck: {
            TableName: table,
            Key: { kind: { S: 'Note' }, name: { S: 'a' } },
            ConditionExpression: '#c = :c',
            ExpressionAttributeNames: { '#c': 'count' },
            ExpressionAttributeValues: { ':c': { N: name === 'd' ? '1' : '7' } },
          },
        },
      ]),
    ];
    await aws.json(...transact('d'));
    expect(await aws.refused(...transact('e'))).toMatchObject({
      code: 'TransactionCanceledException',
      message: expect.stringContaining('[None, ConditionalCheckFailed]'),
    });
    expect(await aws.text('Items[].name.S', 'dynamodb', 'scan', '--table-name', table)).toBe('a\tb\tc\td');
  });

  it('takes out the item, then the table', async () => {
    expect(await aws.text('Attributes.name.S', ...onItem('delete-item', 'b', '--return-values', 'ALL_OLD'))).toBe('b');
    await aws.json('dynamodb', 'delete-table', '--table-name', table);
    await expect
      .poll(async () => (await aws.run(['dynamodb', 'describe-table', '--table-name', table])).err, { timeout: 30_000 })
      .toContain('ResourceNotFoundException');
  });
});
