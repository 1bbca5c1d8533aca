import {
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcEndpointsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
  type ModifyVpcEndpointCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, owner, region, serviceName, setUp } from './fixture.ts';

const logs = `com.amazonaws.${region}.logs`;

/** The world with an endpoint service that takes everybody, and the calls on endpoints. */
function withService(options: Parameters<typeof setUp>[0] = {}) {
  const f = setUp(options);
  const { ec2, world } = f;
  world.ec2.seedEndpointService({
    serviceName,
    account: owner,
    acceptanceRequired: false,
    privateDnsName: 'db.example.com',
  });
  const make = async (input: Partial<CreateVpcEndpointCommandInput> = {}) => {
    const { VpcEndpoint } = await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: 'vpc-1',
        ServiceName: serviceName,
        VpcEndpointType: 'Interface',
        SubnetIds: ['subnet-a', 'subnet-b'],
        SecurityGroupIds: ['sg-1'],
        PrivateDnsEnabled: false,
        ...input,
      }),
    );
    return VpcEndpoint;
  };
  const id = async (input: Partial<CreateVpcEndpointCommandInput> = {}) => (await make(input))?.VpcEndpointId ?? '';
  const remove = (...VpcEndpointIds: string[]) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }));
  const modify = (input: ModifyVpcEndpointCommandInput) => ec2.send(new ModifyVpcEndpointCommand(input));
  const hostnames = () =>
    ec2.send(new ModifyVpcAttributeCommand({ VpcId: 'vpc-1', EnableDnsHostnames: { Value: true } }));
  return { ...f, make, id, remove, modify, hostnames };
}

describe('an interface endpoint', () => {
  it('is pending for 90 to 180 seconds, then available', async () => {
    const { id, endpoint, seconds } = withService();
    const made = await id();
    seconds(89);
    expect((await endpoint(made))?.State).toBe('pending');
    seconds(92);
    expect((await endpoint(made))?.State).toBe('available');
  });

  it('is scaled by the latency factor', async () => {
    const { id, endpoint } = withService({ latencyFactor: 0 });
    expect((await endpoint(await id()))?.State).toBe('available');
  });

  it('has an interface in each subnet, with its security groups, out of reach of its owner', async () => {
    const { ec2, make, free } = withService();
    const made = await make();
    expect(made).toMatchObject({
      VpcEndpointId: expect.stringMatching(/^vpce-[0-9a-f]{17}$/),
      VpcEndpointType: 'Interface',
      SubnetIds: ['subnet-a', 'subnet-b'],
      Groups: [{ GroupId: 'sg-1', GroupName: 'group-1' }],
      OwnerId: account,
      IpAddressType: 'ipv4',
      RequesterManaged: false,
    });
    expect([await free('subnet-a'), await free('subnet-b')]).toEqual([4_090, 4_090]);
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: made?.NetworkInterfaceIds }),
    );
    expect(NetworkInterfaces).toHaveLength(2);
    expect(NetworkInterfaces?.[0]).toMatchObject({
      InterfaceType: 'vpc_endpoint',
      Description: `VPC Endpoint Interface ${made?.VpcEndpointId}`,
      RequesterManaged: true,
      Groups: [{ GroupId: 'sg-1' }],
    });
  });

  it('has names for itself and for each zone, under its service', async () => {
    const { make } = withService();
    const made = await make();
    const names = (made?.DnsEntries ?? []).map((entry) => entry.DnsName?.replace(/-[0-9a-f]{8}(?=[-.])/, '-word'));
    const base = `vpce-svc-0a1b2c3d4e5f60718.${region}.vpce.amazonaws.com`;
    expect(names).toEqual([
      `${made?.VpcEndpointId}-word.${base}`,
      `${made?.VpcEndpointId}-word-us-east-1a.${base}`,
      `${made?.VpcEndpointId}-word-us-east-1b.${base}`,
    ]);
  });

  it('bears the default security group of its VPC unless told otherwise', async () => {
    const { make } = withService();
    expect((await make({ SecurityGroupIds: [] }))?.Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  it('may be in no subnet at all', async () => {
    const { make } = withService();
    expect((await make({ SubnetIds: [] }))?.NetworkInterfaceIds).toEqual([]);
  });

  it('ends as failed where its service does not work', async () => {
    const { world, id, endpoint, seconds } = withService();
    world.ec2.seedEndpointService({ serviceName, account: owner, acceptanceRequired: false, fails: true });
    const made = await id();
    seconds(181);
    expect(await endpoint(made)).toMatchObject({ State: 'failed', LastError: { Code: 'Failed' } });
  });
});

describe('the removal of an endpoint', () => {
  it('takes 60 to 300 seconds, in which it holds its subnets and groups; then it is shown as deleted for a while', async () => {
    const { ec2, id, remove, endpoint, seconds, free } = withService();
    const made = await id();
    seconds(200);
    expect((await remove(made)).Unsuccessful).toEqual([]);
    seconds(59);
    expect((await endpoint(made))?.State).toBe('deleting');
    await expect(ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' }))).rejects.toMatchObject({
      name: 'DependencyViolation',
    });
    await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }))).rejects.toMatchObject({
      name: 'DependencyViolation',
    });
    let waited = 59;
    while (String((await endpoint(made))?.State) === 'deleting') {
      seconds(10);
      waited += 10;
    }
    expect(waited).toBeLessThanOrEqual(310);
    expect(await endpoint(made)).toMatchObject({ State: 'deleted', NetworkInterfaceIds: [] });
    expect(await free('subnet-a')).toBe(4_091);
    await ec2.send(new DeleteSubnetCommand({ SubnetId: 'subnet-a' }));
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }));
    seconds(61);
    await expect(endpoint(made)).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
  });

  it('answers HTTP 200 with what it could not find', async () => {
    const { id, remove, endpoint } = withService();
    const made = await id();
    const answer = await remove('vpce-none', made);
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.Unsuccessful).toEqual([
      {
        ResourceId: 'vpce-none',
        Error: { Code: 'InvalidVpcEndpoint.NotFound', Message: "The Vpc Endpoint ID 'vpce-none' does not exist" },
      },
    ]);
    expect((await endpoint(made))?.State).toBe('deleting');
    expect((await remove(made)).Unsuccessful).toEqual([]);
  });
});

