import type { ConditionUpdate } from '../../model/conditions.ts';
import { isSuccessor } from '../../model/moves.ts';
import { leastTasks } from '../../model/records/effective.ts';
import type { PlacementInventory, PlacementMove } from '../../model/resources.ts';
import type { PlacementContext } from '../../reconcilers/contract.ts';
import { type ObjectEntry, placementsOf } from '../fleet/entry.ts';
import type { ChainSignals } from './chain.ts';
import type { EngineDeps } from './deps.ts';

/** What a pass read before it comes to a placement's record. */
export interface RecordSigns {
  readonly signals: ChainSignals;
  readonly conditions: readonly ConditionUpdate[];
  /** Of a successor: what it is to replace can take all requests. */
  readonly oldServes: boolean;
}

/**
 * What is wanted of a placement's records, by what this pass read of its rule and targets. A name is published when a request to it would be served: a verified rule, and a target that
 * passes health checks. What was published stays published, and heals, through an outage of its own tasks and while it is suspended; unless the placement is down while another of the
 * tenant serves.
 */
export function wishedRecords(
  deps: EngineDeps,
  entry: ObjectEntry,
  context: PlacementContext,
  read: RecordSigns,
): PlacementContext['dns'] {
  const { signals, conditions, oldServes } = read;
  if (context.effective.routing.scope === 'tier') return { ...context.dns, want: 'keep', setIdentifier: 'none' };
  noteHealth(deps, context, signals);
  const stood = context.placement.resources.dns_record?.arn !== undefined;
  const ruleReady = conditions.find((condition) => condition.type === 'RuleReady')?.status === 'True';
  const { move } = context.placement;
  if (move !== undefined && isSuccessor(context.placement, entry.inventory?.value.placements ?? {})) {
    const want = wishOfSuccessor(deps, move, { stood, oldServes, suspended: context.tasks === 0 && ruleReady });
    if (want !== undefined) return { ...context.dns, want };
  }
  if (stood) return { ...context.dns, want: isToLeave(deps, entry, context) ? 'withdraw' : 'publish' };
  const healthy = (signals.target_group?.healthyTargets ?? 0) > 0;
  return { ...context.dns, want: ruleReady && healthy ? 'publish' : 'keep' };
}

/**
 * A successor's record stands from its first step on. One that is to begin anew, as it fell ill, gives it up as soon as the old placement can take all requests; one that is being taken
 * back keeps it until then, and gets none any more. Undefined: as for every other placement.
 */
function wishOfSuccessor(
  deps: EngineDeps,
  { step, abort }: PlacementMove,
  now: { readonly stood: boolean; readonly oldServes: boolean; readonly suspended: boolean },
): PlacementContext['dns']['want'] | undefined {
  if (abort !== undefined) return now.stood ? 'publish' : 'keep';
  if (step === undefined) {
    const mayGo = now.oldServes && deps.removalsFrom() <= deps.clock.now();
    return now.stood ? (mayGo ? 'withdraw' : 'publish') : 'keep';
  }
  return now.suspended ? 'publish' : undefined;
}

function noteHealth(deps: EngineDeps, context: PlacementContext, signals: ChainSignals): void {
  const { placement, tasks, effective } = context;
  const healthyTargets = signals.target_group?.healthyTargets;
  if (tasks === 0) deps.health.forget(placement.id);
  if (tasks === 0 || healthyTargets === undefined) return;
  const { stable = false, runningTasks = 0 } = signals.service ?? {};
  const subject = { placement: placement.id, tier: placement.tier, cell: placement.cell };
  const reading = { healthyTargets, steady: stable && runningTasks >= leastTasks(effective.service) };
  deps.health.note(subject, reading, deps.clock.monotonic());
}

function isToLeave(deps: EngineDeps, entry: ObjectEntry, { placement, tenant }: PlacementContext): boolean {
  const others = placementsOf(entry).filter((other) => other.id !== placement.id && isAnswered(other));
  if (others.length === 0) return false;
  const ids = others.map((other) => other.id);
  const verdict = deps.health.verdict(placement.id, ids, (tier) => countOf(deps, tier), deps.clock.monotonic());
  if (verdict.kind !== 'suspected') return verdict.kind === 'withdraw';
  const allow = deps.view.fleet()?.allow ?? [];
  const now = deps.clock.now();
  if (allow.some(({ reason, until }) => reason === 'observer_suspected' && Date.parse(until) > now)) return true;
  deps.observer.held('observer_suspected', tenant, verdict.message);
  return false;
}

/** Its record stands, and every name server has it. */
function isAnswered({ phase, resources, dnsChange }: PlacementInventory): boolean {
  const insync = dnsChange === undefined || dnsChange.insyncAt !== undefined;
  return phase === 'serving' && resources.dns_record?.arn !== undefined && insync;
}

function countOf(deps: EngineDeps, tier: string): number {
  return deps.view
    .all('Tenant')
    .reduce((sum, entry) => sum + placementsOf(entry).filter((placement) => placement.tier === tier).length, 0);
}
