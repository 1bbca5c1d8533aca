/** The roles of an installation, with the policies that the product makes for them (deploy/policies): what the simulated AWS checks the controller's calls by. */
import {
  boundary,
  cellPolicies,
  controllerPolicy,
  dnsPolicy,
  type GroupRights,
  type PolicyDocument,
  taskTrustPolicy,
} from '../../deploy/policies/index.ts';
import type { IamRole } from '../../src/model/iam.ts';
import type { DesiredRecord } from '../../src/model/records/kinds.ts';
import type { CompleteAws } from '../../src/simulator/index.ts';

/** An action that a role is to lack, to see what is said of it. */
export interface LackingAction {
  readonly role: IamRole;
  readonly action: string;
  /** The account whose roles lack it; every account's where absent. */
  readonly account?: string;
}

export interface InstallationRights {
  /** Lets `adopt` reach what bears nobody's mark. */
  readonly adoption?: boolean;
  readonly without?: LackingAction;
  /** Roles that let nobody in any more. */
  readonly closed?: readonly string[];
}

export interface RolesOf extends InstallationRights {
  readonly installation: string;
  readonly records: readonly DesiredRecord[];
  /** The name of a hosted zone, by its id. */
  readonly zoneName: (id: string) => string;
}

const partition = 'aws';
const home = { account: '000000000000', region: 'us-east-1' } as const;

/** The controller's own role. */
const controllerRole = `arn:aws:iam::${home.account}:role/cellwright/controller`;

interface Role {
  readonly arn: string;
  readonly trust: object;
  readonly policies: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument | undefined;
}

/** A roles file, as `sim --roles` takes it. */
export function rolesOf(options: RolesOf): { readonly roles: readonly Role[] } {
  const owned = [...cellRoles(options), ...zoneRoles(options)];
  const controller: Role = {
    arn: controllerRole,
    trust: taskTrustPolicy({ partition, accountId: home.account, region: home.region }),
    policies: [
      lacking(
        controllerPolicy({
          partition,
          region: home.region,
          accountId: home.account,
          desiredTable: 'desired',
          stateTable: 'state',
          assumable: [...new Set(owned.map(({ arn }) => arn))],
        }),
        'controller',
        home.account,
        options.without,
      ),
    ],
  };
  const closed = (arn: string): boolean => options.closed?.includes(arn) === true;
  const nobody = trusting(`arn:aws:iam::${home.account}:role/nobody`, undefined);
  return {
    roles: [controller, ...merged(owned).map((role) => (closed(role.arn) ? { ...role, trust: nobody } : role))],
  };
}

/** The controller's keys, as ECS hands them to its task. Throws where its role is not there, or does not let tasks in. */
export function controllerCredentials(aws: CompleteAws, identity: string) {
  const found = aws.iam.trustsTasks(controllerRole, home.region)
    ? aws.sts.taskCredentials(controllerRole, identity)
    : undefined;
  if (found === undefined) throw new Error(`ECS may hand out no credentials of ${controllerRole}`);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = found;
  return { accessKeyId, secretAccessKey, sessionToken };
}

function cellRoles({ records, installation, adoption, without }: RolesOf): readonly Role[] {
  return records.flatMap((record): readonly Role[] => {
    if (record.kind !== 'Cell') return [];
    const { accountId, region, tier: tierName, roles, externalId } = record.spec;
    const tier = records.find((one) => one.kind === 'Tier' && one.name === tierName);
    const service = tier?.kind === 'Tier' ? tier.spec.service : undefined;
    const named = (name: string | undefined): readonly string[] =>
      name === undefined ? [] : [`arn:aws:iam::${accountId}:role/${name}`];
    const rights = {
      partition,
      installation,
      accountId,
      region,
      tier: tierName,
      taskRoleArns: named(service?.taskRoleName),
      executionRoleArns: named(service?.executionRoleName),
      groups: records.flatMap((one): readonly GroupRights[] => {
        if (one.kind !== 'InfraGroup' || one.spec.cell !== record.name) return [];
        const { vpcId, listenerArn, subnetIds, taskSecurityGroupIds, endpointSecurityGroupIds = [] } = one.spec;
        return [
          { vpcId, listenerArn, subnetIds, securityGroupIds: [...taskSecurityGroupIds, ...endpointSecurityGroupIds] },
        ];
      }),
      adoption: adoption === true,
    };
    const documents = cellPolicies(rights);
    return (['observe', 'apply', 'reap'] as const).map((name) => ({
      // Where a record names fewer roles, the one that applies does it all.
      arn: roles[name] ?? roles.apply,
      trust: trusting(controllerRole, externalId),
      policies: [lacking(documents[name], name, accountId, without)],
      boundary: boundary(rights),
    }));
  });
}

function zoneRoles({ records, installation, adoption, without, zoneName }: RolesOf): readonly Role[] {
  const tiers = records.flatMap((record) => (record.kind === 'Tier' ? [record.spec] : []));
  return tiers.flatMap(({ zone: { id, roleArn, externalId } }): readonly Role[] => {
    if (roleArn === undefined) return [];
    const domain = tiers.filter(({ zone }) => zone.id === id).map((tier) => tier.domain);
    const document = dnsPolicy({
      partition,
      installation,
      zoneId: id,
      zoneName: zoneName(id),
      domain,
      adoption: adoption === true,
    });
    const [, , , , account = ''] = roleArn.split(':');
    return [
      {
        arn: roleArn,
        trust: trusting(controllerRole, externalId),
        policies: [lacking(document, 'dns', account, without)],
      },
    ];
  });
}

/** Roles that several records name have the rights of all of them. A boundary is of one cell: where a role is several cells', or does more than one thing, there is none. */
function merged(roles: readonly Role[]): readonly Role[] {
  const arns = [...new Set(roles.map(({ arn }) => arn))];
  return arns.flatMap((arn) => {
    const same = roles.filter((role) => role.arn === arn);
    const [first] = same;
    if (first === undefined) return [];
    const { boundary: limit, ...rest } = first;
    const role = { ...rest, policies: same.flatMap(({ policies }) => policies) };
    return [same.length === 1 && limit !== undefined ? { ...role, boundary: limit } : role];
  });
}

function trusting(principal: string, externalId: string | undefined): object {
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
  const statement = { Effect: 'Allow', Principal: { AWS: principal }, Action: ['sts:AssumeRole'], ...condition };
  return { Version: '2012-10-17', Statement: [statement] };
}

function lacking(
  document: PolicyDocument,
  role: IamRole,
  account: string,
  without: LackingAction | undefined,
): PolicyDocument {
  if (without?.role !== role || (without.account ?? account) !== account) return document;
  const statements = document.Statement.flatMap((statement) => {
    const Action = statement.Action.filter((action) => action !== without.action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  return { ...document, Statement: statements };
}