describe('a new endpoint is refused', () => {
  it.each([
    ['a type by default that is Gateway', { VpcEndpointType: undefined }, 'InvalidParameter'],
    [
      'a type that its service does not have',
      { ServiceName: logs, VpcEndpointType: 'Gateway' as const },
      'InvalidParameter',
    ],
    ['a type that is none', { VpcEndpointType: 'Tunnel' as never }, 'InvalidVpcEndpointType'],
    [
      'a gateway, which is not simulated',
      { ServiceName: `com.amazonaws.${region}.s3`, VpcEndpointType: 'Gateway' as const },
      'UnsupportedOperation',
    ],
    ['a service that does not exist', { ServiceName: `com.amazonaws.${region}.nothing` }, 'InvalidServiceName'],
    ['a service of another Region', { ServiceName: 'com.amazonaws.eu-west-1.logs' }, 'InvalidServiceName'],
    ['a VPC that does not exist', { VpcId: 'vpc-none' }, 'InvalidVpcID.NotFound'],
    ['a subnet that does not exist', { SubnetIds: ['subnet-none'] }, 'InvalidSubnetID.NotFound'],
    ['a subnet of another VPC', { SubnetIds: ['subnet-other'] }, 'InvalidParameter'],
    ['two subnets in one zone', { SubnetIds: ['subnet-a', 'subnet-a2'] }, 'DuplicateSubnetsInSameZone'],
    ['a security group that does not exist', { SecurityGroupIds: ['sg-none'] }, 'InvalidGroup.NotFound'],
    ['a route table', { RouteTableIds: ['rtb-1'] }, 'InvalidParameter'],
    ['IPv6 addresses', { IpAddressType: 'dualstack' as const }, 'UnsupportedOperation'],
    ['another Region than its own', { ServiceRegion: 'eu-west-1' }, 'UnsupportedOperation'],
    ['a client token of 65 characters', { ClientToken: 'x'.repeat(65) }, 'InvalidParameterValue'],
    ['a policy that is no JSON', { ServiceName: logs, PolicyDocument: 'Allow all' }, 'InvalidPolicyDocument'],
    [
      'a policy of 20,481 characters',
      { ServiceName: logs, PolicyDocument: JSON.stringify({ Statement: [] }).padEnd(20_481) },
      'InvalidPolicyDocument',
    ],
    ['a policy for a service without them', { PolicyDocument: '{"Statement":[]}' }, 'InvalidParameter'],
  ])('with %s', async (_what, input, name) => {
    const { world, ec2, make } = withService();
    world.ec2.seedVpc({ vpcId: 'vpc-2', account, region });
    world.ec2.seedSubnet({ subnetId: 'subnet-other', vpcId: 'vpc-2' });
    world.ec2.seedSubnet({ subnetId: 'subnet-a2', vpcId: 'vpc-1', zone: 'us-east-1a' });
    await expect(make(input)).rejects.toMatchObject({ name });
    expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toEqual([]);
    expect((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
  });

  it('in a zone that its service is not in', async () => {
    const { world, make } = withService();
    world.ec2.seedEndpointService({ serviceName, account: owner, acceptanceRequired: false, zones: ['us-east-1a'] });
    await expect(make()).rejects.toMatchObject({
      name: 'InvalidParameter',
      message: `The VPC endpoint service ${serviceName} does not support the availability zone of the subnet: subnet-b.`,
    });
  });

  it('from an account that the service does not know', async () => {
    const { world, make } = withService();
    const known = { serviceName, account: owner, acceptanceRequired: false, allowedAccounts: ['222222222222'] };
    world.ec2.seedEndpointService(known);
    await expect(make()).rejects.toMatchObject({ name: 'InvalidServiceName' });
    world.ec2.seedEndpointService({ ...known, allowedAccounts: [account] });
    expect((await make())?.State).toBe('pending');
  });

  it('beyond the quota of its VPC, in which those being deleted count', async () => {
    const { world, id, make, remove, seconds } = withService();
    world.quotas.set({ account, region }, 'interfaceEndpointsPerVpc', 1);
    const first = await id();
    await remove(first);
    await expect(make()).rejects.toMatchObject({ name: 'VpcEndpointLimitExceeded' });
    seconds(301);
    expect((await make())?.State).toBe('pending');
  });

  it('in a full subnet, beyond the quota of interfaces, or with too many groups, and nothing of it stays', async () => {
    const { world, make, free } = withService();
    world.quotas.set({ account, region }, 'networkInterfaces', 1);
    world.ec2.allocateAddress('subnet-b');
    await expect(make()).rejects.toMatchObject({ name: 'NetworkInterfaceLimitExceeded' });
    world.quotas.set({ account, region }, 'networkInterfaces', undefined);
    world.ec2.seedSubnet({ subnetId: 'subnet-tiny', vpcId: 'vpc-1', cidr: '10.0.255.240/28', zone: 'us-east-1c' });
    for (let i = 0; i < 11; i++) world.ec2.allocateAddress('subnet-tiny');
    await expect(make({ SubnetIds: ['subnet-a', 'subnet-tiny'] })).rejects.toMatchObject({
      name: 'InsufficientFreeAddressesInSubnet',
    });
    const many = ['sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6'];
    for (const groupId of many) world.ec2.seedSecurityGroup({ groupId, vpcId: 'vpc-1' });
    await expect(make({ SecurityGroupIds: ['sg-1', ...many] })).rejects.toMatchObject({
      name: 'SecurityGroupsPerInterfaceLimitExceeded',
    });
    world.quotas.set({ account, region }, 'networkAddressUnits', 12 + 11);
    await expect(make()).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
    expect(await free('subnet-a')).toBe(4_091);
  });
});

describe('a client token', () => {
  it('makes one endpoint, and is refused with other parameters', async () => {
    const { ec2, make } = withService();
    const ClientToken = 'once';
    const first = await make({ ClientToken });
    const second = await make({ ClientToken });
    expect(second?.VpcEndpointId).toBe(first?.VpcEndpointId);
    await expect(make({ ClientToken, SubnetIds: ['subnet-a'] })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
    expect((await ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toHaveLength(1);
    expect((await make())?.VpcEndpointId).not.toBe(first?.VpcEndpointId);
  });
});

describe('private DNS', () => {
  it('needs both DNS attributes of the VPC', async () => {
    const { make, hostnames } = withService();
    const input = { ServiceName: logs, PrivateDnsEnabled: true };
    await expect(make(input)).rejects.toMatchObject({
      name: 'InvalidParameter',
      message:
        'Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for vpc-1',
    });
    await hostnames();
    const made = await make(input);
    expect(made?.PrivateDnsEnabled).toBe(true);
    expect(made?.DnsEntries?.at(-1)?.DnsName).toBe('logs.us-east-1.amazonaws.com');
  });

  it('is on unless told otherwise, where the service has a name and takes everybody', async () => {
    const { world, make, hostnames } = withService();
    await hostnames();
    expect((await make({ PrivateDnsEnabled: undefined }))?.PrivateDnsEnabled).toBe(true);
    world.ec2.seedEndpointService({ serviceName, account: owner, acceptanceRequired: false });
    expect((await make({ PrivateDnsEnabled: undefined }))?.PrivateDnsEnabled).toBe(false);
  });

  it('needs a service that has a private name', async () => {
    const { world, make, hostnames } = withService();
    await hostnames();
    world.ec2.seedEndpointService({ serviceName, account: owner, acceptanceRequired: false });
    await expect(make({ PrivateDnsEnabled: true })).rejects.toMatchObject({
      name: 'InvalidParameter',
      message: `Private DNS can't be enabled because the service ${serviceName} does not provide a private DNS name.`,
    });
  });

  it('of one name is had once in a VPC, also while the other is still being deleted', async () => {
    const { id, make, remove, hostnames, seconds } = withService();
    await hostnames();
    const first = await id({ PrivateDnsEnabled: true });
    const conflict = {
      name: 'InvalidParameter',
      message:
        'private-dns-enabled cannot be set because there is already a conflicting DNS domain for db.example.com in the VPC vpc-1',
    };
    await expect(make({ PrivateDnsEnabled: true })).rejects.toMatchObject(conflict);
    await remove(first);
    seconds(30);
    await expect(make({ PrivateDnsEnabled: true })).rejects.toMatchObject(conflict);
    seconds(300);
    expect((await make({ PrivateDnsEnabled: true }))?.PrivateDnsEnabled).toBe(true);
  });
});

describe('a change of an endpoint', () => {
  it('adds and removes subnets, after which it is pending again', async () => {
    const { world, id, modify, endpoint, seconds, free } = withService();
    world.ec2.seedSubnet({ subnetId: 'subnet-c', vpcId: 'vpc-1', zone: 'us-east-1c' });
    world.ec2.seedSubnet({ subnetId: 'subnet-a2', vpcId: 'vpc-1', zone: 'us-east-1a' });
    const VpcEndpointId = await id();
    seconds(181);
    await modify({ VpcEndpointId, AddSubnetIds: ['subnet-c'], RemoveSubnetIds: ['subnet-b'] });
    expect(await endpoint(VpcEndpointId)).toMatchObject({ State: 'pending', SubnetIds: ['subnet-a', 'subnet-c'] });
    expect([await free('subnet-b'), await free('subnet-c')]).toEqual([4_091, 4_090]);
    seconds(181);
    // The zone is held until the call that frees it is over.
    const swap = { VpcEndpointId, AddSubnetIds: ['subnet-a2'], RemoveSubnetIds: ['subnet-a'] };
    await expect(modify(swap)).rejects.toMatchObject({
      name: 'DuplicateSubnetsInSameZone',
      message: 'Found another VPC endpoint subnet in the availability zone of subnet-a',
    });
  });

  it('replaces security groups on its interfaces, and keeps at least one', async () => {
    const { world, ec2, id, modify, endpoint, seconds } = withService();
    world.ec2.seedSecurityGroup({ groupId: 'sg-2', vpcId: 'vpc-1' });
    const VpcEndpointId = await id();
    seconds(181);
    await modify({ VpcEndpointId, AddSecurityGroupIds: ['sg-2'], RemoveSecurityGroupIds: ['sg-1'] });
    expect(await endpoint(VpcEndpointId)).toMatchObject({ State: 'available', Groups: [{ GroupId: 'sg-2' }] });
    const Filters = [{ Name: 'group-id', Values: ['sg-2'] }];
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toHaveLength(2);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: 'sg-1' }));
    await expect(modify({ VpcEndpointId, RemoveSecurityGroupIds: ['sg-2'] })).rejects.toMatchObject({
      name: 'InvalidParameter',
    });
  });

  it('sets and resets its policy, and turns private DNS on and off', async () => {
    const { id, modify, endpoint, seconds, hostnames } = withService();
    await hostnames();
    const VpcEndpointId = await id({ ServiceName: logs });
    seconds(181);
    const PolicyDocument = JSON.stringify({
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Principal: '*' }],
    });
    await modify({ VpcEndpointId, PolicyDocument, PrivateDnsEnabled: true });
    expect(await endpoint(VpcEndpointId)).toMatchObject({ PolicyDocument, PrivateDnsEnabled: true });
    await modify({ VpcEndpointId, ResetPolicy: true, PrivateDnsEnabled: false });
    const after = await endpoint(VpcEndpointId);
    expect(JSON.parse(after?.PolicyDocument ?? '')).toEqual({
      Statement: [{ Action: '*', Effect: 'Allow', Principal: '*', Resource: '*' }],
    });
    expect(after?.PrivateDnsEnabled).toBe(false);
  });

  it('is refused unless it is available', async () => {
    const { id, modify, remove } = withService();
    const VpcEndpointId = await id();
    await expect(modify({ VpcEndpointId, RemoveSubnetIds: ['subnet-a'] })).rejects.toMatchObject({
      name: 'IncorrectState',
    });
    await remove(VpcEndpointId);
    await expect(modify({ VpcEndpointId, ResetPolicy: true })).rejects.toMatchObject({ name: 'IncorrectState' });
    await expect(modify({ VpcEndpointId: 'vpce-none' })).rejects.toMatchObject({
      name: 'InvalidVpcEndpointId.NotFound',
    });
  });
});

