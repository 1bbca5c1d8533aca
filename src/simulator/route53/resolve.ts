/** What resolvers may answer for a name. */

import { hasDataPlane } from '../elbv2/data-plane.ts';
import type { World } from '../kernel.ts';
import { choosable, choose, loadBalancerName } from './choosing.ts';
import { answeringZone } from './delegation.ts';
import { ancestors, isWithin, normaliseName, withoutDot } from './names.ts';
import { groupKey, type StoredSet } from './records.ts';
import type { DnsState, Zone } from './state.ts';

/** One answer. `share` is the part of all queries that get it now; 0 for one that only a resolver's cache still gives. */
export interface Answer {
  readonly share: number;
  readonly dnsName: string;
}

/** Resolvers give up on longer chains. */
const maxHops = 8;

type Family = 'A' | 'AAAA';

/** Where a query ends: at something with an address, or at a name without one. */
interface Ending {
  readonly share: number;
  readonly dnsName: string;
  readonly dead: boolean;
}

interface Query {
  readonly name: string;
  readonly family: Family;
  readonly share: number;
  readonly hops: number;
  /** Whether what resolvers hold counts too. */
  readonly cached: boolean;
}

/** See `Route53World.resolve`. Answers that lead to a load balancer have its DNS name; others have what the record says. */
export function resolve(state: DnsState, host: string, options: { cached: boolean }): readonly Answer[] {
  const result = normaliseName(host);
  if ('problem' in result) return [];
  const ask = (family: Family, cached: boolean): readonly Ending[] =>
    endings(state, { name: result.name, family, share: 1, hops: 0, cached });
  const now = merged(ask('A', false), ask('AAAA', false));
  if (!options.cached) return now;
  const known = new Set(now.map(({ dnsName }) => dnsName));
  const held = [...ask('A', true), ...ask('AAAA', true)].filter(({ dead, dnsName }) => !dead && !known.has(dnsName));
  return [...now, ...[...new Set(held.map(({ dnsName }) => dnsName))].map((dnsName) => ({ share: 0, dnsName }))];
}

/** See `Route53World.cname`. Of several records, the one that most queries get. */
export function cname(state: DnsState, host: string): string | undefined {
  const result = normaliseName(host);
  const zone = 'problem' in result ? undefined : answeringZone(state, result.name);
  if ('problem' in result || zone === undefined) return undefined;
  const sets = zone.live.group(ownerOf(zone, result.name), 'CNAME');
  const [likeliest] = [...choose(state.world, zone, sets)].sort((a, b) => b.share - a.share);
  return likeliest?.set.set.ResourceRecords?.[0]?.Value;
}

/**
 * Shares of both families together. Half of all clients prefer IPv6 (assumed), and fall back to IPv4 where it leads nowhere. A name that leads
 * nowhere for some queries keeps their share, under the name at which they end; one that leads nowhere at all does not resolve.
 */
function merged(v4: readonly Ending[], v6: readonly Ending[]): readonly Answer[] {
  const reached = (endings: readonly Ending[]): readonly Ending[] => endings.filter(({ dead }) => !dead);
  const sum = (endings: readonly Ending[]): number => endings.reduce((total, { share }) => total + share, 0);
  const v6Sum = sum(reached(v6));
  const v6Part = reached(v4).length === 0 ? (v6Sum > 0 ? 1 : 0) : v6Sum / 2;
  const shares = new Map<string, number>();
  const add = (endings: readonly Ending[], factor: number): void => {
    if (factor === 0) return;
    for (const { dnsName, share } of endings) shares.set(dnsName, (shares.get(dnsName) ?? 0) + share * factor);
  };
  if (reached(v4).length > 0) add(v4, (1 - v6Part) / sum(v4));
  add(reached(v6), v6Part / v6Sum);
  return [...shares].map(([dnsName, share]) => ({ dnsName, share }));
}

function endings(state: DnsState, query: Query): readonly Ending[] {
  const dead: readonly Ending[] = [{ share: query.share, dnsName: withoutDot(query.name), dead: true }];
  if (query.hops > maxHops) return dead;
  const zone = answeringZone(state, query.name);
  if (zone === undefined) return outside(state.world, query);
  const choices = query.cached ? everHeld(state.world, zone, query) : chosenNow(state.world, zone, query);
  return choices.length === 0
    ? dead
    : choices.flatMap(({ set, share }) => follow(state, zone, set, { ...query, share: query.share * share }));
}

function follow(state: DnsState, zone: Zone, stored: StoredSet, query: Query): readonly Ending[] {
  const alias = stored.set.AliasTarget;
  const values = (stored.set.ResourceRecords ?? []).map((record) => record.Value ?? '');
  if (alias !== undefined && alias.HostedZoneId !== zone.id) {
    return outside(state.world, { ...query, name: alias.DNSName ?? '', hops: query.hops + 1 });
  }
  if (alias !== undefined || stored.type === 'CNAME') {
    const target = normaliseName(alias?.DNSName ?? values[0] ?? '');
    if ('problem' in target) return [{ share: query.share, dnsName: values[0] ?? '', dead: true }];
    return endings(state, { ...query, name: target.name, hops: query.hops + 1 });
  }
  return values.map((dnsName) => ({ share: query.share / values.length, dnsName, dead: false }));
}

/**
 * A name that no zone here answers for. A load balancer's leads to it: over IPv6 only where it has such addresses, and only under the prefix
 * `dualstack.` (observed). Any other that records point to has an address somewhere (assumed); one that was asked for itself does not resolve.
 */
function outside(world: World, query: Query): readonly Ending[] {
  const dnsName = loadBalancerName(query.name);
  const arn = world.elb.loadBalancerByDnsName(dnsName)?.arn;
  const hasIpv6 =
    arn !== undefined && /^dualstack\./i.test(query.name) && hasDataPlane(world.elb) && world.elb.answersIpv6(arn);
  const dead = query.family === 'AAAA' ? !hasIpv6 : arn === undefined && query.hops === 0;
  return [{ share: query.share, dnsName, dead }];
}

function chosenNow(world: World, zone: Zone, query: Query): ReturnType<typeof choose> {
  const owner = ownerOf(zone, query.name);
  for (const type of [query.family, 'CNAME']) {
    const sets = zone.live.group(owner, type);
    if (sets.length > 0) return choose(world, zone, sets);
  }
  return [];
}

/**
 * The name whose records answer: the name itself where it exists, also as a mere parent of others (it then has no data), else the wildcard beneath the
 * closest name that exists. Source: RFC 4592; that Route 53 keeps to it for mere parents is assumed.
 */
function ownerOf(zone: Zone, name: string): string {
  if (zone.live.exists(name)) return name;
  const closest = ancestors(name).find((one) => isWithin(one, zone.name) && zone.live.exists(one));
  return `\\052.${closest ?? zone.name}`;
}

/** What answers now, and what a resolver may hold that asked before a change came in sync, and within the time to live. */
function everHeld(world: World, zone: Zone, query: Query): ReturnType<typeof choose> {
  const now = world.now();
  const wildcards = ancestors(query.name)
    .filter((one) => one !== query.name && isWithin(one, zone.name))
    .map((one) => `\\052.${one}`);
  const held = [query.name, ...wildcards].flatMap((owner) =>
    [query.family, 'CNAME'].flatMap((type) =>
      (zone.held.get(groupKey(owner, type)) ?? [])
        .filter(({ until }) => until > now)
        .flatMap(({ sets }) => choosable(sets).map((set) => ({ set, share: 0 }))),
    ),
  );
  return [...chosenNow(world, zone, query), ...held];
}
