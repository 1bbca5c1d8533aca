import type { ConditionUpdate } from '../../model/conditions.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { ObjectStatus, PlacementMoveStatus } from '../../model/state.ts';
import { type ObjectEntry, placementsOf, specOf } from '../fleet/entry.ts';
import type { EngineDeps } from './deps.ts';
import { moveStatuses, movingCondition, phaseNews } from './move-status.ts';
import { pairsOf } from './moving.ts';
import type { Placing } from './placing.ts';
import { chainTypes, placementStatus, type TenantFindings, tenantStatus } from './status.ts';

/** What a run found about all placements together, as far as the status goes. */
export interface RunFindings {
  readonly chains: readonly (readonly ConditionUpdate[])[];
  readonly notes: readonly ConditionUpdate[];
  readonly stopped: TenantFindings['stopped'];
  /** What moves wait for, by successor. */
  readonly words: ReadonlyMap<string, string>;
}

/** Writes the status that follows from a run; a deleted tenant of which nothing is left is noted as gone. */
export async function reportTenant(
  deps: EngineDeps,
  entry: ObjectEntry,
  accepted: EffectiveTenant,
  wanted: Pick<Placing, 'condition'> | undefined,
  found: RunFindings,
): Promise<void> {
  const placements = placementsOf(entry);
  const gone = accepted.state === 'deleted' && placements.length === 0;
  const moves =
    accepted.state === 'deleted' ? new Map<string, PlacementMoveStatus>() : moveStatuses(entry, found.words);
  const before = entry.status?.value.placements ?? [];
  const synced = found.notes.find((note) => note.type === 'Synced' && note.status !== 'True');
  await writeStatus(deps, entry, {
    generation: entry.accepted?.generation ?? 0,
    hash: entry.accepted?.hash,
    wanted: accepted.state,
    accepted: entry.condition ?? unread(),
    everAccepted: true,
    vanished: !entry.present,
    placed: wanted?.condition ?? {
      type: 'Placed',
      status: placements.length > 0 ? 'True' : 'False',
      reason: 'Leaving',
      message: 'the record says state: deleted',
    },
    synced: synced ?? {
      type: 'Synced',
      status: 'True',
      reason: 'InSync',
      message: 'live resources are as the record says',
    },
    chains: found.chains,
    ...(found.stopped === undefined && !gone ? {} : { stopped: gone ? 'gone' : found.stopped }),
    moving: movingCondition(entry, moves),
    asked: [...moves.values()].some(({ cause }) => cause === 'asked'),
    placements: placements.map((placement) =>
      placementStatus(placement, recordsOf(placement, specOf(entry, placement) ?? accepted), moves.get(placement.id)),
    ),
    endpoint: endpointOf(entry, accepted),
  });
  for (const { phase, from, to, why } of phaseNews(before, moves)) {
    const place = (id: string): string => entry.inventory?.value.placements[id]?.infraGroup ?? id;
    const message = `move from ${place(from)} to ${place(to)}: ${phase}; because ${why}`;
    deps.observer.event(entry.key, { type: 'Normal', reason: `Move${phase}`, message });
  }
  if (gone) await noteGone(deps, entry);
}

/** The name that leads to the tenant now: while its tier changes, the old one until the new placement takes over. */
function endpointOf(entry: ObjectEntry, accepted: EffectiveTenant): string {
  const olds = pairsOf(entry).filter(({ successor }) => successor.tier === accepted.tier);
  const [old] = olds.map((pair) => pair.old).filter((one) => one.tier !== accepted.tier);
  const { routing } = (old === undefined ? undefined : specOf(entry, old)) ?? accepted;
  return `${routing.host}${routing.pathPrefix ?? ''}`;
}

function recordsOf(placement: PlacementInventory, effective: EffectiveTenant) {
  const arn = placement.resources.dns_record?.arn;
  if (arn === undefined) return [];
  const setIdentifier = arn.split('/').slice(2).join('/');
  const types = (placement.demand.zone.records ?? 1) > 1 ? ['A', 'AAAA'] : ['A'];
  return types.map((type) => ({ zone: effective.zone.id, name: effective.routing.host, type, setIdentifier }));
}

/** Takes down that nothing of a deleted tenant is left: from then on its name rests. */
export async function noteGone(deps: EngineDeps, entry: ObjectEntry): Promise<void> {
  const spec = entry.spec?.value;
  if (spec === undefined || spec.goneAt !== undefined) return;
  const { former: _gone, ...lasting } = spec;
  entry.spec = await deps.state.writeSpec(
    entry.key,
    { ...lasting, goneAt: new Date(deps.clock.now()).toISOString() },
    entry.spec,
  );
  deps.observer.event(entry.key, {
    type: 'Normal',
    reason: 'Deleted',
    message: 'nothing of the tenant is left in AWS',
  });
}

/** A record of which nothing was ever accepted: its condition says why. */
export async function reportInvalid(deps: EngineDeps, entry: ObjectEntry): Promise<void> {
  const unplaced: ConditionUpdate = {
    type: 'Placed',
    status: 'False',
    reason: 'NotAccepted',
    message: 'the record is not accepted',
  };
  await writeStatus(deps, entry, {
    generation: 0,
    hash: undefined,
    wanted: 'active',
    accepted: entry.condition ?? unread(),
    everAccepted: false,
    vanished: false,
    placed: unplaced,
    synced: unplaced,
    chains: [],
    placements: [],
    endpoint: undefined,
  });
}

/** A tenant that is live and of which no spec is known, since the state table was rebuilt without its record: kept as it is. */
export async function reportKept(deps: EngineDeps, entry: ObjectEntry): Promise<void> {
  const placements = placementsOf(entry);
  const places = placements.map(({ infraGroup, cell }) => `${infraGroup} (${cell})`).join(', ');
  const message = `it is live in ${places}, and no accepted record says how it is to be: it is left as it is, neither healed nor removed; write its record again, or one with state: deleted`;
  const unknown = (type: string): ConditionUpdate => ({ type, status: 'Unknown', reason: 'Orphaned', message });
  await writeStatus(deps, entry, {
    generation: 0,
    hash: undefined,
    wanted: 'active',
    accepted: entry.present
      ? (entry.condition ?? unread())
      : { type: 'Accepted', status: 'Unknown', reason: 'NoRecord', message },
    everAccepted: true,
    vanished: true,
    placed: { type: 'Placed', status: 'True', reason: 'Orphaned', message: `in ${places}` },
    synced: unknown('Synced'),
    chains: [chainTypes.map(unknown)],
    placements: placements.map((placement) => placementStatus(placement, [])),
    endpoint: undefined,
  });
}

function unread(): ConditionUpdate {
  return { type: 'Accepted', status: 'Unknown', reason: 'NotRead', message: 'the record was not read yet' };
}

async function writeStatus(deps: EngineDeps, entry: ObjectEntry, findings: TenantFindings): Promise<void> {
  const before = entry.status?.value;
  const next: ObjectStatus = tenantStatus(before, findings, new Date(deps.clock.now()).toISOString());
  entry.status = await deps.state.writeStatus(entry.key, next, entry.status);
  if (before?.phase === next.phase) return;
  const ready = next.conditions.find((condition) => condition.type === 'Ready');
  const type =
    next.phase === 'Degraded' || next.phase === 'Unplaceable' || next.phase === 'Invalid' ? 'Warning' : 'Normal';
  deps.observer.event(entry.key, {
    type,
    reason: next.phase ?? 'Changed',
    message: `${before?.phase ?? 'new'} → ${next.phase ?? ''}. ${ready?.message ?? ''}`,
  });
}
