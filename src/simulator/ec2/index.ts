/** EC2, as far as a fleet's network needs it: VPCs, subnets with their free addresses, security groups, interfaces, tags. */

import type { Ec2World, SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { interfaceOperations } from './interfaces.ts';
import { securityGroupOperations } from './security-groups.ts';
import { Ec2State } from './state.ts';
import { networkOperations } from './vpcs.ts';
import { Ec2Network } from './world.ts';

/** Makes the EC2 service and the network that other services take addresses from. */
export function createEc2(world: World): { service: SimService; world: Ec2World } {
  const state = new Ec2State();
  const network = new Ec2Network(world, state);
  return {
    service: {
      id: 'ec2',
      operations: new Map([
        ...networkOperations(world, state, network),
        ...securityGroupOperations(world, state, network),
        ...interfaceOperations(state),
      ]),
      throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { status: 503 }),
    },
    world: network,
  };
}
