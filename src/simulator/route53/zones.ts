import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../kernel.ts';
import type { RecordChange } from './draft.ts';
import { normaliseName } from './names.ts';
import { createRecordIndex } from './record-index.ts';
import { readSet, type StoredSet } from './records.ts';
import type { DnsState, Zone } from './state.ts';

/** What a new zone is made from, by a call or by a fleet file. */
type ZoneParts = Pick<Zone, 'id' | 'name' | 'account' | 'callerReference' | 'config' | 'vpc' | 'delegated'>;

/** A zone's stored name. Throws InvalidDomainName. */
export function zoneName(raw: string): string {
  const result = normaliseName(raw);
  if ('problem' in result) throw new AwsError('InvalidDomainName', `The domain name is not valid: ${result.problem}`);
  return result.name;
}

/** Adds a zone with its SOA and NS records, which are not live yet; returned are the changes that make them so. Throws InvalidDomainName. */
export function addZone(state: DnsState, parts: ZoneParts): { zone: Zone; made: readonly RecordChange[] } {
  const name = zoneName(parts.name);
  const draw = Number.parseInt(state.world.hex('route53/name-servers', 4), 16);
  const nameServers = ['org', 'co.uk', 'com', 'net'].map((suffix, index) => {
    const number = (draw % 512) + 512 * index;
    return `ns-${number}.awsdns-${String(draw % 64).padStart(2, '0')}.${suffix}`;
  });
  const zone: Zone = {
    ...parts,
    name,
    nameServers,
    tags: new Map(),
    records: createRecordIndex(),
    live: createRecordIndex(),
    held: new Map(),
    processingUntil: 0,
    lastSyncAt: 0,
  };
  const made = apexRecords(name, nameServers).map((after) => ({ before: undefined, after }));
  for (const { after } of made) zone.records.put(after);
  state.zones.set(zone.id, zone);
  state.zonesByName.set(name, [...(state.zonesByName.get(name) ?? []), zone]);
  return { zone, made };
}

/** Makes a zone that has been there all along: in sync, and the world outside sends resolvers to it. */
export function seedZone(state: DnsState, seed: { id: string; name: string; account: string }): void {
  if (state.zones.has(seed.id)) throw new RangeError(`zone '${seed.id}' already exists`);
  const callerReference = `seed-${seed.id}`;
  const config = { PrivateZone: false };
  const { zone, made } = addZone(state, { ...seed, callerReference, config, vpc: undefined, delegated: true });
  for (const { after } of made) if (after !== undefined) zone.live.put(after);
}

/** Takes a zone away from resolvers. */
export function forgetZone(state: DnsState, zone: Zone): void {
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
