/** What must hold of the records of a zone after a batch. Pure. Source: ResourceRecordSet and AliasTarget, Route 53 API reference. */
import { canonicalZoneOf } from '../elbv2/canonical-zones.ts';
import type { Draft } from './draft.ts';
import { isWithin } from './names.ts';
import { type Policy, policyOf, type StoredSet } from './records.ts';

/** What the service calls sets of a policy. */
const kinds: Readonly<Record<Policy, string | undefined>> = {
  simple: undefined,
  Weight: 'weighted',
  Failover: 'failover',
  MultiValueAnswer: 'multivalue',
};

/** The types of record that a load balancer or a distribution can stand for. Source: AliasTarget, Route 53 API reference. */
const serviceAliasTypes: ReadonlySet<string> = new Set(['A', 'AAAA']);

interface ZoneOfRecords {
  readonly id: string;
  readonly name: string;
}

/** How much a zone may hold. */
export interface Limits {
  readonly recordsPerZone: number;
  /** Sets with the same name, type and routing policy. */
  readonly recordsPerGroup: number;
}

/** A zone as it would stand after the batch. */
interface Outcome {
  readonly draft: Draft;
  readonly zone: ZoneOfRecords;
  readonly limits: Limits;
}

/** What is wrong with one set of an outcome, in the words of the service; empty when nothing is. */
export function setProblems({ draft, zone, limits }: Outcome, set: StoredSet): string[] {
  return [...groupProblems(draft, limits, set), ...cnameProblems(draft, zone, set), ...aliasProblems(draft, zone, set)];
}

function groupProblems(draft: Draft, limits: Limits, set: StoredSet): string[] {
  const group = draft.group(set.name, set.type);
  const others = group.filter((other) => other.key !== set.key);
  const policy = policyOf(set.set);
  const identifier = set.setIdentifier === undefined ? '' : `, SetIdentifier ${set.setIdentifier}`;
  const subject = `RRSet with DNS name ${set.name}, type ${set.type}${identifier}`;
  const stranger = others.find((other) => policyOf(other.set) !== policy);
  if (stranger !== undefined) {
    if (policy === 'simple') {
      return [`${subject} cannot be created as other RRSets exist with the same name and type.`];
    }
    return [`${subject} cannot be created as a non-${kinds[policy]} set exists with the same name and type.`];
  }
  const kind = kinds[policy];
  if (kind !== undefined && group.length > limits.recordsPerGroup) {
    return [`Exceeded limit on number of ${kind} RRSets for ${set.name}, type ${set.type} in this zone.`];
  }
  if (others.some((other) => other.set.Failover !== undefined && other.set.Failover === set.set.Failover)) {
    return [
      `${subject} cannot be created as a ${set.set.Failover?.toLowerCase()} set exists with the same name and type.`,
    ];
  }
  const ttls = new Set(group.map((one) => one.set.TTL).filter((ttl) => ttl !== undefined));
  if (policy === 'Weight' && ttls.size > 1) {
    return [`${subject} cannot be created as weighted sets must contain the same TTL.`];
  }
  return [];
}

function cnameProblems(draft: Draft, zone: ZoneOfRecords, set: StoredSet): string[] {
  if (set.type === 'CNAME' && set.name === zone.name) {
    return [`RRSet of type CNAME with DNS name ${set.name} is not permitted at apex in zone ${zone.name}`];
  }
  const types = draft.types(set.name);
  if (types.length < 2 || !types.includes('CNAME')) return [];
  return [
    `RRSet of type ${set.type} with DNS name ${set.name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`,
  ];
}

function aliasProblems(draft: Draft, zone: ZoneOfRecords, set: StoredSet): string[] {
  const alias = set.set.AliasTarget;
  if (alias === undefined) return [];
  const target = alias.DNSName ?? '';
  const subject = `Tried to create an alias that targets ${target}, type ${set.type} in zone ${alias.HostedZoneId ?? ''}`;
  if (set.type === 'NS' || set.type === 'SOA') return [`${subject}, but records of this type cannot be aliases`];
  if (alias.HostedZoneId === zone.id) {
    if (!isWithin(target, zone.name)) {
      return [`${subject}, but the alias target name does not lie within the target zone`];
    }
    return draft.group(target, set.type).length === 0 ? [`${subject}, but that target was not found`] : [];
  }
  if (!isServiceTarget(target, alias.HostedZoneId ?? '')) {
    return [`${subject}, but the alias target name does not lie within the target zone`];
  }
  return serviceAliasTypes.has(set.type) ? [] : [`${subject}, but that target was not found`];
}

/**
 * Whether a name lies in the zone of an AWS service. Load balancers' names must come with the zone of their Region; whether such a load balancer
 * exists is not looked at (assumed). Names of CloudFront are known by their one zone; those of other services are refused.
 */
function isServiceTarget(name: string, zoneId: string): boolean {
  const region = /\.([a-z0-9-]+)\.elb\.amazonaws\.com(?:\.cn)?\.$/.exec(name)?.[1];
  if (region !== undefined) return zoneId === canonicalZoneOf(region);
  return name.endsWith('.cloudfront.net.') && zoneId === 'Z2FDTNDATAQYW2';
}
