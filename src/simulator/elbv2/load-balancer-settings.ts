import type {
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput,
  IpAddressType,
  LoadBalancer as LoadBalancerDescription,
  SetIpAddressTypeInput,
  SetIpAddressTypeOutput,
  SetSecurityGroupsInput,
  SetSecurityGroupsOutput,
  SetSubnetsInput,
  SetSubnetsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operation } from '../kernel.ts';
import { invalidConfiguration, required } from './errors.ts';
import { checkIpAddressType, checkSecurityGroups, checkSubnets, subnetsOf, zonesWith } from './network.ts';
import { moveNodes, regroupNodes } from './nodes.ts';
import { operation } from './operation.ts';
import { type ElbState, findLoadBalancer, type LoadBalancer } from './state.ts';

/** SetSubnets, SetSecurityGroups, SetIpAddressType, and DescribeCapacityReservation: nothing is ever reserved. */
export function loadBalancerSettingOperations(state: ElbState): Record<string, Operation> {
  return {
    SetSubnets: operation({
      category: 'resource-intensive',
      takes: ['LoadBalancerArn', 'Subnets', 'SubnetMappings.SubnetId', 'IpAddressType'],
      run: (input: SetSubnetsInput, call) => setSubnets(state, input, call),
      resources: (input) => [input.LoadBalancerArn],
    }),
    SetSecurityGroups: operation({
      category: 'mutate',
      takes: ['LoadBalancerArn', 'SecurityGroups'],
      run: (input: SetSecurityGroupsInput, call): SetSecurityGroupsOutput => {
        const found = named(state, input, call);
        const groupIds = [...required(input.SecurityGroups, 'SecurityGroups')];
        checkSecurityGroups(state, call, found.description.VpcId ?? '', groupIds);
        change(found, { SecurityGroups: groupIds });
        regroupNodes(state, found);
        return { SecurityGroupIds: [...groupIds] };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
    SetIpAddressType: operation({
      category: 'mutate',
      takes: ['LoadBalancerArn', 'IpAddressType'],
      run: (input: SetIpAddressTypeInput, call): SetIpAddressTypeOutput => {
        const found = named(state, input, call);
        const type = checkIpAddressType(required(input.IpAddressType, 'IpAddressType'), found.description.Scheme);
        change(found, { IpAddressType: type as IpAddressType });
        return { IpAddressType: type as IpAddressType };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
    DescribeCapacityReservation: operation({
      category: 'read',
      takes: ['LoadBalancerArn'],
      run: (input: DescribeCapacityReservationInput, call): DescribeCapacityReservationOutput => {
        named(state, input, call);
        return { CapacityReservationState: [] };
      },
      resources: (input) => [input.LoadBalancerArn],
    }),
  };
}

function named(state: ElbState, input: { LoadBalancerArn: string | undefined }, call: Call): LoadBalancer {
  return findLoadBalancer(state, call, required(input.LoadBalancerArn, 'LoadBalancerArn'));
}

/** The subnets that are named replace those that were. They stay in the VPC. */
function setSubnets(state: ElbState, input: SetSubnetsInput, call: Call): SetSubnetsOutput {
  const found = named(state, input, call);
  const { description } = found;
  const subnetIds = subnetsOf(input);
  if (checkSubnets(state, call, subnetIds) !== description.VpcId) {
    throw invalidConfiguration(`The subnets are not in VPC '${description.VpcId ?? ''}' of the load balancer`);
  }
  const type = checkIpAddressType(input.IpAddressType ?? description.IpAddressType ?? 'ipv4', description.Scheme);
  moveNodes(state, found, subnetIds);
  change(found, { AvailabilityZones: zonesWith(state, call, subnetIds), IpAddressType: type as IpAddressType });
  return { AvailabilityZones: zonesWith(state, call, subnetIds), IpAddressType: type as IpAddressType };
}

function change(loadBalancer: LoadBalancer, changes: Partial<LoadBalancerDescription>): void {
  loadBalancer.description = { ...loadBalancer.description, ...changes };
}
