import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createSimulatedAws } from '../../src/simulator/index.ts';
import { AwsError } from '../../src/simulator/kernel.ts';
import { clientsOf } from './support/clients.ts';
import { HandClock } from './support/clock.ts';

const account = '111111111111';
const region = 'us-east-1';

function setUp(options: { throttle?: boolean } = {}) {
  const world = createSimulatedAws({ clock: new HandClock(), throttle: false, ...options });
  world.ec2.seedVpc({ vpcId: 'vpc-1', account, region });
  world.ec2.seedSubnet({ subnetId: 'subnet-a', vpcId: 'vpc-1' });
  world.ec2.seedSubnet({ subnetId: 'subnet-b', vpcId: 'vpc-1' });
  world.ec2.seedSecurityGroup({ groupId: 'sg-1', vpcId: 'vpc-1' });
  const { ec2 } = clientsOf(world);
  const free = async (id: string) =>
    (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0]?.AvailableIpAddressCount;
  return { world, ec2, free };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof AwsError ? error.code : String(error);
  }
  return 'none';
}

describe('addresses', () => {
  it('of a /20 are 4,091; interfaces take and give them back', async () => {
    const { world, ec2, free } = setUp();
    expect(await free('subnet-a')).toBe(4_091);
    const details = { description: 'a task', groupIds: ['sg-1'] };
    const one = world.ec2.allocateAddress('subnet-a', details);
    const two = world.ec2.allocateAddress('subnet-a');
    expect(one.vpcId).toBe('vpc-1');
    expect(one.ip).not.toBe(two.ip);
    expect(await free('subnet-a')).toBe(4_089);
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: ['sg-1'] }] }),
    );
    expect(NetworkInterfaces).toEqual([
      expect.objectContaining({
        NetworkInterfaceId: one.eniId,
        PrivateIpAddress: one.ip,
        SubnetId: 'subnet-a',
        Description: 'a task',
        Status: 'in-use',
      }),
    ]);
    world.ec2.releaseAddress('vpc-1', one.ip);
    world.ec2.releaseAddress('vpc-1', one.ip);
    expect(await free('subnet-a')).toBe(4_090);
  });

  it('run out, and are used again once released', () => {
    const { world } = setUp();
    world.ec2.seedSubnet({ subnetId: 'subnet-small', vpcId: 'vpc-1', cidr: '10.0.255.240/28' });
    const taken = Array.from({ length: 11 }, () => world.ec2.allocateAddress('subnet-small').ip);
    expect(new Set(taken).size).toBe(11);
    expect(taken[0]).toBe('10.0.255.244');
    expect(taken[10]).toBe('10.0.255.254');
    expect(codeOf(() => world.ec2.allocateAddress('subnet-small'))).toBe('InsufficientFreeAddressesInSubnet');
    world.ec2.releaseAddress('vpc-1', '10.0.255.247');
    expect(world.ec2.allocateAddress('subnet-small').ip).toBe('10.0.255.247');
    expect(codeOf(() => world.ec2.allocateAddress('subnet-none'))).toBe('InvalidSubnetID.NotFound');
  });

  it('stop at the quota of interfaces, which holds for each zone', () => {
    const { world } = setUp();
    world.quotas.set({ account, region }, 'networkInterfaces', 2);
    world.ec2.allocateAddress('subnet-a');
    world.ec2.allocateAddress('subnet-a');
    expect(codeOf(() => world.ec2.allocateAddress('subnet-a'))).toBe('NetworkInterfaceLimitExceeded');
    expect(world.ec2.allocateAddress('subnet-b').vpcId).toBe('vpc-1');
  });
});

