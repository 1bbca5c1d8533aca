/** The rights of the controller's own task role. */
import { documentOf, type PolicyDocument } from './documents.ts';
import { statementsOf } from './statements.ts';
import { checkTables } from './users.ts';

export interface ControllerRights {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Names of the tables. */
  readonly desiredTable: string;
  readonly stateTable: string;
  /** ARNs of the roles of all cells and zones. */
  readonly assumable: readonly string[];
}

/** Its two tables, and the roles that it may assume: nothing else. People run `cellwright check` as a task of its own under the same role. */
export function controllerPolicy(controller: ControllerRights): PolicyDocument {
  const { partition, region, accountId: account, desiredTable, stateTable, assumable } = controller;
  const tables = [desiredTable, stateTable].map(
    (table) => `arn:${partition}:dynamodb:${region}:${account}:table/${table}`,
  );
  return documentOf(
    ...statementsOf('controller', { partition, region, account, desiredTable, stateTable, assumable }),
    checkTables(tables),
  );
}
