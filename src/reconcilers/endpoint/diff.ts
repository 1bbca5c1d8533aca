import type { Ec2 } from '../../aws/ports.ts';
import { canonicalJson } from '../../model/records/canonical.ts';
import type { FieldChange } from '../../model/resources.ts';
import { fieldChanges } from '../fields.ts';
import { tagChanges } from '../marks.ts';
import type { EndpointContent } from './desired.ts';
import type { LiveEndpoint } from './observe.ts';

/** What only a new endpoint can have. */
const fixed = new Set(['VpcEndpointType', 'VpcId', 'ServiceName']);

/**
 * Members of CreateVpcEndpoint that cannot be changed, Tags, and, by the members of ModifyVpcEndpoint that put them right, everything else that AWS lets one write. Only an endpoint that is
 * `available` can be modified, so nothing else is named while it is not.
 */
export function diffEndpoint(desired: EndpointContent, live: LiveEndpoint): readonly FieldChange[] {
  const { endpoint, tags, state } = live;
  const immutable = fieldChanges(desired.fixed, endpoint);
  const tagged = tagChanges('Tags', tags, desired.tags);
  if (state !== 'available') return [...immutable, ...tagged];
  const groups = (endpoint.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
  return [
    ...immutable,
    ...listChanges('SubnetIds', desired.subnetIds, endpoint.SubnetIds ?? []),
    ...listChanges('SecurityGroupIds', desired.securityGroupIds, groups),
    ...privateDnsChange(desired, live),
    ...policyChange(endpoint),
    ...addressingChanges(endpoint),
    ...tagged,
  ];
}

/** Whether only a successor can have these fields. */
export function endpointNeedsSuccessor(fields: readonly FieldChange[]): boolean {
  return fields.some(({ field }) => fixed.has(field));
}

function listChanges(name: string, wanted: readonly string[], found: readonly string[]): readonly FieldChange[] {
  const missing = wanted.filter((id) => !found.includes(id));
  const extra = found.filter((id) => !wanted.includes(id));
  const before = [...found].sort();
  return [
    ...(missing.length === 0 ? [] : [{ field: `Add${name}`, before, after: missing }]),
    ...(extra.length === 0 ? [] : [{ field: `Remove${name}`, before, after: [...extra].sort() }]),
  ];
}

/** Switched on only where AWS would let us: the service has a name, and nobody but a predecessor of ours holds it. */
function privateDnsChange(desired: EndpointContent, { endpoint, privateName }: LiveEndpoint): readonly FieldChange[] {
  const before = endpoint.PrivateDnsEnabled === true;
  if (before === desired.privateDns) return [];
  const change = { field: 'PrivateDnsEnabled', before, after: desired.privateDns };
  if (!desired.privateDns) return [change];
  if (privateName === undefined || privateName.can === 'never') return [];
  const free = privateName.holder === undefined || privateName.holder.whose === 'predecessor';
  return free ? [change] : [];
}

/** An endpoint without a policy of its own lets everything pass; AWS shows that as a policy. */
function policyChange({ PolicyDocument }: Ec2.VpcEndpoint): readonly FieldChange[] {
  if (PolicyDocument === undefined || PolicyDocument === '' || isFullAccess(PolicyDocument)) return [];
  return [{ field: 'ResetPolicy', before: PolicyDocument, after: true }];
}

function isFullAccess(document: string): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
  const { Statement } = parsed as { Statement?: unknown };
  const [statement, ...more] = Array.isArray(Statement) ? (Statement as unknown[]) : [Statement];
  const { Sid: _sid, ...rest } = (statement ?? {}) as Readonly<Record<string, unknown>>;
  const full = { Action: '*', Effect: 'Allow', Principal: '*', Resource: '*' };
  return more.length === 0 && canonicalJson(rest) === canonicalJson(full);
}

/** AWS makes them with IPv4 unless told otherwise. */
function addressingChanges({ IpAddressType, DnsOptions }: Ec2.VpcEndpoint): readonly FieldChange[] {
  const records = DnsOptions?.DnsRecordIpType;
  return [
    ...(IpAddressType === undefined || IpAddressType === 'ipv4'
      ? []
      : [{ field: 'IpAddressType', before: IpAddressType, after: 'ipv4' }]),
    ...(records === undefined || records === 'ipv4'
      ? []
      : [{ field: 'DnsOptions', before: { DnsRecordIpType: records }, after: { DnsRecordIpType: 'ipv4' } }]),
  ];
}
