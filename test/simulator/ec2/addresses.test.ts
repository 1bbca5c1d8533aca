import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, codeOf, region, setUp } from './fixture.ts';

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

describe('interfaces', () => {
  it('of services are neither detached nor deleted by the owner of the VPC', async () => {
    const { world, ec2 } = setUp();
    const details = { description: 'ELB app/web/1', requester: 'amazon-elb' };
    const { eniId } = world.ec2.allocateAddress('subnet-a', details);
    const Filters = [{ Name: 'attachment.instance-owner-id', Values: ['amazon-elb'] }];
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toMatchObject([
      {
        NetworkInterfaceId: eniId,
        RequesterManaged: true,
        RequesterId: 'amazon-elb',
        Attachment: { Status: 'attached' },
      },
    ]);
    const AttachmentId = NetworkInterfaces?.[0]?.Attachment?.AttachmentId;
    await expect(ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force: true }))).rejects.toMatchObject({
      name: 'OperationNotPermitted',
    });
    await expect(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: eniId }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Network interface '${eniId}' is currently in use.`,
    });
    await expect(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: 'eni-none' }))).rejects.toMatchObject(
      { name: 'InvalidNetworkInterfaceID.NotFound' },
    );
  });
});
