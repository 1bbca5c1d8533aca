import { DescribeCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DescribeListenersCommand, DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { QuotaDefinition } from '../../src/model/quota-codes.ts';
import { quotaDefinitions } from '../../src/model/quota-codes.ts';
import type { FleetCell, FleetInfraGroup, FleetSeed, FleetTier } from '../../src/simulator/fleet.ts';
import { seedFleet } from '../../src/simulator/fleet.ts';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

const region = 'eu-west-1';
const cellAccount = '222222222222';
const dnsAccount = '333333333333';

function tier(name: string, changes: Partial<FleetTier> = {}): FleetTier {
  const zone = { id: 'Z0FLEET', roleArn: `arn:aws:iam::${dnsAccount}:role/dns`, externalId: 'dns-id' };
  return { name, domain: `${name}.example.com`, zone, ...changes };
}

function cell(name: string, changes: Partial<FleetCell> = {}): FleetCell {
  const roles = {
    observe: `arn:aws:iam::${cellAccount}:role/${name}-observe`,
    apply: `arn:aws:iam::${cellAccount}:role/${name}-apply`,
  };
  return { name, tier: 'standard', accountId: cellAccount, region, roles, externalId: 'cell-id', ...changes };
}

function group(name: string, changes: Partial<FleetInfraGroup> = {}): FleetInfraGroup {
  const balancer = `app/${name}/0123456789abcdef`;
  const prefix = `arn:aws:elasticloadbalancing:${region}:${cellAccount}`;
  return {
    name,
    cell: 'one',
    vpcId: 'vpc-1',
    subnetIds: [`subnet-${name}-a`, `subnet-${name}-b`],
    loadBalancerArn: `${prefix}:loadbalancer/${balancer}`,
    listenerArn: `${prefix}:listener/${balancer}/fedcba9876543210`,
    taskSecurityGroupIds: ['sg-tasks'],
    ...changes,
  };
}

const fleet: FleetSeed = {
  tiers: [tier('standard'), tier('premium')],
  cells: [cell('one', { quotas: { targetGroups: 500 } })],
  infraGroups: [group('g1', { quotas: { rules: 120 } }), group('g2', { quotas: { rules: 80, targets: 400 } })],
};

function setUp(seed: FleetSeed = fleet) {
  const world = createSimulatedAws({ clock: new HandClock(), throttle: false, latencyFactor: 0 });
  seedFleet(world, seed);
  const inCell = clientsOf(world, { accessKeyId: cellAccount, region });
  return { world, inCell };
}

describe('a seeded fleet', () => {
  it('has its networks: one VPC, subnets in distinct zones, its security groups', async () => {
    const { inCell } = setUp();
    expect((await inCell.ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map((vpc) => vpc.VpcId)).toEqual(['vpc-1']);
    const { Subnets = [] } = await inCell.ec2.send(new DescribeSubnetsCommand({}));
    expect(Subnets).toHaveLength(4);
    for (const name of ['g1', 'g2']) {
      const own = Subnets.filter((subnet) => subnet.SubnetId?.startsWith(`subnet-${name}-`));
      expect(new Set(own.map((subnet) => subnet.AvailabilityZone)).size).toBe(2);
      // A /20, less the load balancer's node.
      expect(own.map((subnet) => subnet.AvailableIpAddressCount)).toEqual([4_090, 4_090]);
    }
    const found = await inCell.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-tasks'] }));
    expect(found.SecurityGroups?.[0]?.VpcId).toBe('vpc-1');
  });

  it('has its load balancers and listeners, which answer 404', async () => {
    const { inCell } = setUp();
    const { LoadBalancers } = await inCell.elbv2.send(new DescribeLoadBalancersCommand({}));
    expect(LoadBalancers?.map((balancer) => balancer.LoadBalancerArn).sort()).toEqual(
      [group('g1').loadBalancerArn, group('g2').loadBalancerArn].sort(),
    );
    const { Listeners } = await inCell.elbv2.send(
      new DescribeListenersCommand({ LoadBalancerArn: group('g1').loadBalancerArn }),
    );
    expect(Listeners).toEqual([
      expect.objectContaining({
        ListenerArn: group('g1').listenerArn,
        DefaultActions: [
          expect.objectContaining({
            Type: 'fixed-response',
            FixedResponseConfig: expect.objectContaining({ StatusCode: '404' }),
          }),
        ],
      }),
    ]);
  });

  it('has a certificate for each listener, which covers the names of its tier', async () => {
    const { inCell } = setUp();
    const { CertificateSummaryList } = await inCell.acm.send(new ListCertificatesCommand({}));
    expect(CertificateSummaryList).toHaveLength(2);
    const ListenerArns = [group('g1').listenerArn];
    const { Listeners } = await inCell.elbv2.send(new DescribeListenersCommand({ ListenerArns }));
    const { CertificateArn } = Listeners?.[0]?.Certificates?.[0] ?? {};
    const { Certificate } = await inCell.acm.send(new DescribeCertificateCommand({ CertificateArn }));
    expect(Certificate).toMatchObject({
      Status: 'ISSUED',
      SubjectAlternativeNames: ['standard.example.com', '*.standard.example.com'],
      InUseBy: [group('g1').loadBalancerArn],
    });
  });

  it('has its zone, under the name that the tiers share, in the account of its role', async () => {
    const { world } = setUp();
    const { route53 } = clientsOf(world, { accessKeyId: dnsAccount });
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: 'Z0FLEET' }));
    expect(HostedZone?.Name).toBe('example.com.');
  });

  it('has its roles, which trust the controller’s account with the external id', async () => {
    const { world } = setUp();
    const { sts } = clientsOf(world, { accessKeyId: 'AKIA' });
    const assume = (RoleArn: string, ExternalId: string) =>
      sts.send(new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName: 'controller' }));
    await assume(`arn:aws:iam::${cellAccount}:role/one-observe`, 'cell-id');
    await assume(`arn:aws:iam::${cellAccount}:role/one-apply`, 'cell-id');
    await assume(`arn:aws:iam::${dnsAccount}:role/dns`, 'dns-id');
    await expect(assume(`arn:aws:iam::${cellAccount}:role/one-apply`, 'dns-id')).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('has the quotas of its records, 4,000 Fargate vCPU, and else AWS’s defaults', async () => {
    const { inCell } = setUp();
    const value = async (quota: QuotaDefinition) => {
      const command = new GetServiceQuotaCommand({ ServiceCode: quota.serviceCode, QuotaCode: quota.quotaCode });
      return (await inCell['service-quotas'].send(command)).Quota?.Value;
    };
    expect(await value(quotaDefinitions.fargateVcpu)).toBe(4_000);
    expect(await value(quotaDefinitions.targetGroupsPerRegion)).toBe(500);
    expect(await value(quotaDefinitions.rulesPerLoadBalancer)).toBe(120);
    expect(await value(quotaDefinitions.targetsPerLoadBalancer)).toBe(400);
    expect(await value(quotaDefinitions.networkInterfaces)).toBe(5_000);
    expect(await value(quotaDefinitions.ecsClusters)).toBe(10_000);
  });

  it.each<[string, Partial<FleetSeed>, string]>([
    ['a group of no cell', { infraGroups: [group('g1', { cell: 'none' })] }, "InfraGroup g1: cell is 'none'"],
    [
      'a load balancer in another account',
      {
        infraGroups: [
          group('g1', { loadBalancerArn: group('g1').loadBalancerArn.replace(cellAccount, '999999999999') }),
        ],
      },
      'InfraGroup g1: loadBalancerArn is',
    ],
    [
      'a listener of another load balancer',
      { infraGroups: [group('g1', { listenerArn: group('g2').listenerArn })] },
      'InfraGroup g1: listenerArn is',
    ],
    [
      'a role in another account',
      { cells: [cell('one', { roles: { apply: 'arn:aws:iam::999999999999:role/x' } })] },
      'Cell one: roles.apply is',
    ],
    [
      'one zone in two accounts',
      {
        tiers: [
          tier('standard'),
          tier('premium', { zone: { id: '/hostedzone/Z0FLEET', roleArn: 'arn:aws:iam::999999999999:role/dns' } }),
        ],
      },
      'Tier premium: zone.roleArn is',
    ],
    [
      'domains of one zone that share nothing',
      { tiers: [tier('standard'), tier('premium', { domain: 'premium.example.org' })] },
      "Tier premium: domain is 'premium.example.org'",
    ],
    [
      'one VPC for two Regions',
      {
        cells: [cell('one'), cell('two', { region: 'us-east-1' })],
        infraGroups: [
          group('g1'),
          group('g2', {
            cell: 'two',
            loadBalancerArn: group('g2').loadBalancerArn.replace(region, 'us-east-1'),
            listenerArn: group('g2').listenerArn.replace(region, 'us-east-1'),
          }),
        ],
      },
      "InfraGroup g2: vpcId is 'vpc-1'",
    ],
  ])('is refused with %s, by record and field', (_what, changes, message) => {
    expect(() => setUp({ ...fleet, ...changes })).toThrow(message);
  });
});
