import type { Cidr } from './cidr.ts';
import type { VpcEndpoint } from './endpoint-state.ts';
import type { RuleTerms } from './permissions.ts';

/** Tags are kept in the order of their creation. */
export type Tags = Map<string, string>;

export interface Vpc {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly cidr: Cidr;
  readonly tags: Tags;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  addressUsageMetrics: boolean;
  /** Network Address Usage: the units of everything in it. */
  addressUnits: number;
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
  mapPublicIp: boolean;
  hostnameType: 'ip-name' | 'resource-name';
  resourceNameDnsARecord: boolean;
}

/** One rule, as AWS keeps it: one peer each. */
export interface SecurityGroupRule {
  readonly id: string;
  readonly group: SecurityGroup;
  readonly egress: boolean;
  readonly tags: Tags;
  terms: RuleTerms;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpc: Vpc;
  readonly tags: Tags;
  readonly rules: Map<string, SecurityGroupRule>;
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnet: Subnet;
  readonly address: number;
  readonly ip: string;
  readonly mac: string;
  readonly description: string;
  readonly interfaceType: string;
  /** Who asked for it and holds its attachment, where that is a service of AWS. */
  readonly requester: string | undefined;
  readonly units: number;
  readonly tags: Tags;
  groupIds: readonly string[];
}

/** The main route table, or the default network ACL, of a VPC: the only ones that are simulated. */
export interface VpcPart {
  readonly id: string;
  readonly associationId: string;
  readonly vpc: Vpc;
  readonly tags: Tags;
}

/** What one account has in one Region. */
export interface Scope {
  readonly vpcs: Map<string, Vpc>;
  readonly subnets: Map<string, Subnet>;
  readonly groups: Map<string, SecurityGroup>;
  readonly rules: Map<string, SecurityGroupRule>;
  readonly interfaces: Map<string, NetworkInterface>;
  readonly routeTables: Map<string, VpcPart>;
  readonly networkAcls: Map<string, VpcPart>;
  readonly endpoints: Map<string, VpcEndpoint>;
  /** Endpoints, and the requests that made them, by client token. */
  readonly endpointTokens: Map<string, { readonly endpoint: VpcEndpoint; readonly request: string }>;
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
        rules: new Map(),
        interfaces: new Map(),
        routeTables: new Map(),
        networkAcls: new Map(),
        endpoints: new Map(),
        endpointTokens: new Map(),
        interfacesByZone: new Map(),
      };
      this.scopes.set(key, scope);
    }
    return scope;
  }

  /** The scope that something of this VPC belongs to. */
  scopeOf(vpc: Vpc): Scope {
    return this.scope(vpc.account, vpc.region);
  }

  /** All endpoints of all accounts: what the owner of an endpoint service sees of its consumers. */
  *allEndpoints(): Iterable<VpcEndpoint> {
    for (const scope of this.scopes.values()) yield* scope.endpoints.values();
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
    this.scopeOf(vpc).vpcs.set(vpc.id, vpc);
  }

  /** Removes a VPC with what came with it. */
  removeVpc(vpc: Vpc): void {
    const scope = this.scopeOf(vpc);
    this.vpcsById.delete(vpc.id);
    scope.vpcs.delete(vpc.id);
    for (const parts of [scope.routeTables, scope.networkAcls]) {
      for (const part of parts.values()) if (part.vpc === vpc) parts.delete(part.id);
    }
    for (const group of scope.groups.values()) if (group.vpc === vpc) this.removeGroup(group);
  }

  addSubnet(subnet: Subnet): void {
    this.subnetsById.set(subnet.id, subnet);
    this.scopeOf(subnet.vpc).subnets.set(subnet.id, subnet);
  }

  removeSubnet(subnet: Subnet): void {
    this.subnetsById.delete(subnet.id);
    this.scopeOf(subnet.vpc).subnets.delete(subnet.id);
  }

  addGroup(group: SecurityGroup): void {
    const scope = this.scopeOf(group.vpc);
    scope.groups.set(group.id, group);
    for (const rule of group.rules.values()) scope.rules.set(rule.id, rule);
  }

  removeGroup(group: SecurityGroup): void {
    const scope = this.scopeOf(group.vpc);
    scope.groups.delete(group.id);
    for (const id of group.rules.keys()) scope.rules.delete(id);
  }

  addRule(rule: SecurityGroupRule): void {
    rule.group.rules.set(rule.id, rule);
    this.scopeOf(rule.group.vpc).rules.set(rule.id, rule);
  }

  removeRule(rule: SecurityGroupRule): void {
    rule.group.rules.delete(rule.id);
    this.scopeOf(rule.group.vpc).rules.delete(rule.id);
  }

  addInterface(eni: NetworkInterface): void {
    const { subnet } = eni;
    const scope = this.scopeOf(subnet.vpc);
    subnet.used.add(eni.address);
    subnet.vpc.addressUnits += eni.units;
    scope.interfaces.set(eni.id, eni);
    scope.interfacesByZone.set(subnet.zone, (scope.interfacesByZone.get(subnet.zone) ?? 0) + 1);
    this.interfacesByAddress.set(`${subnet.vpc.id}/${eni.ip}`, eni);
  }

  removeInterface(eni: NetworkInterface): void {
    const { subnet } = eni;
    const scope = this.scopeOf(subnet.vpc);
    subnet.used.delete(eni.address);
    subnet.vpc.addressUnits -= eni.units;
    scope.interfaces.delete(eni.id);
    scope.interfacesByZone.set(subnet.zone, (scope.interfacesByZone.get(subnet.zone) ?? 1) - 1);
    this.interfacesByAddress.delete(`${subnet.vpc.id}/${eni.ip}`);
  }
}
