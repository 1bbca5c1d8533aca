/** What cdk-nag (the pack AwsSolutions) finds in the stacks, and every finding that is left as it is, with the reason. */
import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

export interface Suppression {
  /** The finding, as cdk-nag calls it: the rule, and for rights the resource in brackets. */
  readonly finding: RegExp;
  /** The path of the construct: stack, then what is in it. */
  readonly where: RegExp;
  readonly reason: string;
}

/** A resource of a wildcard finding, at its beginning. */
const resource = (pattern: string): RegExp => new RegExp(`^AwsSolutions-IAM5\\[Resource::${pattern}\\]$`);
const cellRoles = /^cellwright-[a-z0-9-]+-cell-[a-z0-9-]+\/(?:Observe|Apply|Reap)RolePolicy\d+$/;

export const suppressions: readonly Suppression[] = [
  {
    finding: resource('\\*'),
    where: cellRoles,
    reason:
      'actions for which AWS offers no resource-level rights; docs/explanation/iam.md names each, and the boundary holds them to one Region',
  },
  {
    finding: resource('\\*'),
    where: /^cellwright-[a-z0-9-]+-cell-[a-z0-9-]+\/Boundary$/,
    reason:
      'a permission boundary allows nothing by itself: it says what the policies of the three roles may at most say',
  },
  {
    finding: resource('arn:[^\\]]+'),
    where: cellRoles,
    reason:
      "ids that AWS makes up when tenants' resources are created: limited to our names where AWS lets names be chosen, and to what bears the installation's mark where AWS lets tags decide",
  },
  {
    finding: resource('\\*'),
    where: /\/ExecutionRolePolicy\d+$/,
    reason: 'ecr:GetAuthorizationToken has no resource; which images may be pulled is limited to the repositories',
  },
  {
    finding: resource('arn:aws:logs:[^\\]]+:log-group:/cellwright/[^\\]]+:\\*'),
    where: /\/ExecutionRolePolicy\d+$/,
    reason: 'the streams of one log group: ECS makes one for each task',
  },
  {
    finding: resource('arn:aws:(?:ssm|secretsmanager):[^\\]]+[:/]/?cellwright/\\*'),
    where: /-tier-[a-z0-9-]+\/ExecutionRolePolicy\d+$/,
    reason:
      "one execution role serves all tenants of a tier; only the controller registers task definitions, and only with names under the tenant's own prefix (docs/reference/deploy.md)",
  },
  {
    finding: resource('arn:aws:s3:::example-standard-data/\\*'),
    where: /-tier-standard-[a-z0-9-]+\/TaskRolePolicy\d+$/,
    reason: "the example's own taskStatements: what a tenant's code may read is for whoever deploys to say",
  },
  {
    finding: resource('arn:aws:dynamodb:[^\\]]+:table/[\\w.-]+/stream/\\*'),
    where: /-controller\/TaskRolePolicy\d+$/,
    reason: 'the stream of one table: AWS names it after the moment it was switched on',
  },
  {
    finding: resource('arn:aws:route53:::change/\\*'),
    where: /-dns-[a-z0-9-]+\/DnsRolePolicy\d+$/,
    reason: 'the state of changes, whose ids Route 53 makes up; it can only be read',
  },
  {
    finding: /^AwsSolutions-ECS2$/,
    where: /-controller\/TaskDefinition$/,
    reason: "names of tables, mode, log level and periods: none is a secret, and they change with the stack's settings",
  },
  {
    finding: /^AwsSolutions-EC23$/,
    where: /-infra-group-[a-z0-9-]+\/LoadBalancerSecurityGroup\/Resource$/,
    reason: 'an internet-facing service, on 443 alone; the setting ingress narrows it',
  },
  {
    finding: /^AwsSolutions-S1$/,
    where: /-infra-group-[a-z0-9-]+\/AccessLogs\/Resource$/,
    reason: 'the bucket holds access logs itself: logs of its own would have to go somewhere else again, without end',
  },
];

export interface Findings {
  /** What no suppression explains, as `<finding> at <path>: <what cdk-nag says>`. */
  readonly open: readonly string[];
  /** Suppressions that explain nothing: they are to be taken out. */
  readonly unused: readonly Suppression[];
}

/** Judges all stacks of an app. */
export function nag(app: App): Findings {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  const findings = violations.flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }) => ({ ruleName, description, path: constructPath })),
  );
  const explains = ({ finding, where }: Suppression, { ruleName, path }: (typeof findings)[number]): boolean =>
    finding.test(ruleName) && where.test(path);
  return {
    open: findings
      .filter((found) => !suppressions.some((suppression) => explains(suppression, found)))
      .map(({ ruleName, description, path }) => `${ruleName} at ${path}: ${description}`),
    unused: suppressions.filter((suppression) => !findings.some((found) => explains(suppression, found))),
  };
}
