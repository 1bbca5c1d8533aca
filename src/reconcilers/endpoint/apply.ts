import type { Ec2 } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { marks } from '../../model/names.ts';
import type { FieldChange, InventoryResource } from '../../model/resources.ts';
import type { Applied, Created, EndpointContext, GroupAccess, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { elbTagList } from '../marks.ts';
import { type EndpointContent, endpointMarkFault } from './desired.ts';
import { type LiveEndpoint, privateNameOf, stateOf, tagsOf, unlisted } from './observe.ts';

/** The scope of the list of endpoints (CellViews.interfaceEndpoints). */
export const listScope = 'vpc-endpoints';

/** AWS takes a minute or more for what it does to an endpoint (facts: latencies). */
export const endpointCheckInMs = 15_000;

/**
 * One client token belongs to one intent, so a call that is sent again makes no second endpoint. The service's own name is asked for at once where AWS would give it, which saves a call of the
 * small bucket for changes; otherwise it follows when the endpoint is available: its owner has accepted it then, and whoever held the name has let go.
 */
export async function createEndpoint(
  { cell }: GroupAccess,
  context: EndpointContext,
  desired: EndpointContent,
  entry: InventoryResource,
): Promise<Created> {
  const { views, ec2 } = cell;
  const all = await views.interfaceEndpoints({ maxAgeMs: 0 });
  const privateName = desired.privateDns ? await privateNameOf(cell, context, { all }) : undefined;
  try {
    const answer = await ec2.createVpcEndpoint({
      ...desired.fixed,
      SubnetIds: [...desired.subnetIds],
      SecurityGroupIds: [...desired.securityGroupIds],
      PrivateDnsEnabled: privateName?.can === 'now' && privateName.holder === undefined,
      TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: elbTagList(desired.tags) }],
      ...(entry.intent === undefined ? {} : { ClientToken: entry.intent.token }),
    });
    return {
      outcome: 'created',
      arn: answeredArn('ec2', 'createVpcEndpoint', answer.VpcEndpoint?.VpcEndpointId),
    };
  } finally {
    views.touched(listScope);
  }
}

/** Puts back just what differs: tags, then what one ModifyVpcEndpoint takes, then the name, whose refusal must not keep the rest from healing. */
export async function updateEndpoint(
  access: GroupAccess,
  _context: EndpointContext,
  desired: EndpointContent,
  live: LiveEndpoint,
  fields: readonly FieldChange[],
): Promise<Applied> {
  const { ec2, views } = access.cell;
  const id = live.endpoint.VpcEndpointId ?? '';
  const off = new Map(fields.map((change) => [change.field, change.after]));
  try {
    if (off.has('Tags')) await ec2.createTags({ Resources: [id], Tags: elbTagList(desired.tags) });
    const members = Object.fromEntries([...off].filter(([field]) => field !== 'Tags' && field !== 'PrivateDnsEnabled'));
    if (Object.keys(members).length > 0) await modify(access, id, members);
    // With other subnets it is pending for a while, and AWS would refuse the next change: the next pass makes it.
    const busy = off.has('AddSubnetIds') || off.has('RemoveSubnetIds');
    if (off.has('PrivateDnsEnabled') && !busy) await switchPrivateDns(access, live, desired.privateDns);
  } finally {
    views.touched(listScope);
  }
  return {};
}

/** AWS refuses a subnet in the zone of another that the endpoint still has, also where the same call takes that one away: it then goes first. */
async function modify(
  { cell }: GroupAccess,
  id: string,
  members: Omit<Ec2.ModifyVpcEndpointCommandInput, 'VpcEndpointId'>,
): Promise<void> {
  try {
    await cell.ec2.modifyVpcEndpoint({ ...members, VpcEndpointId: id });
  } catch (error) {
    const blocked = error instanceof CallError && error.code === 'DuplicateSubnetsInSameZone';
    if (!blocked || members.RemoveSubnetIds === undefined) throw error;
    const { AddSubnetIds: _later, ...first } = members;
    await cell.ec2.modifyVpcEndpoint({ ...first, VpcEndpointId: id });
  }
}

/**
 * AWS lets only one endpoint of a VPC have a name. It is taken from the predecessor only now that its successor is available, by two calls one right after the other, and the
 * predecessor is deleted only after: so the name is without an answer for no longer than AWS takes between the two.
 */
async function switchPrivateDns({ cell }: GroupAccess, live: LiveEndpoint, on: boolean): Promise<void> {
  const { privateName } = live;
  const holder = privateName === undefined || privateName.can === 'never' ? undefined : privateName.holder;
  if (on && holder !== undefined) {
    await cell.ec2.modifyVpcEndpoint({ VpcEndpointId: holder.id, PrivateDnsEnabled: false });
  }
  await cell.ec2.modifyVpcEndpoint({ VpcEndpointId: live.endpoint.VpcEndpointId, PrivateDnsEnabled: on });
}

/** Deletes the endpoint, if it is still there and ours; AWS takes minutes over it. */
export async function retireEndpoint(
  { cell }: GroupAccess,
  context: EndpointContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  const all = await cell.views.interfaceEndpoints({ maxAgeMs: 0 });
  const endpoint = endpointOf(all, context, entry);
  const id = endpoint?.VpcEndpointId;
  if (endpoint === undefined || id === undefined) return { step: 'gone' };
  const fault = endpointMarkFault(tagsOf(endpoint), context);
  if (fault !== undefined) return { step: 'unmarked', found: fault };
  const state = stateOf(endpoint);
  if (state === 'deleted') return { step: 'gone' };
  if (state !== 'deleting') {
    try {
      const answer = await cell.ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
      checkDeleted(answer.Unsuccessful ?? []);
    } finally {
      cell.views.touched(listScope);
    }
  }
  return { step: 'pending', found: `endpoint ${id} to be deleted`, checkInMs: endpointCheckInMs, deleted: true };
}

function endpointOf(
  all: readonly Ec2.VpcEndpoint[],
  context: EndpointContext,
  entry: InventoryResource,
): Ec2.VpcEndpoint | undefined {
  if (entry.arn !== undefined) return all.find(({ VpcEndpointId }) => VpcEndpointId === entry.arn);
  const others = context.retired.filter(({ arn }) => arn !== undefined);
  return unlisted(all, { ...context, resource: undefined, retired: others }).find(
    (one) => tagsOf(one)[marks.dependency] === context.dependency.name,
  );
}

/** DeleteVpcEndpoints answers 200 also for what it did not delete. */
function checkDeleted(unsuccessful: readonly Ec2.UnsuccessfulItem[]): void {
  for (const { ResourceId = '', Error: found } of unsuccessful) {
    const code = found?.Code ?? 'Unsuccessful';
    if (code.endsWith('.NotFound')) continue;
    throw new CallError({
      class: code === 'UnauthorizedOperation' ? 'denied' : 'waiting',
      service: 'ec2',
      operation: 'deleteVpcEndpoints',
      code,
      message: `endpoint ${ResourceId} was not deleted: ${found?.Message ?? code}`,
    });
  }
}
