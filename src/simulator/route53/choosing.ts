/**
 * Which record sets of a group Route 53 answers with, and how often. Sources: "Weighted routing", "How Amazon Route 53 chooses records when health
 * checking is configured", developer guide.
 */
import { hasDataPlane } from '../elbv2/data-plane.ts';
import type { World } from '../kernel.ts';
import { withoutDot } from './names.ts';
import { policyOf, type StoredSet } from './records.ts';
import type { Zone } from './state.ts';

interface Choice {
  readonly set: StoredSet;
  readonly share: number;
}

/** Aliases of aliases are followed this far. */
const maxHops = 8;

/** The sets that answer now, by the health of what they lead to; shares add to 1. */
export function choose(world: World, zone: Zone, sets: readonly StoredSet[]): readonly Choice[] {
  const healthy = sets.filter((set) => isHealthy(world, zone, set, 0));
  // A group without a healthy set is answered as if all were healthy.
  return byPolicy(healthy.length > 0 ? healthy : sets);
}

/** The sets that may have answered when others were healthy than now. */
export function choosable(sets: readonly StoredSet[]): readonly StoredSet[] {
  const evaluated = sets.some(({ set }) => set.AliasTarget?.EvaluateTargetHealth === true);
  return evaluated ? sets : byPolicy(sets).map(({ set }) => set);
}

function byPolicy(candidates: readonly StoredSet[]): readonly Choice[] {
  const [first] = candidates;
  if (first === undefined) return [];
  switch (policyOf(first.set)) {
    case 'Failover':
      return [{ set: candidates.find(({ set }) => set.Failover === 'PRIMARY') ?? first, share: 1 }];
    case 'Weight':
      return byWeight(candidates);
    default:
      return candidates.map((set) => ({ set, share: 1 / candidates.length }));
  }
}

function byWeight(candidates: readonly StoredSet[]): readonly Choice[] {
  const total = candidates.reduce((sum, { set }) => sum + (set.Weight ?? 0), 0);
  // All weights zero: all equally likely.
  if (total === 0) return candidates.map((set) => ({ set, share: 1 / candidates.length }));
  return candidates.map((set) => ({ set, share: (set.set.Weight ?? 0) / total })).filter(({ share }) => share > 0);
}

/**
 * A set is unhealthy only where it evaluates the health of its target: a load balancer, or other records of the zone, of which one healthy set is
 * enough. Health checks of Route 53's own are not simulated.
 */
function isHealthy(world: World, zone: Zone, { set, type }: StoredSet, hops: number): boolean {
  const alias = set.AliasTarget;
  if (alias?.EvaluateTargetHealth !== true || hops > maxHops) return true;
  if (alias.HostedZoneId === zone.id) {
    const targets = zone.live.group(alias.DNSName ?? '', type);
    return targets.some((target) => isHealthy(world, zone, target, hops + 1));
  }
  const loadBalancer = world.elb.loadBalancerByDnsName(loadBalancerName(alias.DNSName ?? ''));
  if (loadBalancer === undefined) return false;
  return !hasDataPlane(world.elb) || world.elb.loadBalancerHealthy(loadBalancer.arn);
}

/** The name by which load balancing knows it: the prefix only says that both families of addresses are wanted. */
export function loadBalancerName(name: string): string {
  return withoutDot(name.toLowerCase()).replace(/^dualstack\./, '');
}
