/** Makes the AWS side of a fleet: the accounts, roles, zones, networks and load balancers that its records name. */

import { createHash } from 'node:crypto';
import { zonesOf } from './ec2/zones.ts';
import { homeAccount } from './identity.ts';
import type { World } from './kernel.ts';
import type { QuotaName } from './quotas/definitions.ts';

/** What is read of a Tier record. */
export interface FleetTier {
  readonly name: string;
  readonly domain: string;
  readonly zone: {
    readonly id: string;
    readonly roleArn?: string | undefined;
    readonly externalId?: string | undefined;
  };
  readonly dependencies?: readonly { readonly name: string; readonly serviceName: string }[] | undefined;
}

/** What is read of a Cell record. */
export interface FleetCell {
  readonly name: string;
  readonly tier: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: {
    readonly observe?: string | undefined;
    readonly apply: string;
    readonly reap?: string | undefined;
  };
  readonly externalId?: string | undefined;
  readonly quotas?:
    | {
        readonly fargateVcpu?: number | undefined;
        readonly targetGroups?: number | undefined;
        readonly networkInterfaces?: number | undefined;
        readonly clusters?: number | undefined;
      }
    | undefined;
}

/** What is read of an InfraGroup record. */
export interface FleetInfraGroup {
  readonly name: string;
  readonly cell: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly taskSecurityGroupIds: readonly string[];
  readonly endpointSecurityGroupIds?: readonly string[] | undefined;
  readonly quotas?:
    | {
        readonly targetGroups?: number | undefined;
        readonly rules?: number | undefined;
        readonly targets?: number | undefined;
      }
    | undefined;
}

export interface FleetSeed {
  readonly tiers: readonly FleetTier[];
  readonly cells: readonly FleetCell[];
  readonly infraGroups: readonly FleetInfraGroup[];
}

/** AWS gives a new account 6 Fargate vCPU, with which no fleet could start; a fleet's cells begin with what an account in use has. */
export const fleetFargateVcpu = 4_000;

/**
 * Makes everything that the records name, in accounts of their own. Roles trust account 000000000000.
 * Throws `Error` naming the record and field where records contradict each other.
 */
export function seedFleet(world: World, fleet: FleetSeed): void {
  seedZones(world, fleet.tiers);
  seedServices(world, fleet.tiers);
  const cells = new Map(fleet.cells.map((cell) => [cell.name, cell]));
  for (const cell of fleet.cells) seedCell(world, cell);
  const tiers = new Map(fleet.tiers.map((tier) => [tier.name, tier]));
  const seeded: Seeded = { vpcs: new Map(), subnets: new Set(), groups: new Set(), zones: new Map() };
  for (const group of fleet.infraGroups) {
    const cell = cells.get(group.cell);
    if (cell === undefined) throw wrong(`InfraGroup ${group.name}`, 'cell', group.cell, 'the name of a Cell record');
    seedInfraGroup(world, group, cell, seeded);
    seedListener(world, group, cell, tiers.get(cell.tier));
  }
  seedQuotas(world, fleet);
}

/** Applies the quotas that the records give; by itself, for records that changed. */
export function seedQuotas(world: World, fleet: Pick<FleetSeed, 'cells' | 'infraGroups'>): void {
  for (const cell of fleet.cells) {
    const { quotas = {} } = cell;
    raise(world, cell, 'fargateVcpu', quotas.fargateVcpu ?? fleetFargateVcpu);
    raise(world, cell, 'targetGroupsPerRegion', quotas.targetGroups);
    raise(world, cell, 'networkInterfaces', quotas.networkInterfaces);
    raise(world, cell, 'ecsClusters', quotas.clusters);
  }
  seedGroupQuotas(world, fleet.infraGroups, new Map(fleet.cells.map((cell) => [cell.name, cell])));
}

/** The account that owns the services which tiers depend upon. */
const servicesAccount = '888888888888';

/**
 * The endpoint services that tiers depend upon, as far as they are no service of AWS: each is open to all, and has a DNS name of its own. Throws
 * `Error` for a name that no service could have.
 */
