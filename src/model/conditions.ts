/** Conditions and phases of a tenant, as users read them. Closed lists: what stands here is documented and counted. */
export const conditionTypes = [
  'Accepted',
  'Placed',
  'Moving',
  'ClusterReady',
  'ServiceStable',
  'TargetsHealthy',
  'RuleReady',
  'DnsReady',
  'Published',
  'Synced',
  'Ready',
] as const;
/** The condition of cells and of the Fleet that says whether the state table knows all that is live, and its reason where a rebuild could not read all. */
export const stateKnown = 'StateKnown';
export const notRebuilt = 'NotRebuilt';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  /** CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** RFC 3339: when `status` last changed. */
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** What a pass found, before it is merged with what was written earlier. */
export type ConditionUpdate = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export const tenantPhases = [
  'Pending',
  'Unplaceable',
  'Provisioning',
  'Ready',
  'Updating',
  'Degraded',
  'Suspended',
  'Deleting',
  'Retained',
  'Deleted',
  'Orphaned',
  'Invalid',
] as const;
export type TenantPhase = (typeof tenantPhases)[number];

/**
 * Merges what a pass found into the conditions written before: `lastTransitionTime` moves only when `status` changes, and a
 * condition that this pass says nothing about stays as it was.
 */
export function mergeConditions(
  before: readonly Condition[],
  updates: readonly ConditionUpdate[],
  at: { readonly now: string; readonly generation: number },
): readonly Condition[] {
  const byType = new Map(before.map((condition) => [condition.type, condition]));
  for (const update of updates) {
    const old = byType.get(update.type);
    const lastTransitionTime = old !== undefined && old.status === update.status ? old.lastTransitionTime : at.now;
    byType.set(update.type, { ...update, lastTransitionTime, observedGeneration: at.generation });
  }
  return [...byType.values()];
}
