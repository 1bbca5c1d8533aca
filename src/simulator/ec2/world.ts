import type { Ec2World, EndpointServiceSeed, InterfaceDetails, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { Cidr } from './cidr.ts';
import { contains, formatAddress, formatCidr, overlaps, parseCidr, sizeOf } from './cidr.ts';
import type { EndpointServices } from './endpoint-services.ts';
import { limitExceeded, noSuch } from './errors.ts';
import { everything } from './permissions.ts';
import type { Ec2State, NetworkInterface, SecurityGroup, SecurityGroupRule, Subnet, Vpc } from './state.ts';
import { zonesOf } from './zones.ts';

/** AWS keeps the first four addresses of a subnet and the last (documented). */
const reservedAtStart = 4;
const reservedInAll = 5;

/** Addresses of a subnet that are still free: 4,091 in an empty /20. */
export function freeAddresses(subnet: Subnet): number {
  return sizeOf(subnet.cidr) - reservedInAll - subnet.used.size;
}

/** The network that other services build on. */
export class Ec2Network implements Ec2World {
  private readonly world: World;
  private readonly state: Ec2State;
  private readonly services: EndpointServices;

  constructor(world: World, state: Ec2State, services: EndpointServices) {
    this.world = world;
    this.state = state;
    this.services = services;
  }

  allocateAddress(subnetId: string, details: InterfaceDetails = {}): { ip: string; vpcId: string; eniId: string } {
    const subnet = this.state.subnet(subnetId);
    if (subnet === undefined) throw noSuch('subnet', subnetId);
    this.checkRoom([subnet], details);
    const address = takeFree(subnet);
    const digits = this.world.hex('ec2-mac', 10);
    const eni: NetworkInterface = {
      id: `eni-${this.world.hex('ec2-eni', 17)}`,
      subnet,
      address,
      ip: formatAddress(address),
      mac: `02:${(digits.match(/../g) ?? []).join(':')}`,
      description: details.description ?? '',
      interfaceType: details.interfaceType ?? 'interface',
      requester: details.requester,
      units: details.addressUnits ?? 1,
      groupIds: details.groupIds ?? [],
      tags: new Map(),
    };
    this.state.addInterface(eni);
    return { ip: eni.ip, vpcId: subnet.vpc.id, eniId: eni.id };
  }

  releaseAddress(vpcId: string, ip: string): void {
    const eni = this.state.interfaceAt(vpcId, ip);
    if (eni !== undefined) this.state.removeInterface(eni);
  }

  interfacesDescribed(vpcId: string, description: string): readonly { subnetId: string; ip: string }[] {
    const vpc = this.state.vpc(vpcId);
    if (vpc === undefined) return [];
    return [...this.state.scopeOf(vpc).interfaces.values()]
      .filter((eni) => eni.subnet.vpc === vpc && eni.description === description)
      .map((eni) => ({ subnetId: eni.subnet.id, ip: eni.ip }));
  }

  setInterfaceGroups(vpcId: string, ip: string, groupIds: readonly string[]): void {
    const eni = this.state.interfaceAt(vpcId, ip);
    if (eni !== undefined) eni.groupIds = [...groupIds];
  }

  /** Throws `AwsError` unless each of the subnets, which lie in one VPC and in zones of their own, can take one more interface. */
  checkRoom(subnets: readonly Subnet[], details: InterfaceDetails = {}): void {
    const [first] = subnets;
    if (first === undefined) return;
    this.checkGroupQuota(first.vpc, details.groupIds ?? []);
    for (const subnet of subnets) {
      this.checkInterfaceQuota(subnet);
      if (freeAddresses(subnet) > 0) continue;
      throw new AwsError(
        'InsufficientFreeAddressesInSubnet',
        `The specified subnet does not have enough free addresses to satisfy the request (${subnet.id}).`,
      );
    }
    this.checkAddressUnits(first.vpc, subnets.length * (details.addressUnits ?? 1));
  }

  /** Throws `AwsError` for more security groups than one interface may bear. */
  checkGroupQuota(vpc: Vpc, groupIds: readonly string[]): void {
    const limit = this.world.quotas.get(vpc, 'securityGroupsPerInterface');
    if (groupIds.length <= limit) return;
    throw limitExceeded('SecurityGroupsPerInterfaceLimitExceeded', 'security groups per interface');
  }

  seedVpc(seed: { vpcId: string; account: string; region: string; cidr?: string; dnsHostnames?: boolean }): void {
    const text = seed.cidr ?? `10.${this.state.vpcCount % 256}.0.0/16`;
    this.addVpc({ id: seed.vpcId, account: seed.account, region: seed.region, cidr: cidrOf(text), tags: new Map() });
    this.seededVpc(seed.vpcId, 'seedVpc').dnsHostnames = seed.dnsHostnames ?? false;
  }

  seedEndpointService(seed: EndpointServiceSeed): void {
    this.services.seed(seed);
  }

  seedSubnet(seed: { subnetId: string; vpcId: string; zone?: string; cidr?: string }): void {
    const vpc = this.seededVpc(seed.vpcId, `subnet ${seed.subnetId}`);
    const cidr = seed.cidr === undefined ? this.freeRange(vpc) : cidrOf(seed.cidr);
    if (!contains(vpc.cidr, cidr)) {
      throw new Error(
        `seedSubnet: ${seed.subnetId} has ${formatCidr(cidr)}, expected a range within ${formatCidr(vpc.cidr)}`,
      );
    }
    this.addSubnet({ id: seed.subnetId, vpc, zone: seed.zone ?? this.nextZone(vpc), cidr, tags: new Map() });
  }

  seedSecurityGroup(seed: { groupId: string; vpcId: string }): void {
    const vpc = this.seededVpc(seed.vpcId, `security group ${seed.groupId}`);
    const name = seed.groupId.replace(/^sg-/, 'group-');
    this.addGroup({ id: seed.groupId, name, description: 'from a fleet file', vpc, tags: new Map() });
  }

  subnetVpc(account: string, region: string, subnetId: string): string | undefined {
    return this.state.scope(account, region).subnets.get(subnetId)?.vpc.id;
  }

  subnetZone(account: string, region: string, subnetId: string): string | undefined {
    return this.state.scope(account, region).subnets.get(subnetId)?.zone;
  }

  hasVpc(account: string, region: string, vpcId: string): boolean {
    const vpc = this.state.vpc(vpcId);
    return vpc?.account === account && vpc.region === region;
  }

  securityGroupVpc(account: string, region: string, groupId: string): string | undefined {
    return this.state.scope(account, region).groups.get(groupId)?.vpc.id;
  }

  /** Adds a VPC with what comes with it: the default security group, the main route table and the default network ACL. */
  addVpc(parts: Pick<Vpc, 'id' | 'account' | 'region' | 'cidr' | 'tags'>): Vpc {
    const vpc: Vpc = {
      ...parts,
      // Defaults of a VPC that is not the account's default VPC (VPC guide, DNS attributes).
      dnsSupport: true,
      dnsHostnames: false,
      addressUsageMetrics: false,
      addressUnits: 0,
    };
    this.state.addVpc(vpc);
    const scope = this.state.scopeOf(vpc);
    const part = (prefix: string, association: string) => ({
      id: this.newId(prefix),
      associationId: this.newId(association),
      vpc,
      tags: new Map<string, string>(),
    });
    const routeTable = part('rtb', 'rtbassoc');
    scope.routeTables.set(routeTable.id, routeTable);
    const networkAcl = part('acl', 'aclassoc');
    scope.networkAcls.set(networkAcl.id, networkAcl);
    const id = this.newId('sg');
    const group = { id, name: 'default', description: 'default VPC security group', vpc, tags: new Map() };
    const added = this.addGroup(group);
    // The default group lets its own members in (VPC guide, default security groups).
    const within = { ...everything, peer: { kind: 'group', value: id, owner: vpc.account } } as const;
    this.addRule({ group: added, egress: false, terms: within, tags: new Map() });
    return vpc;
  }

  /** Adds a subnet with all its addresses free. */
  addSubnet(parts: Pick<Subnet, 'id' | 'vpc' | 'zone' | 'cidr' | 'tags'>): Subnet {
    const subnet: Subnet = {
      ...parts,
      used: new Set(),
      next: parts.cidr.base + reservedAtStart,
      mapPublicIp: false,
      hostnameType: 'ip-name',
      resourceNameDnsARecord: false,
    };
    this.state.addSubnet(subnet);
    return subnet;
  }

  /** Adds a security group, with the rule that a new one has: all traffic may go out. */
  addGroup(parts: Omit<SecurityGroup, 'rules'>): SecurityGroup {
    const group: SecurityGroup = { ...parts, rules: new Map() };
    this.state.addGroup(group);
    this.addRule({ group, egress: true, terms: everything, tags: new Map() });
    return group;
  }

  /** Adds a rule to its group. */
  addRule(parts: Omit<SecurityGroupRule, 'id'>): SecurityGroupRule {
    const rule: SecurityGroupRule = { id: this.newId('sgr'), ...parts };
    this.state.addRule(rule);
    return rule;
  }

  /** A new id with this prefix. */
  newId(prefix: string): string {
    return `${prefix}-${this.world.hex(`ec2-${prefix}`, 17)}`;
  }

  /** The zone that has the fewest of a VPC's subnets. */
  nextZone(vpc: Vpc): string {
    const counts = new Map(zonesOf(vpc.region).map((zone) => [zone.name, 0]));
    for (const subnet of this.subnetsOf(vpc)) counts.set(subnet.zone, (counts.get(subnet.zone) ?? 0) + 1);
    const [first] = [...counts].sort(([, a], [, b]) => a - b);
    return first?.[0] ?? `${vpc.region}a`;
  }

  subnetsOf(vpc: Vpc): readonly Subnet[] {
    return [...this.state.scope(vpc.account, vpc.region).subnets.values()].filter((subnet) => subnet.vpc === vpc);
  }

  private seededVpc(vpcId: string, what: string): Vpc {
    const vpc = this.state.vpc(vpcId);
    if (vpc === undefined) throw new Error(`${what}: its VPC ${vpcId} does not exist; seed the VPC first`);
    return vpc;
  }

  private freeRange(vpc: Vpc): Cidr {
    const taken = this.subnetsOf(vpc).map((subnet) => subnet.cidr);
    const bits = Math.max(20, vpc.cidr.bits);
    const size = 2 ** (32 - bits);
    for (let base = vpc.cidr.base; base < vpc.cidr.base + sizeOf(vpc.cidr); base += size) {
      const candidate = { base, bits };
      if (!taken.some((cidr) => overlaps(cidr, candidate))) return candidate;
    }
    throw new Error(`no free /${bits} is left in VPC ${vpc.id} (${formatCidr(vpc.cidr)}); give the subnet a cidr`);
  }

  private checkInterfaceQuota(subnet: Subnet): void {
    const { account, region } = subnet.vpc;
    const limit = this.world.quotas.get({ account, region }, 'networkInterfaces');
    const inUse = this.state.scopeOf(subnet.vpc).interfacesByZone.get(subnet.zone) ?? 0;
    if (inUse < limit) return;
    throw new AwsError(
      'NetworkInterfaceLimitExceeded',
      `The maximum number of network interfaces has been reached (${limit} in ${subnet.zone}).`,
    );
  }

  private checkAddressUnits(vpc: Vpc, more: number): void {
    const limit = this.world.quotas.get(vpc, 'networkAddressUnits');
    if (vpc.addressUnits + more <= limit) return;
    // The error page names no code of its own for it.
    throw new AwsError(
      'ResourceLimitExceeded',
      `The maximum Network Address Usage of VPC ${vpc.id} has been reached (${limit} units).`,
    );
  }
}

/** A free address of a subnet that has one. */
function takeFree(subnet: Subnet): number {
  const first = subnet.cidr.base + reservedAtStart;
  const last = subnet.cidr.base + sizeOf(subnet.cidr) - 2;
  let address = subnet.next;
  while (subnet.used.has(address)) address = address >= last ? first : address + 1;
  subnet.next = address >= last ? first : address + 1;
  return address;
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`found '${text}', expected an IPv4 range like 10.0.0.0/16`);
  return cidr;
}