describe('VPCs and subnets', () => {
  it('are made, found and removed', async () => {
    const { ec2 } = setUp();
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'team', Value: 'blue' }] }];
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16', TagSpecifications }));
    expect(Vpc).toMatchObject({ CidrBlock: '10.9.0.0/16', State: 'available', Tags: [{ Key: 'team', Value: 'blue' }] });
    const VpcId = Vpc?.VpcId ?? '';
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.9.1.0/24', AvailabilityZone: 'us-east-1c' }),
    );
    expect(Subnet).toMatchObject({ AvailabilityZone: 'us-east-1c', AvailableIpAddressCount: 251 });
    await expect(ec2.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({ name: 'DependencyViolation' });
    await ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
    });
  });

  it.each([
    ['a VPC that does not exist', { VpcId: 'vpc-9', CidrBlock: '10.0.64.0/20' }, 'InvalidVpcID.NotFound'],
    ['a range outside the VPC', { VpcId: 'vpc-1', CidrBlock: '10.200.0.0/20' }, 'InvalidSubnet.Range'],
    ['a range that is too small', { VpcId: 'vpc-1', CidrBlock: '10.0.64.0/29' }, 'InvalidSubnet.Range'],
    ['a range that is taken', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' }, 'InvalidSubnet.Conflict'],
    ['text that is no range', { VpcId: 'vpc-1', CidrBlock: '10.0.0/24' }, 'InvalidParameterValue'],
    [
      'a zone that does not exist',
      { VpcId: 'vpc-1', CidrBlock: '10.0.64.0/20', AvailabilityZone: 'us-east-1z' },
      'InvalidParameterValue',
    ],
  ])('refuse %s', async (_what, input, name) => {
    const { ec2 } = setUp();
    await expect(ec2.send(new CreateSubnetCommand(input))).rejects.toMatchObject({ name });
  });

  it('belong to their account and Region', async () => {
    const { world } = setUp();
    for (const changes of [{ accessKeyId: '222222222222' }, { region: 'eu-west-1' }]) {
      const { ec2 } = clientsOf(world, changes);
      expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
      await expect(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-a'] }))).rejects.toMatchObject({
        name: 'InvalidSubnetID.NotFound',
      });
    }
    expect(world.ec2.subnetVpc(account, region, 'subnet-a')).toBe('vpc-1');
    expect(world.ec2.subnetVpc('222222222222', region, 'subnet-a')).toBeUndefined();
    expect(world.ec2.securityGroupVpc(account, region, 'sg-1')).toBe('vpc-1');
  });

  it('lie in different zones', async () => {
    const { ec2 } = setUp();
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    expect(new Set(Subnets?.map((subnet) => subnet.AvailabilityZone)).size).toBe(2);
    const { AvailabilityZones } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map((zone) => zone.ZoneId)).toEqual(['use1-az1', 'use1-az2', 'use1-az3']);
  });

  it('are filtered by values with wildcards and by tags, and listed in pages', async () => {
    const { world, ec2 } = setUp();
    for (let i = 0; i < 6; i++) world.ec2.seedSubnet({ subnetId: `subnet-x${i}`, vpcId: 'vpc-1' });
    await ec2.send(new CreateTagsCommand({ Resources: ['subnet-a'], Tags: [{ Key: 'role', Value: 'web' }] }));
    const ids = async (Filters: { Name: string; Values: string[] }[]) =>
      (await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets?.map((subnet) => subnet.SubnetId);
    expect(await ids([{ Name: 'subnet-id', Values: ['subnet-x?'] }])).toHaveLength(6);
    expect(await ids([{ Name: 'tag:role', Values: ['w*'] }])).toEqual(['subnet-a']);
    expect(await ids([{ Name: 'tag-key', Values: ['role'] }])).toEqual(['subnet-a']);
    expect(
      await ids([
        { Name: 'subnet-id', Values: ['subnet-*'] },
        { Name: 'tag:role', Values: ['api'] },
      ]),
    ).toEqual([]);
    expect(await ids([{ Name: 'vpc-id', Values: ['vpc.1'] }])).toEqual([]);
    await expect(ids([{ Name: 'colour', Values: ['red'] }])).rejects.toMatchObject({ name: 'InvalidParameterValue' });

    const first = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5 }));
    expect(first.Subnets).toHaveLength(5);
    const second = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect(second.Subnets).toHaveLength(3);
    expect(second.NextToken).toBeUndefined();
  });

  it('do nothing on a dry run', async () => {
    const { ec2 } = setUp();
    await expect(ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16', DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
});

describe('security groups', () => {
  it('are made, opened, shown and removed', async () => {
    const { ec2 } = setUp();
    const input = { GroupName: 'tasks', Description: 'of tenants', VpcId: 'vpc-1' };
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(input));
    await expect(ec2.send(new CreateSecurityGroupCommand(input))).rejects.toMatchObject({
      name: 'InvalidGroup.Duplicate',
    });
    const rule = {
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: 'sg-1' }] }],
    };
    const { SecurityGroupRules } = await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
    expect(SecurityGroupRules).toHaveLength(1);
    await expect(ec2.send(new AuthorizeSecurityGroupIngressCommand(rule))).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
    });
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpProtocol: 'tcp',
        FromPort: 8080,
        ToPort: 8080,
        CidrIp: '10.0.0.0/8',
      }),
    );
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId ?? ''] }));
    expect(SecurityGroups?.[0]?.IpPermissions).toEqual([
      expect.objectContaining({
        FromPort: 8080,
        IpRanges: [{ CidrIp: '10.0.0.0/8' }],
        UserIdGroupPairs: [{ GroupId: 'sg-1' }],
      }),
    ]);
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }))).rejects.toMatchObject({
      name: 'DependencyViolation',
    });
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }));
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }))).rejects.toMatchObject({
      name: 'InvalidGroup.NotFound',
    });
  });

  it('are kept while an interface bears them, and the default one always', async () => {
    const { world, ec2 } = setUp();
    const { ip } = world.ec2.allocateAddress('subnet-a', { groupIds: ['sg-1'] });
    const remove = (GroupId: string | undefined) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    await expect(remove('sg-1')).rejects.toMatchObject({ name: 'DependencyViolation' });
    world.ec2.releaseAddress('vpc-1', ip);
    await remove('sg-1');
    const named = await ec2.send(new DescribeSecurityGroupsCommand({ GroupNames: ['default'] }));
    await expect(remove(named.SecurityGroups?.[0]?.GroupId)).rejects.toMatchObject({ name: 'CannotDelete' });
  });
});

