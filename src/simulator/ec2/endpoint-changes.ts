import type { ModifyVpcEndpointCommandInput } from '@aws-sdk/client-ec2';
import type { Call, Operation } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import { checkedGroups, checkedPolicy, checkedSubnets, checkPrivateDns, fullAccess } from './endpoint-checks.ts';
import type { VpcEndpoint } from './endpoint-state.ts';
import type { EndpointParts } from './endpoints.ts';
import { addressingMembers, checkAddressing } from './endpoints.ts';
import { invalidParameter, missingParameter, noSuch } from './errors.ts';
import { operation } from './operation.ts';
import type { Scope, Subnet } from './state.ts';

/** ModifyVpcEndpoint. */
export function endpointChangeOperations(parts: EndpointParts): [string, Operation][] {
  return [
    operation({
      name: 'ModifyVpcEndpoint',
      size: 'endpoint',
      takes: [
        ...['VpcEndpointId', 'ResetPolicy', 'PolicyDocument', 'PrivateDnsEnabled', 'AddSubnetIds', 'RemoveSubnetIds'],
        ...['AddSecurityGroupIds', 'RemoveSecurityGroupIds', ...addressingMembers],
      ],
      run: (input: ModifyVpcEndpointCommandInput, call) => modify(parts, input, call),
      resources: (input) => [input.VpcEndpointId],
    }),
  ];
}

function modify(parts: EndpointParts, input: ModifyVpcEndpointCommandInput, call: Call): { Return: boolean } {
  const scope = parts.state.scope(call.account, call.region);
  const endpoint = endpointToChange(scope, input);
  checkAddressing(input);
  const policy = policyAfter(endpoint, input);
  const groupIds = groupsAfter(scope, endpoint, input);
  parts.network.checkGroupQuota(endpoint.vpc, groupIds);
  const { removed, added } = subnetChanges(parts, scope, endpoint, input);
  if (input.PrivateDnsEnabled === true && !endpoint.privateDns) {
    checkPrivateDns(scope, endpoint.vpc, endpoint.service, endpoint);
  }
  endpoint.policy = policy;
  endpoint.privateDns = input.PrivateDnsEnabled ?? endpoint.privateDns;
  endpoint.groupIds = groupIds;
  for (const { eniId } of endpoint.interfaces.values()) {
    const eni = scope.interfaces.get(eniId);
    if (eni !== undefined) eni.groupIds = groupIds;
  }
  parts.lifecycle.detach(endpoint, removed);
  parts.lifecycle.attach(endpoint, added);
  if (removed.length + added.length > 0) parts.lifecycle.provision(endpoint);
  return { Return: true };
}

/** Only an available endpoint can be changed (assumed: AWS's documents say nothing of the others). */
function endpointToChange(scope: Scope, input: ModifyVpcEndpointCommandInput): VpcEndpoint {
  const id = input.VpcEndpointId;
  if (id === undefined) throw missingParameter('VpcEndpointId');
  const endpoint = scope.endpoints.get(id);
  if (endpoint === undefined || endpoint.state === 'deleted') throw noSuch('endpoint', id);
  if (endpoint.state === 'available') return endpoint;
  if (input.PrivateDnsEnabled === true) checkPrivateDns(scope, endpoint.vpc, endpoint.service, endpoint);
  throw new AwsError('IncorrectState', `The Vpc Endpoint '${id}' is in the state '${endpoint.state}'.`);
}

function policyAfter(endpoint: VpcEndpoint, input: ModifyVpcEndpointCommandInput): string {
  if (input.ResetPolicy === true) return fullAccess;
  return input.PolicyDocument === undefined ? endpoint.policy : checkedPolicy(endpoint.service, input.PolicyDocument);
}

function groupsAfter(scope: Scope, endpoint: VpcEndpoint, input: ModifyVpcEndpointCommandInput): readonly string[] {
  const added = checkedGroups(scope, endpoint.vpc, input.AddSecurityGroupIds ?? []);
  const removed = input.RemoveSecurityGroupIds ?? [];
  const after = [...new Set([...endpoint.groupIds, ...added])].filter((id) => !removed.includes(id));
  if (after.length > 0) return after;
  throw invalidParameter('An Interface VPC Endpoint must always have at least one Security Group.');
}

function subnetChanges(
  parts: EndpointParts,
  scope: Scope,
  endpoint: VpcEndpoint,
  input: ModifyVpcEndpointCommandInput,
): { readonly removed: readonly string[]; readonly added: readonly Subnet[] } {
  const removed = (input.RemoveSubnetIds ?? []).filter((id) => endpoint.interfaces.has(id));
  // Zones are compared with what the endpoint has now: in one call, a zone cannot change its subnet (seen at AWS).
  const present = [...endpoint.interfaces.values()].map(({ subnet }) => subnet);
  const added = checkedSubnets(scope, endpoint.vpc, endpoint.service, input.AddSubnetIds ?? [], present);
  parts.network.checkRoom(added, parts.lifecycle.interfaceDetails(endpoint.id, endpoint.groupIds));
  return { removed, added };
}
