import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, region, setUp } from './fixture.ts';

const GroupId = 'sg-1';

function withRules(options: Parameters<typeof setUp>[0] = {}) {
  const f = setUp(options);
  const { ec2 } = f;
  const allow = async (IpPermissions: IpPermission[]): Promise<readonly SecurityGroupRule[]> =>
    (await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))).SecurityGroupRules ?? [];
  const permissions = async () =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups?.[0];
  return { ...f, allow, permissions };
}

const tcp = (port: number, CidrIp: string): IpPermission => {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] };
};

describe('rules of a security group', () => {
  it('let everything out of a new one, until that is revoked', async () => {
    const { ec2, permissions } = withRules();
    expect(await permissions()).toMatchObject({
      IpPermissions: [],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [all] }));
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '10.0.0.2/32' }] }],
      }),
    );
    expect((await permissions())?.IpPermissionsEgress).toMatchObject([{ IpProtocol: 'udp', FromPort: 53 }]);
  });

  it('are one for each source, stored in canonical form, and shown by protocol and ports', async () => {
    const { allow, permissions } = withRules();
    const rules = await allow([
      {
        IpProtocol: '6',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: '100.68.0.18/18', Description: 'them' }, { CidrIp: '10.0.0.0/8' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0:0::1/32' }],
      },
    ]);
    expect(rules.map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6)).toEqual([
      '100.68.0.0/18',
      '10.0.0.0/8',
      '2001:db8::/32',
    ]);
    expect((await permissions())?.IpPermissions).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [{ CidrIp: '100.68.0.0/18', Description: 'them' }, { CidrIp: '10.0.0.0/8' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      },
    ]);
  });

  it('have no ports for all protocols', async () => {
    const { allow } = withRules();
    const [rule] = await allow([{ IpProtocol: '-1', FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]);
    expect(rule).toMatchObject({ IpProtocol: '-1', FromPort: -1, ToPort: -1 });
  });

  it.each([
    ['an unknown protocol', { IpProtocol: 'smoke', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, 'InvalidParameterValue'],
    ['no ports with TCP', { IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, 'InvalidParameterValue'],
    [
      'ports upside down',
      { IpProtocol: 'tcp', FromPort: 9, ToPort: 8, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      'InvalidParameterValue',
    ],
    ['a range that is none', tcp(80, '10.0.0/8'), 'InvalidParameterValue'],
    ['no source', { IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }, 'MissingParameter'],
    [
      'a group that does not exist',
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-none' }] },
      'InvalidGroup.NotFound',
    ],
    [
      'a group of another VPC',
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-other' }] },
      'InvalidGroup.NotFound',
    ],
    [
      'a prefix list that does not exist',
      { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-none' }] },
      'InvalidPrefixListID.NotFound',
    ],
    [
      'a peering connection',
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, VpcPeeringConnectionId: 'pcx-1' }] },
      'UnsupportedOperation',
    ],
  ])('are refused with %s', async (_what, permission, name) => {
    const { world, allow, permissions } = withRules();
    world.ec2.seedVpc({ vpcId: 'vpc-2', account, region });
    world.ec2.seedSecurityGroup({ groupId: 'sg-other', vpcId: 'vpc-2' });
    await expect(allow([tcp(22, '10.0.0.0/8'), permission])).rejects.toMatchObject({ name });
    expect((await permissions())?.IpPermissions).toEqual([]);
  });

  it('are not made twice, whatever their descriptions', async () => {
    const { allow } = withRules();
    await allow([tcp(80, '10.0.0.0/8')]);
    const again = { ...tcp(80, '10.0.0.0/8'), IpRanges: [{ CidrIp: '10.1.0.0/8', Description: 'again' }] };
    await expect(allow([again])).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
      message: 'the specified rule "peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW" already exists',
    });
    await expect(allow([tcp(81, '10.0.0.0/8'), tcp(81, '10.0.0.0/8')])).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('are revoked by their ids or by what they say, all or none', async () => {
    const { ec2, allow, permissions } = withRules();
    const [first] = await allow([tcp(80, '10.0.0.0/8'), tcp(81, '10.0.0.0/8')]);
    const revoke = (input: object) => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, ...input }));
    const missing = tcp(82, '10.0.0.0/8');
    await expect(revoke({ IpPermissions: [tcp(81, '10.0.0.0/8'), missing] })).rejects.toMatchObject({
      name: 'InvalidPermission.NotFound',
    });
    await expect(revoke({ SecurityGroupRuleIds: ['sgr-none'] })).rejects.toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
    });
    const SecurityGroupRuleIds = [first?.SecurityGroupRuleId ?? ''];
    await expect(revoke({ SecurityGroupRuleIds, IpPermissions: [missing] })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    expect(await revoke({ SecurityGroupRuleIds })).toMatchObject({
      Return: true,
      RevokedSecurityGroupRules: [{ FromPort: 80, CidrIpv4: '10.0.0.0/8', IsEgress: false }],
    });
    await revoke({ IpProtocol: 'tcp', FromPort: 81, ToPort: 81, CidrIp: '10.0.0.0/8' });
    expect((await permissions())?.IpPermissions).toEqual([]);
  });

  it('are listed by group and id, with tags of their own', async () => {
    const { ec2 } = withRules();
    const TagSpecifications = [
      { ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'team', Value: 'blue' }] },
    ];
    const { SecurityGroupRules: made } = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
        TagSpecifications,
      }),
    );
    const id = made?.[0]?.SecurityGroupRuleId ?? '';
    const list = async (input: object) =>
      (await ec2.send(new DescribeSecurityGroupRulesCommand(input))).SecurityGroupRules;
    const rule = {
      SecurityGroupRuleId: id,
      IsEgress: false,
      ReferencedGroupInfo: { GroupId, UserId: account },
      SecurityGroupRuleArn: `arn:aws:ec2:us-east-1:111111111111:security-group-rule/${id}`,
      Tags: [{ Key: 'team', Value: 'blue' }],
    };
    expect(await list({ SecurityGroupRuleIds: [id] })).toMatchObject([rule]);
    expect(await list({ Filters: [{ Name: 'group-id', Values: [GroupId] }] })).toHaveLength(2);
    await expect(list({ SecurityGroupRuleIds: ['sgr-none'] })).rejects.toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
    });
  });

  it('are changed in place, and never into one that is there', async () => {
    const { ec2, allow, permissions } = withRules();
    const [rule] = await allow([tcp(80, '10.0.0.0/8'), tcp(81, '10.0.0.0/8')]);
    const modify = (SecurityGroupRuleId: string, port: number) =>
      ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId,
              SecurityGroupRule: { IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv4: '10.0.0.0/8' },
            },
          ],
        }),
      );
    const id = rule?.SecurityGroupRuleId ?? '';
    await modify(id, 90);
    expect((await permissions())?.IpPermissions?.map((permission) => permission.FromPort)).toEqual([90, 81]);
    await expect(modify(id, 81)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await expect(modify('sgr-none', 91)).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
  });

  it('are described anew, by id or by what they say', async () => {
    const { ec2, allow, permissions } = withRules();
    const [rule] = await allow([tcp(80, '10.0.0.0/8'), tcp(81, '10.0.0.0/8')]);
    const describe = (input: object) =>
      ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, ...input }));
    await describe({
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId, Description: 'first' }],
    });
    const said = { ...tcp(81, '10.0.0.0/8'), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'second' }] };
    await describe({ IpPermissions: [said] });
    expect((await permissions())?.IpPermissions?.map((permission) => permission.IpRanges?.[0]?.Description)).toEqual([
      'first',
      'second',
    ]);
    await describe({ IpPermissions: [tcp(81, '10.0.0.0/8')] });
    expect((await permissions())?.IpPermissions?.[1]?.IpRanges).toEqual([{ CidrIp: '10.0.0.0/8' }]);
    await expect(describe({ IpPermissions: [tcp(82, '10.0.0.0/8')] })).rejects.toMatchObject({
      name: 'InvalidPermission.NotFound',
    });
    await expect(describe({})).rejects.toMatchObject({ name: 'MissingParameter' });
  });

  it('are 60 in each direction, for IPv4 and IPv6 each', async () => {
    const { allow } = withRules();
    const ranges = (count: number): IpPermission => ({
      IpProtocol: '-1',
      IpRanges: Array.from({ length: count }, (_unused, i) => ({ CidrIp: `10.${i}.0.0/16` })),
    });
    await expect(allow([ranges(61)])).rejects.toMatchObject({ name: 'RulesPerSecurityGroupLimitExceeded' });
    expect(await allow([ranges(60)])).toHaveLength(60);
    expect(await allow([{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }])).toHaveLength(1);
    await expect(allow([{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }])).rejects.toMatchObject({
      name: 'RulesPerSecurityGroupLimitExceeded',
    });
  });
});

