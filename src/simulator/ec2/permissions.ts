/** Security group rules as values: read from the API's permissions, compared, and shown again. */
import type { IpPermission, SecurityGroupRule as RuleView } from '@aws-sdk/client-ec2';
import { formatCidr, parseCidr } from './cidr.ts';
import { invalidValue, missingParameter } from './errors.ts';
import { canonicalIpv6Range } from './ipv6.ts';

/** Who a rule lets in, or may be sent to: AWS keeps one rule for each. */
export type Peer =
  | { readonly kind: 'ipv4' | 'ipv6' | 'prefix-list'; readonly value: string }
  | { readonly kind: 'group'; readonly value: string; readonly owner: string };

export interface RuleTerms {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or another protocol's number. */
  readonly protocol: string;
  /** Both undefined where the protocol has no ports. */
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly peer: Peer;
  readonly description: string | undefined;
}

/** All traffic, anywhere: what a new group lets out. */
export const everything: RuleTerms = {
  protocol: '-1',
  fromPort: undefined,
  toPort: undefined,
  peer: { kind: 'ipv4', value: '0.0.0.0/0' },
  description: undefined,
};

/** The members of a permission that are acted on. */
export const permissionMembers = [
  'IpProtocol',
  'FromPort',
  'ToPort',
  'IpRanges',
  'Ipv6Ranges',
  'PrefixListIds',
  'UserIdGroupPairs.GroupId',
  'UserIdGroupPairs.UserId',
  'UserIdGroupPairs.Description',
] as const;

const protocolNames: ReadonlyMap<string, string> = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['1', 'icmp'],
  ['58', 'icmpv6'],
  ['all', '-1'],
]);

/** The rules that a permission stands for, one for each of its peers. `account` owns the groups that it names without an owner. */
export function termsOf(permission: IpPermission, account: string): RuleTerms[] {
  const ports = portsOf(permission);
  const rule = (peer: Peer, description: string | undefined): RuleTerms => ({ ...ports, peer, description });
  const terms = [
    ...(permission.IpRanges ?? []).map((range) => rule(ipv4Peer(range.CidrIp), range.Description)),
    ...(permission.Ipv6Ranges ?? []).map((range) => rule(ipv6Peer(range.CidrIpv6), range.Description)),
    ...(permission.PrefixListIds ?? []).map((list) =>
      rule({ kind: 'prefix-list', value: list.PrefixListId ?? '' }, list.Description),
    ),
    ...(permission.UserIdGroupPairs ?? []).map((pair) =>
      rule({ kind: 'group', value: pair.GroupId ?? '', owner: pair.UserId ?? account }, pair.Description),
    ),
  ];
  if (terms.length === 0) throw missingParameter('ipPermissions.peer');
  return terms;
}

