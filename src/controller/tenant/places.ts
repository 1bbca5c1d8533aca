import type { ConditionUpdate } from '../../model/conditions.ts';
import { isSuccessor } from '../../model/moves.ts';
import { type EffectiveTenant, effectiveHash } from '../../model/records/effective.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { FormerSpec } from '../../model/state.ts';
import type { MoveAbort, MoverWishes } from '../../placement/change.ts';
import { type ObjectEntry, placementsOf, specOf } from '../fleet/entry.ts';
import type { MoveOrder } from '../movers/orders.ts';
import { isDraining, modeOf } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { abortMoves, pairsOf } from './moving.ts';
import { kept, type Placing, type PlacingDeps, placeTenant } from './placing.ts';

/** How long a name rests after everything of a deleted tenant is gone. */
export const nameRestMs = 600_000;

/** Where a tenant is to be, and what of it is to go. */
export interface Places extends Placing {
  /** Placements in infra groups that are emptied and that the shared name leads to no more: they go, and cost no removal budget. */
  readonly left: readonly string[];
}

/** Decides where a tenant is to be, reserves it, and makes durable which moves are taken back and which spec each placement is built by from now on. */
export async function decidePlaces(deps: EngineDeps, entry: ObjectEntry, accepted: EffectiveTenant): Promise<Places> {
  const spec = entry.spec?.value;
  const goneAt = spec?.goneAt === undefined ? undefined : Date.parse(spec.goneAt);
  const restUntil = goneAt === undefined ? 0 : goneAt + nameRestMs;
  if (placementsOf(entry).length === 0 && restUntil > deps.clock.now()) {
    const message = `the name rests until ${new Date(restUntil).toISOString()}: resolvers and AWS may still hold traces of the tenant that had it`;
    return { ...kept('NameResting', message), left: [] };
  }
  // An orphan is kept and healed as it is: it gets no new place, and a move that is under way is taken back.
  if (!entry.present) {
    await takeBack(
      deps,
      entry,
      pairsOf(entry).map(({ successor }) => orphaned(successor)),
    );
    return { ...kept('Orphaned', ''), follows: true, condition: standing(entry, accepted), left: [] };
  }
  const wishes = wishesOf(deps, entry);
  const placing = await placeTenant(placingDeps(deps, entry, accepted), entry, accepted, wishes);
  const { reason, message } = placing.condition;
  if (reason === 'PlacingClosed') deps.observer.held('state_behind', entry.name, message);
  await takeBack(deps, entry, placing.aborts);
  if (placing.follows) await follow(deps, entry, accepted, new Set(placing.frozen));
  return { ...placing, left: leftByName(deps, entry, accepted) };
}

function orphaned({ id }: PlacementInventory): MoveAbort {
  return { placement: id, reason: 'the record vanished: an orphan is not moved' };
}

/** Moves are taken back only where they may be worked on. */
async function takeBack(deps: EngineDeps, entry: ObjectEntry, aborts: readonly MoveAbort[]): Promise<void> {
  const may = aborts.filter(({ placement }) => {
    const from = entry.inventory?.value.placements[placement]?.move?.from ?? '';
    return [placement, from].every((id) => moveHeld(deps, entry, id) === undefined);
  });
  await abortMoves(deps, entry, may);
}

/** Why a placement may not be moved now. */
function moveHeld(deps: EngineDeps, entry: ObjectEntry, id: string): string | undefined {
  const placement = entry.inventory?.value.placements[id];
  const mode = placement === undefined ? 'active' : modeOf(deps, entry.name, placement);
  return mode === 'active' ? undefined : `mode ${mode}`;
}

/** What movers ask of the tenant's placements. */
export function wishesOf(deps: Pick<EngineDeps, 'movers' | 'mode' | 'view'>, entry: ObjectEntry): MoverWishes {
  const all = entry.inventory?.value.placements ?? {};
  const orders = new Map<string, MoveOrder>();
  const standing = new Set<string>();
  for (const placement of placementsOf(entry)) {
    if (placement.phase === 'leaving' || modeOf(deps, entry.name, placement) !== 'active') continue;
    const { move } = placement;
    const old = move === undefined ? undefined : all[move.from];
    if (move !== undefined && move.cause !== 'asked' && old !== undefined && deps.movers.stands(old, move))
      standing.add(placement.id);
    const order = deps.movers.orderFor(entry.name, placement);
    if (order !== undefined) orders.set(placement.id, order);
  }
  return { orders, standing };
}

