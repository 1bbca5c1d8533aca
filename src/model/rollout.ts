/** What is kept and shown of how a tier's service goes out to its tenants. How it goes out is decided in controller/rollout. */
import { canonicalHash } from './records/canonical.ts';
import { type Frozen, freezeDeep } from './records/kinds.ts';
import { type TierSpec, tierService } from './records/schema-tier.ts';

/** `service` of a tier at one time. Its name is the canonical hash of it. */
export interface TierRevision {
  readonly service: unknown;
  /** When it was accepted first (RFC 3339). */
  readonly at: string;
}

/** Why a tenant counts as failed. `unfit`: its record and the revision do not go together, so that it was never admitted. */
export type RolloutFailureKind = 'rolled-back' | 'not-ready' | 'unhealthy' | 'unfit';

export interface RolloutFailure {
  readonly kind: RolloutFailureKind;
  /** RFC 3339. */
  readonly at: string;
  /** Infra group and cell. */
  readonly where: string;
  readonly why: string;
}

/**
 * How far the current revision has come; part of the tier's `spec` item. Each change of it is durable before anything is done by it. Which tenants have what stands with the tenants
 * (`tierRevision`, `admission`), so that nothing has to be written twice.
 */
export interface TierRollout {
  /** +1 with each change of the tier's service: tells the admissions of one rollout from those of another. */
  readonly n: number;
  /** The revision that goes out, or has gone out. */
  readonly target: string;
  /** The last revision that reached the end of its waves: what new tenants get while the target is halted. */
  readonly stable: string;
  /** All revisions that a tenant has, and the two above. */
  readonly revisions: Readonly<Record<string, TierRevision>>;
  readonly startedAt: string;
  /** `rolling`: tenants of this wave are admitted and come up. `baking`: all of it are up, and are watched. `through`: no ring is open (before the first, after the last). */
  readonly phase: 'rolling' | 'baking' | 'through';
  /** The ring that is or was open last; -1 before the first. */
  readonly ring: number;
  /** Waves of this rollout so far, counted through all rings. */
  readonly wave: number;
  /** The `wave` with which the ring began. */
  readonly ringWave: number;
  /** Which of the tier's `wavePercents` this wave goes up to. */
  readonly step: number;
  readonly bakingSince?: string;
  /** By tenant. */
  readonly failed: Readonly<Record<string, RolloutFailure>>;
  /** Nobody is admitted any more, until the tier's service changes. */
  readonly halted?: { readonly at: string; readonly why: string };
}

/** By which wave a tenant was admitted to its revision; kept with its accepted spec. */
export interface Admission {
  readonly rollout: number;
  readonly wave: number;
  /** RFC 3339. */
  readonly at: string;
}

export const rolloutStates = ['RolledOut', 'RollingOut', 'Baking', 'Held', 'Halted', 'Incomplete'] as const;
/** `Incomplete`: the waves are over, and tenants are left that failed or were left out. */
export type RolloutState = (typeof rolloutStates)[number];

/** How far a rollout is with each tenant; every tenant of the tier that has served counts in exactly one. */
export const rolloutCounts = ['done', 'underWay', 'failed', 'waiting', 'skipped'] as const;

/** A rollout as users see it: `status.rollout` of a Tier. */
export interface RolloutStatus {
  /** As short as people say it. */
  readonly revision: string;
  readonly state: RolloutState;
  /** The open ring and wave; left out while none is open. */
  readonly ring?: number;
  /** From 1. */
  readonly wave?: number;
  readonly waves?: number;
  readonly counts: Readonly<Record<(typeof rolloutCounts)[number], number>>;
  /** RFC 3339: when the next wave may begin at the earliest. */
  readonly bakesUntil?: string;
  readonly halted?: { readonly at: string; readonly why: string };
  /** The first `shownTenants` of them. */
  readonly failures: readonly ({ readonly tenant: string } & RolloutFailure)[];
  readonly skipped: readonly { readonly tenant: string; readonly why: string }[];
}

/** How many tenants a status names; the counts count all. */
export const shownTenants = 20;

type Service = Frozen<TierSpec>['service'];
const known = new WeakMap<object, { readonly service: Service; readonly revision: string }>();

/** A stored service as this version reads it: an upgrade that adds a field with a default adds it here too, and so is no new revision. */
function read(stored: unknown): { readonly service: Service; readonly revision: string } {
  if (typeof stored === 'object' && stored !== null) {
    const found = known.get(stored);
    if (found !== undefined) return found;
  }
  const parsed = tierService.safeParse(stored);
  // What was accepted once and no longer parses is left as it is: nothing that runs changes by that.
  const service = freezeDeep((parsed.success ? parsed.data : stored) as Service);
  const made = { service, revision: canonicalHash(service) };
  if (typeof stored === 'object' && stored !== null) known.set(stored, made);
  return made;
}

/** The name of a service's revision. */
export function revisionOf(service: unknown): string {
  return read(service).revision;
}

/** The service of a revision that is kept; undefined for one that is not. */
export function serviceOf(rollout: TierRollout, revision: string): Service | undefined {
  const kept = rollout.revisions[revision];
  return kept === undefined ? undefined : read(kept.service).service;
}

/** A revision as people say it: the first eight digits of its hash. */
export function shortRevision(revision: string): string {
  return revision.slice(revision.indexOf(':') + 1).slice(0, 8);
}

/** What a tenant that never served gets: the newest revision, unless that is halted. */
export function newestOf(rollout: TierRollout): string {
  return rollout.halted === undefined ? rollout.target : rollout.stable;
}

/**
 * The rollout after a tier is accepted with `service`. `before`: as it was kept. `lastService`: what was accepted before, of a tier of which no rollout was kept (the first acceptance, or a
 * state table of a version that had none): every tenant is taken to have that. An unchanged service changes nothing.
 */
export function nextRollout(
  before: TierRollout | undefined,
  lastService: unknown,
  service: unknown,
  now: string,
): TierRollout {
  const start = before ?? through(lastService ?? service, now);
  const target = revisionOf(service);
  const current = start.revisions[start.target];
  if (target === start.target || (current !== undefined && revisionOf(current.service) === target)) return start;
  const { bakingSince: _baked, halted: _halted, ...rest } = start;
  return {
    ...rest,
    n: start.n + 1,
    target,
    revisions: { ...start.revisions, [target]: start.revisions[target] ?? { service, at: now } },
    startedAt: now,
    ...notBegun,
  };
}

/** Where every rollout begins. */
const notBegun = { phase: 'through', ring: -1, wave: 0, ringWave: 0, step: 0, failed: {} } as const;

/** A service that everybody has. */
function through(service: unknown, now: string): TierRollout {
  const target = revisionOf(service);
  return {
    n: 0,
    target,
    stable: target,
    revisions: { [target]: { service, at: now } },
    startedAt: now,
    ...notBegun,
  };
}

/** The rollout without the revisions that nobody has any more. */
export function withoutUnused(rollout: TierRollout, used: ReadonlySet<string>): TierRollout {
  const needed = Object.entries(rollout.revisions).filter(
    ([revision]) => revision === rollout.target || revision === rollout.stable || used.has(revision),
  );
  if (needed.length === Object.keys(rollout.revisions).length) return rollout;
  return { ...rollout, revisions: Object.fromEntries(needed) };
}
