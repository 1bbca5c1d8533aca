/** EC2, as far as a fleet's network needs it: VPCs, subnets, security groups, interfaces, interface endpoints (PrivateLink), tags. */

import type { Ec2World, SimService, World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { accountOperations } from './account-attributes.ts';
import { endpointChangeOperations } from './endpoint-changes.ts';
import { connectionOperations } from './endpoint-connections.ts';
import { EndpointLifecycle } from './endpoint-lifecycle.ts';
import { EndpointServices } from './endpoint-services.ts';
import { endpointOperations } from './endpoints.ts';
import { unsupported } from './errors.ts';
import { interfaceOperations } from './interfaces.ts';
import { routingOperations } from './routing.ts';
import { ruleDescriptionOperations } from './rule-descriptions.ts';
import { ruleOperations } from './security-group-rule-operations.ts';
import { ruleChangeOperations } from './security-group-rules.ts';
import { securityGroupOperations } from './security-groups.ts';
import { Ec2State } from './state.ts';
import { subnetAttributeOperations } from './subnet-attributes.ts';
import { subnetOperations } from './subnets.ts';
import { tagOperations } from './tagging.ts';
import { vpcAttributeOperations } from './vpc-attributes.ts';
import { vpcOperations } from './vpcs.ts';
import { Ec2Network } from './world.ts';
import { zoneOperations } from './zone-operations.ts';

/** Makes the EC2 service and the network that other services take addresses from. */
export function createEc2(world: World): { service: SimService; world: Ec2World; state: Ec2State } {
  const state = new Ec2State();
  const services = new EndpointServices();
  const network = new Ec2Network(world, state, services);
  const endpoints = { world, state, network, services, lifecycle: new EndpointLifecycle(world, state, network) };
  return {
    service: {
      id: 'ec2',
      operations: new Map([
        ...vpcOperations(world, state, network),
        ...vpcAttributeOperations(state),
        ...subnetOperations(world, state, network),
        ...subnetAttributeOperations(state),
        ...zoneOperations,
        ...routingOperations(state),
        ...securityGroupOperations(world, state, network),
        ...ruleChangeOperations(world, state, network),
        ...ruleOperations(world, state),
        ...ruleDescriptionOperations(state),
        ...interfaceOperations(state),
        ...endpointOperations(endpoints),
        ...endpointChangeOperations(endpoints),
        ...connectionOperations(endpoints),
        ...tagOperations(state),
        ...accountOperations(world),
      ]),
      throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { status: 503 }),
      untaken: (member) => unsupported(`The parameter ${member} is not supported.`),
    },
    world: network,
    state,
  };
}
