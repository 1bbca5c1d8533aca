import type { EffectiveTenant } from '../../model/records/effective.ts';
import type { PlacementContext } from '../../reconcilers/contract.ts';
import { type ObjectEntry, placementsOf, servingSpec, specOf } from '../fleet/entry.ts';
import type { ChainDeps, ChainResult } from '../tenant/chain.ts';
import { convergeChain } from '../tenant/chain.ts';
import { isReachable, placementScope } from '../tenant/context.ts';
import type { EngineDeps } from '../tenant/deps.ts';

/**
 * Looks at one settled tenant by scoped reads alone, which cost one call for a hundred tenants: clusters with their counts, rules by listener, target groups by load balancer, records by
 * zone. True when something is not as it should be, or calls for a closer look; nothing is changed here.
 */
export async function suspicious(deps: EngineDeps, entry: ObjectEntry, maxAgeMs: number): Promise<boolean> {
  if (servingSpec(entry)?.state === 'deleted') return false;
  for (const placement of placementsOf(entry)) {
    const effective = specOf(entry, placement);
    if (effective === undefined || placement.phase !== 'serving') continue;
    const scope = placementScope(deps, entry, effective, placement);
    if (!isReachable(scope) || scope.mode === 'paused') continue;
    const published = placement.resources.dns_record?.arn !== undefined;
    const result = await convergeChain(
      chainDeps(deps, maxAgeMs),
      { ...scope.access, cell: scope.access.cell.as('sweep') },
      scope.context,
      () => ({ ...scope.context.dns, want: published ? 'publish' : 'keep' }),
    );
    if (isOff(result, scope.context)) return true;
  }
  return false;
}

/** Whether what scoped reads showed of a placement is not as it should be. */
function isOff(result: ChainResult, { effective, tasks }: PlacementContext): boolean {
  if (result.failed.length > 0 || result.held.length > 0 || result.changes.length > 0) return true;
  const { activeServices, runningTasks } = result.signals.cluster ?? {};
  if (activeServices !== undefined && activeServices !== 1) return true;
  if (runningTasks !== undefined && isMiscounted(effective, tasks, runningTasks)) return true;
  return (result.signals.listener_rule?.foreign ?? []).length > 0;
}

/** Whether a settled placement runs more or fewer tasks than it may. */
function isMiscounted({ service }: EffectiveTenant, tasks: number, running: number): boolean {
  const { scaling } = service;
  if (scaling.mode === 'external') return false;
  if (scaling.mode === 'fixed' || tasks === 0) return running !== tasks;
  return running < scaling.min || running > scaling.max;
}

function chainDeps(deps: EngineDeps, maxAgeMs: number): ChainDeps {
  return {
    reconcilers: deps.reconcilers,
    clock: deps.clock,
    newToken: deps.newToken,
    save: () => Promise.reject(new Error('a probe writes nothing')),
    guard: () => Promise.resolve(undefined),
    report: () => undefined,
    write: false,
    depth: 'probe',
    maxAgeMs,
    driftAgeMs: maxAgeMs,
  };
}
