import { nextWeight } from '../../model/moves.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import { type PlacementScope, savePlacement } from './context.ts';
import type { EngineDeps } from './deps.ts';

/** How long each step of weights is given, where the tier does not say (a resolver's TTL for an alias). Seconds. */
const defaultStepSeconds = 60;

/** The times of a tier's moves, in seconds. */
export function moveTimes({ view }: Pick<EngineDeps, 'view'>, tier: string): { step: number; grace: number } {
  const moves = view.spec('Tier', tier)?.moves;
  return { step: moves?.stepSeconds ?? defaultStepSeconds, grace: moves?.graceSeconds ?? 3_600 };
}

/** Whether the record of a placement stands, for all that the inventory knows. */
export function hasRecord({ resources }: PlacementInventory): boolean {
  return resources.dns_record?.arn !== undefined;
}

/** Placements whose records stand under the same name as that of `placement`. */
export function recordsBeside(entry: ObjectEntry, placement: PlacementInventory): readonly PlacementInventory[] {
  return placementsOf(entry).filter(
    (other) =>
      other.id !== placement.id && other.tier === placement.tier && other.phase !== 'leaving' && hasRecord(other),
  );
}

/**
 * Brings the weight of a placement that does not move towards its cell's, when that changed: step by step where other records stand under the name, each step answered everywhere and given
 * its time. The weight of each is durable before its DNS change. What somebody else did to a weight is drift, and heals at once.
 */
export async function steadyWeight(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  placement: PlacementInventory,
): Promise<PlacementInventory> {
  const target = scope.context.cell.weight;
  if (scope.mode !== 'active' || scope.context.effective.routing.scope === 'tier') return placement;
  const weight = await weightFor(deps, entry, scope, placement, target);
  if (weight === placement.weight) return placement;
  const { weight: _before, ...rest } = placement;
  const next = weight === undefined ? rest : { ...rest, weight };
  await savePlacement(deps, entry, next);
  return next;
}

/** Undefined: the cell's own. */
async function weightFor(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  placement: PlacementInventory,
  target: number,
): Promise<number | undefined> {
  const others = recordsBeside(entry, placement);
  if (!hasRecord(placement) || others.length === 0) return undefined;
  if (placement.weight === undefined) {
    if (appliedAt(deps, scope, placement, target)) return undefined;
    const live = await liveWeight(scope);
    return live !== undefined && appliedAt(deps, scope, placement, live) ? nextWeight(live, target) : undefined;
  }
  const { dnsChange, weight } = placement;
  if (!appliedAt(deps, scope, placement, weight)) return weight;
  if (dnsChange !== undefined && dnsChange.insyncAt === undefined) return weight;
  if (weight === target) return undefined;
  const due = Date.parse(dnsChange?.insyncAt ?? '') + moveTimes(deps, placement.tier).step * 1_000;
  return due > deps.clock.now() ? weight : nextWeight(weight, target);
}

/** Whether the records were applied last with just this weight. */
function appliedAt(deps: EngineDeps, scope: PlacementScope, placement: PlacementInventory, weight: number): boolean {
  const dns = deps.reconcilers.find((reconciler) => reconciler.kind === 'dns_record');
  const context = { ...scope.context, placement, dns: { ...scope.context.dns, want: 'publish', weight } } as const;
  const desired = dns?.desired(context);
  return desired?.state === 'known' && desired.hash === placement.resources.dns_record?.applied;
}

async function liveWeight({ access, context }: PlacementScope): Promise<number | undefined> {
  const view = await access.zone.view({ maxAgeMs: 60_000 });
  const { host, setIdentifier } = context.dns;
  return view.named(host).find((record) => record.setIdentifier === setIdentifier)?.raw.Weight;
}
