import { expect } from 'vitest';
import { marks } from '../../../src/model/names.ts';
import { dependency, group, otherServiceName } from '../facts.ts';
import type { Chain, Drift, Stranger, Subject } from '../subject.ts';
import type { Ground, Hands } from '../world.ts';

const modify = (change: Omit<Parameters<Hands['ec2']['modifyVpcEndpoint']>[0], 'VpcEndpointId'>) => {
  return ({ hands, arn }: Chain) => hands.ec2.modifyVpcEndpoint({ ...change, VpcEndpointId: arn('endpoint') });
};

const tag = (Key: string, Value: string) => {
  return ({ hands, arn }: Chain) => hands.ec2.createTags({ Resources: [arn('endpoint')], Tags: [{ Key, Value }] });
};

const drifts: readonly Drift[] = [
  { what: 'without one of its subnets', fields: ['AddSubnetIds'], hurt: modify({ RemoveSubnetIds: ['subnet-a'] }) },
  { what: 'with a subnet more', fields: ['RemoveSubnetIds'], hurt: modify({ AddSubnetIds: ['subnet-d'] }) },
  {
    what: 'with another subnet',
    fields: ['AddSubnetIds', 'RemoveSubnetIds'],
    hurt: modify({ AddSubnetIds: ['subnet-d'], RemoveSubnetIds: ['subnet-a'] }),
  },
  {
    what: 'with another subnet of the same zone',
    fields: ['AddSubnetIds', 'RemoveSubnetIds'],
    hurt: async (chain) => {
      await modify({ RemoveSubnetIds: ['subnet-a'] })(chain);
      await chain.ground.clock.advance(1_000);
      await modify({ AddSubnetIds: ['subnet-twin'] })(chain);
    },
  },
  {
    what: 'with a security group more',
    fields: ['RemoveSecurityGroupIds'],
    hurt: modify({ AddSecurityGroupIds: ['sg-other'] }),
  },
  {
    what: 'with another security group',
    fields: ['AddSecurityGroupIds', 'RemoveSecurityGroupIds'],
    hurt: modify({ AddSecurityGroupIds: ['sg-other'], RemoveSecurityGroupIds: ['sg-endpoints'] }),
  },
  { what: 'without its private DNS', fields: ['PrivateDnsEnabled'], hurt: modify({ PrivateDnsEnabled: false }) },
  {
    what: 'with everything changed at once',
    fields: ['AddSubnetIds', 'AddSecurityGroupIds', 'PrivateDnsEnabled', 'RemoveSecurityGroupIds'],
    hurt: modify({
      RemoveSubnetIds: ['subnet-a'],
      AddSecurityGroupIds: ['sg-other'],
      RemoveSecurityGroupIds: ['sg-endpoints'],
      PrivateDnsEnabled: false,
    }),
  },
  { what: 'with another name', fields: ['Tags'], hurt: tag('Name', 'mine') },
  { what: 'said to be of another dependency', fields: ['Tags'], hurt: tag(marks.dependency, 'other') },
];

async function seeStranger(ground: Ground, extra: object): Promise<void> {
  await ground.hands.ec2.createVpcEndpoint({
    VpcEndpointType: 'Interface',
    VpcId: group.vpcId,
    ServiceName: dependency.serviceName,
    SubnetIds: ['subnet-d'],
    SecurityGroupIds: ['sg-other'],
    PrivateDnsEnabled: false,
    ...extra,
  });
  await ground.clock.advance(1_000);
}

const look = async ({ ec2 }: Hands): Promise<unknown> => {
  const { VpcEndpoints = [] } = await ec2.describeVpcEndpoints({});
  return VpcEndpoints.filter(({ SubnetIds }) => SubnetIds?.[0] === 'subnet-d');
};

const tags = (values: Readonly<Record<string, string>>) => ({
  TagSpecifications: [
    { ResourceType: 'vpc-endpoint' as const, Tags: Object.entries(values).map(([Key, Value]) => ({ Key, Value })) },
  ],
});

const strangers: readonly Stranger[] = [
  { what: 'one to the same service', outcome: 'passes', plant: (ground) => seeStranger(ground, {}), look },
  {
    what: 'one of another installation',
    outcome: 'passes',
    plant: (ground) =>
      seeStranger(
        ground,
        tags({
          [marks.installation]: 'zyxwvutsrq',
          [marks.infraGroup]: group.name,
          [marks.dependency]: dependency.name,
        }),
      ),
    look,
  },
  {
    what: "one that the service's own name leads to",
    outcome: 'passes',
    plant: (ground) => seeStranger(ground, { PrivateDnsEnabled: true }),
    look,
    then: ({ conditions }) => {
      expect(conditions).toMatchObject([{ status: 'False', reason: 'PrivateDnsConflict' }]);
    },
  },
];

export const endpointSubject: Subject = {
  kind: 'endpoint',
  drifts,
  strangers,
  unmark: ({ hands, arn }) =>
    hands.ec2.deleteTags({ Resources: [arn('endpoint')], Tags: [{ Key: marks.installation }] }),
  vanish: ({ hands, arn }) => hands.ec2.deleteVpcEndpoints({ VpcEndpointIds: [arn('endpoint')] }),
  // To another service with the same name of its own: the hardest change there is.
  change: { dependency: { serviceName: otherServiceName } },
  elsewhere: {
    'route53:AssociateVPCWithHostedZone': 'asked for by AWS within CreateVpcEndpoint and ModifyVpcEndpoint',
  },
};