/** In tier scope a tenant leaves an infra group by closure: when its name led there no more for long enough. */
function leftByName(deps: EngineDeps, entry: ObjectEntry, accepted: EffectiveTenant): readonly string[] {
  if (accepted.routing.scope !== 'tier') return [];
  const live = placementsOf(entry).filter((one) => one.phase !== 'leaving' && one.tier === accepted.tier);
  const left = live.filter(
    (one) => isDraining(deps, one) && deps.publication(accepted.tier, one.infraGroup, entry.name).left,
  );
  return left.length < live.length ? left.map(({ id }) => id) : [];
}

/** An orphan is placed as its last spec says only where that was carried out before the record vanished. */
function standing(entry: ObjectEntry, accepted: EffectiveTenant): ConditionUpdate {
  const all = entry.inventory?.value.placements ?? {};
  const staying = placementsOf(entry).filter((one) => one.phase !== 'leaving' && !isSuccessor(one, all));
  const wanted = accepted.routing.scope === 'tier' ? Math.max(1, staying.length) : accepted.placements;
  const followed = entry.spec?.value.serving === undefined && staying.every((one) => one.tier === accepted.tier);
  if (staying.length === wanted && followed) {
    const before = entry.status?.value.conditions.find((condition) => condition.type === 'Placed');
    return { type: 'Placed', status: 'True', reason: 'Orphaned', message: before?.message ?? 'as it was placed' };
  }
  const message = `the record vanished before its last spec was placed (${staying.length} of ${wanted} placements stand): an orphan gets no new place and loses none; write the record again`;
  return { type: 'Placed', status: 'False', reason: 'Orphaned', message };
}

/** From now on the placements are built by the accepted spec, but those that are being replaced and cannot follow it. */
async function follow(
  deps: EngineDeps,
  entry: ObjectEntry,
  accepted: EffectiveTenant,
  frozen: ReadonlySet<string>,
): Promise<void> {
  const spec = entry.spec?.value;
  if (spec === undefined) return;
  const former = formerOf(entry, accepted, frozen);
  if (spec.serving === undefined && spec.goneAt === undefined && spec.former === undefined && former.length === 0)
    return;
  const { serving: _before, goneAt: _rested, former: _past, ...rest } = spec;
  entry.spec = await deps.state.writeSpec(entry.key, former.length === 0 ? rest : { ...rest, former }, entry.spec);
  deps.view.holdClaims(entry);
}

/** What is gone needs no spec any more, and its name is free. */
export async function forgetFormer(deps: EngineDeps, entry: ObjectEntry): Promise<void> {
  const spec = entry.spec?.value;
  if (spec?.former === undefined) return;
  const all = entry.inventory?.value.placements ?? {};
  const former = spec.former
    .map((one) => ({ ...one, placements: one.placements.filter((id) => all[id] !== undefined) }))
    .filter(({ placements }) => placements.length > 0);
  const { former: _past, ...rest } = spec;
  entry.spec = await deps.state.writeSpec(entry.key, former.length === 0 ? rest : { ...rest, former }, entry.spec);
  deps.view.holdClaims(entry);
}

function formerOf(entry: ObjectEntry, accepted: EffectiveTenant, frozen: ReadonlySet<string>): readonly FormerSpec[] {
  const bySpec = new Map<string, { spec: EffectiveTenant; placements: string[] }>();
  for (const placement of placementsOf(entry)) {
    if (placement.tier === accepted.tier && !frozen.has(placement.id)) continue;
    const spec = specOf(entry, placement);
    if (spec === undefined) continue;
    const hash = effectiveHash(spec);
    const known = bySpec.get(hash) ?? { spec, placements: [] };
    known.placements.push(placement.id);
    bySpec.set(hash, known);
  }
  return [...bySpec.values()];
}

/** What placing needs of the engine. */
export function placingDeps(deps: EngineDeps, entry: ObjectEntry, { tier }: EffectiveTenant): PlacingDeps {
  return {
    ...deps,
    closed: () => deps.placingClosed(tier),
    zoneOf: (name) => deps.view.spec('Tier', name)?.zone.id,
    held: (id) => moveHeld(deps, entry, id),
  };
}
