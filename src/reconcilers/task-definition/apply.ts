import { CallError } from '../../model/errors.ts';
import { canonicalHash } from '../../model/records/canonical.ts';
import type { InventoryResource } from '../../model/resources.ts';
import type { Access, Applied, Created, PlacementContext, RetireStep } from '../contract.ts';
import { answeredArn } from '../fields.ts';
import { ecsTagList, markFault } from '../marks.ts';
import { type TaskDefinitionContent, taskDefinitionTags } from './desired.ts';
import { describe, type LiveTaskDefinition, revisions } from './observe.ts';

/** Registers a new revision. Every call makes one, so it gets one attempt; a lost answer is resolved by `observe`. */
export async function registerTaskDefinition(
  access: Access,
  context: PlacementContext,
  desired: TaskDefinitionContent,
): Promise<Created> {
  const tags = ecsTagList(taskDefinitionTags(context, canonicalHash(desired)));
  const answer = await access.cell.ecs.registerTaskDefinition({ ...desired, tags });
  const arn = answeredArn('ecs', 'registerTaskDefinition', answer.taskDefinition?.taskDefinitionArn);
  return { outcome: 'created', arn };
}

/** Puts our tags back. */
export async function tagTaskDefinition(
  access: Access,
  context: PlacementContext,
  desired: TaskDefinitionContent,
  live: LiveTaskDefinition,
): Promise<Applied> {
  const arn = live.definition.taskDefinitionArn ?? '';
  await access.cell.ecs.tagResource({
    resourceArn: arn,
    tags: ecsTagList(taskDefinitionTags(context, canonicalHash(desired))),
  });
  access.cell.views.touched(arn);
  return {};
}

/**
 * Deregisters, then deletes a revision; when the placement itself goes, every revision of its family, so that one registered by a call whose
 * answer was lost goes too. ECS keeps deleted revisions as DELETE_IN_PROGRESS or INACTIVE for a while: that counts as gone.
 */
export async function retireTaskDefinition(
  access: Access,
  context: PlacementContext,
  entry: InventoryResource,
): Promise<RetireStep> {
  const leaving = context.placement.removal !== undefined;
  if (!leaving && isHeldOn(context, entry))
    return {
      step: 'pending',
      found: 'the record to ask for something that ECS does not roll back',
      checkInMs: 300_000,
    };
  const arns = leaving
    ? [...(await revisions(access, context, 'ACTIVE')), ...(await revisions(access, context, 'INACTIVE'))]
    : entry.arn === undefined
      ? []
      : [entry.arn];
  for (const arn of arns) {
    const fault = await retireRevision(access, context, arn);
    if (fault !== undefined && arn === entry.arn) return { step: 'unmarked', found: fault };
  }
  return { step: 'gone' };
}

/** Superseded, and yet what the service runs: ECS went back to it, and a service cannot be put right on a revision that is deregistered. */
function isHeldOn({ placement }: PlacementContext, entry: InventoryResource): boolean {
  const { rolledBack, resources } = placement;
  if (rolledBack === undefined || rolledBack.taskDefinitionArn !== resources.task_definition?.arn) return false;
  return entry.arn === rolledBack.liveTaskDefinitionArn;
}

async function retireRevision(access: Access, context: PlacementContext, arn: string): Promise<string | undefined> {
  const live = await describe(access, arn, 0);
  if (live === undefined || live.definition.status === 'DELETE_IN_PROGRESS') return undefined;
  const fault = markFault(live.tags, context);
  if (fault !== undefined) return fault;
  if (live.definition.status === 'ACTIVE') await access.cell.ecs.deregisterTaskDefinition({ taskDefinition: arn });
  access.cell.views.touched(arn);
  const answer = await access.cell.ecs.deleteTaskDefinitions({ taskDefinitions: [arn] });
  const failure = answer.failures?.[0];
  if (failure !== undefined && !/missing|does not exist/i.test(failure.reason ?? '')) {
    throw new CallError({
      class: 'transient',
      service: 'ecs',
      operation: 'deleteTaskDefinitions',
      code: failure.reason ?? 'Failure',
      message: `ECS did not delete ${arn}: ${failure.reason ?? ''} ${failure.detail ?? ''}`.trim(),
    });
  }
  access.cell.views.touched(arn);
  return undefined;
}
