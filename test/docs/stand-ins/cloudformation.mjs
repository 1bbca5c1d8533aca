// Stands in for `aws cloudformation deploy` and `describe-stacks`. It looks at what the real ones would look at: the template is there, and the credentials are those
// of the stack's account. The tables stack is the only one whose resources it makes; all others stand on the simulated AWS already.
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  CreateTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseAllDocuments } from 'yaml';

const [operation, ...rest] = process.argv.slice(2);
const text = { type: 'string' };
const { values } = parseArgs({
  args: rest,
  options: {
    'stack-name': text,
    'template-file': text,
    capabilities: text,
    'no-fail-on-empty-changeset': { type: 'boolean' },
    region: text,
    query: text,
    output: text,
  },
});
const stack = values['stack-name'];
const made = JSON.parse(readFileSync('cdk.out/manifest.json', 'utf8')).artifacts[stack];
if (made === undefined) throw new Error(`there is no stack ${stack} in cdk.out`);
const [, account] = /^aws:\/\/(\d+)\//.exec(made.environment);
const { Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
if (Account !== account)
  throw new Error(`stack ${stack} belongs to account ${account}, and these are credentials of ${Account}`);
const template = JSON.parse(readFileSync(`cdk.out/${stack}.template.json`, 'utf8'));

if (operation === 'deploy') {
  if (!existsSync(values['template-file'])) throw new Error(`there is no ${values['template-file']}`);
  if (values.capabilities !== 'CAPABILITY_NAMED_IAM') throw new Error('roles with names want CAPABILITY_NAMED_IAM');
  for (const { Type, Properties } of Object.values(template.Resources))
    if (Type === 'AWS::DynamoDB::Table') await makeTable(Properties);
  console.log(`Successfully created/updated stack - ${stack}`);
} else if (operation === 'describe-stacks') {
  if (template.Outputs?.Record === undefined) throw new Error(`stack ${stack} has no output Record`);
  console.log(JSON.stringify(recordOf(stack)));
} else throw new Error(`cloudformation ${operation} has no stand-in`);

async function makeTable({ StreamSpecification, PointInTimeRecoverySpecification, ...table }) {
  const client = new DynamoDBClient({});
  const stream =
    StreamSpecification === undefined ? {} : { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } };
  await client.send(new CreateTableCommand({ ...table, ...stream }));
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: table.TableName });
  await client.send(
    new UpdateContinuousBackupsCommand({ TableName: table.TableName, PointInTimeRecoverySpecification }),
  );
}

/** What the stack's output would be: synth made the same record with made-up ids. */
function recordOf(name) {
  const kinds = { dns: 'Tier', cell: 'Cell', 'infra-group': 'InfraGroup' };
  const records = parseAllDocuments(readFileSync('cdk.out/simulated-fleet.yaml', 'utf8')).map((one) => one.toJS());
  const found = records.find((record) =>
    Object.entries(kinds).some(([word, kind]) => kind === record.kind && name.endsWith(`-${word}-${record.name}`)),
  );
  if (found === undefined) throw new Error(`no record belongs to stack ${name}`);
  return found;
}
