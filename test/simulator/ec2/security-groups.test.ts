import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, setUp } from './fixture.ts';

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
        UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: account }],
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
