/** Which effective spec the desired table asks for now, and which one the controller has accepted. */
import { canonicalHash } from '../model/records/canonical.ts';
import { asEffective, effectiveHash, effectiveTenant } from '../model/records/effective.ts';
import { immutableProblems } from '../model/records/immutable.ts';
import type { DesiredRecord, Frozen, Specs } from '../model/records/kinds.ts';
import { revisionOf, serviceOf } from '../model/rollout.ts';
import type { AcceptedSpec } from '../model/state.ts';
import type { ObjectView } from './objects.ts';

/**
 * The hash of the effective spec that a tenant's record asks for, merged with its tier as that stands now. Undefined while the record or its tier
 * cannot be used.
 */
export function wantedHash(view: ObjectView, views: ReadonlyMap<string, ObjectView>): string | undefined {
  if (view.parsed?.ok !== true || view.parsed.record.kind !== 'Tenant') return undefined;
  const { name, spec } = view.parsed.record;
  const tier = tierInForce(views.get(`Tier/${spec.tier}`));
  if (tier === undefined) return undefined;
  const merged = effectiveTenant(spec, name, tier, spec.tier);
  return merged.ok ? effectiveHash(merged.effective) : undefined;
}

/**
 * The hash of the effective spec that the record comes to with the revision of its tier's service that the tenant has by now. What stands between this and `wantedHash` is the tier's
 * rollout alone.
 */
export function ownHash(view: ObjectView, views: ReadonlyMap<string, ObjectView>): string | undefined {
  if (view.parsed?.ok !== true || view.parsed.record.kind !== 'Tenant') return undefined;
  const { name, spec } = view.parsed.record;
  const tierView = views.get(`Tier/${spec.tier}`);
  const tier = tierInForce(tierView);
  const { rollout } = tierView?.stored?.spec?.value ?? {};
  const revision = view.stored?.spec?.value.tierRevision;
  const service = rollout === undefined || revision === undefined ? undefined : serviceOf(rollout, revision);
  if (tier === undefined || service === undefined) return wantedHash(view, views);
  const merged = effectiveTenant(spec, name, { ...tier, service }, spec.tier);
  return merged.ok ? effectiveHash(merged.effective) : undefined;
}

/** Whether the controller has looked at the tier's service as it stands now. */
export function isServiceSeen(tier: ObjectView): boolean {
  const { rollout } = tier.stored?.spec?.value ?? {};
  const record = tierInForce(tier);
  const target = rollout === undefined ? undefined : serviceOf(rollout, rollout.target);
  return record !== undefined && target !== undefined && revisionOf(record.service) === revisionOf(target);
}

/** A tier as its record says where that can be accepted, else as it was accepted last. */
function tierInForce(view: ObjectView | undefined): Frozen<Specs['Tier']> | undefined {
  if (view === undefined) return undefined;
  const lastGood = lastGoodRecord(view);
  const now = view.parsed?.ok === true ? view.parsed.record : undefined;
  const usable = now !== undefined && (lastGood === undefined || immutableProblems(lastGood, now).length === 0);
  const record = usable ? now : lastGood;
  return record?.kind === 'Tier' ? record.spec : undefined;
}

/** The record that was accepted last, as the state table keeps it. */
export function lastGoodRecord(view: Pick<ObjectView, 'kind' | 'name' | 'stored'>): DesiredRecord | undefined {
  const spec = view.stored?.spec?.value.spec;
  if (typeof spec !== 'object' || spec === null) return undefined;
  // It was parsed and accepted by the controller before it was written: it is a record of its kind.
  return { kind: view.kind, name: view.name, spec } as DesiredRecord;
}

/** The hash of what was accepted, in this program's own canonical form: that of another version would never compare equal. */
export function acceptedHash(spec: AcceptedSpec | undefined): string | undefined {
  if (spec === undefined) return undefined;
  const effective = asEffective(spec.effective);
  return effective === undefined ? canonicalHash(spec.spec) : effectiveHash(effective);
}
