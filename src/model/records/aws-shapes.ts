import { text } from './shapes.ts';

/*
 * What AWS identifiers look like, and the few that can be read apart. Sources: IAM identifiers guide, Elastic Load Balancing and EC2
 * API references.
 */

const partition = 'aws|aws-cn|aws-us-gov';

/** `arn:aws:iam::123456789012:role/path/name`. Groups: partition, account, path and name. */
export const roleArnPattern = new RegExp(
  `^arn:(${partition}):iam::([0-9]{12}):role/((?:[A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]+)$`,
);

/** `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/name/id`. Groups: partition, Region, account, `name/id`. */
export const loadBalancerArnPattern = new RegExp(
  `^arn:(${partition}):elasticloadbalancing:([a-z0-9-]{5,25}):([0-9]{12}):loadbalancer/app/([A-Za-z0-9-]{1,32}/[0-9a-z]{1,32})$`,
);

/** `arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/name/id/listener`. Groups as for the load balancer. */
export const listenerArnPattern = new RegExp(
  `^arn:(${partition}):elasticloadbalancing:([a-z0-9-]{5,25}):([0-9]{12}):listener/app/([A-Za-z0-9-]{1,32}/[0-9a-z]{1,32})/[0-9a-z]{1,32}$`,
);

/** `vpce-0a1b2c3d4e5f60718`, or `arn:aws:ec2:eu-west-1:123456789012:vpc-endpoint/vpce-0a1b2c3d4e5f60718`. Groups: Region, account, id. */
export const endpointNamePattern = new RegExp(
  `^(?:arn:(?:${partition}):ec2:([a-z0-9-]{5,25}):([0-9]{12}):vpc-endpoint/)?(vpce-[0-9a-z]{1,32})$`,
);

/** A Region name such as `eu-central-1` or `us-gov-west-1`. */
export const regionPattern = /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}$/;

/** An IAM role's ARN. */
export function roleArn() {
  return text('the ARN of an IAM role, as arn:aws:iam::123456789012:role/name', 700, roleArnPattern, 20);
}

/** A 12-digit account id; a string, because leading zeros count. */
export function accountId() {
  return text('an AWS account id: a string of 12 digits', 12, /^[0-9]{12}$/, 12);
}

/** A Region name. */
export function region() {
  return text('an AWS Region, as eu-central-1', 25, regionPattern, 5);
}

/** An EC2 id with the given prefix, such as `vpc-0a1b2c3d4e5f60718`. */
export function ec2Id(prefix: 'vpc' | 'subnet' | 'sg') {
  return text(`an id as ${prefix}-0a1b2c3d4e5f60718`, 40, new RegExp(`^${prefix}-[0-9a-z]{1,32}$`));
}

/** What an external id may hold (STS API reference, AssumeRole). Its value is never shown. */
export function externalId() {
  return text(
    'an external id: 2 to 1224 characters of letters, digits and _+=,.@:/-',
    1224,
    /^[A-Za-z0-9_+=,.@:/-]*$/,
    2,
  ).meta({ writeOnly: true });
}

/** The parts of an IAM role's ARN, or undefined where it is none. */
export function parseRoleArn(arn: string): { partition: string; accountId: string; name: string } | undefined {
  const [, part, account, name] = roleArnPattern.exec(arn) ?? [];
  if (part === undefined || account === undefined || name === undefined) return undefined;
  return { partition: part, accountId: account, name };
}

/** Where an ALB or a listener lives, and `name/id` of the load balancer; undefined where it is neither's ARN. */
export interface LoadBalancerParts {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** `name/id`: the same in a load balancer's ARN and in those of its listeners. */
  readonly loadBalancer: string;
}

/** Reads apart the ARN of an Application Load Balancer, or of one of its listeners. */
export function parseLoadBalancerArn(arn: string): LoadBalancerParts | undefined {
  const match = loadBalancerArnPattern.exec(arn) ?? listenerArnPattern.exec(arn);
  const [, part, where, account, loadBalancer] = match ?? [];
  if (part === undefined || where === undefined || account === undefined || loadBalancer === undefined)
    return undefined;
  return { partition: part, region: where, accountId: account, loadBalancer };
}

/** The partition that a Region belongs to: `aws-cn` for China, `aws-us-gov` for GovCloud, else `aws`. */
export function partitionOf(regionName: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (regionName.startsWith('cn-')) return 'aws-cn';
  return regionName.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * The ARN of a role in a cell's account. `roleName` may have a path (`team/app`), with or without a leading `/`, as `taskRoleName` and
 * `executionRoleName` of a tier allow.
 */
export function roleArnOf(cell: { accountId: string; region: string }, roleName: string): string {
  const bare = roleName.startsWith('/') ? roleName.slice(1) : roleName;
  return `arn:${partitionOf(cell.region)}:iam::${cell.accountId}:role/${bare}`;
}

/** The id of a VPC endpoint that an id or an ARN names; undefined where it is neither, or of another account or Region. */
export function endpointIdOf(
  name: string,
  place: { readonly accountId: string; readonly region: string },
): string | undefined {
  const [, region = place.region, account = place.accountId, id] = endpointNamePattern.exec(name) ?? [];
  return region === place.region && account === place.accountId ? id : undefined;
}
