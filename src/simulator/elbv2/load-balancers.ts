import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as LoadBalancerDescription,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { zonesOf } from '../ec2/zones.ts';
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { dnsNameOf, loadBalancerArn } from './arns.ts';
import { defaultsOf, listAttributes, loadBalancerAttributes, writeAttributes } from './attributes.ts';
import { canonicalZoneOf } from './canonical-zones.ts';
import { loadBalancerNotFound, operationNotPermitted, required, validationError } from './errors.ts';
import { removeListener } from './listeners.ts';
import { checkName, withTags } from './names.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import { type ElbState, findLoadBalancer, type LoadBalancer, later, scopeOf, type Tags } from './state.ts';

/** From creation to `active`: whole tests that create one took 213-222 s (observed). */
const provisioningMs = 150_000;
/** Application Load Balancers per Region, AWS's default. */
export const maxLoadBalancers = 50;

/** CreateLoadBalancer, DescribeLoadBalancers, DeleteLoadBalancer and the two for attributes. */
export function loadBalancerOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateLoadBalancer: operation({
      category: 'resource-intensive',
      run: (input: CreateLoadBalancerInput, call) => createLoadBalancer(state, input, call),
      resources: (input, output) => [output?.LoadBalancers?.[0]?.LoadBalancerArn ?? input.Name],
    }),
    DescribeLoadBalancers: operation({
      category: 'read',
      run: (input: DescribeLoadBalancersInput, call) => describeLoadBalancers(state, input, call),
      resources: (input) => input.LoadBalancerArns ?? input.Names ?? [],
    }),
    DeleteLoadBalancer: operation({
      category: 'mutate',
      run: (input: DeleteLoadBalancerInput, call) => deleteLoadBalancer(state, input, call),
      resources: (input) => [input.LoadBalancerArn],
    }),
    DescribeLoadBalancerAttributes: operation({
      category: 'read',
      run: (input: DescribeLoadBalancerAttributesInput, call): DescribeLoadBalancerAttributesOutput => {
        const found = findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
        return { Attributes: listAttributes(found.attributes) };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
    ModifyLoadBalancerAttributes: operation({
      category: 'mutate',
      run: (input: ModifyLoadBalancerAttributesInput, call): ModifyLoadBalancerAttributesOutput => {
        const found = findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
        writeAttributes(loadBalancerAttributes, found.attributes, required(input.Attributes, 'Attributes'));
        return { Attributes: listAttributes(found.attributes) };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
  };
}

/** What a new load balancer is made from, by a call or by a fleet file. */
interface LoadBalancerParts {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly ipAddressType: string;
  readonly tags: Tags;
}

/** Adds a load balancer to the state, provisioning. */
export function addLoadBalancer(state: ElbState, parts: LoadBalancerParts): LoadBalancer {
  const { arn, account, region, name } = parts;
  const digits = String(Number.parseInt(state.world.hex('elbv2/dns', 8), 16)).padStart(9, '1');
  const dnsName = dnsNameOf(name, digits, region, parts.scheme);
  const zones = zonesOf(region);
  const loadBalancer: LoadBalancer = {
    arn,
    account,
    region,
    name,
    dnsName,
    description: {
      LoadBalancerArn: arn,
      // AWS keeps the letter case of the load balancer's name here; DNS does not care.
      DNSName: dnsName.replace(name.toLowerCase(), name),
      CanonicalHostedZoneId: canonicalZoneOf(region),
      CreatedTime: new Date(state.world.now()),
      LoadBalancerName: name,
      Scheme: parts.scheme,
      VpcId: parts.vpcId,
      State: { Code: 'provisioning' },
      Type: 'application',
      // Assumed: zones in the order of the subnets, which need not be the zones that EC2 reports for them.
      AvailabilityZones: parts.subnetIds.map((SubnetId, index) => ({
        ZoneName: zones[index % zones.length]?.name ?? region,
        SubnetId,
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: [...parts.securityGroupIds],
      IpAddressType: parts.ipAddressType as LoadBalancerDescription['IpAddressType'],
    },
    active: false,
    tags: parts.tags,
    attributes: defaultsOf(loadBalancerAttributes),
    listeners: new Map(),
    groups: new Map(),
    applied: [],
    applyPending: false,
  };
  state.loadBalancers.set(arn, loadBalancer);
  state.byDnsName.set(dnsName, loadBalancer);
  scopeOf(state, parts).loadBalancers.set(name, loadBalancer);
  return loadBalancer;
}

/** The load balancer answers requests from now on. */
export function activate(loadBalancer: LoadBalancer): void {
  loadBalancer.active = true;
  loadBalancer.description = { ...loadBalancer.description, State: { Code: 'active' } };
}

function describe(loadBalancer: LoadBalancer): LoadBalancerDescription {
  return structuredClone(loadBalancer.description);
}

function createLoadBalancer(state: ElbState, input: CreateLoadBalancerInput, call: Call): CreateLoadBalancerOutput {
  const name = required(input.Name, 'Name');
  checkName('Load balancer', name);
  if (name.startsWith('internal-')) throw validationError("Load balancer name cannot begin with 'internal-'");
  if ((input.Type ?? 'application') !== 'application') {
    throw validationError(`Load balancer type '${input.Type ?? ''}' is not simulated; expected 'application'`);
  }
  const subnetIds = subnetsOf(input);
  const parts: LoadBalancerParts = {
    arn: loadBalancerArn(call, name, state.world.hex('elbv2/load-balancer', 16)),
    account: call.account,
    region: call.region,
    name,
    scheme: input.Scheme ?? 'internet-facing',
    vpcId: vpcOf(state, call, subnetIds),
    subnetIds,
    securityGroupIds: input.SecurityGroups ?? [],
    ipAddressType: input.IpAddressType ?? 'ipv4',
    tags: withTags(new Map(), input.Tags ?? []),
  };
  checkSecurityGroups(state, call, parts);
  const scope = scopeOf(state, call);
  const existing = scope.loadBalancers.get(name);
  if (existing !== undefined) {
    if (sameSettings(existing.description, parts)) return { LoadBalancers: [describe(existing)] };
    throw new AwsError(
      'DuplicateLoadBalancerNameException',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  if (scope.loadBalancers.size >= maxLoadBalancers) {
    throw new AwsError(
      'TooManyLoadBalancersException',
      `You have reached the maximum number of load balancers of type 'application': [${maxLoadBalancers}]`,
    );
  }
  const created = addLoadBalancer(state, parts);
  later(state, provisioningMs, () => activate(created));
  return { LoadBalancers: [describe(created)] };
}

function subnetsOf(input: CreateLoadBalancerInput): readonly string[] {
  const mapped = (input.SubnetMappings ?? []).map((mapping) => mapping.SubnetId ?? '');
  const subnetIds = input.Subnets ?? mapped;
  if (input.Subnets !== undefined && mapped.length > 0) {
    throw validationError('Only one of subnets and subnet mappings can be specified');
  }
  if (new Set(subnetIds).size < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified');
  }
  return subnetIds;
}

function vpcOf(state: ElbState, call: Call, subnetIds: readonly string[]): string {
  const vpcs = new Set<string>();
  for (const subnetId of subnetIds) {
    const vpcId = state.world.ec2.subnetVpc(call.account, call.region, subnetId);
    if (vpcId === undefined) {
      throw new AwsError('SubnetNotFoundException', `The subnet ID '${subnetId}' is not found`);
    }
    vpcs.add(vpcId);
  }
  const [vpcId, other] = vpcs;
  if (vpcId === undefined || other !== undefined) {
    throw new AwsError('InvalidSubnetException', `The subnets '[${subnetIds.join(', ')}]' are not all in one VPC`);
  }
  return vpcId;
}

function checkSecurityGroups(state: ElbState, call: Call, parts: LoadBalancerParts): void {
  for (const groupId of parts.securityGroupIds) {
    const vpcId = state.world.ec2.securityGroupVpc(call.account, call.region, groupId);
    if (vpcId !== parts.vpcId) {
      throw new AwsError(
        'InvalidSecurityGroupException',
        `One or more security groups are invalid: '${groupId}' is not in VPC '${parts.vpcId}'`,
      );
    }
  }
}

function sameSettings(before: LoadBalancerDescription, parts: LoadBalancerParts): boolean {
  const subnets = (before.AvailabilityZones ?? []).map((zone) => zone.SubnetId ?? '');
  return (
    before.Scheme === parts.scheme &&
    before.IpAddressType === parts.ipAddressType &&
    sameMembers(subnets, parts.subnetIds) &&
    sameMembers(before.SecurityGroups ?? [], parts.securityGroupIds)
  );
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

function describeLoadBalancers(
  state: ElbState,
  input: DescribeLoadBalancersInput,
  call: Call,
): DescribeLoadBalancersOutput {
  const arns = input.LoadBalancerArns ?? [];
  const names = input.Names ?? [];
  if (arns.length > 0 && names.length > 0) {
    throw validationError('Load balancer names and load balancer ARNs cannot be specified at the same time');
  }
  if (arns.length > 20 || names.length > 20) {
    throw validationError(`At most 20 load balancers can be named in a call; found ${arns.length + names.length}`);
  }
  const scope = scopeOf(state, call);
  const byName = names.map((name) => {
    const found = scope.loadBalancers.get(name);
    if (found === undefined) throw loadBalancerNotFound(name);
    return found;
  });
  const named = [...arns.map((arn) => findLoadBalancer(state, call, arn)), ...byName];
  const all = arns.length + names.length > 0 ? named : [...scope.loadBalancers.values()];
  const { items, next } = page(all, input);
  return { LoadBalancers: items.map(describe), ...next };
}

/** Succeeds when it is already gone. Its listeners and rules go with it. Source: DeleteLoadBalancer, ELBv2 API reference. */
function deleteLoadBalancer(state: ElbState, input: DeleteLoadBalancerInput, call: Call): object {
  const found = state.loadBalancers.get(required(input.LoadBalancerArn, 'LoadBalancerArn'));
  if (found === undefined || found.account !== call.account || found.region !== call.region) return {};
  if (found.attributes.get('deletion_protection.enabled') === 'true') {
    throw operationNotPermitted(
      `Load balancer '${found.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  for (const listener of [...found.listeners.values()]) removeListener(state, listener);
  state.loadBalancers.delete(found.arn);
  state.byDnsName.delete(found.dnsName);
  scopeOf(state, found).loadBalancers.delete(found.name);
  return {};
}
