/** What the things that an infra group is made of are like: facts, by part. What follows from them is the readiness gate's to say (controller/infra-group). */
import { CallError } from '../model/errors.ts';
import { type CertificateFact, readCertificates } from './certificates.ts';
import type { CellAccess, Ec2, Elb, Freshness } from './ports.ts';

/** What of an InfraGroup record this looks at. */
export interface InfraGroupConfig {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly taskSecurityGroupIds: readonly string[];
  readonly endpointSecurityGroupIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
}

export interface InfraGroupFacts extends InfraGroupConfig {
  /** Lower-case, without `dualstack.` and trailing dot. */
  readonly dnsName: string;
  readonly canonicalHostedZoneId: string;
  readonly dualstack: boolean;
}

/** Something that is certainly not as the record says. `reason` is CamelCase, for conditions. */
export interface Finding {
  readonly reason: string;
  readonly message: string;
}

export interface ListenerFacts {
  /** HTTP or HTTPS. */
  readonly protocol: string;
  /** What becomes of requests that no rule takes, in words; undefined: the fixed answer 404, as it should be. */
  readonly otherDefault: string | undefined;
  /** Of a listener that speaks HTTPS, the default one first. */
  readonly certificates: readonly CertificateFact[];
}

export interface InfraGroupReading {
  /** What tenants are built by; undefined where load balancer or listener are not what the record says: then nothing can be worked on. */
  readonly facts: InfraGroupFacts | undefined;
  readonly network: readonly Finding[];
  /** Zones of the subnets, as far as they were found. */
  readonly zones: Readonly<Record<string, string>>;
  readonly loadBalancer: Finding | undefined;
  readonly listener: Finding | ListenerFacts;
}

