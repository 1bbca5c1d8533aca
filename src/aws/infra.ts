/** Whether the things that an infra group is made of exist and fit together, and what others need to know of them. */
import { CallError } from '../model/errors.ts';
import type { CellAccess, Elb, Freshness } from './ports.ts';

/** What of an InfraGroup record this looks at. */
export interface InfraGroupConfig {
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly taskSecurityGroupIds: readonly string[];
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
}

export interface InfraGroupFacts extends InfraGroupConfig {
  /** Lower-case, without `dualstack.` and trailing dot. */
  readonly dnsName: string;
  readonly canonicalHostedZoneId: string;
  readonly dualstack: boolean;
}

export type InfraGroupReading =
  | { readonly ready: true; readonly facts: InfraGroupFacts }
  /** `reason` is CamelCase, for conditions. */
  | { readonly ready: false; readonly reason: string; readonly message: string };

/** Thrown and caught in this file only: something is certainly not as the record says. */
class NotReady extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Reads one infra group. Throws `CallError` when AWS could not tell. */
export async function readInfraGroup(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<InfraGroupReading> {
  try {
    const loadBalancer = await readLoadBalancer(access, group, freshness);
    await Promise.all([
      checkListener(access, group, freshness),
      checkNetwork(access, group, freshness),
      checkSecurityGroups(access, group, freshness),
    ]);
    return { ready: true, facts: { ...group, ...loadBalancer } };
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    return { ready: false, reason: error.reason, message: error.message };
  }
}

type LoadBalancerFacts = Pick<InfraGroupFacts, 'dnsName' | 'canonicalHostedZoneId' | 'dualstack'>;

async function readLoadBalancer(
  access: CellAccess,
  group: InfraGroupConfig,
  freshness: Freshness,
): Promise<LoadBalancerFacts> {
  const arn = group.loadBalancerArn;
  const found = await access.views.loadBalancer(arn, freshness);
  if (found === undefined) throw new NotReady('LoadBalancerMissing', `load balancer ${arn} does not exist`);
  checkLoadBalancer(found, group);
  const { DNSName, CanonicalHostedZoneId } = found;
  if (DNSName === undefined || CanonicalHostedZoneId === undefined) {
    throw new NotReady('LoadBalancerNotActive', `load balancer ${arn} has no DNS name yet`);
  }
  return {
    dnsName: DNSName.toLowerCase()
      .replace(/^dualstack\./, '')
      .replace(/\.$/, ''),
    canonicalHostedZoneId: CanonicalHostedZoneId,
    dualstack: found.IpAddressType?.startsWith('dualstack') ?? false,
  };
}

function checkLoadBalancer(found: Elb.LoadBalancer, group: InfraGroupConfig): void {
  const arn = group.loadBalancerArn;
  if (found.Type !== undefined && found.Type !== 'application') {
    throw new NotReady('LoadBalancerUnsuitable', `load balancer ${arn} is of type ${found.Type}; expected application`);
  }
  if (found.VpcId !== group.vpcId) {
    throw new NotReady(
      'LoadBalancerUnsuitable',
      `load balancer ${arn} is in VPC ${found.VpcId ?? '(none)'}; the record says ${group.vpcId}`,
    );
  }
  // An impaired one routes, though it may lack nodes: what stands behind it goes on being looked after.
  const state = found.State?.Code;
  if (state !== 'active' && state !== 'active_impaired') {
    throw new NotReady(
      'LoadBalancerNotActive',
      `load balancer ${arn} is ${state ?? 'of unknown state'}; expected active`,
    );
  }
}

async function checkListener(access: CellAccess, group: InfraGroupConfig, freshness: Freshness): Promise<void> {
  const { listenerArn, loadBalancerArn } = group;
  const found = await whenFound('ListenerMissing', `listener ${listenerArn} does not exist`, () =>
    access.views.once(`${listenerArn}#listener`, freshness, async () => {
      const { Listeners } = await access.elb.describeListeners({ ListenerArns: [listenerArn] });
      return Listeners?.find(({ ListenerArn }) => ListenerArn === listenerArn);
    }),
  );
  if (found.LoadBalancerArn !== loadBalancerArn) {
    throw new NotReady(
      'ListenerUnsuitable',
      `listener ${listenerArn} belongs to ${found.LoadBalancerArn ?? '(none)'}; the record says ${loadBalancerArn}`,
    );
  }
}

async function checkNetwork(access: CellAccess, group: InfraGroupConfig, freshness: Freshness): Promise<void> {
  const { vpcId } = group;
  await whenFound('VpcMissing', `VPC ${vpcId} does not exist`, () =>
    access.views.once(`vpc/${vpcId}`, freshness, async () => {
      const { Vpcs } = await access.ec2.describeVpcs({ VpcIds: [vpcId] });
      return Vpcs?.find(({ VpcId }) => VpcId === vpcId);
    }),
  );
  await Promise.all(
    group.subnetIds.map(async (id) => {
      const subnet = await whenFound('SubnetMissing', `subnet ${id} does not exist`, () =>
        access.views.once(`subnet-exists/${id}`, freshness, async () => {
          const { Subnets } = await access.ec2.describeSubnets({ SubnetIds: [id] });
          return Subnets?.find(({ SubnetId }) => SubnetId === id);
        }),
      );
      if (subnet.VpcId === vpcId) return;
      throw new NotReady(
        'SubnetUnsuitable',
        `subnet ${id} is in VPC ${subnet.VpcId ?? '(none)'}; the record says ${vpcId}`,
      );
    }),
  );
}

async function checkSecurityGroups(access: CellAccess, group: InfraGroupConfig, freshness: Freshness): Promise<void> {
  await Promise.all(
    group.taskSecurityGroupIds.map(async (id) => {
      const found = await whenFound('SecurityGroupMissing', `security group ${id} does not exist`, () =>
        access.views.once(`security-group/${id}`, freshness, async () => {
          const { SecurityGroups } = await access.ec2.describeSecurityGroups({ GroupIds: [id] });
          return SecurityGroups?.find(({ GroupId }) => GroupId === id);
        }),
      );
      if (found.VpcId === group.vpcId) return;
      throw new NotReady(
        'SecurityGroupUnsuitable',
        `security group ${id} is in VPC ${found.VpcId ?? '(none)'}; the record says ${group.vpcId}`,
      );
    }),
  );
}

/** What `read` finds. Only AWS's precise not-found, or its refusal of the id's form, counts as missing. */
async function whenFound<T>(reason: string, message: string, read: () => Promise<T | undefined>): Promise<T> {
  try {
    const found = await read();
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof CallError) || (error.class !== 'not_found' && error.class !== 'invalid')) throw error;
    throw new NotReady(reason, error.class === 'invalid' ? `${message}: ${error.message}` : message);
  }
  throw new NotReady(reason, message);
}
