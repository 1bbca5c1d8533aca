import type { CellAccess, Ec2 } from '../../aws/ports.ts';
import { marks } from '../../model/names.ts';
import { strangersMark } from '../adopting.ts';
import type { Adoptable, Adoption, Desired, EndpointContext, GroupAccess, Observation } from '../contract.ts';
import { elbTagList, tagChanges } from '../marks.ts';
import { listScope } from './apply.ts';
import { type EndpointContent, endpointMarkFault, endpointTags } from './desired.ts';
import { diffEndpoint } from './diff.ts';
import { type EndpointState, isGoing, type LiveEndpoint, privateNameOf, stateOf, tagsOf } from './observe.ts';

interface Now {
  readonly desired: Desired<EndpointContent>;
  readonly observation: Observation<LiveEndpoint>;
}

/**
 * An endpoint of the inventory that lost its mark; and, where none of ours stands, anybody's in the same VPC to the same service. Where nothing is desired (a dropped dependency) only the former.
 */
export const endpointAdoption: Adoption<EndpointContent, LiveEndpoint, EndpointContext, GroupAccess> = {
  find: async ({ cell }, context, now, ids) => {
    const all = await cell.views.interfaceEndpoints({ maxAgeMs: 0 });
    const found: Adoptable[] = [];
    for (const id of ids) {
      const endpoint = all.find(({ VpcEndpointId }) => VpcEndpointId === id);
      if (endpoint === undefined || isGoing(endpoint)) continue;
      if (endpointMarkFault(tagsOf(endpoint), context) === undefined) continue;
      const role = roleOf(endpoint, context, now);
      if (role === undefined) continue;
      found.push(await adoptableAs(role, { cell, context, now, endpoint, all, found }));
    }
    return found;
  },
  take: async ({ cell }, context, _desired, found) => {
    try {
      await cell.ec2.createTags({ Resources: found.map(({ arn }) => arn), Tags: elbTagList(endpointTags(context)) });
    } finally {
      cell.views.touched(listScope);
    }
    return {};
  },
};

/** One that was found, and all that there were. */
interface Finding {
  readonly cell: CellAccess;
  readonly context: EndpointContext;
  readonly now: Now;
  readonly endpoint: Ec2.VpcEndpoint;
  readonly all: readonly Ec2.VpcEndpoint[];
  /** What was found of other names. */
  readonly found: readonly Adoptable[];
}

async function adoptableAs(role: Role, finding: Finding): Promise<Adoptable> {
  const { context, endpoint } = finding;
  const becomes = role === 'superseded' ? 'retired' : 'current';
  const base = { arn: endpoint.VpcEndpointId ?? '', found: wordsOf(endpoint), becomes } as const;
  const refusal = refusalOf(endpoint, context) ?? (role === 'stranger' ? inTheWay(finding) : undefined);
  if (refusal !== undefined) return { ...base, fields: [], refusal };
  if (role === 'superseded') {
    const fields = tagChanges('Tags', tagsOf(endpoint), endpointTags(context));
    return { ...base, fields, then: 'it is deleted, as it is superseded or its dependency was dropped' };
  }
  const fields = await changesOf(finding);
  const state = stateOf(endpoint);
  const then = `it is ${state}: what else differs is put right once it is available`;
  return { ...base, fields, ...(state === 'available' ? {} : { then }) };
}

type Role = 'own' | 'superseded' | 'stranger';

/** What it would be to this dependency; undefined where it has nothing to do with it. */
function roleOf(
  { VpcEndpointId, VpcId, ServiceName }: Ec2.VpcEndpoint,
  { resource, retired, network, dependency }: EndpointContext,
  { desired }: Now,
): Role | undefined {
  const isOwn = resource?.arn === VpcEndpointId;
  if (isOwn && desired.state !== 'none') return 'own';
  if (isOwn || retired.some(({ arn }) => arn === VpcEndpointId)) return 'superseded';
  if (desired.state === 'none') return undefined;
  return VpcId === network.vpcId && ServiceName === dependency.serviceName ? 'stranger' : undefined;
}

const useless: ReadonlySet<EndpointState> = new Set(['failed', 'rejected', 'expired']);

function refusalOf(endpoint: Ec2.VpcEndpoint, context: EndpointContext): string | undefined {
  const others = strangersMark(tagsOf(endpoint), endpointTags(context), [marks.installation, marks.infraGroup]);
  if (others !== undefined) return others;
  if (endpoint.RequesterManaged === true)
    return 'an AWS service made it and manages it: have that service give it up, and Cellwright makes its own';
  return undefined;
}

/** Why somebody else's cannot become ours, although its mark says nothing. */
function inTheWay({ endpoint, found, now: { observation } }: Finding): string | undefined {
  const { VpcEndpointId: id = '' } = endpoint;
  const state = stateOf(endpoint);
  if (useless.has(state)) return `it is ${state} and will never serve: delete it, and Cellwright makes its own`;
  const away = `delete ${id}, or switch its private DNS off (aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${id} --no-private-dns-enabled)`;
  const taken = found.find(({ becomes, refusal }) => becomes === 'current' && refusal === undefined);
  switch (observation.state) {
    case 'live':
      return `endpoint ${observation.arn} of the infra group stands already and leads to the same service: ${away}`;
    case 'unmarked':
      return `endpoint ${observation.arn} is the infra group's and lost its mark: adopt that one, and ${away}`;
    case 'absent':
    case 'ending':
      return taken === undefined
        ? undefined
        : `${taken.arn}, named as well, is taken over for the same service: ${away}`;
    case 'stranger':
    case 'unread':
      return 'it is not known yet whether one of the infra group stands: ask again in a minute';
    default:
      return observation satisfies never;
  }
}

async function changesOf({ cell, context, now: { desired }, endpoint, all }: Finding): Promise<Adoptable['fields']> {
  const live: LiveEndpoint = { endpoint, state: stateOf(endpoint), tags: tagsOf(endpoint) };
  if (desired.state !== 'known') return tagChanges('Tags', live.tags, endpointTags(context));
  const lacksName = desired.value.privateDns && endpoint.PrivateDnsEnabled !== true;
  if (!lacksName || endpoint.ServiceName !== context.dependency.serviceName) return diffEndpoint(desired.value, live);
  const self = endpoint.VpcEndpointId ?? '';
  return diffEndpoint(desired.value, { ...live, privateName: await privateNameOf(cell, context, { all, self }) });
}

function wordsOf(endpoint: Ec2.VpcEndpoint): string {
  const { ServiceName = 'no service', SubnetIds = [], PrivateDnsEnabled } = endpoint;
  const count = `${SubnetIds.length} ${SubnetIds.length === 1 ? 'subnet' : 'subnets'}`;
  return `${stateOf(endpoint)}, to ${ServiceName} in ${count}, private DNS ${PrivateDnsEnabled === true ? 'on' : 'off'}`;
}
