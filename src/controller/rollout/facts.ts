import type { Condition } from '../../model/conditions.ts';
import { acceptRecord, type TierOfTenant } from '../../model/records/acceptance.ts';
import { type EffectiveTenant, effectiveHash, effectiveTenant } from '../../model/records/effective.ts';
import type { DesiredRecord, Frozen, Specs, Tenant } from '../../model/records/kinds.ts';
import { problemsLine } from '../../model/records/problems.ts';
import type { TierRollout } from '../../model/rollout.ts';
import { type ObjectEntry, placementsOf, servingSpec } from '../fleet/entry.ts';
import { type Mode, strictest } from '../fleet/modes.ts';
import { hasServedIn, tierAt } from '../fleet/revisions.ts';
import type { FleetView } from '../fleet/view.ts';
import type { RolloutTenant, TenantHealth } from './tenants.ts';

/** What a tenant may take to become ready beside what its own spec asks for: pulling the image, placing tasks, ECS's own steps, our own calls. Seconds. */
export const readyMarginSeconds = 600;

/** A tier as its rollout looks at it. */
export interface RolloutTier {
  readonly name: string;
  readonly record: Frozen<Specs['Tier']>;
  readonly rollout: TierRollout;
}

/** What the rollout of a tier has to know of its tenants: all that have served, but those on their way out. */
export function rolloutTenants(view: FleetView, tier: RolloutTier, mode: Mode): readonly RolloutTenant[] {
  return view.all('Tenant').flatMap((entry) => {
    const effective = entry.accepted?.effective;
    if (effective === undefined || effective.tier !== tier.name || effective.state === 'deleted') return [];
    return hasServedIn(entry, tier.name) ? [tenantFacts(view, tier, mode, entry, effective)] : [];
  });
}

function tenantFacts(
  view: FleetView,
  tier: RolloutTier,
  mode: Mode,
  entry: ObjectEntry,
  effective: EffectiveTenant,
): RolloutTenant {
  const standing = view.admissions.standing(entry.name);
  const order = standing?.tier === tier.name ? standing : undefined;
  const ordered =
    order?.wave === undefined ? undefined : { rollout: order.rollout, wave: order.wave, at: tier.rollout.startedAt };
  const [first] = placementsOf(entry)
    .filter((placement) => placement.phase !== 'leaving')
    .sort((a, b) => (a.cell + a.infraGroup < b.cell + b.infraGroup ? -1 : 1));
  const fit = fitOf(view, tier, entry);
  const isIdle = effective.state !== 'active' || first === undefined;
  return {
    name: entry.name,
    ring: effective.ring,
    cell: first?.cell ?? '',
    group: first?.infraGroup ?? '',
    revision: entry.accepted?.tierRevision,
    admission: ordered ?? entry.spec?.value.admission,
    isOrdered: order !== undefined,
    aside: asideOf(view, entry, mode, fit),
    change: changeOf(entry, fit, isIdle),
    health: healthOf(entry),
    deadlineMs: deadlineSeconds(effective) * 1_000,
  };
}

function changeOf(entry: ObjectEntry, fit: Fit, isIdle: boolean): RolloutTenant['change'] {
  if (!fit.ok) return { unfit: fit.why };
  if (entry.isAccepted && fit.hash === entry.accepted?.hash) return 'none';
  return isIdle ? 'idle' : 'fits';
}

/** Why a tenant is left out for now; undefined: it takes part. */
function asideOf(view: FleetView, entry: ObjectEntry, mode: Mode, fit: Fit): string | undefined {
  if (!entry.present) return 'its record vanished';
  if (entry.damaged.length > 0) return "its items in the state table can't be read";
  if (!entry.isAccepted && !fit.ok) return `its record is not accepted: ${problemsLine(entry.problems)}`;
  const placements = placementsOf(entry);
  const modes = placements.flatMap((placement) => [
    view.spec('Cell', placement.cell)?.mode,
    view.spec('InfraGroup', placement.infraGroup)?.mode,
  ]);
  const own = strictest([mode, view.spec('Tenant', entry.name)?.mode, ...modes]);
  if (own !== 'active') return `mode ${own}`;
  if (placements.some((placement) => 'move' in placement && placement.move !== undefined)) return 'it is being moved';
  return undefined;
}

