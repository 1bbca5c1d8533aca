// Stands in for a restore from backup, which the simulated AWS does not have: `copy-table.mjs FROM TO` makes a table with the keys and the items of another. As after
// a restore, it has no tags, no stream, no point-in-time recovery and no protection against deletion.
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

const [from, to] = process.argv.slice(2);
const client = new DynamoDBClient({});
const { Table } = await client.send(new DescribeTableCommand({ TableName: from }));
const { KeySchema, AttributeDefinitions } = Table;
await client.send(
  new CreateTableCommand({ TableName: to, BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions }),
);
await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: to });
let ExclusiveStartKey;
do {
  const page = await client.send(
    new ScanCommand({ TableName: from, ExclusiveStartKey, Limit: 25, ConsistentRead: true }),
  );
  const puts = page.Items.map((Item) => ({ PutRequest: { Item } }));
  if (puts.length > 0) await client.send(new BatchWriteItemCommand({ RequestItems: { [to]: puts } }));
  ExclusiveStartKey = page.LastEvaluatedKey;
} while (ExclusiveStartKey !== undefined);
console.log(`${to} is a copy of ${from}`);
