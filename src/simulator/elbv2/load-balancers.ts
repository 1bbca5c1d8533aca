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
import { AwsError, type Call, type Operation } from '../kernel.ts';
import { plainCopy } from '../plain-copy.ts';
import { dnsNameOf, loadBalancerArn } from './arns.ts';
import { loadBalancerAttributes } from './attribute-catalogues.ts';
import { defaultsOf, listAttributes, writeAttributes } from './attributes.ts';
import { canonicalZoneOf } from './canonical-zones.ts';
import {
  invalidConfiguration,
  loadBalancerNotFound,
  oneOf,
  operationNotPermitted,
  required,
  validationError,
} from './errors.ts';
import { attachmentChanged } from './health.ts';
import { removeListener } from './listeners.ts';
import { checkLoadBalancerName, withTags } from './names.ts';
import { checkIpAddressType, checkSecurityGroups, checkSubnets, subnetsOf, zonesWith } from './network.ts';
import { placeNodes, removeNodes } from './nodes.ts';
import { operation } from './operation.ts';
import { page } from './paging.ts';
import {
  type ElbState,
  findLoadBalancer,
  type LoadBalancer,
  later,
  lookUpLoadBalancer,
  scopeOf,
  type Tags,
} from './state.ts';

/** From creation to `active`: whole tests that create one took 213-222 s (observed). */
const provisioningMs = 150_000;
/** Load balancers that one call may name. */
const maxNamed = 20;

