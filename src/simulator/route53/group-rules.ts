/** What must hold of the records of a zone after a batch. Pure. Source: ResourceRecordSet and AliasTarget, Route 53 API reference. */
import { canonicalZoneOf } from '../elbv2/canonical-zones.ts';
import type { Draft } from './draft.ts';
import { isWithin } from './names.ts';
import { policyOf, type StoredSet } from './records.ts';

/** Sets with the same name, type and routing policy. */
const maxPerGroup = 100;

interface ZoneOfRecords {
  readonly id: string;
  readonly name: string;
}

/** What is wrong with one set as the zone would stand after the batch, in the words of the service; empty when nothing is. */
export function setProblems(draft: Draft, zone: ZoneOfRecords, set: StoredSet): string[] {
  return [...groupProblems(draft, set), ...cnameProblems(draft, zone, set), ...aliasProblems(draft, zone, set)];
}

function groupProblems(draft: Draft, set: StoredSet): string[] {
  const group = draft.group(set.name, set.type);
  const others = group.filter((other) => other.key !== set.key);
  const policy = policyOf(set.set);
  const subject = `RRSet with DNS name ${set.name}, type ${set.type}, SetIdentifier ${set.setIdentifier ?? 'null'}`;
  const stranger = others.find((other) => policyOf(other.set) !== policy);
  if (stranger !== undefined) {
    if (policy === 'simple') {
      return [`${subject} cannot be created as other RRSets exist with the same name and type.`];
    }
    const kind = policy === 'Weight' ? 'weighted' : policy.toLowerCase();
    return [`${subject} cannot be created as a non-${kind} set exists with the same name and type.`];
  }
  if (group.length > maxPerGroup) {
    return [`${subject} cannot be created as more than ${maxPerGroup} sets would exist with the same name and type.`];
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
  if (alias.HostedZoneId === zone.id) {
    if (!isWithin(target, zone.name)) {
      return [`${subject}, but the alias target name does not lie within the target zone`];
    }
    return draft.group(target, set.type).length === 0 ? [`${subject}, but that target was not found`] : [];
  }
  return isServiceTarget(target, alias.HostedZoneId ?? '')
    ? []
    : [`${subject}, but the alias target name does not lie within the target zone`];
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