/** Startup and health checks as the tenant's own spec has them, the old tasks to drain, and a margin. */
export function deadlineSeconds({ service }: EffectiveTenant): number {
  const { healthCheck, startupSeconds, drainSeconds } = service;
  const checks = healthCheck.intervalSeconds * healthCheck.healthyThreshold + healthCheck.timeoutSeconds;
  return startupSeconds + checks + drainSeconds + readyMarginSeconds;
}

function healthOf(entry: ObjectEntry): TenantHealth {
  const status = entry.status?.value;
  const named = (type: string): Condition | undefined => status?.conditions.find((one) => one.type === type);
  const [ready, targets, service] = [named('Ready'), named('TargetsHealthy'), named('ServiceStable')];
  const generation = entry.accepted?.generation ?? 0;
  const isReached = status?.observedGeneration === generation && status.generation === generation;
  const back = placementsOf(entry).find((placement) => placement.rolledBack !== undefined)?.rolledBack;
  const acceptedAt = entry.spec?.value.acceptedAt ?? '';
  return {
    isReached,
    ready: ready?.status ?? 'Unknown',
    since: isReached ? (ready?.lastTransitionTime ?? acceptedAt) : acceptedAt,
    message: ready?.message ?? 'nothing is known of it yet',
    rolledBack:
      back === undefined
        ? undefined
        : { at: back.at, why: `ECS rolled ${back.taskDefinitionArn} back${saidBy(service)}` },
    sick: targets?.status === 'False' ? { since: targets.lastTransitionTime, why: targets.message } : undefined,
  };
}

/** ECS's own words, where they are known by now. */
function saidBy(service: Condition | undefined): string {
  const at = service?.reason === 'RolledBack' ? service.message.indexOf('ECS says: ') : -1;
  return at < 0 ? '' : `; ${service?.message.slice(at) ?? ''}`;
}

type Fit = { readonly ok: true; readonly hash: string } | { readonly ok: false; readonly why: string };
const fits = new WeakMap<DesiredRecord, { readonly key: string; readonly fit: Fit }>();

/** What acceptance would say of the tenant's record with the target. Kept by record: most are asked for again and again. */
function fitOf(view: FleetView, tier: RolloutTier, entry: ObjectEntry): Fit {
  // A record that cannot even be read goes with nothing: what was accepted of it before is no answer to an order.
  const record = entry.isAccepted ? entry.accepted?.record : entry.refused;
  if (record?.kind !== 'Tenant') return { ok: false, why: problemsLine(entry.problems) };
  const hash = view.get('Tier', tier.name)?.accepted?.hash ?? '';
  const key = `${tier.rollout.target} ${hash} ${entry.accepted?.hash ?? ''} ${entry.isAccepted}`;
  const known = fits.get(record);
  if (known?.key === key) return known.fit;
  const target = tierAt(tier.record, tier.rollout, tier.rollout.target);
  const fit = entry.isAccepted ? mergedWith(target, tier, record) : acceptedWith(target, view, entry, record);
  fits.set(record, { key, fit });
  return fit;
}

/** Of a record that is accepted, only the merge can come out differently. */
function mergedWith({ spec }: TierOfTenant, tier: RolloutTier, record: Tenant): Fit {
  const merged = effectiveTenant(record.spec, record.name, spec ?? tier.record, tier.name);
  return merged.ok
    ? { ok: true, hash: effectiveHash(merged.effective) }
    : { ok: false, why: problemsLine(merged.problems) };
}

function acceptedWith(target: TierOfTenant, view: FleetView, entry: ObjectEntry, record: Tenant): Fit {
  const { accepted, isAccepted, problems } = acceptRecord({
    kind: 'Tenant',
    name: entry.name,
    parsed: { ok: true, record },
    lastGood: entry.accepted,
    serving: servingSpec(entry),
    context: { ...view.context, tierOf: () => target },
  });
  return isAccepted && accepted !== undefined
    ? { ok: true, hash: accepted.hash }
    : { ok: false, why: problemsLine(problems) };
}