/** CreateLoadBalancer, DescribeLoadBalancers, DeleteLoadBalancer and the two for attributes. */
export function loadBalancerOperations(state: ElbState): Record<string, Operation> {
  return {
    CreateLoadBalancer: operation({
      category: 'resource-intensive',
      latencyMs: 500,
      takes: [
        ...['Name', 'Subnets', 'SubnetMappings.SubnetId', 'SecurityGroups', 'Scheme', 'Tags', 'Type', 'IpAddressType'],
      ],
      run: (input: CreateLoadBalancerInput, call) => createLoadBalancer(state, input, call),
      resources: (input, output) => [output?.LoadBalancers?.[0]?.LoadBalancerArn ?? input.Name],
    }),
    DescribeLoadBalancers: operation({
      category: 'read',
      takes: ['LoadBalancerArns', 'Names', 'Marker', 'PageSize'],
      run: (input: DescribeLoadBalancersInput, call) => describeLoadBalancers(state, input, call),
      resources: (input) => input.LoadBalancerArns ?? input.Names ?? [],
    }),
    DeleteLoadBalancer: operation({
      category: 'mutate',
      takes: ['LoadBalancerArn'],
      run: (input: DeleteLoadBalancerInput, call) => deleteLoadBalancer(state, input, call),
      resources: (input) => [input.LoadBalancerArn],
    }),
    DescribeLoadBalancerAttributes: operation({
      category: 'read',
      takes: ['LoadBalancerArn'],
      run: (input: DescribeLoadBalancerAttributesInput, call): DescribeLoadBalancerAttributesOutput => {
        const found = findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
        return { Attributes: listAttributes(found.attributes) };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
    ModifyLoadBalancerAttributes: operation({
      category: 'mutate',
      takes: ['LoadBalancerArn', 'Attributes'],
      run: (input: ModifyLoadBalancerAttributesInput, call): ModifyLoadBalancerAttributesOutput => {
        const found = findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
        writeAttributes(
          { kind: 'Load balancer', catalogue: loadBalancerAttributes(found.description.Scheme) },
          found.attributes,
          required(input.Attributes, 'Attributes'),
        );
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
      AvailabilityZones: zonesWith(state, parts, parts.subnetIds),
      SecurityGroups: [...parts.securityGroupIds],
      IpAddressType: parts.ipAddressType as LoadBalancerDescription['IpAddressType'],
    },
    active: false,
    tags: parts.tags,
    attributes: defaultsOf(loadBalancerAttributes(parts.scheme)),
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

/** The load balancer answers requests, and checks its targets, from now on. */
export function activate(state: ElbState, loadBalancer: LoadBalancer): void {
  loadBalancer.active = true;
  loadBalancer.description = { ...loadBalancer.description, State: { Code: 'active' } };
  for (const arn of loadBalancer.groups.keys()) {
    const group = state.targetGroups.get(arn);
    if (group !== undefined) attachmentChanged(state, group);
  }
}

function describe(loadBalancer: LoadBalancer): LoadBalancerDescription {
  return plainCopy(loadBalancer.description);
}

function createLoadBalancer(state: ElbState, input: CreateLoadBalancerInput, call: Call): CreateLoadBalancerOutput {
  const name = required(input.Name, 'Name');
  checkLoadBalancerName(name);
  const type = oneOf(input.Type ?? 'application', 'type', ['application', 'network', 'gateway']);
  // Only Application Load Balancers are simulated.
  if (type !== 'application') throw invalidConfiguration(`Load balancers of type '${type}' are not supported`);
  const scheme = oneOf(input.Scheme ?? 'internet-facing', 'scheme', ['internet-facing', 'internal']);
  const subnetIds = subnetsOf(input);
  const vpcId = checkSubnets(state, call, subnetIds);
  const securityGroupIds = input.SecurityGroups ?? [];
  checkSecurityGroups(state, call, vpcId, securityGroupIds);
  const parts: Omit<LoadBalancerParts, 'arn'> = {
    account: call.account,
    region: call.region,
    name,
    scheme,
    vpcId,
    subnetIds,
    securityGroupIds,
    ipAddressType: checkIpAddressType(input.IpAddressType ?? 'ipv4', scheme),
    tags: withTags(new Map(), input.Tags ?? []),
  };
  const scope = scopeOf(state, call);
  const existing = scope.loadBalancers.get(name);
  if (existing !== undefined) {
    if (sameSettings(existing.description, parts)) return { LoadBalancers: [describe(existing)] };
    throw new AwsError(
      'DuplicateLoadBalancerNameException',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  const limit = state.world.quotas.get(call, 'loadBalancers');
  if (scope.loadBalancers.size >= limit) {
    throw new AwsError(
      'TooManyLoadBalancersException',
      `The maximum number of load balancers of type 'application' has been reached: [${limit}]`,
    );
  }
  const arn = loadBalancerArn(call, name, state.world.hex('elbv2/load-balancer', 16));
  placeNodes(state, { ...parts, arn }, subnetIds);
  const created = addLoadBalancer(state, { ...parts, arn });
  later(state, provisioningMs, () => activate(state, created));
  return { LoadBalancers: [describe(created)] };
}

function sameSettings(before: LoadBalancerDescription, parts: Omit<LoadBalancerParts, 'arn'>): boolean {
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
  const named = [...arns, ...names];
  if (named.length > maxNamed) {
    throw validationError(
      `Up to ${maxNamed} load balancers can be described at a time, but ${named.length} were specified`,
    );
  }
  const scope = scopeOf(state, call);
  const byName = names.map((name) => {
    const found = scope.loadBalancers.get(name);
    if (found === undefined) throw loadBalancerNotFound(name);
    return found;
  });
  const found = [...arns.map((arn) => findLoadBalancer(state, call, arn)), ...byName];
  const all = named.length > 0 ? found : [...scope.loadBalancers.values()];
  const { items, next } = page(all, input);
  return { LoadBalancers: items.map(describe), ...next };
}

/** Succeeds when it is already gone. Its listeners and rules go with it. Source: DeleteLoadBalancer, ELBv2 API reference. */
function deleteLoadBalancer(state: ElbState, input: DeleteLoadBalancerInput, call: Call): object {
  const found = lookUpLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
  if (found === undefined) return {};
  if (found.attributes.get('deletion_protection.enabled') === 'true') {
    throw operationNotPermitted(
      `Load balancer '${found.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  for (const listener of [...found.listeners.values()]) removeListener(state, listener);
  state.loadBalancers.delete(found.arn);
  state.byDnsName.delete(found.dnsName);
  scopeOf(state, found).loadBalancers.delete(found.name);
  removeNodes(state, found);
  return {};
}
