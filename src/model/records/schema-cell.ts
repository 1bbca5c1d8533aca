import type { z } from 'zod';
import { accountId, externalId, parseRoleArn, partitionOf, region, roleArn } from './aws-shapes.ts';
import { amount, capacityStateField, fields, modeField, quota, recordName, whole } from './shapes.ts';

const roles = fields({
  observe: roleArn().optional().describe("The role that reads. Default the apply role's ARN."),
  apply: roleArn().describe('The role that creates and changes.'),
  reap: roleArn().optional().describe("The role that deletes. Default the apply role's ARN."),
}).describe("The roles that the controller assumes in the cell's account, as ARNs of that account.");

/** One AWS account and Region of a tier. */
export const cellSpec = fields({
  tier: recordName('the name of a Tier').describe('The tier that the cell serves. Cannot change once accepted.'),
  accountId: accountId().describe('The AWS account, 12 digits, as a string. Cannot change once accepted.'),
  region: region().describe(
    'The AWS Region. Account and Region together belong to one cell. Cannot change once accepted.',
  ),
  roles,
  externalId: externalId().optional().describe('The external id that the roles ask for. Default none. Never shown.'),
  weight: whole('weight units', 0, 255)
    .default(100)
    .describe("The weight of the cell's DNS records among those of the same name, 0 to 255. Default 100."),
  quotas: fields({
    fargateVcpu: quota('vCPU', 'Fargate On-Demand vCPU of the account and Region. Default what Service Quotas says.'),
    targetGroups: quota('target groups', 'Target groups of the account and Region. Default what Service Quotas says.'),
    networkInterfaces: quota('network interfaces', 'Network interfaces. Default what Service Quotas says.'),
    clusters: quota('clusters', 'ECS clusters of the account and Region. Default what Service Quotas says.'),
  })
    .prefault({})
    .describe(
      'Quotas that hold instead of what Service Quotas says. A quota in neither closes the cell for new placements.',
    ),
  foreignVcpu: amount('vCPU', 0, 10_000_000)
    .default(0)
    .describe(
      'Fargate vCPU in the account that others than us use, at least. What ECS shows of their tasks counts where it is more. Default 0.',
    ),
  state: capacityStateField('the cell'),
  mode: modeField('the cell'),
}).superRefine((cell, context) => {
  for (const role of ['observe', 'apply', 'reap'] as const) {
    const arn = cell.roles[role];
    const parts = arn === undefined ? undefined : parseRoleArn(arn);
    // What is wrong with the account id itself is said once, there.
    if (parts === undefined || !/^[0-9]{12}$/.test(cell.accountId)) continue;
    const fits = parts.accountId === cell.accountId && parts.partition === partitionOf(cell.region);
    if (fits) continue;
    const path = ['roles', role];
    const message = `a role of the cell's own account: arn:${partitionOf(cell.region)}:iam::${cell.accountId}:role/...`;
    context.addIssue({ code: 'custom', path, message, input: arn });
  }
});

/** The spec of a Cell record, with defaults filled in. */
export type CellSpec = z.output<typeof cellSpec>;

/** The three role ARNs of a cell: a missing one is the apply role's. */
export function cellRoles(cell: { readonly roles: CellSpec['roles'] }): {
  observe: string;
  apply: string;
  reap: string;
} {
  const { observe, apply, reap } = cell.roles;
  return { observe: observe ?? apply, apply, reap: reap ?? apply };
}