describe('tags', () => {
  it('are set, listed and removed, all or none', async () => {
    const { ec2 } = setUp();
    const Tags = [{ Key: 'a', Value: '1' }];
    await expect(
      ec2.send(new CreateTagsCommand({ Resources: ['subnet-a', 'subnet-none'], Tags })),
    ).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await ec2.send(new CreateTagsCommand({ Resources: ['subnet-a', 'vpc-1'], Tags }));
    const list = async () =>
      (await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['a'] }] }))).Tags;
    expect(await list()).toEqual([
      { ResourceId: 'vpc-1', ResourceType: 'vpc', Key: 'a', Value: '1' },
      { ResourceId: 'subnet-a', ResourceType: 'subnet', Key: 'a', Value: '1' },
    ]);
    await ec2.send(new DeleteTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a', Value: 'other' }] }));
    expect(await list()).toHaveLength(2);
    await ec2.send(new DeleteTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a' }] }));
    expect(await list()).toHaveLength(1);
    await expect(
      ec2.send(new CreateTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'aws:x', Value: '' }] })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('throttling', () => {
  it('has a bucket for each action, and a smaller one for unfiltered lists', () => {
    const { world } = setUp({ throttle: true });
    const granted = (operation: string, input: object): number => {
      for (let count = 0; ; count++) {
        try {
          world.call({ accessKeyId: account, region, service: 'ec2', operation, input });
        } catch (error) {
          expect(error).toMatchObject({ code: 'RequestLimitExceeded', details: { status: 503 } });
          return count;
        }
      }
    };
    const Filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];
    expect(granted('DescribeSecurityGroups', {})).toBe(50);
    expect(granted('DescribeSecurityGroups', { Filters })).toBe(100);
    expect(granted('DescribeSubnets', {})).toBe(100);
    expect(granted('CreateTags', { Resources: ['vpc-1'], Tags: [] })).toBe(100);
  });
});