describe('lists of endpoints', () => {
  it('are filtered by VPC, service, state, type and tag, and have at most 1,000 a page', async () => {
    const { ec2, id, seconds } = withService();
    const first = await id();
    seconds(181);
    const TagSpecifications = [{ ResourceType: 'vpc-endpoint' as const, Tags: [{ Key: 'tenant', Value: 't1' }] }];
    const second = await id({ ServiceName: logs, TagSpecifications });
    const list = async (...Filters: { Name: string; Values: string[] }[]) =>
      (await ec2.send(new DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints?.map((found) => found.VpcEndpointId);
    expect(await list({ Name: 'vpc-id', Values: ['vpc-1'] })).toEqual([first, second]);
    expect(await list({ Name: 'vpc-endpoint-state', Values: ['available'] })).toEqual([first]);
    expect(await list({ Name: 'service-name', Values: [logs] })).toEqual([second]);
    expect(await list({ Name: 'tag:tenant', Values: ['t1'] })).toEqual([second]);
    expect(await list({ Name: 'vpc-endpoint-type', Values: ['Gateway'] })).toEqual([]);
    expect((await ec2.send(new DescribeVpcEndpointsCommand({ MaxResults: 5_000 }))).VpcEndpoints).toHaveLength(2);
    const page = await ec2.send(new DescribeVpcEndpointsCommand({ MaxResults: 1 }));
    expect(page.VpcEndpoints?.map((found) => found.VpcEndpointId)).toEqual([first]);
    const next = await ec2.send(new DescribeVpcEndpointsCommand({ MaxResults: 1, NextToken: page.NextToken }));
    expect(next.VpcEndpoints?.map((found) => found.VpcEndpointId)).toEqual([second]);
    expect(next.NextToken).toBeUndefined();
  });
});