function seedServices(world: World, tiers: readonly FleetTier[]): void {
  const named = new Map(
    tiers.flatMap(({ dependencies = [] }) => dependencies.map((one) => [one.serviceName, one.name])),
  );
  for (const [serviceName, name] of named) {
    if (!serviceName.startsWith('com.amazonaws.vpce.')) continue;
    const privateDnsName = `${name}.services.internal`;
    world.ec2.seedEndpointService({ serviceName, account: servicesAccount, acceptanceRequired: false, privateDnsName });
  }
}

function wrong(record: string, field: string, found: string, expected: string): Error {
  return new Error(`${record}: ${field} is '${found}', expected ${expected}`);
}

function accountOfRole(record: string, field: string, arn: string): string {
  const account = /^arn:aws:iam::(\d{12}):role\/.+$/.exec(arn)?.[1];
  if (account === undefined) throw wrong(record, field, arn, 'a role like arn:aws:iam::111111111111:role/name');
  return account;
}

/** Several tiers may share a zone; its name is then what their domains have in common. */
function seedZones(world: World, tiers: readonly FleetTier[]): void {
  const zones = new Map<string, { name: string; account: string; tier: string }>();
  for (const tier of tiers) {
    const id = tier.zone.id.replace(/^\/?hostedzone\//, '');
    const { roleArn } = tier.zone;
    const account = roleArn === undefined ? homeAccount : accountOfRole(`Tier ${tier.name}`, 'zone.roleArn', roleArn);
    const known = zones.get(id);
    if (known !== undefined && known.account !== account) {
      const expected = `a role of account ${known.account}, as tier ${known.tier} has for the same zone`;
      throw wrong(`Tier ${tier.name}`, 'zone.roleArn', roleArn ?? '(none)', expected);
    }
    const name = known === undefined ? tier.domain : commonDomain(known.name, tier.domain);
    if (name === '')
      throw wrong(`Tier ${tier.name}`, 'domain', tier.domain, `a name in the zone of tier ${known?.tier}`);
    zones.set(id, { name, account, tier: known?.tier ?? tier.name });
    if (roleArn !== undefined) seedRole(world, roleArn, tier.zone.externalId);
  }
  for (const [id, { name, account }] of zones) world.route53.seedZone({ id, name, account });
}

function commonDomain(a: string, b: string): string {
  const first = a.split('.').reverse();
  const second = b.split('.').reverse();
  let shared = 0;
  while (shared < first.length && first[shared] === second[shared]) shared += 1;
  return first.slice(0, shared).reverse().join('.');
}

function seedRole(world: World, arn: string, externalId: string | undefined): void {
  world.sts.seedRole({ arn, trustedAccount: homeAccount, ...(externalId === undefined ? {} : { externalId }) });
}

function seedCell(world: World, cell: FleetCell): void {
  const record = `Cell ${cell.name}`;
  for (const [field, arn] of Object.entries(cell.roles)) {
    if (arn === undefined) continue;
    if (accountOfRole(record, `roles.${field}`, arn) !== cell.accountId) {
      throw wrong(record, `roles.${field}`, arn, `a role of the cell's account ${cell.accountId}`);
    }
    seedRole(world, arn, cell.externalId);
  }
}

function raise(world: World, cell: FleetCell, quota: QuotaName, value: number | undefined): void {
  if (value === undefined) return;
  world.quotas.set({ account: cell.accountId, region: cell.region }, quota, value);
}

/** What earlier groups made: groups of one cell may share a VPC, its subnets and its security groups. */
interface Seeded {
  /** The cell that each VPC belongs to. */
  readonly vpcs: Map<string, FleetCell>;
  readonly subnets: Set<string>;
  readonly groups: Set<string>;
  /** How many subnets each VPC has so far. */
  readonly zones: Map<string, number>;
}

function seedInfraGroup(world: World, group: FleetInfraGroup, cell: FleetCell, seeded: Seeded): void {
  const record = `InfraGroup ${group.name}`;
  seedNetwork(world, group, cell, seeded);
  const { loadBalancerArn, listenerArn, vpcId, subnetIds } = group;
  const prefix = `arn:aws:elasticloadbalancing:${cell.region}:${cell.accountId}:`;
  if (!loadBalancerArn.startsWith(`${prefix}loadbalancer/app/`)) {
    throw wrong(record, 'loadBalancerArn', loadBalancerArn, `an Application Load Balancer's ARN that begins ${prefix}`);
  }
  if (!listenerArn.startsWith(loadBalancerArn.replace(':loadbalancer/', ':listener/'))) {
    throw wrong(record, 'listenerArn', listenerArn, `a listener of ${loadBalancerArn}`);
  }
  const albGroupId = `sg-alb-${group.name}`;
  world.ec2.seedSecurityGroup({ groupId: albGroupId, vpcId });
  world.elb.seedLoadBalancer({ arn: loadBalancerArn, vpcId, subnetIds, securityGroupIds: [albGroupId] });
  // Each subnet holds at least one node of the load balancer (documented); more come with load, which is not simulated.
  const description = `ELB ${loadBalancerArn.slice(loadBalancerArn.indexOf('app/'))}`;
  for (const subnetId of subnetIds) {
    world.ec2.allocateAddress(subnetId, { description, groupIds: [albGroupId], requester: 'amazon-elb' });
  }
}

/** The listener, with a certificate of its own for the names of its tier: the domain, and all that is one level beneath. */
function seedListener(
  world: World,
  { listenerArn: arn, loadBalancerArn }: FleetInfraGroup,
  cell: FleetCell,
  tier: FleetTier | undefined,
): void {
  if (tier === undefined) {
    world.elb.seedListener({ arn, loadBalancerArn });
    return;
  }
  const digits = createHash('sha256').update(arn).digest('hex').slice(0, 32);
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const certificateArn = `arn:aws:acm:${cell.region}:${cell.accountId}:certificate/${id}`;
  world.acm.seedCertificate({ arn: certificateArn, names: [tier.domain, `*.${tier.domain}`] });
  world.elb.seedListener({ arn, loadBalancerArn, certificateArn });
}

function seedNetwork(world: World, group: FleetInfraGroup, cell: FleetCell, seeded: Seeded): void {
  const { vpcId } = group;
  const owner = seeded.vpcs.get(vpcId);
  if (owner !== undefined && (owner.accountId !== cell.accountId || owner.region !== cell.region)) {
    throw wrong(`InfraGroup ${group.name}`, 'vpcId', vpcId, `a VPC of its own: that one is cell ${owner.name}'s`);
  }
  if (owner === undefined) {
    world.ec2.seedVpc({ vpcId, account: cell.accountId, region: cell.region, dnsHostnames: true });
    seeded.vpcs.set(vpcId, cell);
  }
  const zones = zonesOf(cell.region);
  for (const subnetId of group.subnetIds) {
    if (seeded.subnets.has(subnetId)) continue;
    const count = seeded.zones.get(vpcId) ?? 0;
    const zone = zones[count % zones.length]?.name;
    world.ec2.seedSubnet({ subnetId, vpcId, ...(zone === undefined ? {} : { zone }) });
    seeded.subnets.add(subnetId);
    seeded.zones.set(vpcId, count + 1);
  }
  for (const groupId of [...group.taskSecurityGroupIds, ...(group.endpointSecurityGroupIds ?? [])]) {
    if (seeded.groups.has(groupId)) continue;
    world.ec2.seedSecurityGroup({ groupId, vpcId });
    seeded.groups.add(groupId);
  }
}

/** Load balancers' quotas are an account's, records have them for each group: the account gets the largest. */
function seedGroupQuotas(
  world: World,
  groups: readonly FleetInfraGroup[],
  cells: ReadonlyMap<string, FleetCell>,
): void {
  for (const cell of cells.values()) {
    const quotas = groups
      .filter((group) => isSameScope(cells.get(group.cell), cell))
      .flatMap((group) => (group.quotas === undefined ? [] : [group.quotas]));
    raise(world, cell, 'targetGroupsPerLoadBalancer', largest(quotas.map((quota) => quota.targetGroups)));
    raise(world, cell, 'rulesPerLoadBalancer', largest(quotas.map((quota) => quota.rules)));
    raise(world, cell, 'targetsPerLoadBalancer', largest(quotas.map((quota) => quota.targets)));
  }
}

function isSameScope(a: FleetCell | undefined, b: FleetCell): boolean {
  return a !== undefined && a.accountId === b.accountId && a.region === b.region;
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const given = values.filter((value) => value !== undefined);
  return given.length === 0 ? undefined : Math.max(...given);
}
