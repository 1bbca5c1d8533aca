import type { ConditionUpdate } from '../../model/conditions.ts';
import type { Accepted } from '../../model/records/acceptance.ts';
import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { DesiredRecord, Kind } from '../../model/records/kinds.ts';
import type { InvalidField } from '../../model/records/problems.ts';
import type { PlacementInventory, TenantInventory } from '../../model/resources.ts';
import type { AcceptedSpec, ObjectStatus } from '../../model/state.ts';
import type { Stored } from '../../store/state.ts';

/**
 * All that the controller knows of one object. The stored parts are what the state table holds: this process is its only writer while it leads, so its memory is
 * as good as a read, and every write compares with the revision all the same.
 */
export interface ObjectEntry {
  readonly key: string;
  readonly kind: Kind;
  readonly name: string;
  /** Whether the desired table has a record of it. */
  present: boolean;
  accepted: Accepted | undefined;
  /** Whether the record as it stands was accepted; until it was looked at, what the status said last. */
  isAccepted: boolean;
  condition: ConditionUpdate | undefined;
  problems: readonly InvalidField[];
  spec: Stored<AcceptedSpec> | undefined;
  status: Stored<ObjectStatus> | undefined;
  inventory: Stored<TenantInventory> | undefined;
  /** Items of it that could not be read: nothing is done about the object. */
  damaged: readonly string[];
  /** Placements of it that were searched in this term for what stands beside their inventory. */
  readonly searched: Set<string>;
}

/** The effective spec that a tenant's placements are built by: the accepted one, unless a change waits for room. */
export function servingSpec(entry: ObjectEntry): EffectiveTenant | undefined {
  const serving = entry.spec?.value.serving as EffectiveTenant | undefined;
  return serving ?? entry.accepted?.effective;
}

/**
 * The spec that one placement is built by: what the tenant follows, unless it is being replaced and cannot follow that. Undefined: what it was reserved for is not followed yet, and
 * nothing of it is built.
 */
export function specOf(entry: ObjectEntry, placement: PlacementInventory): EffectiveTenant | undefined {
  const former = entry.spec?.value.former?.find(({ placements }) => placements.includes(placement.id));
  if (former !== undefined) return former.spec as EffectiveTenant;
  const followed = servingSpec(entry);
  return followed?.tier === placement.tier ? followed : undefined;
}

/** Specs of placements that are being replaced, where they differ from what the tenant follows. */
export function formerSpecs(entry: ObjectEntry): readonly EffectiveTenant[] {
  return (entry.spec?.value.former ?? []).map(({ spec }) => spec as EffectiveTenant);
}

/** The tenant's placements, by id; those that leave included. */
export function placementsOf(entry: ObjectEntry): readonly PlacementInventory[] {
  return Object.values(entry.inventory?.value.placements ?? {}).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the state table's `spec` item says, as acceptance wants it. */
export function acceptedOf(kind: Kind, name: string, spec: AcceptedSpec): Accepted {
  // The spec was parsed and accepted by this program before it was written: it is a record of its kind.
  const record = { kind, name, spec: spec.spec } as DesiredRecord;
  const effective = spec.effective as EffectiveTenant | undefined;
  return { generation: spec.generation, hash: spec.hash, record, ...(effective === undefined ? {} : { effective }) };
}
