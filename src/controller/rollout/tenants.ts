import type { Admission, TierRollout } from '../../model/rollout.ts';

/** How a tier's record wants its rollouts. */
export interface RolloutSettings {
  readonly wavePercents: readonly number[];
  readonly bakeSeconds: number;
  readonly maxUnavailable: number;
  readonly maxFailures: number;
  readonly hold: boolean;
}

/** What the scheduler has to know of one tenant that has served. Deleted tenants, and those that never served, are nothing to it. */
export interface RolloutTenant {
  readonly name: string;
  readonly ring: number;
  /** Of its first placement; empty where it has none. */
  readonly cell: string;
  readonly group: string;
  readonly revision: string | undefined;
  /** By which it came to `revision`, or will come to the target: then it is ordered. */
  readonly admission?: Admission | undefined;
  /** The order to admit it is given, and not durable yet. */
  readonly isOrdered: boolean;
  /** Why it is left out for now, in words. */
  readonly aside?: string | undefined;
  /** What the target would change for it. `idle`: it runs nothing, so that there is no health to look at. */
  readonly change: 'none' | 'idle' | 'fits' | { readonly unfit: string };
  readonly health: TenantHealth;
  /** How long it may take to become ready once admitted, in milliseconds. */
  readonly deadlineMs: number;
}

export interface TenantHealth {
  /** What is live is what was accepted last; it may have fallen ill since. */
  readonly isReached: boolean;
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Reached: when `ready` became what it is. Else: when what is not live yet was accepted (RFC 3339). */
  readonly since: string;
  /** What `Ready` says. */
  readonly message: string;
  /** When and how ECS rolled it back, where it did. */
  readonly rolledBack?: { readonly at: string; readonly why: string } | undefined;
  /** Since when too few of its targets pass health checks, and how many. */
  readonly sick?: { readonly since: string; readonly why: string } | undefined;
}

export interface RolloutInput {
  readonly rollout: TierRollout;
  readonly settings: RolloutSettings;
  readonly tenants: readonly RolloutTenant[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** False while a write of an earlier leader may still land: who is under way is not known for certain. */
  readonly isCertain: boolean;
}

/** Whether a tenant has the target, or is about to. */
export function hasTarget({ rollout }: Pick<RolloutInput, 'rollout'>, tenant: RolloutTenant): boolean {
  return tenant.revision === rollout.target || tenant.isOrdered;
}

/** Admitted by the open wave, and not ready yet, or not any more. */
export function isUnderWay({ rollout }: Pick<RolloutInput, 'rollout'>, tenant: RolloutTenant): boolean {
  if (tenant.isOrdered) return true;
  return isOfWave(rollout, tenant) && !isReady(tenant) && rollout.failed[tenant.name] === undefined;
}

export function isReady({ isOrdered, health }: RolloutTenant): boolean {
  return !isOrdered && health.isReached && health.ready === 'True';
}

/** Admitted by the wave that is open. */
export function isOfWave(rollout: TierRollout, { admission, isOrdered, revision }: RolloutTenant): boolean {
  if (admission?.rollout !== rollout.n || admission.wave !== rollout.wave) return false;
  return isOrdered || revision === rollout.target;
}

/** A place in words. */
export function whereOf({ cell, group }: Pick<RolloutTenant, 'cell' | 'group'>): string {
  return group === '' ? 'no infra group' : `infra group ${group} of cell ${cell}`;
}

/** RFC 3339, of milliseconds since the epoch. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
