import {
  AcceptVpcEndpointConnectionsCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribePrefixListsCommand,
  DescribeVpcEndpointConnectionsCommand,
  DescribeVpcEndpointServicesCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
  RejectVpcEndpointConnectionsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { account, owner, region, serviceId, serviceName, setUp } from './fixture.ts';

/** An endpoint to a service whose owner wants to be asked. */
async function asked() {
  const f = setUp();
  const { world, ec2, ec2Of, endpoint } = f;
  world.ec2.seedEndpointService({
    serviceName,
    account: owner,
    acceptanceRequired: true,
    privateDnsName: 'db.example.com',
  });
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: 'vpc-1', EnableDnsHostnames: { Value: true } }));
  const create = (PrivateDnsEnabled?: boolean) =>
    ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: 'vpc-1',
        ServiceName: serviceName,
        VpcEndpointType: 'Interface',
        SubnetIds: ['subnet-a'],
        PrivateDnsEnabled,
      }),
    );
  const id = (await create()).VpcEndpoint?.VpcEndpointId ?? '';
  const provider = ec2Of({ accessKeyId: owner });
  const accept = (...VpcEndpointIds: string[]) =>
    provider.send(new AcceptVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds }));
  const reject = (...VpcEndpointIds: string[]) =>
    provider.send(new RejectVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds }));
  const state = async () => (await endpoint(id))?.State;
  return { ...f, create, id, provider, accept, reject, state };
}

describe('a connection that must be accepted', () => {
  it('waits for the owner of the service, and is then provisioned', async () => {
    const { id, accept, state, seconds } = await asked();
    seconds(3_600);
    expect(await state()).toBe('pendingAcceptance');
    expect((await accept(id)).Unsuccessful).toEqual([]);
    expect(await state()).toBe('pending');
    seconds(181);
    expect(await state()).toBe('available');
  });

  it('stays when it is rejected, until its own owner deletes it; it can be accepted later', async () => {
    const { ec2, id, accept, reject, state, seconds } = await asked();
    await reject(id);
    seconds(3_600);
    expect(await state()).toBe('rejected');
    await accept(id);
    seconds(181);
    expect(await state()).toBe('available');
    await reject(id);
    expect(await state()).toBe('rejected');
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect(await state()).toBe('deleting');
    seconds(361);
    await expect(state()).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
  });

  it('is reported as unsuccessful, with HTTP 200, when it is unknown or in another state', async () => {
    const { id, accept, reject } = await asked();
    await accept(id);
    const answer = await accept(id, 'vpce-none');
    expect(answer.Unsuccessful?.map((item) => [item.ResourceId, item.Error?.Code])).toEqual([
      [id, 'InvalidState'],
      ['vpce-none', 'InvalidVpcEndpoint.NotFound'],
    ]);
    await reject(id);
    expect((await reject(id)).Unsuccessful).toHaveLength(1);
  });

  it('is decided on by nobody but the owner of the service', async () => {
    const { ec2, id } = await asked();
    await expect(
      ec2.send(new AcceptVpcEndpointConnectionsCommand({ ServiceId: serviceId, VpcEndpointIds: [id] })),
    ).rejects.toMatchObject({ name: 'InvalidVpcEndpointServiceId.NotFound' });
  });

  it('is seen by both owners', async () => {
    const { ec2, provider, id } = await asked();
    const list = (client: typeof ec2) =>
      client.send(
        new DescribeVpcEndpointConnectionsCommand({
          Filters: [{ Name: 'vpc-endpoint-state', Values: ['pendingAcceptance'] }],
        }),
      );
    expect((await list(provider)).VpcEndpointConnections).toMatchObject([
      { ServiceId: serviceId, VpcEndpointId: id, VpcEndpointOwner: account, VpcEndpointState: 'pendingAcceptance' },
    ]);
    expect((await list(ec2)).VpcEndpointConnections).toEqual([]);
  });

  it('has no private DNS before it is accepted', async () => {
    const { ec2, id, create, accept, seconds } = await asked();
    const tooEarly = {
      name: 'InvalidParameter',
      message: `Private DNS can only be enabled after the endpoint connection is accepted by the owner of ${serviceName}.`,
    };
    const enable = () => ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: id, PrivateDnsEnabled: true }));
    await expect(create(true)).rejects.toMatchObject(tooEarly);
    await expect(enable()).rejects.toMatchObject(tooEarly);
    await accept(id);
    seconds(181);
    expect((await enable()).Return).toBe(true);
  });
});

describe('endpoint services', () => {
  const describeServices = async (f: ReturnType<typeof setUp>, input: object, caller = account) =>
    f.ec2Of({ accessKeyId: caller }).send(new DescribeVpcEndpointServicesCommand(input));

  it('of AWS exist by themselves; S3 and DynamoDB have gateways too', async () => {
    const f = setUp();
    const { ServiceNames } = await describeServices(f, {});
    expect(ServiceNames).toEqual(
      expect.arrayContaining([`com.amazonaws.${region}.ecr.dkr`, `com.amazonaws.${region}.sts`]),
    );
    const { ServiceDetails } = await describeServices(f, { ServiceNames: [`com.amazonaws.${region}.s3`] });
    expect(ServiceDetails?.map((detail) => [detail.ServiceType?.[0]?.ServiceType, detail.Owner])).toEqual([
      ['Interface', 'amazon'],
      ['Gateway', 'amazon'],
    ]);
    const { ServiceDetails: ecr } = await describeServices(f, { ServiceNames: [`com.amazonaws.${region}.ecr.api`] });
    expect(ecr).toMatchObject([
      {
        PrivateDnsName: `api.ecr.${region}.amazonaws.com`,
        AcceptanceRequired: false,
        VpcEndpointPolicySupported: true,
      },
    ]);
  });

  it('are made known, and shown to the accounts that may connect', async () => {
    const f = setUp();
    const allowedAccounts = [account];
    f.world.ec2.seedEndpointService({ serviceName, account: owner, acceptanceRequired: true, allowedAccounts });
    const Filters = [{ Name: 'owner', Values: [owner] }];
    const seen = async (caller: string) => (await describeServices(f, { Filters }, caller)).ServiceNames;
    expect(await seen(account)).toEqual([serviceName]);
    expect(await seen(owner)).toEqual([serviceName]);
    expect(await seen('222222222222')).toEqual([]);
    await expect(describeServices(f, { ServiceNames: [serviceName] }, '222222222222')).rejects.toMatchObject({
      name: 'InvalidServiceName',
    });
    expect(() =>
      f.world.ec2.seedEndpointService({ serviceName: 'db', account: owner, acceptanceRequired: false }),
    ).toThrow(/expected a name like com\.amazonaws\.vpce\./);
  });

  it('with gateways have prefix lists', async () => {
    const { ec2 } = setUp();
    const Filters = [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${region}.s3`] }];
    const { PrefixLists } = await ec2.send(new DescribePrefixListsCommand({ Filters }));
    expect(PrefixLists).toMatchObject([{ PrefixListId: expect.stringMatching(/^pl-/) }]);
    await expect(ec2.send(new DescribePrefixListsCommand({ PrefixListIds: ['pl-none'] }))).rejects.toMatchObject({
      name: 'InvalidPrefixListID.NotFound',
    });
  });
});
