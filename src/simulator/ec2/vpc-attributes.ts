import type {
  AttributeBooleanValue,
  DescribeVpcAttributeCommandInput,
  ModifyVpcAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { operation } from './operation.ts';
import type { Ec2State, Vpc } from './state.ts';
import { vpcNamed } from './vpcs.ts';

const members = {
  enableDnsSupport: 'EnableDnsSupport',
  enableDnsHostnames: 'EnableDnsHostnames',
  enableNetworkAddressUsageMetrics: 'EnableNetworkAddressUsageMetrics',
} as const;

type Member = (typeof members)[keyof typeof members];

function valueOf(vpc: Vpc, member: Member): boolean {
  if (member === 'EnableDnsSupport') return vpc.dnsSupport;
  return member === 'EnableDnsHostnames' ? vpc.dnsHostnames : vpc.addressUsageMetrics;
}

function setValue(vpc: Vpc, member: Member, value: boolean): void {
  if (member === 'EnableDnsSupport') vpc.dnsSupport = value;
  else if (member === 'EnableDnsHostnames') vpc.dnsHostnames = value;
  else vpc.addressUsageMetrics = value;
}

/** ModifyVpcAttribute and DescribeVpcAttribute: one attribute a call. */
export function vpcAttributeOperations(state: Ec2State): [string, Operation][] {
  const modify = (input: ModifyVpcAttributeCommandInput, call: Call): object => {
    const vpc = vpcNamed(state.scope(call.account, call.region), input.VpcId);
    const given = Object.values(members).filter((member) => input[member] !== undefined);
    const [member] = given;
    if (member === undefined) throw missingParameter('attribute');
    if (given.length > 1) throw invalidCombination('Fields for multiple attribute types specified');
    const value = input[member]?.Value ?? false;
    if (member === 'EnableDnsHostnames' && value && !vpc.dnsSupport) {
      throw invalidValue('DNS hostnames can only be enabled for a VPC whose DNS support is enabled');
    }
    setValue(vpc, member, value);
    return {};
  };
  const describe = (
    input: DescribeVpcAttributeCommandInput,
    call: Call,
  ): { VpcId: string } & Partial<Record<Member, AttributeBooleanValue>> => {
    const vpc = vpcNamed(state.scope(call.account, call.region), input.VpcId);
    const attribute: string | undefined = input.Attribute;
    if (attribute === undefined) throw missingParameter('attribute');
    if (!isAttribute(attribute)) {
      throw invalidValue(`Value (${attribute}) for parameter attribute is invalid. Unknown attribute.`);
    }
    return { VpcId: vpc.id, [members[attribute]]: { Value: valueOf(vpc, members[attribute]) } };
  };
  return [
    operation({
      name: 'ModifyVpcAttribute',
      size: 'mutate',
      takes: ['VpcId', ...Object.values(members)],
      run: (input: ModifyVpcAttributeCommandInput & { readonly DryRun?: boolean }, call) => modify(input, call),
      resources: (input) => [input.VpcId],
    }),
    operation({
      name: 'DescribeVpcAttribute',
      size: 'describe',
      takes: ['VpcId', 'Attribute'],
      run: describe,
      resources: (input) => [input.VpcId],
    }),
  ];
}

function isAttribute(name: string): name is keyof typeof members {
  return Object.hasOwn(members, name);
}
