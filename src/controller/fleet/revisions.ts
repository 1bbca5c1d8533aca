import type { TierOfTenant } from '../../model/records/acceptance.ts';
import type { Frozen, Kind, Specs } from '../../model/records/kinds.ts';
import { newestOf, revisionOf, serviceOf, type TierRollout } from '../../model/rollout.ts';
import { type ObjectEntry, placementsOf } from './entry.ts';

/** An order to a tenant's next run: to be accepted with the target of the rollout. */
export interface AdmissionOrder {
  readonly tier: string;
  readonly revision: string;
  /** `n` of the rollout that gave it. */
  readonly rollout: number;
  /** The wave that it is admitted by; undefined where nothing is to be watched, as nothing runs or nothing changes. */
  readonly wave: number | undefined;
}

interface Entries {
  get(kind: Kind, name: string): ObjectEntry | undefined;
}

/**
 * Which revision of its tier's service each tenant is merged with. Orders live in memory only: what counts is what the tenant's own run makes durable, so that a crash in between has
 * admitted nobody, and nobody twice.
 */
export class Admissions {
  readonly #entries: Entries;
  readonly #orders = new Map<string, AdmissionOrder>();

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  order(tenant: string, order: AdmissionOrder): void {
    this.#orders.set(tenant, order);
  }

  /** The order that a tenant's next run is to follow: only while its rollout goes on. */
  standing(tenant: string): AdmissionOrder | undefined {
    const order = this.#orders.get(tenant);
    if (order === undefined) return undefined;
    const { rollout, record } = tierParts(this.#entries.get('Tier', order.tier));
    const goesOn = rollout?.n === order.rollout && rollout.halted === undefined && record?.rollout.hold !== true;
    return goesOn ? order : undefined;
  }

  /** The order that waits for the tenant's next run, whether it is to be followed or not. */
  orderFor(tenant: string): AdmissionOrder | undefined {
    return this.#orders.get(tenant);
  }

  /** What orders on their way bring: it may become durable at any moment. */
  revisions(): readonly string[] {
    return [...this.#orders.values()].map((order) => order.revision);
  }

  /** The order was followed, or is void. One that came after it stays. */
  settle(tenant: string, order: AdmissionOrder | undefined): void {
    if (this.#orders.get(tenant) === order) this.#orders.delete(tenant);
  }

  tierOf(tenant: string, tier: string): TierOfTenant | undefined {
    const { rollout, record } = tierParts(this.#entries.get('Tier', tier));
    if (record === undefined) return undefined;
    if (rollout === undefined) return { revision: revisionOf(record.service), spec: record };
    const order = this.standing(tenant);
    const own = ownRevision(this.#entries.get('Tenant', tenant), tier, rollout);
    const revision = order?.tier === tier ? rollout.target : own;
    return tierAt(record, rollout, revision);
  }
}

/** A tier with the service of one revision. */
export function tierAt(record: Frozen<Specs['Tier']>, rollout: TierRollout, revision: string): TierOfTenant {
  const service = serviceOf(rollout, revision);
  return { revision, spec: service === undefined ? undefined : { ...record, service } };
}

/** The revision that a tenant has, or begins with: the newest that is not halted until it serves for the first time, then what its waves bring. */
function ownRevision(entry: ObjectEntry | undefined, tier: string, rollout: TierRollout): string {
  if (entry === undefined || !hasServedIn(entry, tier)) return newestOf(rollout);
  // A state table of a version without rollouts: everybody has what was in force.
  return entry.accepted?.tierRevision ?? rollout.stable;
}

/** Whether requests may have reached the tenant in this tier. One that never served has nothing that a new revision could break. */
export function hasServedIn(entry: ObjectEntry, tier: string): boolean {
  if (entry.accepted?.effective?.tier !== tier) return false;
  if ((entry.status?.value.observedGeneration ?? 0) > 0) return true;
  return placementsOf(entry).some((placement) => placement.phase !== 'reserved');
}

function tierParts(entry: ObjectEntry | undefined): {
  readonly rollout?: TierRollout | undefined;
  readonly record?: Frozen<Specs['Tier']> | undefined;
} {
  // The entry is a tier's, so its record is one.
  const record = entry?.accepted?.record.spec as Frozen<Specs['Tier']> | undefined;
  return { rollout: entry?.spec?.value.rollout, record };
}
