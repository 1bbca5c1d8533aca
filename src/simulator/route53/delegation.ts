/** Which zone's name servers a resolver ends at. */
import { ancestors } from './names.ts';
import type { DnsState, Zone } from './state.ts';

/**
 * The zone that answers for a name: the most specific one that the world outside sends resolvers to, and from there down by the NS records of
 * each zone. A zone that no NS record points to is never asked. Where several zones of one name are delegated, it is the oldest (assumed).
 */
export function answeringZone(state: DnsState, name: string): Zone | undefined {
  for (const ancestor of ancestors(name)) {
    const zone = publicZones(state, ancestor).find((one) => one.delegated);
    if (zone !== undefined) return below(state, zone, name);
  }
  return undefined;
}

/** Whether resolvers would be sent to a new zone of this name without any NS record here: nothing hosted stands above it (assumed). */
export function isOutermost(state: DnsState, name: string): boolean {
  return ancestors(name).every((ancestor) => publicZones(state, ancestor).length === 0);
}

function publicZones(state: DnsState, name: string): readonly Zone[] {
  return (state.zonesByName.get(name) ?? []).filter((zone) => zone.config.PrivateZone !== true);
}

/** Follows the cuts beneath a zone. Undefined where one leads out of what is hosted here: nobody answers. */
function below(state: DnsState, zone: Zone, name: string): Zone | undefined {
  const inside = ancestors(name).filter((one) => one.endsWith(`.${zone.name}`));
  for (const cut of inside.reverse()) {
    const servers = zone.live.group(cut, 'NS').flatMap(({ set }) => set.ResourceRecords ?? []);
    if (servers.length === 0) continue;
    const asked = new Set(servers.map(({ Value: value = '' }) => value.toLowerCase().replace(/\.$/, '')));
    const child = publicZones(state, cut).find((one) => one.nameServers.some((server) => asked.has(server)));
    return child === undefined ? undefined : below(state, child, name);
  }
  return zone;
}
