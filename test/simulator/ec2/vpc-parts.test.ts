import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  type VpcAttributeName,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, codeOf, region, type SetUp, setUp } from './fixture.ts';

async function newVpc({ ec2 }: SetUp): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.50.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

describe('what comes with a VPC', () => {
  const of = (VpcId: string) => [{ Name: 'vpc-id', Values: [VpcId] }];

  it('is a main route table, a default network ACL and a default security group, which go with it', async () => {
    const f = setUp();
    const { ec2 } = f;
    const VpcId = await newVpc(f);
    const Filters = of(VpcId);
    const all = async () => ({
      tables: (await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables,
      acls: (await ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls,
      groups: (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups,
    });
    const { tables, acls, groups } = await all();
    expect(tables).toMatchObject([
      { VpcId, Associations: [{ Main: true }], Routes: [{ DestinationCidrBlock: '10.50.0.0/16', GatewayId: 'local' }] },
    ]);
    expect(acls).toMatchObject([{ VpcId, IsDefault: true }]);
    expect(acls?.[0]?.Entries?.map((entry) => [entry.Egress, entry.RuleAction, entry.RuleNumber])).toEqual([
      [true, 'allow', 100],
      [true, 'deny', 32_767],
      [false, 'allow', 100],
      [false, 'deny', 32_767],
    ]);
    expect(groups).toMatchObject([
      {
        GroupName: 'default',
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: groups?.[0]?.GroupId, UserId: account }] }],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ]);
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    expect(await all()).toEqual({ tables: [], acls: [], groups: [] });
  });

  it('finds main tables and default ACLs by what Terraform asks for', async () => {
    const { ec2 } = setUp();
    const tables = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.main', Values: ['true'] }, ...of('vpc-1')] }),
    );
    const acls = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name: 'default', Values: ['true'] }, ...of('vpc-1')] }),
    );
    expect(tables.RouteTables).toHaveLength(1);
    expect(acls.NetworkAcls?.[0]?.Associations?.map((association) => association.SubnetId)).toEqual([
      'subnet-a',
      'subnet-b',
    ]);
  });
});

