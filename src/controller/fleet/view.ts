import { type AcceptanceContext, claimsOf } from '../../model/records/acceptance.ts';
import { ClaimRegistry, ownerKey, tenantClaims } from '../../model/records/claims.ts';
import { type Frozen, isKind, type Kind, type Specs } from '../../model/records/kinds.ts';
import type { InvalidField } from '../../model/records/problems.ts';
import type { StoredObject } from '../../store/state.ts';
import { keyText } from '../keys.ts';
import { acceptedOf, formerSpecs, type ObjectEntry, servingSpec } from './entry.ts';

/** A cell or infra group with its name. */
export type Named<T> = T & { readonly name: string };

/** Everything known of the fleet, by object: built from the state table, kept current by acceptance. */
export class FleetView {
  readonly claims = new ClaimRegistry();
  /** Items of the desired table that are no record of any kind, or have no usable name: by their key. */
  readonly refused = new Map<string, readonly InvalidField[]>();
  readonly #entries = new Map<string, ObjectEntry>();
  readonly #byKind = new Map<Kind, Map<string, ObjectEntry>>();

  /** Takes over what the state table holds. Claims of what was accepted are held before any record is looked at. */
  load(objects: Iterable<StoredObject>): void {
    for (const stored of objects) {
      if (
        !isKind(stored.kind) ||
        (stored.spec === undefined && stored.status === undefined && stored.inventory === undefined)
      )
        continue;
      const entry = this.ensure(stored.kind, stored.name);
      entry.spec = stored.spec;
      entry.status = stored.status;
      entry.inventory = stored.inventory;
      entry.damaged = stored.damaged;
      if (stored.spec !== undefined) entry.accepted = acceptedOf(stored.kind, stored.name, stored.spec.value);
      this.holdClaims(entry);
    }
  }

  /** Holds what the entry's accepted and serving specs claim. */
  holdClaims(entry: ObjectEntry): void {
    if (entry.accepted === undefined) return;
    const serving = servingSpec(entry);
    const own = claimsOf(entry.accepted.record, entry.accepted.effective);
    this.claims.hold(
      ownerKey(entry.kind, entry.name),
      serving === undefined ? own : [...own, ...[serving, ...formerSpecs(entry)].flatMap(tenantClaims)],
    );
  }

  get(kind: Kind, name: string): ObjectEntry | undefined {
    return this.#entries.get(keyText(kind, name));
  }

  ensure(kind: Kind, name: string): ObjectEntry {
    const key = keyText(kind, name);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: ObjectEntry = {
      key,
      kind,
      name,
      present: false,
      accepted: undefined,
      isAccepted: false,
      condition: undefined,
      problems: [],
      spec: undefined,
      status: undefined,
      inventory: undefined,
      damaged: [],
      searched: new Set(),
    };
    this.#entries.set(key, entry);
    const siblings = this.#byKind.get(kind) ?? new Map<string, ObjectEntry>();
    siblings.set(name, entry);
    this.#byKind.set(kind, siblings);
    return entry;
  }

  forget(entry: ObjectEntry): void {
    this.#entries.delete(entry.key);
    this.#byKind.get(entry.kind)?.delete(entry.name);
    this.claims.release(ownerKey(entry.kind, entry.name));
  }

  all(kind: Kind): readonly ObjectEntry[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])];
  }

  count(kind: Kind): number {
    return this.#byKind.get(kind)?.size ?? 0;
  }

  /** The accepted spec of an object; undefined where nothing was ever accepted. */
  spec<K extends Kind>(kind: K, name: string): Frozen<Specs[K]> | undefined {
    return this.get(kind, name)?.accepted?.record.spec as Frozen<Specs[K]> | undefined;
  }

  fleet(): Frozen<Specs['Fleet']> | undefined {
    return this.spec('Fleet', 'default');
  }

  /** Accepted cells of a tier (of all tiers where none is named). */
  cells(tier?: string): readonly Named<Frozen<Specs['Cell']>>[] {
    return this.#accepted('Cell').filter((cell) => tier === undefined || cell.tier === tier);
  }

  /** Accepted infra groups of a cell (of all cells where none is named). */
  groups(cell?: string): readonly Named<Frozen<Specs['InfraGroup']>>[] {
    return this.#accepted('InfraGroup').filter((group) => cell === undefined || group.cell === cell);
  }

  tiers(): readonly Named<Frozen<Specs['Tier']>>[] {
    return this.#accepted('Tier');
  }

  /** What acceptance asks of the other records. */
  get context(): AcceptanceContext {
    return {
      tier: (name) => this.spec('Tier', name),
      cell: (name) => this.spec('Cell', name),
      claims: this.claims,
    };
  }

  #accepted<K extends Kind>(kind: K): Named<Frozen<Specs[K]>>[] {
    return this.all(kind).flatMap((entry) => {
      const spec = entry.accepted?.record.spec as Frozen<Specs[K]> | undefined;
      return spec === undefined ? [] : [{ ...spec, name: entry.name }];
    });
  }
}
