/** The shapes of ELB's ARNs and DNS names, as AWS makes them. */

export interface LoadBalancerArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
  readonly id: string;
}

/** The partition that a Region belongs to. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

function prefix(region: string, account: string): string {
  return `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${account}`;
}

/** ARN of an Application Load Balancer. */
export function loadBalancerArn(where: { region: string; account: string }, name: string, id: string): string {
  return `${prefix(where.region, where.account)}:loadbalancer/app/${name}/${id}`;
}

/** ARN of a target group. */
export function targetGroupArn(where: { region: string; account: string }, name: string, id: string): string {
  return `${prefix(where.region, where.account)}:targetgroup/${name}/${id}`;
}

/** ARN of a listener of the load balancer with this ARN. */
export function listenerArn(ofLoadBalancer: string, id: string): string {
  return `${ofLoadBalancer.replace(':loadbalancer/', ':listener/')}/${id}`;
}

/** ARN of a rule of the listener with this ARN. */
export function ruleArn(ofListener: string, id: string): string {
  return `${ofListener.replace(':listener/', ':listener-rule/')}/${id}`;
}

/** Reads the ARN of an Application Load Balancer; undefined when the text is not one. */
export function readLoadBalancerArn(arn: string): LoadBalancerArn | undefined {
  const match = /^arn:([a-z-]+):elasticloadbalancing:([a-z0-9-]+):(\d{12}):loadbalancer\/app\/([^/]+)\/([^/]+)$/.exec(
    arn,
  );
  if (match === null) return undefined;
  const [, partition = '', region = '', account = '', name = '', id = ''] = match;
  return { partition, region, account, name, id };
}

/** What an ARN of ELB may name, as AWS's messages call it. */
export type ArnKind = 'load balancer' | 'target group' | 'listener' | 'listener rule';

const resources: Readonly<Record<ArnKind, RegExp>> = {
  'load balancer': /^loadbalancer\/app\/[^/]+\/[^/]+$/,
  'target group': /^targetgroup\/[^/]+\/[^/]+$/,
  listener: /^listener\/app\/[^/]+\/[^/]+\/[^/]+$/,
  'listener rule': /^listener-rule\/app\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/,
};

/** What an ARN names in this account and Region; undefined when it names nothing that could be there. */
export function kindOfArn(where: { region: string; account: string }, arn: string): ArnKind | undefined {
  const start = `${prefix(where.region, where.account)}:`;
  if (!arn.startsWith(start)) return undefined;
  const resource = arn.slice(start.length);
  return (Object.keys(resources) as ArnKind[]).find((kind) => resources[kind].test(resource));
}

/** The DNS name of a load balancer: `[internal-]<name>-<digits>.<region>.elb.amazonaws.com`, lower-case. */
export function dnsNameOf(name: string, digits: string, region: string, scheme: string): string {
  const label = scheme === 'internal' ? `internal-${name}-${digits}` : `${name}-${digits}`;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${label}.${region}.elb.${suffix}`.toLowerCase();
}
