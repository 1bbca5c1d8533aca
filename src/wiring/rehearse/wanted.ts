import type { RehearsedRecord } from '../../cli/rehearsal.ts';
import type { ObjectEntry } from '../../controller/fleet/entry.ts';
import type { FleetView } from '../../controller/fleet/view.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import { effectiveHash, effectiveTenant } from '../../model/records/effective.ts';
import type { DesiredRecord, Tenant } from '../../model/records/kinds.ts';
import type { ObjectStatus } from '../../model/state.ts';

/** How an object stands beside its record. */
export type Standing =
  /** Live is what the record says. */
  | 'as-wanted'
  /** The record is not accepted. */
  | 'invalid'
  /** A tenant that finds no place, or would need a move: only a change of the records helps. */
  | 'unplaced'
  /** Something is still to be done or waited for. */
  | 'open';

/** Reasons of `Placed` that no time changes. */
const noPlace: ReadonlySet<string> = new Set(['Unplaceable', 'MoveRequired']);

const finished: Readonly<Record<'suspended' | 'deleted', ReadonlySet<string>>> = {
  suspended: new Set(['Suspended']),
  deleted: new Set(['Retained', 'Deleted']),
};

/** Compares every object that the records name with what the controller has made of it. */
export class Wanted {
  readonly #records = new Map<string, DesiredRecord>();
  readonly #hashes = new WeakMap<object, string>();
  /** Effective hashes that tenants' records come to, by the tier that they were merged with. */
  readonly #merged = new WeakMap<object, { readonly tier: object; readonly hash: string | undefined }>();

  constructor(records: readonly RehearsedRecord[]) {
    this.write(records);
  }

  /** These records stand in the table from now on. */
  write(records: readonly RehearsedRecord[]): void {
    for (const { record } of records) this.#records.set(`${record.kind}/${record.name}`, record);
  }

  get records(): ReadonlyMap<string, DesiredRecord> {
    return this.#records;
  }

  standing(view: FleetView, record: DesiredRecord): Standing {
    const entry = view.get(record.kind, record.name);
    if (entry === undefined) return 'open';
    if (!this.#isSeen(view, entry, record)) return isRefused(entry) ? 'invalid' : 'open';
    const status = entry.status?.value;
    if (status === undefined) return 'open';
    if (record.kind === 'Tenant' && isUnplaced(record, status)) return 'unplaced';
    if (status.observedGeneration !== entry.accepted?.generation) return 'open';
    return isReached(record, status) ? 'as-wanted' : 'open';
  }

  /** Whether the controller has accepted this very record, merged with its tier as that stands now. */
  #isSeen(view: FleetView, entry: ObjectEntry, record: DesiredRecord): boolean {
    if (entry.accepted === undefined || !entry.isAccepted) return false;
    if (record.kind !== 'Tenant') return this.#hash(entry.accepted.record.spec) === this.#hash(record.spec);
    const tier = view.spec('Tier', record.spec.tier);
    if (tier === undefined) return false;
    let known = this.#merged.get(record);
    if (known?.tier !== tier) {
      const merged = effectiveTenant(record.spec, record.name, tier, record.spec.tier);
      known = { tier, hash: merged.ok ? effectiveHash(merged.effective) : undefined };
      this.#merged.set(record, known);
    }
    return known.hash === entry.accepted.hash;
  }

  #hash(spec: object): string {
    const known = this.#hashes.get(spec) ?? canonicalHash(spec);
    this.#hashes.set(spec, known);
    return known;
  }
}

function isRefused({ isAccepted, problems }: ObjectEntry): boolean {
  return !isAccepted && problems.length > 0;
}

function isUnplaced({ spec }: Tenant, { conditions }: ObjectStatus): boolean {
  const placed = conditions.find(({ type }) => type === 'Placed');
  return spec.state !== 'deleted' && placed?.status === 'False' && noPlace.has(placed.reason);
}

function isReached(record: DesiredRecord, { phase = '', conditions }: ObjectStatus): boolean {
  if (record.kind === 'Tenant' && record.spec.state !== 'active') return finished[record.spec.state].has(phase);
  return conditions.find(({ type }) => type === 'Ready')?.status === 'True';
}
