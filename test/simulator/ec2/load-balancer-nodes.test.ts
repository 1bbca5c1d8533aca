import { DeleteSecurityGroupCommand, DeleteSubnetCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { clientsOf } from '../support/clients.ts';
import { account, region, setUp } from './fixture.ts';

/** A load balancer in the fixture's network. */
async function balanced() {
  const f = setUp();
  const { elbv2 } = clientsOf(f.world);
  const create = (Name: string) =>
    elbv2.send(
      new CreateLoadBalancerCommand({
        Name,
        Scheme: 'internal',
        Subnets: ['subnet-a', 'subnet-b'],
        SecurityGroups: ['sg-1'],
      }),
    );
  const LoadBalancerArn = (await create('web')).LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const nodes = async () => {
    const { NetworkInterfaces = [] } = await f.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [
          { Name: 'description', Values: ['ELB app/web/*'] },
          { Name: 'attachment.instance-owner-id', Values: ['amazon-elb'] },
        ],
      }),
    );
    return NetworkInterfaces.map((eni) => [eni.SubnetId, eni.Groups?.map((group) => group.GroupId)]);
  };
  return { ...f, elbv2, create, LoadBalancerArn, nodes };
}

describe('the nodes of a load balancer', () => {
  it('are interfaces, one in each of its subnets, and follow its settings', async () => {
    const { world, elbv2, LoadBalancerArn, nodes } = await balanced();
    expect(await nodes()).toEqual([
      ['subnet-a', ['sg-1']],
      ['subnet-b', ['sg-1']],
    ]);
    world.ec2.seedSecurityGroup({ groupId: 'sg-2', vpcId: 'vpc-1' });
    world.ec2.seedSubnet({ subnetId: 'subnet-c', vpcId: 'vpc-1', zone: 'us-east-1c' });
    await elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: ['sg-2'] }));
    await elbv2.send(new SetSubnetsCommand({ LoadBalancerArn, Subnets: ['subnet-b', 'subnet-c'] }));
    expect(await nodes()).toEqual([
      ['subnet-b', ['sg-2']],
      ['subnet-c', ['sg-2']],
    ]);
  });

  it('keep subnets and security groups, also for a while after the load balancer is deleted', async () => {
    const { ec2, elbv2, LoadBalancerArn, nodes, seconds } = await balanced();
    await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
    for (const command of [
      () => ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' })),
      () => ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' })),
    ]) {
      await expect(command()).rejects.toMatchObject({ name: 'DependencyViolation' });
    }
    seconds(121);
    expect(await nodes()).toEqual([]);
    await ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' }));
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }));
  });

  it('need an address in each subnet, or there is no load balancer', async () => {
    const { world, create, nodes } = await balanced();
    world.quotas.set({ account, region }, 'networkInterfaces', 1);
    await expect(create('second')).rejects.toMatchObject({ name: 'InvalidSubnetException' });
    world.quotas.set({ account, region }, 'networkInterfaces', undefined);
    expect(await nodes()).toHaveLength(2);
    expect((await create('second')).LoadBalancers).toHaveLength(1);
  });
});
