import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../kernel.ts';
import { normaliseName } from './names.ts';
import { createRecordIndex } from './record-index.ts';
import { readSet, type StoredSet } from './records.ts';
import type { DnsState, Zone } from './state.ts';

/** What a new zone is made from, by a call or by a fleet file. */
interface ZoneParts {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly callerReference: string;
  readonly config: Zone['config'];
}

/** Adds a zone with its SOA and NS records, in sync at once. Throws InvalidDomainName. */
export function addZone(state: DnsState, parts: ZoneParts): Zone {
  const result = normaliseName(parts.name);
  if ('problem' in result) throw new AwsError('InvalidDomainName', `The domain name is not valid: ${result.problem}`);
  const { name } = result;
  const draw = Number.parseInt(state.world.hex('route53/name-servers', 4), 16);
  const nameServers = ['org', 'co.uk', 'com', 'net'].map((suffix, index) => {
    const number = (draw % 512) + 512 * index;
    return `ns-${number}.awsdns-${String(draw % 64).padStart(2, '0')}.${suffix}`;
  });
  const zone: Zone = {
    id: parts.id,
    name,
    account: parts.account,
    callerReference: parts.callerReference,
    nameServers,
    config: parts.config,
    tags: new Map(),
    records: createRecordIndex(),
    live: createRecordIndex(),
    held: new Map(),
    processingUntil: 0,
    lastSyncAt: 0,
  };
  for (const set of apexRecords(name, nameServers)) {
    zone.records.put(set);
    zone.live.put(set);
  }
  state.zones.set(zone.id, zone);
  state.zonesByName.set(name, [...(state.zonesByName.get(name) ?? []), zone]);
  return zone;
}

/** Takes a zone out. */
export function removeZone(state: DnsState, zone: Zone): void {
  state.zones.delete(zone.id);
  const others = (state.zonesByName.get(zone.name) ?? []).filter((one) => one !== zone);
  if (others.length === 0) state.zonesByName.delete(zone.name);
  else state.zonesByName.set(zone.name, others);
}

function apexRecords(name: string, nameServers: readonly string[]): readonly StoredSet[] {
  const soa = `${nameServers[0] ?? ''}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  const sets: ResourceRecordSet[] = [
    { Name: name, Type: 'NS', TTL: 172_800, ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })) },
    { Name: name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: soa }] },
  ];
  return sets.map((set) => {
    const result = readSet(set, 'CREATE');
    if ('problem' in result) throw new RangeError(`zone '${name}' has no valid apex records: ${result.problem}`);
    return result.stored;
  });
}
