import {
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, region, setUp } from './fixture.ts';

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
    const { world, ec2Of } = setUp();
    for (const changes of [{ accessKeyId: '222222222222' }, { region: 'eu-west-1' }]) {
      const ec2 = ec2Of(changes);
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
