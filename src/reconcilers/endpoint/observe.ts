import type { CellAccess, Ec2 } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { marks } from '../../model/names.ts';
import type { InventoryResource } from '../../model/resources.ts';
import type { EndpointContext, GroupAccess, Observation, ObserveOptions } from '../contract.ts';
import { endpointMarkFault } from './desired.ts';

export interface LiveEndpoint {
  readonly endpoint: Ec2.VpcEndpoint;
  readonly state: EndpointState;
  readonly tags: Readonly<Record<string, string>>;
  /** Read where the service's own name is wanted and does not lead here. */
  readonly privateName?: PrivateName;
}

/** In lower case: AWS's model and its answers spell them differently (facts: VPC endpoint). */
export type EndpointState =
  | 'pendingacceptance'
  | 'pending'
  | 'available'
  | 'deleting'
  | 'deleted'
  | 'rejected'
  | 'failed'
  | 'expired'
  | 'partial';

/** Whether a service's own DNS name could lead to an endpoint of ours now. */
export type PrivateName =
  /** The service has no such name, or has not proved that it owns it. */
  | { readonly can: 'never'; readonly why: string }
  /** Its owner has to accept the endpoint first. */
  | { readonly can: 'accepted'; readonly name: string; readonly holder?: NameHolder }
  | { readonly can: 'now'; readonly name: string; readonly holder?: NameHolder };

/** The endpoint of the same VPC that the name leads to: AWS lets only one have it. */
export interface NameHolder {
  readonly id: string;
  /**
   * `predecessor`: superseded by ours. `neighbour`: another infra group's in the same VPC, which serves ours as well. `leaving`: on its way out, and holds the name to the end.
   */
  readonly whose: 'predecessor' | 'neighbour' | 'foreign' | 'leaving';
}

/** How long what was read of a service is good for: its owner changes it seldom. */
const serviceAgeMs = 600_000;

/** One list of the cell's endpoints serves all groups and dependencies. */
export async function observeEndpoint(
  { cell }: GroupAccess,
  context: EndpointContext,
  options: ObserveOptions,
): Promise<Observation<LiveEndpoint>> {
  const maxAgeMs = Math.min(options.maxAgeMs, options.driftAgeMs);
  const all = await cell.views.interfaceEndpoints({ maxAgeMs });
  const endpoint = ownEndpoint(all, context);
  const arn = endpoint?.VpcEndpointId;
  if (endpoint === undefined || arn === undefined) return { state: 'absent', foreign: foreignIds(all, context) };
  const fault = endpointMarkFault(tagsOf(endpoint), context);
  if (fault !== undefined) return { state: 'unmarked', arn, found: fault };
  const state = stateOf(endpoint);
  if (state === 'deleting' || state === 'deleted') return { state: 'ending', arn, found: `is ${state}` };
  const live = { endpoint, state, tags: tagsOf(endpoint) };
  if (!context.dependency.privateDns || endpoint.PrivateDnsEnabled === true) return { state: 'live', live, arn };
  if (endpoint.ServiceName !== context.dependency.serviceName) return { state: 'live', live, arn };
  return { state: 'live', live: { ...live, privateName: await privateNameOf(cell, context, { all, self: arn }) }, arn };
}

/** By its id, as far as it is known; else by its tags: what an unanswered call made, or what an inventory lost. */
function ownEndpoint(all: readonly Ec2.VpcEndpoint[], context: EndpointContext): Ec2.VpcEndpoint | undefined {
  const id = context.resource?.arn;
  if (id !== undefined) return all.find((endpoint) => endpoint.VpcEndpointId === id);
  return unlisted(all, context).find((endpoint) => tagsOf(endpoint)[marks.dependency] === context.dependency.name);
}

/** Ours of this infra group that the context does not name and that are not going, the oldest first. */
export function unlisted(
  all: readonly Ec2.VpcEndpoint[],
  context: EndpointContext,
): readonly (Ec2.VpcEndpoint & { readonly VpcEndpointId: string })[] {
  const known = new Set([context.resource, ...context.retired].map((one) => one?.arn));
  return all
    .flatMap((endpoint) => {
      const { VpcEndpointId } = endpoint;
      if (VpcEndpointId === undefined || known.has(VpcEndpointId)) return [];
      if (endpointMarkFault(tagsOf(endpoint), context) !== undefined || isGoing(endpoint)) return [];
      return [{ ...endpoint, VpcEndpointId }];
    })
    .sort(byAge);
}

