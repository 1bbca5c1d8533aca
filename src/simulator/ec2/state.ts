import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Cidr } from './cidr.ts';

/** Tags are kept in the order of their creation. */
export type Tags = Map<string, string>;

export interface Vpc {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly cidr: Cidr;
  readonly tags: Tags;
}

export interface Subnet {
  readonly id: string;
  readonly vpc: Vpc;
  readonly zone: string;
  readonly cidr: Cidr;
  readonly tags: Tags;
  /** Addresses in use, as numbers. */
  readonly used: Set<number>;
  /** Where the search for a free address goes on, so that a released one rests before it is used again. */
  next: number;
}

export interface SecurityGroupRule {
  readonly id: string;
  readonly permission: IpPermission;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpc: Vpc;
  readonly tags: Tags;
  readonly ingress: SecurityGroupRule[];
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnet: Subnet;
  readonly address: number;
  readonly ip: string;
  readonly mac: string;
  readonly description: string;
  readonly interfaceType: string;
  readonly groupIds: readonly string[];
  readonly tags: Tags;
}

/** What one account has in one Region. */
export interface Scope {
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly groups: Map<string, SecurityGroup>;
  readonly interfaces: Map<string, NetworkInterface>;
  /** Interfaces by zone: their quota is enforced for each zone, despite its name (VPC quotas). */
  readonly interfacesByZone: Map<string, number>;
}

/** Everything of all accounts. Ids are unique over all of them, as AWS's are. */
export class Ec2State {
  private readonly scopes = new Map<string, Scope>();
  private readonly subnetsById = new Map<string, Subnet>();
  private readonly vpcsById = new Map<string, Vpc>();
  /** By `vpcId/ip`. */
  private readonly interfacesByAddress = new Map<string, NetworkInterface>();

  /** How many VPCs there are in all; gives each seeded one a range of its own. */
  get vpcCount(): number {
    return this.vpcsById.size;
  }

  scope(account: string, region: string): Scope {
    const key = `${account}/${region}`;
    let scope = this.scopes.get(key);
    if (scope === undefined) {
      scope = {
        vpcs: new Map(),
        subnets: new Map(),
        groups: new Map(),
        interfaces: new Map(),
        interfacesByZone: new Map(),
      };
      this.scopes.set(key, scope);
    }
    return scope;
  }

  vpc(id: string): Vpc | undefined {
    return this.vpcsById.get(id);
  }

  subnet(id: string): Subnet | undefined {
    return this.subnetsById.get(id);
  }

  interfaceAt(vpcId: string, ip: string): NetworkInterface | undefined {
    return this.interfacesByAddress.get(`${vpcId}/${ip}`);
  }

  addVpc(vpc: Vpc): void {
    this.vpcsById.set(vpc.id, vpc);
    this.scope(vpc.account, vpc.region).vpcs.set(vpc.id, vpc);
  }

  removeVpc(vpc: Vpc): void {
    this.vpcsById.delete(vpc.id);
    this.scope(vpc.account, vpc.region).vpcs.delete(vpc.id);
  }

  addSubnet(subnet: Subnet): void {
    this.subnetsById.set(subnet.id, subnet);
    this.scope(subnet.vpc.account, subnet.vpc.region).subnets.set(subnet.id, subnet);
  }

  removeSubnet(subnet: Subnet): void {
    this.subnetsById.delete(subnet.id);
    this.scope(subnet.vpc.account, subnet.vpc.region).subnets.delete(subnet.id);
  }

  addInterface(eni: NetworkInterface): void {
    const { subnet } = eni;
    const scope = this.scope(subnet.vpc.account, subnet.vpc.region);
    subnet.used.add(eni.address);
    scope.interfaces.set(eni.id, eni);
    scope.interfacesByZone.set(subnet.zone, (scope.interfacesByZone.get(subnet.zone) ?? 0) + 1);
    this.interfacesByAddress.set(`${subnet.vpc.id}/${eni.ip}`, eni);
  }

  removeInterface(eni: NetworkInterface): void {
    const { subnet } = eni;
    const scope = this.scope(subnet.vpc.account, subnet.vpc.region);
    subnet.used.delete(eni.address);
    scope.interfaces.delete(eni.id);
    scope.interfacesByZone.set(subnet.zone, (scope.interfacesByZone.get(subnet.zone) ?? 1) - 1);
    this.interfacesByAddress.delete(`${subnet.vpc.id}/${eni.ip}`);
  }
}
