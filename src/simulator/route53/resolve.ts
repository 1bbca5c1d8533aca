/** What resolvers may answer for a name. Source: "How Route 53 chooses records", "Weighted routing", developer guide. */

import { hasDataPlane } from '../elbv2/data-plane.ts';
import type { World } from '../kernel.ts';
import { normaliseName, withoutDot } from './names.ts';
import { groupKey, policyOf, type StoredSet } from './records.ts';
import type { DnsState, Zone } from './state.ts';

/** One answer. `share` is the part of all queries that get it now; 0 for one that only a resolver's cache still gives. */
export interface Answer {
  readonly share: number;
  readonly dnsName: string;
}

const maxHops = 8;

/** See `Route53World.resolve`. Answers that lead to a load balancer have its DNS name; others have what the record says. */
export function resolve(state: DnsState, host: string, options: { cached: boolean }): readonly Answer[] {
  const result = normaliseName(host);
  if ('problem' in result) return [];
  const zone = zoneOf(state, result.name);
  if (zone === undefined) return [];
  const shares = new Map<string, number>();
  collect(state.world, zone, { name: result.name, share: 1, hops: 0 }, shares);
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  const now = [...shares]
    .filter(([, share]) => share > 0)
    .map(([dnsName, share]) => ({ dnsName, share: share / total }));
  if (!options.cached) return now;
  const known = new Set(now.map((answer) => answer.dnsName));
  const old = held(state.world, zone, result.name).filter((dnsName) => !known.has(dnsName));
  return [...now, ...old.map((dnsName) => ({ share: 0, dnsName }))];
}

/** The public zone with the longest name that the name lies in. Where several have that name, the first is the delegated one (assumed). */
function zoneOf(state: DnsState, name: string): Zone | undefined {
  const labels = name.slice(0, -1).split('.');
  for (let i = 0; i < labels.length; i++) {
    const zones = state.zonesByName.get(`${labels.slice(i).join('.')}.`) ?? [];
    const zone = zones.find((one) => one.config.PrivateZone !== true);
    if (zone !== undefined) return zone;
  }
  return undefined;
}

interface Query {
  readonly name: string;
  readonly share: number;
  readonly hops: number;
}

/** Adds the answers to a query for addresses to `into`, following aliases and CNAMEs within the zone. */
function collect(world: World, zone: Zone, query: Query, into: Map<string, number>): void {
  if (query.hops > maxHops) return;
  const sets = addressSets(zone, query.name);
  for (const { set, share } of choose(world, zone, sets)) {
    follow(world, zone, set, { ...query, share: query.share * share }, into);
  }
}

function follow(world: World, zone: Zone, stored: StoredSet, query: Query, into: Map<string, number>): void {
  const alias = stored.set.AliasTarget;
  const values = (stored.set.ResourceRecords ?? []).map((record) => record.Value ?? '');
  if (alias !== undefined && alias.HostedZoneId !== zone.id) {
    add(into, loadBalancerName(alias.DNSName ?? ''), query.share);
    return;
  }
  if (alias !== undefined || stored.type === 'CNAME') {
    const result = normaliseName(alias?.DNSName ?? values[0] ?? '');
    if ('problem' in result) return;
    const inside = result.name === zone.name || result.name.endsWith(`.${zone.name}`);
    if (inside) collect(world, zone, { ...query, name: result.name, hops: query.hops + 1 }, into);
    else add(into, loadBalancerName(result.name), query.share);
    return;
  }
  for (const value of values) add(into, value, query.share / values.length);
}

function add(into: Map<string, number>, dnsName: string, share: number): void {
  into.set(dnsName, (into.get(dnsName) ?? 0) + share);
}

/** The name by which load balancing knows it: the prefix only says that both families of addresses are wanted. */
function loadBalancerName(name: string): string {
  return withoutDot(name.toLowerCase()).replace(/^dualstack\./, '');
}

/** The sets that answer a query for addresses: of the name itself, or where it does not exist, of the closest wildcard. */
function addressSets(zone: Zone, name: string): readonly StoredSet[] {
  const owner = ownerOf(zone, name);
  if (owner === undefined) return [];
  for (const type of ['A', 'AAAA', 'CNAME']) {
    const sets = zone.live.group(owner, type);
    if (sets.length > 0) return sets;
  }
  return [];
}

function ownerOf(zone: Zone, name: string): string | undefined {
  if (zone.live.types(name).length > 0) return name;
  return wildcardsOf(zone, name).find((wildcard) => zone.live.types(wildcard).length > 0);
}

function wildcardsOf(zone: Zone, name: string): readonly string[] {
  const wildcards: string[] = [];
  let parent = name;
  while (parent !== zone.name && parent.endsWith(`.${zone.name}`)) {
    parent = parent.slice(parent.indexOf('.') + 1);
    wildcards.push(`\\052.${parent}`);
  }
  return wildcards;
}

/** Which sets of a group are answered with, and how often. */
function choose(
  world: World,
  zone: Zone,
  sets: readonly StoredSet[],
): readonly { readonly set: StoredSet; readonly share: number }[] {
  const [first] = sets;
  if (first === undefined) return [];
  const policy = policyOf(first.set);
  // A group without a healthy set is answered as if all were healthy.
  const healthy = sets.filter((set) => isHealthy(world, zone, set));
  const candidates = healthy.length > 0 ? healthy : sets;
  if (policy === 'Failover') {
    const primary = candidates.find((set) => set.set.Failover === 'PRIMARY') ?? candidates[0] ?? first;
    return [{ set: primary, share: 1 }];
  }
  // Answers by latency or place depend on who asks: assumed to come equally often.
  const weightOf = (set: StoredSet): number => (policy === 'Weight' ? (set.set.Weight ?? 0) : 1);
  const total = candidates.reduce((sum, set) => sum + weightOf(set), 0);
  // All weights zero: all equally likely.
  if (total === 0) return candidates.map((set) => ({ set, share: 1 / candidates.length }));
  return candidates.map((set) => ({ set, share: weightOf(set) / total })).filter(({ share }) => share > 0);
}

/** A set is unhealthy only where it evaluates the health of its target. Health checks of Route 53's own are not simulated. */
function isHealthy(world: World, zone: Zone, { set }: StoredSet): boolean {
  const alias = set.AliasTarget;
  if (alias?.EvaluateTargetHealth !== true || alias.HostedZoneId === zone.id) return true;
  const loadBalancer = world.elb.loadBalancerByDnsName(loadBalancerName(alias.DNSName ?? ''));
  if (loadBalancer === undefined) return false;
  return !hasDataPlane(world.elb) || world.elb.loadBalancerHealthy(loadBalancer.arn);
}

/** What a resolver may hold that asked before a change came in sync, and within the time to live. */
function held(world: World, zone: Zone, name: string): readonly string[] {
  const now = world.now();
  const into = new Map<string, number>();
  for (const owner of [name, ...wildcardsOf(zone, name)]) {
    for (const type of ['A', 'AAAA', 'CNAME']) {
      const snapshots = (zone.held.get(groupKey(owner, type)) ?? []).filter((one) => one.until > now);
      for (const { set, share } of snapshots.flatMap(({ sets }) => choose(world, zone, sets))) {
        follow(world, zone, set, { name, share, hops: 0 }, into);
      }
    }
  }
  return [...into.keys()];
}
