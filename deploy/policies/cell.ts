/** The rights of a cell's three roles, and the boundary that none of them can be widened beyond. */
import { marks } from '../../src/model/names.ts';
import { documentOf, type PolicyDocument, type PolicyStatement } from './documents.ts';
import { scopesOf } from './needs.ts';
import { statementsOf, type Values } from './statements.ts';

/** What of an infra group its cell's roles may work on. ARNs may be patterns (`.../listener/app/name/*` and a second star), ids may be tokens of the deployment. */
export interface GroupRights {
  readonly vpcId: string;
  readonly listenerArn: string;
  readonly subnetIds: readonly string[];
  /** Those that endpoints get. Absent: any of the account. */
  readonly securityGroupIds?: readonly string[];
}

export interface CellRights {
  readonly partition: string;
  readonly installation: string;
  readonly accountId: string;
  readonly region: string;
  readonly tier: string;
  readonly taskRoleArns: readonly string[];
  readonly executionRoleArns: readonly string[];
  /** Absent: every ALB listener and every network of the account and Region. */
  readonly groups?: readonly GroupRights[];
  /** Lets `cellwright adopt` put our mark on what bears nobody's. */
  readonly adoption?: boolean;
}

/** One document for each of a cell's roles; `managedPolicies` cuts those that are too long for one managed policy. */
export function cellPolicies(cell: CellRights): {
  readonly observe: PolicyDocument;
  readonly apply: PolicyDocument;
  readonly reap: PolicyDocument;
} {
  const values = valuesOf(cell);
  const of = (role: 'observe' | 'apply' | 'reap'): PolicyDocument =>
    documentOf(...statementsOf(role, values, { adoption: cell.adoption }));
  return { observe: of('observe'), apply: of('apply'), reap: of('reap') };
}

/**
 * The permission boundary of all three: no action but those that are declared, only in the cell's Region, no role passed but the tier's, and never a change of what bears another installation's mark, whatever
 * policies a role is given later.
 */
export function boundary(
  cell: Pick<
    CellRights,
    'partition' | 'installation' | 'accountId' | 'region' | 'tier' | 'taskRoleArns' | 'executionRoleArns'
  >,
): PolicyDocument {
  const roles = ['observe', 'apply', 'reap'] as const;
  const values = valuesOf(cell);
  const actions = [...new Set(roles.flatMap((role) => scopesOf(role).flatMap((scope) => scope.actions)))].sort();
  const changing = (['apply', 'reap'] as const).flatMap((role) => scopesOf(role).flatMap((scope) => scope.actions));
  const isGlobal = (action: string): boolean => /^(iam|route53):/.test(action);
  const tag = `aws:ResourceTag/${marks.installation}`;
  const declared: PolicyStatement = {
    Sid: 'DeclaredInRegion',
    Effect: 'Allow',
    Action: actions.filter((action) => !isGlobal(action)),
    Resource: ['*'],
    Condition: { StringEquals: { 'aws:RequestedRegion': cell.region } },
  };
  const others: PolicyStatement = {
    Sid: 'NeverOthers',
    Effect: 'Deny',
    Action: [...new Set(changing)]
      .filter((action) => !isGlobal(action) && !/:Describe|^cloudwatch:/.test(action))
      .sort(),
    Resource: ['*'],
    Condition: { Null: { [tag]: 'false' }, StringNotEquals: { [tag]: cell.installation } },
  };
  const global = statementsOf('apply', values).filter(({ Action }) => Action.every(isGlobal));
  return documentOf(declared, ...global, others);
}

function valuesOf(cell: CellRights): Values {
  const { partition, accountId, region, groups } = cell;
  const ec2 = (kind: string, id: string): string => `arn:${partition}:ec2:${region}:${accountId}:${kind}/${id}`;
  const listeners =
    groups === undefined
      ? [`arn:${partition}:elasticloadbalancing:${region}:${accountId}:listener/app/*`]
      : groups.map(({ listenerArn }) => listenerArn);
  const securityGroups = (groups ?? [{}]).flatMap(
    ({ securityGroupIds }: Partial<GroupRights>) => securityGroupIds ?? ['*'],
  );
  return {
    partition,
    installation: cell.installation,
    account: accountId,
    region,
    listener: unique(listeners),
    rule: unique(listeners.map(ruleArns)),
    vpc: unique((groups ?? [{ vpcId: '*' }]).map(({ vpcId }) => ec2('vpc', vpcId))),
    subnet: unique(
      (groups ?? [{ subnetIds: ['*'] }]).flatMap(({ subnetIds }) => subnetIds.map((id) => ec2('subnet', id))),
    ),
    securityGroup: unique(securityGroups.map((id) => ec2('security-group', id))),
    passable: unique([...cell.taskRoleArns, ...cell.executionRoleArns]),
  };
}

/** The rules of a listener: its own path, and an id of theirs after it (Service Authorization Reference, Elastic Load Balancing V2). */
function ruleArns(listener: string): string {
  const arn = listener.replace(':listener/', ':listener-rule/');
  return arn.endsWith('*') ? arn : `${arn}/*`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