/** Protocol and ports, as AWS keeps them. */
export function portsOf(permission: Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>): {
  protocol: string;
  fromPort: number | undefined;
  toPort: number | undefined;
} {
  const given = permission.IpProtocol;
  if (given === undefined) throw missingParameter('ipProtocol');
  const protocol = protocolNames.get(given.toLowerCase()) ?? given.toLowerCase();
  const named = ['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol);
  const isNumber = /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255;
  if (!named && !isNumber && protocol !== '-1') {
    throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  }
  // Other protocols allow all ports, whatever is given (AuthorizeSecurityGroupIngress, EC2 API reference).
  if (!named) return { protocol, fromPort: undefined, toPort: undefined };
  const { FromPort: fromPort, ToPort: toPort } = permission;
  if (fromPort === undefined || toPort === undefined) {
    if (protocol === 'icmpv6') return { protocol, fromPort: -1, toPort: -1 };
    throw invalidValue(
      protocol === 'icmp'
        ? "Invalid value 'Must specify both type and code for ICMP.' for portRange."
        : "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  }
  if (protocol === 'tcp' || protocol === 'udp') checkPortRange(fromPort, toPort);
  return { protocol, fromPort, toPort };
}

function checkPortRange(from: number, to: number): void {
  if (from >= 0 && to <= 65_535 && from <= to) return;
  throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
}

/** AWS stores ranges in canonical form. */
export function ipv4Peer(text: string | undefined): Peer {
  const cidr = parseCidr(text ?? '');
  if (cidr === undefined) throw invalidValue(`CIDR block ${text ?? ''} is malformed`);
  return { kind: 'ipv4', value: formatCidr(cidr) };
}

export function ipv6Peer(text: string | undefined): Peer {
  const value = canonicalIpv6Range(text ?? '');
  if (value === undefined) throw invalidValue(`CIDR block ${text ?? ''} is malformed`);
  return { kind: 'ipv6', value };
}

/** What makes two rules of one direction the same: everything but their descriptions. */
export function keyOf(terms: RuleTerms): string {
  return `${portsKey(terms)}/${terms.peer.kind}/${terms.peer.value}`;
}

function portsKey(terms: RuleTerms): string {
  return `${terms.protocol}/${terms.fromPort ?? ''}-${terms.toPort ?? ''}`;
}

/** A rule in the words of AWS's refusals. */
export function inWords(terms: RuleTerms): string {
  const protocol = terms.protocol === '-1' ? 'ALL' : terms.protocol.toUpperCase();
  const ports = terms.fromPort === undefined ? '' : `, from port: ${terms.fromPort}, to port: ${terms.toPort ?? ''}`;
  return `peer: ${terms.peer.value}, ${protocol}${ports}, ALLOW`;
}

/** The rules of a group in one direction: those of one protocol and port range together. */
export function permissionsOf(rules: readonly RuleTerms[]): IpPermission[] {
  const byPorts = new Map<string, RuleTerms[]>();
  for (const terms of rules) byPorts.set(portsKey(terms), [...(byPorts.get(portsKey(terms)) ?? []), terms]);
  return [...byPorts.values()].map(merged);
}

function merged(rules: readonly RuleTerms[]): IpPermission {
  const [first = everything] = rules;
  const described = (terms: RuleTerms) => (terms.description === undefined ? {} : { Description: terms.description });
  const of = (kind: Peer['kind']): readonly RuleTerms[] => rules.filter((terms) => terms.peer.kind === kind);
  return {
    IpProtocol: first.protocol,
    ...(first.fromPort === undefined ? {} : { FromPort: first.fromPort }),
    ...(first.toPort === undefined ? {} : { ToPort: first.toPort }),
    IpRanges: of('ipv4').map((terms) => ({ CidrIp: terms.peer.value, ...described(terms) })),
    Ipv6Ranges: of('ipv6').map((terms) => ({ CidrIpv6: terms.peer.value, ...described(terms) })),
    PrefixListIds: of('prefix-list').map((terms) => ({ PrefixListId: terms.peer.value, ...described(terms) })),
    UserIdGroupPairs: of('group').map((terms) => ({
      GroupId: terms.peer.value,
      UserId: ownerOf(terms.peer),
      ...described(terms),
    })),
  };
}

function ownerOf(peer: Peer): string | undefined {
  return peer.kind === 'group' ? peer.owner : undefined;
}

/** The part of a rule's description that its terms make. */
export function viewOfTerms(terms: RuleTerms): Partial<RuleView> {
  const { peer } = terms;
  return {
    IpProtocol: terms.protocol,
    FromPort: terms.fromPort ?? -1,
    ToPort: terms.toPort ?? -1,
    ...(peer.kind === 'ipv4' ? { CidrIpv4: peer.value } : {}),
    ...(peer.kind === 'ipv6' ? { CidrIpv6: peer.value } : {}),
    ...(peer.kind === 'prefix-list' ? { PrefixListId: peer.value } : {}),
    ...(peer.kind === 'group' ? { ReferencedGroupInfo: { GroupId: peer.value, UserId: peer.owner } } : {}),
    ...(terms.description === undefined ? {} : { Description: terms.description }),
  };
}
