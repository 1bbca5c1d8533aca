/** What people and programs around the controller need: its interface is the two tables. */
import { installationKey } from '../../src/store/keys.ts';
import { documentOf, type PolicyDocument, type PolicyStatement } from './documents.ts';

export interface UserRights {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Names of the tables. */
  readonly desiredTable: string;
  readonly stateTable: string;
}

/**
 * `tenantWriter`: an onboarding service, which writes records of kind Tenant and nothing else, and sees what became of them. `reader`: all commands that only look. `operator`: `reader`, every record, and `init` for
 * tables that stand; removing and taking over are records and requests to the controller, so no right in AWS is behind them.
 */
export function userPolicies(user: UserRights): {
  readonly tenantWriter: PolicyDocument;
  readonly operator: PolicyDocument;
  readonly reader: PolicyDocument;
} {
  const table = (name: string): string =>
    `arn:${user.partition}:dynamodb:${user.region}:${user.accountId}:table/${name}`;
  const [desired, state] = [table(user.desiredTable), table(user.stateTable)];
  const look: PolicyStatement = {
    Sid: 'Look',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'],
    Resource: [desired, state],
  };
  const tables = checkTables([desired, state]);
  const write = ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
  return {
    reader: documentOf(look, tables),
    operator: documentOf(
      look,
      tables,
      { Sid: 'Records', Effect: 'Allow', Action: write, Resource: [desired] },
      {
        Sid: 'Init',
        Effect: 'Allow',
        Action: ['dynamodb:TagResource'],
        Resource: [desired, state],
      },
      {
        Sid: 'InstallationId',
        Effect: 'Allow',
        Action: ['dynamodb:PutItem'],
        Resource: [state],
        Condition: onlyKeys('StringEquals', installationKey.pk),
      },
    ),
    tenantWriter: documentOf(
      {
        Sid: 'TenantRecords',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:Query', ...write].sort(),
        Resource: [desired],
        Condition: onlyKeys('StringEquals', 'Tenant'),
      },
      {
        Sid: 'TenantStates',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:Query'],
        Resource: [state],
        Condition: onlyKeys('StringLike', 'Tenant/*'),
      },
    ),
  };
}

/** What `cellwright check` looks at in tables, by their ARNs. */
export function checkTables(tables: readonly string[]): PolicyStatement {
  const Action = ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'];
  return { Sid: 'CheckTables', Effect: 'Allow', Action, Resource: [...tables] };
}

/** The partition keys that a request may touch. A request without any would match `ForAllValues` too. */
function onlyKeys(operator: 'StringEquals' | 'StringLike', value: string): NonNullable<PolicyStatement['Condition']> {
  return {
    [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': [value] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
