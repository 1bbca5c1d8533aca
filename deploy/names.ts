/** How what the stacks make is called. Every name follows from the settings, so that stacks of different accounts can name each other's roles without looking anything up. */
import { partitionOf } from '../src/model/records/aws-shapes.ts';
import { base32Hash } from '../src/model/records/canonical.ts';

/** An account and a Region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** The path of all our roles and managed policies: what an administrator can limit or list by. */
export const rolePath = '/cellwright/';

/** The longest name of a role (IAM quotas). */
export const roleNameMax = 64;

export function roleArn(place: Place, name: string): string {
  return `arn:${partitionOf(place.region)}:iam::${place.accountId}:role${rolePath}${name}`;
}

/** A role's name with its path, as Tier records take it. */
export function recordRoleName(name: string): string {
  return `${rolePath.slice(1)}${name}`;
}

export const controllerRoleName = (installation: string): string => `cellwright-${installation}-controller`;
export const controllerExecutionRoleName = (installation: string): string =>
  `cellwright-${installation}-controller-execution`;
export const cellRoleName = (installation: string, role: 'observe' | 'apply' | 'reap'): string =>
  `cellwright-${installation}-${role}`;
export const dnsRoleName = (installation: string, tier: string): string => `cellwright-${installation}-dns-${tier}`;
export const taskRoleName = (tier: string): string => `cellwright-${tier}-task`;
export const executionRoleName = (tier: string): string => `cellwright-${tier}-execution`;

/** The log group of all tasks of a tier, in each cell. */
export const tierLogGroup = (tier: string): string => `/cellwright/${tier}`;
/** The log group of the controller. */
export const controllerLogGroup = (installation: string): string => `/cellwright/${installation}/controller`;

/** Names of stacks, the installation's first. */
export const stackNames = {
  tables: (installation: string): string => `cellwright-${installation}-tables`,
  controller: (installation: string): string => `cellwright-${installation}-controller`,
  dns: (installation: string, tier: string): string => `cellwright-${installation}-dns-${tier}`,
  cell: (installation: string, cell: string): string => `cellwright-${installation}-cell-${cell}`,
  tier: (installation: string, tier: string, cell: string): string => `cellwright-${installation}-tier-${tier}-${cell}`,
  infraGroup: (installation: string, group: string): string => `cellwright-${installation}-infra-group-${group}`,
} as const;

/** Characters of the part of a load balancer's name that tells infra groups apart. */
const balancerHashLength = 8;

/**
 * The name of an infra group's load balancer: at most the 32 characters that ELB allows. All of an installation share their beginning and have as many characters after it, so that one pattern in the cell's rights
 * covers exactly them, and a new infra group changes no right.
 */
export function loadBalancerName(installation: string, group: string): string {
  return `cw-${installation}-${base32Hash(`${installation}/${group}`, balancerHashLength)}`;
}

/** The ARNs of the listeners of all infra groups of an installation in a cell. */
export function listenerPattern(installation: string, place: Place): string {
  const any = '?'.repeat(balancerHashLength);
  const { accountId, region } = place;
  return `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${accountId}:listener/app/cw-${installation}-${any}/*/*`;
}