function byAge(a: Ec2.VpcEndpoint, b: Ec2.VpcEndpoint): number {
  const age = (a.CreationTimestamp?.getTime() ?? 0) - (b.CreationTimestamp?.getTime() ?? 0);
  return age === 0 ? ((a.VpcEndpointId ?? '') < (b.VpcEndpointId ?? '') ? -1 : 1) : age;
}

/** Endpoints of others that lead to the same service: none of our business, and good to know. */
function foreignIds(all: readonly Ec2.VpcEndpoint[], context: EndpointContext): readonly string[] {
  const { network, dependency, installation } = context;
  return all
    .filter((one) => one.VpcId === network.vpcId && one.ServiceName === dependency.serviceName)
    .filter((one) => tagsOf(one)[marks.installation] !== installation)
    .flatMap((one) => one.VpcEndpointId ?? []);
}

/**
 * Whether the service's own name can lead to an endpoint, and to which it leads now. An endpoint that is being deleted holds the name to the end (facts:
 * private DNS conflicts). Throws `CallError`: `invalid` where the service does not exist or the account may not know of it.
 */
export async function privateNameOf(
  cell: CellAccess,
  context: EndpointContext,
  { all, self }: { readonly all: readonly Ec2.VpcEndpoint[]; readonly self?: string },
): Promise<PrivateName> {
  const service = await describeService(cell, context.dependency.serviceName);
  const name = service.PrivateDnsName;
  if (name === undefined || name === '') return { can: 'never', why: 'the service has no DNS name of its own' };
  const proof = service.PrivateDnsNameVerificationState;
  if (proof !== undefined && proof !== 'verified') {
    return { can: 'never', why: `the service's owner has not proved to AWS that ${name} is its own (${proof})` };
  }
  const holder = all.find((one) => one.VpcEndpointId !== self && holdsName(one, context, name));
  const held =
    holder === undefined ? {} : { holder: { id: holder.VpcEndpointId ?? '', whose: whose(holder, context) } };
  return { can: service.AcceptanceRequired === true ? 'accepted' : 'now', name, ...held };
}

function holdsName(endpoint: Ec2.VpcEndpoint, { network, dependency }: EndpointContext, name: string): boolean {
  if (endpoint.VpcId !== network.vpcId || endpoint.PrivateDnsEnabled !== true) return false;
  if (stateOf(endpoint) === 'deleted') return false;
  const names = (endpoint.DnsEntries ?? []).map(({ DnsName }) => DnsName);
  return endpoint.ServiceName === dependency.serviceName || names.includes(name);
}

function whose(endpoint: Ec2.VpcEndpoint, context: EndpointContext): NameHolder['whose'] {
  if (isGoing(endpoint)) return 'leaving';
  const tags = tagsOf(endpoint);
  if (tags[marks.installation] !== context.installation) return 'foreign';
  if (tags[marks.infraGroup] !== context.infraGroup) return 'neighbour';
  return context.retired.some(({ arn }) => arn === endpoint.VpcEndpointId) ? 'predecessor' : 'neighbour';
}

async function describeService(cell: CellAccess, serviceName: string): Promise<Ec2.ServiceDetail> {
  return cell.views.once(`vpc-endpoint-service/${serviceName}`, { maxAgeMs: serviceAgeMs }, async () => {
    const answer = await cell.ec2.describeVpcEndpointServices({ ServiceNames: [serviceName] });
    const found = answer.ServiceDetails?.find(({ ServiceName }) => ServiceName === serviceName);
    if (found !== undefined) return found;
    throw new CallError({
      class: 'invalid',
      service: 'ec2',
      operation: 'describeVpcEndpointServices',
      code: 'InvalidServiceName',
      message: `the answer lacks the endpoint service ${serviceName}`,
    });
  });
}

/** What bears our mark in this infra group and what the context does not name: a second one that an unanswered call made. */
export async function strayEndpoints(
  { cell }: GroupAccess,
  context: EndpointContext,
): Promise<readonly InventoryResource[]> {
  const all = await cell.views.interfaceEndpoints({ maxAgeMs: 60_000 });
  return unlisted(all, context).map((endpoint) => ({
    kind: 'endpoint',
    n: 0,
    name: endpoint.VpcEndpointId,
    arn: endpoint.VpcEndpointId,
  }));
}

export function isGoing(endpoint: Ec2.VpcEndpoint): boolean {
  const state = stateOf(endpoint);
  return state === 'deleting' || state === 'deleted';
}

export function stateOf(endpoint: Ec2.VpcEndpoint): EndpointState {
  return (endpoint.State ?? 'pending').toLowerCase() as EndpointState;
}

export function tagsOf(endpoint: Ec2.VpcEndpoint): Readonly<Record<string, string>> {
  return Object.fromEntries((endpoint.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
