import type { RolloutFailure } from '../../model/rollout.ts';
import { isOfWave, iso, isReady, type RolloutInput, type RolloutTenant, whereOf } from './tenants.ts';

/** How long targets have to fail before a tenant of a baking wave counts as unhealthy: one task that is replaced is not it. Milliseconds. */
const sickAfterMs = 60_000;

/** With who failed: those that did before, and those of the open wave that do now. */
export function judged(input: RolloutInput): RolloutInput {
  const { rollout, tenants } = input;
  const failed: Record<string, RolloutFailure> = {};
  for (const tenant of tenants) {
    const before = rollout.failed[tenant.name];
    const failure = before?.kind === 'unfit' ? undefined : before;
    const found = failure ?? unfitness(input, tenant, before) ?? failureOf(input, tenant);
    if (found !== undefined) failed[tenant.name] = found;
  }
  return { ...input, rollout: { ...rollout, failed } };
}

/** A tenant whose record does not go with the target fails when its ring is open; never admitted, it stays what it is. */
function unfitness(
  { rollout, now }: RolloutInput,
  tenant: RolloutTenant,
  before: RolloutFailure | undefined,
): RolloutFailure | undefined {
  if (typeof tenant.change !== 'object' || tenant.revision === rollout.target || tenant.aside !== undefined)
    return undefined;
  if (tenant.ring > rollout.ring) return undefined;
  const why = `its record does not go with the new service: ${tenant.change.unfit}`;
  return before?.why === why ? before : { kind: 'unfit', at: iso(now), where: whereOf(tenant), why };
}

function failureOf(input: RolloutInput, tenant: RolloutTenant): RolloutFailure | undefined {
  const { rollout, now } = input;
  const { admission, health, deadlineMs } = tenant;
  if (admission === undefined || tenant.isOrdered || !isOfWave(rollout, tenant)) return undefined;
  const at = iso(now);
  const where = whereOf(tenant);
  // A roll-back that is older than the admission is of another revision.
  if (health.rolledBack !== undefined && Date.parse(health.rolledBack.at) >= Date.parse(admission.at))
    return { kind: 'rolled-back', at, where, why: health.rolledBack.why };
  if (isReady(tenant)) return undefined;
  if (health.isReached && health.sick !== undefined && now - Date.parse(health.sick.since) >= sickAfterMs)
    return { kind: 'unhealthy', at, where, why: `unhealthy after it was ready: ${health.sick.why}` };
  const from = Math.max(Date.parse(admission.at), Date.parse(health.since));
  if (now - from < deadlineMs) return undefined;
  return { kind: 'not-ready', at, where, why: `not ready within ${deadlineMs / 1_000} s: ${health.message}` };
}
