import type { Ecs } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { ecsTagMap, markFault } from '../marks.ts';

/**
 * One service, or undefined when ECS says MISSING. A cluster that is gone has no service. Any other failure in the answer is an error, never an absence.
 */
export async function describeService(
  access: Access,
  cluster: string,
  service: string,
  maxAgeMs: number,
): Promise<Ecs.Service | undefined> {
  return access.cell.views.once(`${cluster}#${service}`, { maxAgeMs }, async () => {
    try {
      const answer = await access.cell.ecs.describeServices({ cluster, services: [service], include: ['TAGS'] });
      const failure = answer.failures?.[0];
      if (failure !== undefined && failure.reason !== 'MISSING') throw failed(service, failure);
      return answer.services?.[0];
    } catch (error) {
      if (error instanceof CallError && error.class === 'not_found') return undefined;
      throw error;
    }
  });
}

/** A probe cannot see services: a call shows those of one cluster only. DRAINING and INACTIVE ones never serve again. */
export async function observeService(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<Ecs.Service>> {
  if (options.depth === 'probe') return { state: 'unread' };
  const entry = context.placement.resources.service;
  const cluster = context.placement.resources.cluster?.arn;
  if (entry === undefined || cluster === undefined) return { state: 'absent' };
  const live = await describeService(
    access,
    cluster,
    entry.arn ?? entry.name,
    Math.min(options.maxAgeMs, options.driftAgeMs),
  );
  if (live === undefined) return { state: 'absent' };
  const arn = live.serviceArn ?? '';
  if (live.status !== 'ACTIVE') {
    // A name under which nothing of ours was ever confirmed and that is dead is as good as free.
    return entry.arn === undefined
      ? { state: 'absent' }
      : { state: 'ending', arn, found: live.status ?? 'without status' };
  }
  const fault = markFault(ecsTagMap(live.tags), context);
  if (fault === undefined) return { state: 'live', live, arn };
  return entry.arn === undefined ? { state: 'stranger', arn, found: fault } : { state: 'unmarked', arn, found: fault };
}

function failed(service: string, failure: Ecs.Failure): CallError {
  return new CallError({
    class: 'transient',
    service: 'ecs',
    operation: 'describeServices',
    code: failure.reason ?? 'Failure',
    message: `ECS could not describe ${service}: ${failure.reason ?? ''} ${failure.detail ?? ''}`.trim(),
  });
}