describe('names of security groups', () => {
  it('are unique in a VPC without regard to case, and begin with anything but sg-', async () => {
    const { ec2 } = withRules();
    const create = (GroupName: string) =>
      ec2.send(new CreateSecurityGroupCommand({ VpcId: 'vpc-1', GroupName, Description: 'of tenants' }));
    await create('Tasks');
    await expect(create('tasks')).rejects.toMatchObject({ name: 'InvalidGroup.Duplicate' });
    await expect(create('sg-tasks')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(create('tenant ünal')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(create('x'.repeat(256))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('of a default VPC are not simulated: a group has a VPC and is named by its id', async () => {
    const { ec2 } = withRules();
    await expect(
      ec2.send(new CreateSecurityGroupCommand({ GroupName: 'tasks', Description: 'of tenants' })),
    ).rejects.toMatchObject({ name: 'VPCIdNotSpecified' });
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupName: 'group-1' }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
  });

  it('are counted: 2,500 groups in a Region', async () => {
    const { world, ec2 } = withRules();
    world.quotas.set({ account, region }, 'securityGroups', 2);
    await expect(
      ec2.send(new CreateSecurityGroupCommand({ VpcId: 'vpc-1', GroupName: 'one-more', Description: 'too many' })),
    ).rejects.toMatchObject({ name: 'SecurityGroupLimitExceeded' });
  });
});
