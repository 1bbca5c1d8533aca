/** What the controller asks of its two tables. It never writes the desired one. A transaction is allowed by the actions that it is made of. */
import type { IamNeed, IamScope } from '../model/iam.ts';

const table = 'arn:{partition}:dynamodb:{region}:{account}:table/';

const desired: IamScope = {
  sid: 'DesiredTable',
  resources: [`${table}{desiredTable}`],
  words: 'the desired table',
};
const desiredStream: IamScope = {
  sid: 'DesiredStream',
  resources: [`${table}{desiredTable}/stream/*`],
  words: "the desired table's stream",
};
const state: IamScope = { sid: 'StateTable', resources: [`${table}{stateTable}`], words: 'the state table' };

const need = (action: string, why: string, ...on: readonly IamScope[]): IamNeed => ({
  action: `dynamodb:${action}`,
  role: 'controller',
  why,
  on,
});

export const storeIam: readonly IamNeed[] = [
  need('GetItem', 'a record before it is worked on; an item of the state table, the lease above all', desired, state),
  need('Scan', 'all records, all states', desired, state),
  need('DescribeTable', 'where the stream is', desired),
  need('DescribeStream', 'the shards of the stream', desiredStream),
  need('GetShardIterator', 'where to read on', desiredStream),
  need('GetRecords', 'which records changed', desiredStream),
  need('Query', 'all there is about one object', state),
  need('PutItem', 'status, inventory, intents, events and the lease', state),
  need('UpdateItem', 'capacity, budgets and what is changed in parts', state),
  need('DeleteItem', 'old events, and what is left of an object that is gone', state),
];
