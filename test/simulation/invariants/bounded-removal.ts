import { removalsPerTenMinutes } from '../fleet.ts';
import type { Invariant, Watch } from '../oracle.ts';

const windowMs = 600_000;

/**
 * 3. Bounded removal. Of placements that serve (tasks wanted, and running), controllers take away at most as many in any ten minutes as the Fleet record allows, however often they
 * die in between.
 */
export function boundedRemoval(watch: Watch): Invariant {
  let standing = new Set<string>();
  const taken = new Map<string, number>();
  return {
    name: '3 bounded removal',
    before: ({ mutating }) => {
      if (mutating) standing = serving(watch);
    },
    after: ({ controller, mutating, call }) => {
      if (!mutating || controller === undefined || standing.size === 0) return;
      const now = serving(watch);
      const free = exempt(watch);
      for (const placement of standing) if (!now.has(placement) && !free.has(placement)) taken.set(placement, call.now);
      for (const [placement, at] of taken) if (at + windowMs <= call.now) taken.delete(placement);
      if (taken.size > removalsPerTenMinutes)
        watch.violated(`${taken.size} placements were taken away in ten minutes: ${[...taken.keys()].join(', ')}`);
    },
  };
}

/** The two halves of a move, of which one serves on, and what leaves an infra group by route closure: neither is a removal. */
function exempt(watch: Watch): ReadonlySet<string> {
  const free = new Set<string>();
  const all = watch.truth.placements();
  for (const [id, { placement }] of all) {
    if (placement.move !== undefined && all.has(placement.move.from)) {
      free.add(placement.phase === 'leaving' || placement.move.abort !== undefined ? id : placement.move.from);
      if (all.get(placement.move.from)?.placement.phase !== 'leaving') free.add(id);
    }
    if (placement.removal?.reason === 'the infra group is emptied') free.add(id);
  }
  return free;
}

/** Placements with a service that wants tasks and has one, reachable by a record of their own where they have one in the inventory. */
function serving(watch: Watch): Set<string> {
  const found = new Set<string>();
  const named = new Set(
    watch.truth
      .marked()
      .filter((one) => one.kind === 'dns_record')
      .map((one) => one.placement),
  );
  for (const [id, { placement }] of watch.truth.placements()) {
    if (placement.phase !== 'serving' && placement.phase !== 'leaving' && placement.phase !== 'retained') continue;
    const own = placement.demand.zone.records ?? 0;
    if (own > 0 && !named.has(id)) continue;
    if (runs(watch, id)) found.add(id);
  }
  return found;
}

function runs(watch: Watch, placement: string): boolean {
  for (const place of watch.aws.truth.ecs.regions.values()) {
    for (const cluster of place.clusters.values()) {
      if (!cluster.name.endsWith(`--${placement}`)) continue;
      for (const service of cluster.services.values())
        if (service.status === 'ACTIVE' && service.desiredCount > 0 && service.tasks.size > 0) return true;
    }
  }
  return false;
}
