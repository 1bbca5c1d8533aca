import type { ModifySubnetAttributeCommandInput } from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { invalidCombination, invalidValue, missingParameter, unsupported } from './errors.ts';
import { operation } from './operation.ts';
import type { Ec2State, Subnet } from './state.ts';
import { subnetNamed } from './subnets.ts';

const members = [
  'MapPublicIpOnLaunch',
  'PrivateDnsHostnameTypeOnLaunch',
  'EnableResourceNameDnsARecordOnLaunch',
  'EnableResourceNameDnsAAAARecordOnLaunch',
  'AssignIpv6AddressOnCreation',
  'EnableDns64',
] as const;

/** ModifySubnetAttribute: one attribute a call. Those of IPv6 are always off. */
export function subnetAttributeOperations(state: Ec2State): [string, Operation][] {
  const modify = (input: ModifySubnetAttributeCommandInput, call: Call): object => {
    const subnet = subnetNamed(state.scope(call.account, call.region), input.SubnetId);
    const given = members.filter((member) => input[member] !== undefined);
    const [member] = given;
    if (member === undefined) throw missingParameter('attribute');
    if (given.length > 1) throw invalidCombination('Fields for multiple attribute types specified');
    setAttribute(subnet, member, input);
    return {};
  };
  return [
    operation({
      name: 'ModifySubnetAttribute',
      size: 'mutate',
      takes: ['SubnetId', ...members],
      run: (input: ModifySubnetAttributeCommandInput & { readonly DryRun?: boolean }, call) => modify(input, call),
      resources: (input) => [input.SubnetId],
    }),
  ];
}

function setAttribute(
  subnet: Subnet,
  member: (typeof members)[number],
  input: ModifySubnetAttributeCommandInput,
): void {
  switch (member) {
    case 'MapPublicIpOnLaunch':
      subnet.mapPublicIp = input.MapPublicIpOnLaunch?.Value ?? false;
      return;
    case 'EnableResourceNameDnsARecordOnLaunch':
      subnet.resourceNameDnsARecord = input.EnableResourceNameDnsARecordOnLaunch?.Value ?? false;
      return;
    case 'PrivateDnsHostnameTypeOnLaunch': {
      const type: string | undefined = input.PrivateDnsHostnameTypeOnLaunch;
      if (type !== 'ip-name' && type !== 'resource-name') {
        throw invalidValue(`Value (${type ?? ''}) for parameter privateDnsHostnameTypeOnLaunch is invalid.`);
      }
      subnet.hostnameType = type;
      return;
    }
    case 'EnableResourceNameDnsAAAARecordOnLaunch':
    case 'AssignIpv6AddressOnCreation':
    case 'EnableDns64':
      if (input[member]?.Value === true) throw unsupported('IPv6 CIDR blocks are not supported.');
  }
}
