/**
 * The nodes of a load balancer: an interface in each of its subnets, which keeps the subnet and its security groups from being deleted. More come
 * with load, which is not simulated.
 */
import { AwsError } from '../kernel.ts';
import { type ElbState, type LoadBalancer, later } from './state.ts';

/** The interfaces of a deleted load balancer take "some minutes" to go, and block its VPC meanwhile (seen: https://github.com/hashicorp/terraform/issues/3758). */
const lingerMs = 120_000;

/** What the nodes need to know of their load balancer. */
interface Owner {
  readonly arn: string;
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
}

function ownerOf({ arn, description }: LoadBalancer): Owner {
  return { arn, vpcId: description.VpcId ?? '', securityGroupIds: description.SecurityGroups ?? [] };
}

/** By this description EC2 shows whose an interface is, and other services of AWS find it. */
function descriptionOf({ arn }: Owner): string {
  return `ELB ${arn.slice(arn.indexOf('app/'))}`;
}

function nodesOf(state: ElbState, owner: Owner): readonly { readonly subnetId: string; readonly ip: string }[] {
  return state.world.ec2.interfacesDescribed(owner.vpcId, descriptionOf(owner));
}

/** Gives a load balancer a node in each of these subnets. Throws InvalidSubnet, and makes none, where one has no address left. */
export function placeNodes(state: ElbState, owner: Owner, subnetIds: readonly string[]): void {
  const { ec2 } = state.world;
  const details = {
    description: descriptionOf(owner),
    groupIds: owner.securityGroupIds,
    requester: 'amazon-elb',
  };
  const made: string[] = [];
  try {
    for (const subnetId of subnetIds) made.push(ec2.allocateAddress(subnetId, details).ip);
  } catch (error) {
    for (const ip of made) ec2.releaseAddress(owner.vpcId, ip);
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidSubnetException', error.message);
  }
}

/** Moves the nodes into these subnets; those that stay are not touched. Throws as `placeNodes` does. */
export function moveNodes(state: ElbState, loadBalancer: LoadBalancer, subnetIds: readonly string[]): void {
  const owner = ownerOf(loadBalancer);
  const present = nodesOf(state, owner);
  const added = subnetIds.filter((subnetId) => !present.some((node) => node.subnetId === subnetId));
  placeNodes(state, owner, added);
  for (const node of present) {
    if (!subnetIds.includes(node.subnetId)) state.world.ec2.releaseAddress(owner.vpcId, node.ip);
  }
}

/** The nodes bear the load balancer's security groups from now on. */
export function regroupNodes(state: ElbState, loadBalancer: LoadBalancer): void {
  const owner = ownerOf(loadBalancer);
  for (const { ip } of nodesOf(state, owner)) {
    state.world.ec2.setInterfaceGroups(owner.vpcId, ip, owner.securityGroupIds);
  }
}

/** The nodes of a deleted load balancer go, a little later. */
export function removeNodes(state: ElbState, loadBalancer: LoadBalancer): void {
  const owner = ownerOf(loadBalancer);
  later(state, lingerMs, () => {
    for (const { ip } of nodesOf(state, owner)) state.world.ec2.releaseAddress(owner.vpcId, ip);
  });
}
