import { type Condition, type ConditionUpdate, mergeConditions, type TenantPhase } from '../../model/conditions.ts';
import type { PlacementInventory } from '../../model/resources.ts';
import type { ObjectStatus, PlacementStatus } from '../../model/state.ts';

/** What one pass over a tenant found, before it is compared with what was written earlier. */
export interface TenantFindings {
  readonly generation: number;
  readonly hash: string | undefined;
  readonly wanted: 'active' | 'suspended' | 'deleted';
  readonly accepted: ConditionUpdate;
  /** Whether anything was ever accepted: a tenant of which nothing was is Invalid and nothing else. */
  readonly everAccepted: boolean;
  readonly vanished: boolean;
  readonly placed: ConditionUpdate;
  readonly synced: ConditionUpdate;
  /** Of each placement that is to serve: what its chain said. */
  readonly chains: readonly (readonly ConditionUpdate[])[];
  /** Moves that are under way, in words; undefined: none. */
  readonly moving?: ConditionUpdate | undefined;
  /** Whether one of them was asked for by the record, so that the record is not fulfilled before it is done. */
  readonly asked?: boolean;
  /** Where a removal or a suspension stands; undefined for an active tenant. */
  readonly stopped?: 'under-way' | 'stopped' | 'gone';
  readonly placements: readonly PlacementStatus[];
  readonly endpoint: string | undefined;
}

/** The reason of a `Synced` that says no more than that something superseded could not be removed: the tenant serves as its record says all the same. */
export const supersededStays = 'SupersededStays';

/** What each resource of a chain, and the name before it, is called in the status. */
export const chainTypes = [
  'ClusterReady',
  'ServiceStable',
  'TargetsHealthy',
  'RuleReady',
  'DnsReady',
  'Published',
] as const;

/**
 * The status that follows from the findings and from the status before. Equal findings give an equal status (no time of its own enters it), so that
 * a settled tenant is never written.
 */
export function tenantStatus(before: ObjectStatus | undefined, found: TenantFindings, now: string): ObjectStatus {
  const updates: ConditionUpdate[] = [found.accepted];
  if (found.everAccepted) {
    updates.push(found.placed, ...chainTypes.map((type) => aggregate(type, found)), found.synced);
  }
  const ready = readiness(found, updates);
  updates.push(ready);
  if (found.moving !== undefined) updates.push(found.moving);
  // It is there only while something moves.
  const known = (before?.conditions ?? []).filter(({ type }) => type !== 'Moving' || found.moving !== undefined);
  const conditions = mergeConditions(known, updates, { now, generation: found.generation });
  const reached = isReached(found, ready);
  const observedHash = reached ? found.hash : before?.observedHash;
  const lastAppliedAt = reached && before?.observedGeneration !== found.generation ? now : before?.lastAppliedAt;
  return {
    phase: phase(before, found, conditions),
    generation: found.generation,
    observedGeneration: reached ? found.generation : (before?.observedGeneration ?? 0),
    ...(observedHash === undefined ? {} : { observedHash }),
    conditions,
    placements: found.placements,
    ...(found.endpoint === undefined ? {} : { endpoint: found.endpoint }),
    ...(lastAppliedAt === undefined ? {} : { lastAppliedAt }),
  };
}

/** One condition over all placements: the first that is not True speaks for all. */
function aggregate(type: (typeof chainTypes)[number], found: TenantFindings): ConditionUpdate {
  if (found.chains.length === 0) {
    return { type, status: 'False', reason: 'NoPlacement', message: 'the tenant is in no infra group' };
  }
  const all = found.chains.map((chain) => chain.find((condition) => condition.type === type));
  const worst =
    all.find((condition) => condition?.status === 'False') ?? all.find((condition) => condition?.status !== 'True');
  if (worst !== undefined) return worst;
  return all[0] ?? { type, status: 'Unknown', reason: 'NotRead', message: 'not read yet' };
}

function readiness(found: TenantFindings, updates: readonly ConditionUpdate[]): ConditionUpdate {
  if (found.wanted !== 'active') {
    const reason = found.wanted === 'suspended' ? 'Suspended' : 'Deleted';
    return { type: 'Ready', status: 'False', reason, message: `the record says state: ${found.wanted}` };
  }
  const blocking = updates.find(
    ({ type, status, reason }) => type !== 'Accepted' && status !== 'True' && reason !== supersededStays,
  );
  if (blocking === undefined && found.everAccepted) {
    return { type: 'Ready', status: 'True', reason: 'Serving', message: 'every placement serves as the record says' };
  }
  const cause = blocking ?? found.accepted;
  // What could not be looked at is not known: it may well serve.
  const status = cause.status === 'Unknown' ? 'Unknown' : 'False';
  return { type: 'Ready', status, reason: cause.reason, message: `${cause.type}: ${cause.message}` };
}

/** Whether live is what this generation says: the only moment at which observedGeneration may move. */
function isReached(found: TenantFindings, ready: ConditionUpdate): boolean {
  if (!found.everAccepted || found.asked === true) return false;
  if (found.wanted === 'active') return ready.status === 'True';
  if (found.synced.status !== 'True') return false;
  // Who is suspended has its placements, and they may be too few or in the wrong place.
  if (found.wanted === 'suspended') return found.stopped === 'stopped' && found.placed.status === 'True';
  return found.stopped !== 'under-way';
}

function phase(before: ObjectStatus | undefined, found: TenantFindings, conditions: readonly Condition[]): TenantPhase {
  if (!found.everAccepted) return 'Invalid';
  if (found.wanted === 'deleted') return removalPhase(found);
  if (found.vanished) return 'Orphaned';
  if (found.placements.length === 0) return found.placed.reason === 'Deciding' ? 'Pending' : 'Unplaceable';
  if (found.wanted === 'suspended' && found.stopped === 'stopped' && found.asked !== true) return 'Suspended';
  const ready = conditions.find((condition) => condition.type === 'Ready')?.status;
  if (ready === 'True' && found.asked !== true) return 'Ready';
  const servedBefore = (before?.observedGeneration ?? 0) > 0;
  if (!servedBefore) return 'Provisioning';
  if (before?.observedGeneration !== found.generation) return 'Updating';
  // A cell that cannot be read, and a mode that leaves the tenant alone, are no news of the tenant itself.
  return ready === 'Unknown' && before.phase === 'Ready' ? 'Ready' : 'Degraded';
}

function removalPhase(found: TenantFindings): TenantPhase {
  if (found.stopped === 'gone') return 'Deleted';
  return found.stopped === 'stopped' ? 'Retained' : 'Deleting';
}

/** A placement as users see it. `records`: what stands in DNS for it; `move`: the one that it is the successor of. */
export function placementStatus(
  placement: PlacementInventory,
  records: PlacementStatus['records'],
  move?: PlacementStatus['move'],
): PlacementStatus {
  const { cluster, service, task_definition, target_group, listener_rule } = placement.resources;
  return {
    id: placement.id,
    cell: placement.cell,
    infraGroup: placement.infraGroup,
    slot: placement.slot,
    phase: placement.phase,
    ...(cluster?.arn === undefined ? {} : { clusterArn: cluster.arn }),
    ...(service?.arn === undefined ? {} : { serviceArn: service.arn }),
    ...(task_definition?.arn === undefined ? {} : { taskDefinitionArn: task_definition.arn }),
    ...(target_group?.arn === undefined ? {} : { targetGroupArn: target_group.arn }),
    ...(listener_rule?.arn === undefined ? {} : { ruleArn: listener_rule.arn }),
    records,
    ...(move === undefined ? {} : { move }),
  };
}
