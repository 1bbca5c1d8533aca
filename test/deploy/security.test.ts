import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { resolveValue, type StackOf } from '../../deploy/resolve.ts';
import { exampleAssembly } from './assembly.ts';

/** What decides who may do what, and who reaches what: properties by type of resource. Undefined: all of them. */
const relevant: Readonly<Record<string, readonly string[] | undefined>> = {
  'AWS::IAM::Role': undefined,
  'AWS::IAM::ManagedPolicy': undefined,
  'AWS::IAM::Policy': undefined,
  'AWS::EC2::SecurityGroup': undefined,
  'AWS::EC2::SecurityGroupIngress': undefined,
  'AWS::EC2::SecurityGroupEgress': undefined,
  'AWS::EC2::Route': undefined,
  'AWS::EC2::Subnet': ['CidrBlock', 'AvailabilityZone', 'MapPublicIpOnLaunch'],
  'AWS::EC2::EIP': undefined,
  'AWS::EC2::VPCEndpoint': [
    'ServiceName',
    'VpcEndpointType',
    'PrivateDnsEnabled',
    'SecurityGroupIds',
    'PolicyDocument',
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'LoadBalancerAttributes', 'SecurityGroups'],
  'AWS::ElasticLoadBalancingV2::Listener': undefined,
  'AWS::S3::Bucket': undefined,
  'AWS::S3::BucketPolicy': undefined,
  'AWS::ECR::Repository': undefined,
  'AWS::DynamoDB::Table': undefined,
  'AWS::ECS::TaskDefinition': undefined,
  'AWS::ECS::Service': ['NetworkConfiguration', 'EnableExecuteCommand'],
};

function partsOf(stack: StackOf): string {
  const parts = Object.entries(stack.template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    if (!Object.hasOwn(relevant, Type)) return [];
    const wanted = relevant[Type];
    const kept = Object.entries(Properties).filter(([name]) => name !== 'Tags' && (wanted?.includes(name) ?? true));
    return [[`${Type} ${id}`, resolveValue(Object.fromEntries(kept), stack)] as const];
  });
  return stringify(Object.fromEntries(parts), { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** One of each kind; the two infra groups differ in who reaches them. */
const shown = [
  'tables',
  'controller',
  'dns-standard',
  'dns-shared',
  'tier-standard-standard-a',
  'tier-shared-shared-a',
  'cell-standard-a',
  'infra-group-standard-a1',
  'infra-group-shared-a1',
];

describe('what is relevant for security', () => {
  it.each(shown)(
    'in the stack %s is what was looked at last (after a change that is meant: vitest --update)',
    async (name) => {
      await expect(partsOf(exampleAssembly().stack(name))).toMatchFileSnapshot(`snapshots/${name}.yaml`);
    },
  );
});
