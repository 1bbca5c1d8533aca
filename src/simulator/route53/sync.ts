/** How changes reach the name servers, and what resolvers hold on to. */
import type { RecordChange } from './draft.ts';
import { groupKey, type StoredSet } from './records.ts';
import type { Change, DnsState, Zone } from './state.ts';

/** Documented: generally within 60 seconds. Observed: 35 s for a record's destruction with its wait; some take longer. */
const fastest = 15_000;
const usual = 60_000;
const slowest = 120_000;
/** One change in twenty is slow (assumed). */
const tail = 0.05;

/** The time to live that Route 53 answers with for an alias of a load balancer. Source: "Alias records", developer guide. */
const aliasTtlMs = 60_000;
/** Aliases of aliases are followed this far. */
const maxHops = 8;

/** Notes a change of a zone as PENDING, and puts it in sync later. Changes of one zone come in sync in order (assumed). */
export function submit(
  state: DnsState,
  zone: Zone,
  comment: string | undefined,
  made: readonly RecordChange[],
): Change {
  const { world } = state;
  const change: Change = {
    id: `C${world.hex('route53/change', 20).toUpperCase()}`,
    account: zone.account,
    submittedAt: world.now(),
    comment,
    status: 'PENDING',
  };
  state.changes.set(change.id, change);
  const draw = world.random('route53/sync');
  const share = world.random('route53/sync');
  const latency = draw < tail ? usual + share * (slowest - usual) : fastest + share * (usual - fastest);
  zone.lastSyncAt = Math.max(zone.lastSyncAt, world.now() + latency * world.latencyFactor);
  world.at(zone.lastSyncAt, () => {
    change.status = 'INSYNC';
    publish(zone, made, world.now());
  });
  return change;
}

/** Name servers answer with the changes from now on; resolvers hold what they asked for before until its time to live is over. */
function publish(zone: Zone, made: readonly RecordChange[], now: number): void {
  const seen = new Set<string>();
  for (const { before, after } of made) {
    const set = after ?? before;
    if (set === undefined) continue;
    const group = groupKey(set.name, set.type);
    if (seen.has(group)) continue;
    seen.add(group);
    hold(zone, set.name, set.type, now);
  }
  for (const { before, after } of made) {
    if (after !== undefined) zone.live.put(after);
    else if (before !== undefined) zone.live.remove(before);
  }
}

function hold(zone: Zone, name: string, type: string, now: number): void {
  const sets = zone.live.group(name, type);
  if (sets.length === 0) return;
  const ttl = Math.max(...sets.map((set) => ttlMs(zone, set, 0)));
  const group = groupKey(name, type);
  const held = (zone.held.get(group) ?? []).filter((one) => one.until > now);
  zone.held.set(group, [...held, { sets, until: now + ttl }]);
}

/** How long resolvers may keep a set. An alias of other records of the zone has theirs. */
function ttlMs(zone: Zone, { set, type }: StoredSet, hops: number): number {
  if (set.TTL !== undefined) return set.TTL * 1_000;
  if (set.AliasTarget?.HostedZoneId !== zone.id || hops > maxHops) return aliasTtlMs;
  const targets = zone.live.group(set.AliasTarget.DNSName ?? '', type);
  return Math.max(0, ...targets.map((target) => ttlMs(zone, target, hops + 1)));
}
