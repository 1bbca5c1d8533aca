import type { Scaling } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { markFault } from '../marks.ts';
import { resourceIdOf } from './desired.ts';

export interface LiveScaling {
  readonly target: Scaling.ScalableTarget;
  readonly tags: Readonly<Record<string, string>>;
  /** All policies of the target, others' too. */
  readonly policies: readonly Scaling.ScalingPolicy[];
}

/**
 * The scalable target of the placement's service. Not looked for where none shall stand and none is remembered: most tenants have none, and cost no call. A probe cannot tell
 * whose a target is: tags and policies are asked for one by one.
 */
export async function observeScaling(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<LiveScaling>> {
  const entry = context.placement.resources.scaling;
  const wanted = context.effective.service.scaling.mode === 'target-tracking' && context.tasks > 0;
  if (entry === undefined && (!wanted || context.placement.resources.service?.arn === undefined))
    return { state: 'absent' };
  if (options.depth === 'probe') return { state: 'unread' };
  const id = resourceIdOf(context);
  const { driftAgeMs } = options;
  const target = await access.cell.views.scalableTarget(id, { maxAgeMs: driftAgeMs });
  if (target?.ScalableTargetARN === undefined) return { state: 'absent' };
  const arn = target.ScalableTargetARN;
  const tags = await targetTags(access, id, arn, driftAgeMs);
  if (tags === undefined) return { state: 'absent' };
  const fault = markFault(tags, context);
  // Of another ARN than the inventory's: that one is gone, and this one was registered by somebody else.
  if (fault !== undefined && entry?.arn === arn) return { state: 'unmarked', arn, found: fault };
  if (fault !== undefined) return { state: 'stranger', arn, found: fault };
  const policies = await access.cell.views.scalingPolicies(id, { maxAgeMs: driftAgeMs });
  return { state: 'live', live: { target, tags, policies }, arn };
}

/** Undefined when the target does not exist. */
export async function targetTags(
  access: Access,
  id: string,
  arn: string,
  maxAgeMs: number,
): Promise<Readonly<Record<string, string>> | undefined> {
  return access.cell.views.once(`${id}#tags ${arn}`, { maxAgeMs }, async () => {
    try {
      return (await access.cell.scaling.listTagsForResource({ ResourceARN: arn })).Tags ?? {};
    } catch (error) {
      if (error instanceof CallError && error.class === 'not_found') return undefined;
      throw error;
    }
  });
}