describe('attributes', () => {
  it('of a new VPC are DNS support without hostnames, and are changed one at a time', async () => {
    const { ec2 } = setUp();
    const VpcId = 'vpc-1';
    const value = async (Attribute: VpcAttributeName) => {
      const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
      return (answer.EnableDnsSupport ?? answer.EnableDnsHostnames ?? answer.EnableNetworkAddressUsageMetrics)?.Value;
    };
    const values = async () => [
      await value('enableDnsSupport'),
      await value('enableDnsHostnames'),
      await value('enableNetworkAddressUsageMetrics'),
    ];
    expect(await values()).toEqual([true, false, false]);
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableNetworkAddressUsageMetrics: { Value: true } }));
    expect(await values()).toEqual([true, true, true]);
    const both = { VpcId, EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } };
    await expect(ec2.send(new ModifyVpcAttributeCommand(both))).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    await expect(value('enableMagic' as VpcAttributeName)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('of a VPC: hostnames need DNS support', async () => {
    const { ec2 } = setUp();
    const modify = (input: object) => ec2.send(new ModifyVpcAttributeCommand({ VpcId: 'vpc-1', ...input }));
    await modify({ EnableDnsSupport: { Value: false } });
    await expect(modify({ EnableDnsHostnames: { Value: true } })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(modify({})).rejects.toMatchObject({ name: 'MissingParameter' });
  });

  it('of a subnet are changed one at a time, and never to IPv6', async () => {
    const { ec2 } = setUp();
    const modify = (input: object) => ec2.send(new ModifySubnetAttributeCommand({ SubnetId: 'subnet-a', ...input }));
    await modify({ MapPublicIpOnLaunch: { Value: true } });
    await modify({ PrivateDnsHostnameTypeOnLaunch: 'resource-name' });
    await modify({ EnableResourceNameDnsARecordOnLaunch: { Value: true } });
    await modify({ AssignIpv6AddressOnCreation: { Value: false } });
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-a'] }));
    expect(Subnets).toMatchObject([
      {
        MapPublicIpOnLaunch: true,
        AssignIpv6AddressOnCreation: false,
        PrivateDnsNameOptionsOnLaunch: { HostnameType: 'resource-name', EnableResourceNameDnsARecord: true },
      },
    ]);
    await expect(modify({ EnableDns64: { Value: true } })).rejects.toMatchObject({ name: 'UnsupportedOperation' });
    await expect(modify({ PrivateDnsHostnameTypeOnLaunch: 'any-name' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(modify({ MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: false } })).rejects.toMatchObject(
      { name: 'InvalidParameterCombination' },
    );
  });

  it('of an account say that it has no default VPC, and how many groups an interface may bear', async () => {
    const { world, ec2 } = setUp();
    world.quotas.set({ account, region }, 'securityGroupsPerInterface', 7);
    const get = async (AttributeNames?: string[]) =>
      (await ec2.send(new DescribeAccountAttributesCommand({ AttributeNames: AttributeNames as never })))
        .AccountAttributes;
    expect(await get(['default-vpc', 'vpc-max-security-groups-per-interface'])).toEqual([
      { AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] },
      { AttributeName: 'vpc-max-security-groups-per-interface', AttributeValues: [{ AttributeValue: '7' }] },
    ]);
    expect(await get()).toHaveLength(6);
    await expect(get(['shoe-size'])).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('quotas', () => {
  it('of VPCs are 5 in a Region', async () => {
    const f = setUp();
    for (let i = 0; i < 4; i++) await newVpc(f);
    await expect(newVpc(f)).rejects.toMatchObject({ name: 'VpcLimitExceeded' });
    f.world.quotas.set({ account, region }, 'vpcs', 6);
    expect(await newVpc(f)).toMatch(/^vpc-[0-9a-f]{17}$/);
  });

  it('of subnets are 200 in a VPC', async () => {
    const { world, ec2 } = setUp();
    world.quotas.set({ account, region }, 'subnetsPerVpc', 3);
    const create = (block: number) =>
      ec2.send(new CreateSubnetCommand({ VpcId: 'vpc-1', CidrBlock: `10.0.${block}.0/24` }));
    await create(100);
    await expect(create(101)).rejects.toMatchObject({ name: 'SubnetLimitExceeded' });
  });

  it('of Network Address Usage count each interface once, and an endpoint in a zone six times', () => {
    const { world } = setUp();
    world.quotas.set({ account, region }, 'networkAddressUnits', 8);
    world.ec2.allocateAddress('subnet-a');
    world.ec2.allocateAddress('subnet-a', { addressUnits: 6 });
    const { ip } = world.ec2.allocateAddress('subnet-b');
    expect(codeOf(() => world.ec2.allocateAddress('subnet-b'))).toBe('ResourceLimitExceeded');
    world.ec2.releaseAddress('vpc-1', ip);
    expect(codeOf(() => world.ec2.allocateAddress('subnet-b'))).toBe('none');
  });
});

describe('order of removal', () => {
  it('keeps a subnet while it has an interface, and a VPC while it has a subnet', async () => {
    const { world, ec2 } = setUp();
    const { ip } = world.ec2.allocateAddress('subnet-a');
    const violation = { name: 'DependencyViolation' };
    await expect(ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' }))).rejects.toMatchObject(violation);
    world.ec2.releaseAddress('vpc-1', ip);
    await ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' }));
    await expect(ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-1' }))).rejects.toMatchObject(violation);
  });

  it('keeps a VPC while it has a security group of its own', async () => {
    const { ec2 } = setUp();
    for (const SubnetId of ['subnet-a', 'subnet-b']) await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    await expect(ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-1' }))).rejects.toMatchObject({
      name: 'DependencyViolation',
    });
  });
});

describe('what is not simulated', () => {
  it('of a VPC or a subnet is refused: IPv6, dedicated tenancy', async () => {
    const { ec2 } = setUp();
    const CidrBlock = '10.60.0.0/16';
    const refusals = [
      new CreateVpcCommand({ CidrBlock, AmazonProvidedIpv6CidrBlock: true }),
      new CreateVpcCommand({ CidrBlock, InstanceTenancy: 'dedicated' }),
      new CreateVpcCommand({ CidrBlock, Ipv4NetmaskLength: 16 }),
    ].map((command) => expect(ec2.send(command)).rejects.toMatchObject({ name: 'UnsupportedOperation' }));
    await Promise.all(refusals);
    await expect(
      ec2.send(new CreateSubnetCommand({ VpcId: 'vpc-1', CidrBlock: '10.0.99.0/24', Ipv6Native: true })),
    ).rejects.toMatchObject({ name: 'UnsupportedOperation' });
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
});

describe('ids', () => {
  it('that cannot name anything are malformed, others are not found', async () => {
    const { ec2 } = setUp();
    await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: ['my-vpc'] }))).rejects.toMatchObject({
      name: 'InvalidVpcID.Malformed',
      message: 'Invalid id: "my-vpc" (expecting "vpc-...")',
    });
    await expect(ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-none'] }))).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
    });
    await expect(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['vpc-1'] }))).rejects.toMatchObject({
      name: 'InvalidSubnetID.Malformed',
    });
    await expect(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['tasks'] }))).rejects.toMatchObject({
      name: 'InvalidGroupId.Malformed',
    });
  });
});
