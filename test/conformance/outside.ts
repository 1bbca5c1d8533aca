import { type AttributeValue, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { AwsCli } from './aws-cli.ts';
import { awsCli, isInstalled } from './tools.ts';

const table = 'cellwright-desired';

/** Writes records the way a stranger to this code does: by plain `aws dynamodb`, or where that is not installed by bare SDK calls. */
export interface RecordWriter {
  put(item: Record<string, AttributeValue>): Promise<void>;
  /** Sets the image of a tenant, which may have no `service` yet. */
  setImage(tenant: string, image: string): Promise<void>;
}

export function recordWriter(endpoint: string): RecordWriter {
  if (isInstalled(awsCli)) return byCli(AwsCli.of(endpoint, '000000000000'));
  console.warn('aws is not installed: records are written by bare SDK calls, the same calls that its put-item makes');
  return bySdk(endpoint);
}

const keyOf = (tenant: string): Record<string, AttributeValue> => ({ kind: { S: 'Tenant' }, name: { S: tenant } });
const imageValue = (image: string): Record<string, AttributeValue> => ({ ':service': { M: { image: { S: image } } } });
const setService = 'SET spec.service = :service';

function byCli(aws: AwsCli): RecordWriter {
  const onTable = ['--table-name', table];
  return {
    put: async (item) => {
      await aws.json('dynamodb', 'put-item', ...onTable, '--item', JSON.stringify(item));
    },
    setImage: async (tenant, image) => {
      await aws.json(
        ...['dynamodb', 'update-item', ...onTable, '--key', JSON.stringify(keyOf(tenant))],
        ...['--update-expression', setService],
        ...['--expression-attribute-values', JSON.stringify(imageValue(image))],
      );
    },
  };
}

function bySdk(endpoint: string): RecordWriter {
  const dynamo = new DynamoDBClient(configOf(endpoint, '000000000000'));
  return {
    put: async (item) => {
      await dynamo.send(new PutItemCommand({ TableName: table, Item: item }));
    },
    setImage: async (tenant, image) => {
      await dynamo.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(tenant),
          UpdateExpression: setService,
          ExpressionAttributeValues: imageValue(image),
        }),
      );
    },
  };
}

/** The image that a task of the account runs, read from AWS. Throws when the task is not there. */
export async function imageOf(endpoint: string, account: string, task: string): Promise<string> {
  const ecs = new ECSClient(configOf(endpoint, account));
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: task.split('/').at(-2), tasks: [task] }));
  ecs.destroy();
  const image = tasks?.[0]?.containers?.[0]?.image;
  if (image === undefined) throw new Error(`no container in ${task}`);
  return image;
}

function configOf(endpoint: string, account: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: account, secretAccessKey: 'conformance' } };
}
