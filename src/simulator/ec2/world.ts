import type { Ec2World, InterfaceDetails, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { Cidr } from './cidr.ts';
import { contains, formatAddress, formatCidr, overlaps, parseCidr, sizeOf } from './cidr.ts';
import { subnetNotFound } from './errors.ts';
import type { Ec2State, NetworkInterface, SecurityGroup, Subnet, Vpc } from './state.ts';
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

  constructor(world: World, state: Ec2State) {
    this.world = world;
    this.state = state;
  }

  allocateAddress(subnetId: string, details: InterfaceDetails = {}): { ip: string; vpcId: string; eniId: string } {
    const subnet = this.state.subnet(subnetId);
    if (subnet === undefined) throw subnetNotFound(subnetId);
    this.checkInterfaceQuota(subnet);
    const address = this.takeFree(subnet);
    const digits = this.world.hex('ec2-mac', 10);
    const eni: NetworkInterface = {
      id: `eni-${this.world.hex('ec2-eni', 17)}`,
      subnet,
      address,
      ip: formatAddress(address),
      mac: `02:${(digits.match(/../g) ?? []).join(':')}`,
      description: details.description ?? '',
      interfaceType: details.interfaceType ?? 'interface',
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

  seedVpc(seed: { vpcId: string; account: string; region: string; cidr?: string }): void {
    const text = seed.cidr ?? `10.${this.state.vpcCount % 256}.0.0/16`;
    this.addVpc({ id: seed.vpcId, account: seed.account, region: seed.region, cidr: cidrOf(text), tags: new Map() });
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
    this.addGroup({
      id: seed.groupId,
      name: seed.groupId.replace(/^sg-/, 'group-'),
      description: 'from a fleet file',
      vpc,
      tags: new Map(),
      ingress: [],
    });
  }

  subnetVpc(account: string, region: string, subnetId: string): string | undefined {
    return this.state.scope(account, region).subnets.get(subnetId)?.vpc.id;
  }

  securityGroupVpc(account: string, region: string, groupId: string): string | undefined {
    return this.state.scope(account, region).groups.get(groupId)?.vpc.id;
  }

  /** Adds a VPC with its default security group. */
  addVpc(vpc: Vpc): void {
    this.state.addVpc(vpc);
    this.addGroup({
      id: `sg-${this.world.hex('ec2-sg', 17)}`,
      name: 'default',
      description: 'default VPC security group',
      vpc,
      tags: new Map(),
      ingress: [],
    });
  }

  /** Adds a subnet with all its addresses free. */
  addSubnet(subnet: Omit<Subnet, 'used' | 'next'>): Subnet {
    const added: Subnet = { ...subnet, used: new Set(), next: subnet.cidr.base + reservedAtStart };
    this.state.addSubnet(added);
    return added;
  }

  addGroup(group: SecurityGroup): void {
    this.state.scope(group.vpc.account, group.vpc.region).groups.set(group.id, group);
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
    const inUse = this.state.scope(account, region).interfacesByZone.get(subnet.zone) ?? 0;
    if (inUse < limit) return;
    throw new AwsError(
      'NetworkInterfaceLimitExceeded',
      `The maximum number of network interfaces has been reached (${limit} in ${subnet.zone}).`,
    );
  }

  private takeFree(subnet: Subnet): number {
    if (freeAddresses(subnet) <= 0) {
      throw new AwsError(
        'InsufficientFreeAddressesInSubnet',
        `The specified subnet does not have enough free addresses to satisfy the request (${subnet.id}).`,
      );
    }
    const first = subnet.cidr.base + reservedAtStart;
    const last = subnet.cidr.base + sizeOf(subnet.cidr) - 2;
    let address = subnet.next;
    while (subnet.used.has(address)) address = address >= last ? first : address + 1;
    subnet.next = address >= last ? first : address + 1;
    return address;
  }
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Error(`found '${text}', expected an IPv4 range like 10.0.0.0/16`);
  return cidr;
}
