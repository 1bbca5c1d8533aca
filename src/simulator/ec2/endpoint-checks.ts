/** What AWS asks of an interface endpoint before it makes or changes one. Texts as seen where AWS's documents have none. */
import type { World } from '../kernel.ts';
import { AwsError } from '../kernel.ts';
import type { EndpointService } from './endpoint-services.ts';
import type { VpcEndpoint } from './endpoint-state.ts';
import { isAlive } from './endpoint-state.ts';
import { invalidParameter, limitExceeded, noSuch } from './errors.ts';
import type { Scope, Subnet, Vpc } from './state.ts';

/** Characters of an endpoint policy, white space among them (PrivateLink quotas; not adjustable). */
const longestPolicy = 20_480;

/** A policy that lets everything through: what an endpoint has that was given none. */
export const fullAccess = JSON.stringify({
  Statement: [{ Action: '*', Effect: 'Allow', Principal: '*', Resource: '*' }],
});

/** The policy that a call gives, checked; the default one where it gives none. */
export function checkedPolicy(service: EndpointService, document: string | undefined): string {
  if (document === undefined) return fullAccess;
  if (!service.policySupported) {
    throw invalidParameter(`Endpoint policies are not supported by the service ${service.name}.`);
  }
  if (document.length > longestPolicy) {
    throw new AwsError('InvalidPolicyDocument', `The policy document exceeds ${longestPolicy} characters.`);
  }
  if (!isPolicy(document)) {
    const message = 'The specified policy document is not a valid JSON policy document.';
    throw new AwsError('InvalidPolicyDocument', message);
  }
  return document;
}

function isPolicy(document: string): boolean {
  try {
    const policy: unknown = JSON.parse(document);
    return typeof policy === 'object' && policy !== null && 'Statement' in policy;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The subnets that a call names, all in the endpoint's VPC, in zones of the service, and none in the zone of another. `present`: those it has already. */
export function checkedSubnets(
  scope: Scope,
  vpc: Vpc,
  service: EndpointService,
  ids: readonly string[],
  present: readonly Subnet[],
): readonly Subnet[] {
  const taken = [...present];
  for (const id of new Set(ids)) {
    const subnet = scope.subnets.get(id);
    if (subnet === undefined) throw noSuch('subnet', id);
    if (present.includes(subnet)) continue;
    checkSubnet(vpc, service, subnet);
    const sibling = taken.find((other) => other.zone === subnet.zone);
    if (sibling !== undefined) {
      throw new AwsError(
        'DuplicateSubnetsInSameZone',
        `Found another VPC endpoint subnet in the availability zone of ${sibling.id}`,
      );
    }
    taken.push(subnet);
  }
  return taken.slice(present.length);
}

function checkSubnet(vpc: Vpc, service: EndpointService, subnet: Subnet): void {
  if (subnet.vpc !== vpc) throw invalidParameter(`The subnet ${subnet.id} is not in the VPC ${vpc.id}.`);
  if (service.zones.includes(subnet.zone)) return;
  throw invalidParameter(
    `The VPC endpoint service ${service.name} does not support the availability zone of the subnet: ${subnet.id}.`,
  );
}

/** The security groups that a call names, all in the endpoint's VPC. */
export function checkedGroups(scope: Scope, vpc: Vpc, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    const group = scope.groups.get(id);
    if (group === undefined) throw noSuch('group', id);
    if (group.vpc !== vpc) throw invalidParameter(`The security group ${id} is not in the VPC ${vpc.id}.`);
  }
  return [...new Set(ids)];
}

/** Throws `AwsError` unless an endpoint of this service could have private DNS in this VPC now. */
export function checkPrivateDns(scope: Scope, vpc: Vpc, service: EndpointService, self: VpcEndpoint | undefined): void {
  const name = service.privateDnsName;
  if (name === undefined) {
    throw invalidParameter(
      `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`,
    );
  }
  const isAccepted = self !== undefined && ['pending', 'available'].includes(self.state);
  if (service.acceptanceRequired && !isAccepted) {
    throw invalidParameter(
      `Private DNS can only be enabled after the endpoint connection is accepted by the owner of ${service.name}.`,
    );
  }
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    throw invalidParameter(
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  }
  // Also an endpoint that is still being deleted holds its name.
  const holder = [...scope.endpoints.values()].find(
    (other) => other !== self && other.vpc === vpc && isAlive(other) && privateNameOf(other) === name,
  );
  if (holder === undefined) return;
  throw invalidParameter(
    `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpc.id}`,
  );
}

function privateNameOf(endpoint: VpcEndpoint): string | undefined {
  return endpoint.privateDns ? endpoint.service.privateDnsName : undefined;
}

/** Interface endpoints of a VPC, those that are being deleted among them (PrivateLink quotas). */
export function checkEndpointQuota(world: World, scope: Scope, vpc: Vpc): void {
  const inUse = [...scope.endpoints.values()].filter((endpoint) => endpoint.vpc === vpc && isAlive(endpoint)).length;
  if (inUse < world.quotas.get(vpc, 'interfaceEndpointsPerVpc')) return;
  throw limitExceeded('VpcEndpointLimitExceeded', 'VPC endpoints');
}