/** Reads one infra group. Throws `CallError` when AWS could not tell; certificates that could not be read say so themselves. */
export async function readInfraGroup(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<InfraGroupReading> {
  const [loadBalancer, listener, network] = await Promise.all([
    readLoadBalancer(access, group, freshness),
    readListener(access, group, freshness),
    readNetwork(access, group, freshness),
  ]);
  const whole = loadBalancer.facts !== undefined && !isFinding(listener);
  return {
    facts: whole ? { ...group, ...loadBalancer.facts } : undefined,
    network: network.findings,
    zones: network.zones,
    loadBalancer: loadBalancer.finding,
    listener,
  };
}

/** Tells what is wrong from what was read. */
export function isFinding(part: object): part is Finding {
  return 'reason' in part;
}

interface LoadBalancerReading {
  readonly facts?: Pick<InfraGroupFacts, 'dnsName' | 'canonicalHostedZoneId' | 'dualstack'>;
  readonly finding?: Finding;
}

async function readLoadBalancer(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<LoadBalancerReading> {
  const arn = group.loadBalancerArn;
  const found = await access.views.loadBalancer(arn, freshness);
  if (found === undefined) {
    return { finding: { reason: 'LoadBalancerMissing', message: `load balancer ${arn} does not exist` } };
  }
  const fault = loadBalancerFault(found, group);
  if (fault !== undefined) return { finding: fault };
  const { DNSName, CanonicalHostedZoneId } = found;
  const state = found.State?.Code;
  const notActive = (message: string): Finding => ({ reason: 'LoadBalancerNotActive', message });
  if (DNSName === undefined || CanonicalHostedZoneId === undefined) {
    return { finding: notActive(`load balancer ${arn} has no DNS name yet`) };
  }
  const facts = {
    dnsName: DNSName.toLowerCase()
      .replace(/^dualstack\./, '')
      .replace(/\.$/, ''),
    canonicalHostedZoneId: CanonicalHostedZoneId,
    dualstack: found.IpAddressType?.startsWith('dualstack') ?? false,
  };
  if (state === 'active') return { facts };
  const finding = notActive(`load balancer ${arn} is ${state ?? 'of unknown state'}; expected active`);
  // An impaired one routes, though it may lack nodes: what stands behind it goes on being looked after.
  return state === 'active_impaired' ? { facts, finding } : { finding };
}

function loadBalancerFault(found: Elb.LoadBalancer, group: InfraGroupConfig): Finding | undefined {
  const arn = group.loadBalancerArn;
  const unsuitable = (message: string): Finding => ({ reason: 'LoadBalancerUnsuitable', message });
  if (found.Type !== undefined && found.Type !== 'application') {
    return unsuitable(`load balancer ${arn} is of type ${found.Type}; expected application`);
  }
  if (found.VpcId === group.vpcId) return undefined;
  return unsuitable(`load balancer ${arn} is in VPC ${found.VpcId ?? '(none)'}; the record says ${group.vpcId}`);
}

async function readListener(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<ListenerFacts | Finding> {
  const { listenerArn, loadBalancerArn } = group;
  const found = await whenFound('ListenerMissing', `listener ${listenerArn} does not exist`, () =>
    access.views.once(`${listenerArn}#listener`, freshness, async () => {
      const { Listeners } = await access.elb.describeListeners({ ListenerArns: [listenerArn] });
      return Listeners?.find(({ ListenerArn }) => ListenerArn === listenerArn);
    }),
  );
  if (isFinding(found)) return found;
  if (found.LoadBalancerArn !== loadBalancerArn) {
    const message = `listener ${listenerArn} belongs to ${found.LoadBalancerArn ?? '(none)'}; the record says ${loadBalancerArn}`;
    return { reason: 'ListenerUnsuitable', message };
  }
  const protocol = found.Protocol ?? 'HTTP';
  return {
    protocol,
    otherDefault: otherDefault(found.DefaultActions ?? []),
    certificates: protocol === 'HTTPS' ? await readCertificates(access, found, freshness) : [],
  };
}

/** What the default action does instead of the fixed answer 404; undefined where that is what it does. */
function otherDefault(actions: readonly Elb.Action[]): string | undefined {
  const [action, ...more] = actions;
  if (action === undefined) return 'nothing';
  if (more.length > 0) return `${actions.map(({ Type }) => Type).join(', then ')}`;
  if (action.Type !== 'fixed-response') return action.Type ?? 'an unknown action';
  const status = action.FixedResponseConfig?.StatusCode;
  return status === '404' ? undefined : `the fixed answer ${status ?? '(none)'}`;
}

async function readNetwork(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<{ findings: readonly Finding[]; zones: Readonly<Record<string, string>> }> {
  const { vpcId } = group;
  const securityGroups = [...new Set([...group.taskSecurityGroupIds, ...group.endpointSecurityGroupIds])];
  const [vpc, subnets, groups] = await Promise.all([
    whenFound('VpcMissing', `VPC ${vpcId} does not exist`, () =>
      access.views.once(`vpc/${vpcId}`, freshness, async () => {
        const { Vpcs } = await access.ec2.describeVpcs({ VpcIds: [vpcId] });
        return Vpcs?.find(({ VpcId }) => VpcId === vpcId);
      }),
    ),
    Promise.all(group.subnetIds.map((id) => readSubnet(access, vpcId, id, freshness))),
    Promise.all(securityGroups.map((id) => readSecurityGroup(access, vpcId, id, freshness))),
  ]);
  const known = subnets.flatMap((subnet) => (isFinding(subnet) ? [] : [subnet]));
  return {
    findings: [vpc, ...subnets, ...groups].filter((part) => isFinding(part)),
    zones: Object.fromEntries(known.map(({ SubnetId = '', AvailabilityZone = '' }) => [SubnetId, AvailabilityZone])),
  };
}

async function readSubnet(
  access: CellAccess,
  vpcId: string,
  id: string,
  freshness: Freshness,
): Promise<Ec2.Subnet | Finding> {
  const subnet = await whenFound('SubnetMissing', `subnet ${id} does not exist`, () =>
    access.views.once(`subnet-exists/${id}`, freshness, async () => {
      const { Subnets } = await access.ec2.describeSubnets({ SubnetIds: [id] });
      return Subnets?.find(({ SubnetId }) => SubnetId === id);
    }),
  );
  if (isFinding(subnet) || subnet.VpcId === vpcId) return subnet;
  const message = `subnet ${id} is in VPC ${subnet.VpcId ?? '(none)'}; the record says ${vpcId}`;
  return { reason: 'SubnetUnsuitable', message };
}

async function readSecurityGroup(
  access: CellAccess,
  vpcId: string,
  id: string,
  freshness: Freshness,
): Promise<Ec2.SecurityGroup | Finding> {
  const found = await whenFound('SecurityGroupMissing', `security group ${id} does not exist`, () =>
    access.views.once(`security-group/${id}`, freshness, async () => {
      const { SecurityGroups } = await access.ec2.describeSecurityGroups({ GroupIds: [id] });
      return SecurityGroups?.find(({ GroupId }) => GroupId === id);
    }),
  );
  if (isFinding(found) || found.VpcId === vpcId) return found;
  const message = `security group ${id} is in VPC ${found.VpcId ?? '(none)'}; the record says ${vpcId}`;
  return { reason: 'SecurityGroupUnsuitable', message };
}

/** What `read` finds. Only AWS's precise not-found, or its refusal of the id's form, counts as missing. */
async function whenFound<T extends object>(
  reason: string,
  message: string,
  read: () => Promise<T | undefined>,
): Promise<T | Finding> {
  try {
    return (await read()) ?? { reason, message };
  } catch (error) {
    if (!(error instanceof CallError) || (error.class !== 'not_found' && error.class !== 'invalid')) throw error;
    return { reason, message: error.class === 'invalid' ? `${message}: ${error.message}` : message };
  }
}
