import type { Ecs } from '../../aws/ports.ts';
import { CallError } from '../../model/errors.ts';
import { marks } from '../../model/names.ts';
import type { InventoryResource } from '../../model/resources.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { ecsTagMap, markFault } from '../marks.ts';
import { nameOfPlacement } from '../names.ts';
import { desiredTaskDefinition } from './desired.ts';

export interface LiveTaskDefinition {
  readonly definition: Ecs.TaskDefinition;
  readonly tags: Readonly<Record<string, string>>;
}

/** One revision, or undefined when ECS says that there is none. */
export async function describe(
  access: Access,
  arn: string,
  driftAgeMs: number,
): Promise<LiveTaskDefinition | undefined> {
  return access.cell.views.once(arn, { maxAgeMs: driftAgeMs }, async () => {
    try {
      const answer = await access.cell.ecs.describeTaskDefinition({ taskDefinition: arn, include: ['TAGS'] });
      if (answer.taskDefinition === undefined) return undefined;
      return { definition: answer.taskDefinition, tags: ecsTagMap(answer.tags) };
    } catch (error) {
      if (error instanceof CallError && error.class === 'not_found') return undefined;
      throw error;
    }
  });
}

/** ARNs of all revisions of the placement's family in a status, read to the end. */
export async function revisions(
  access: Access,
  context: PlacementContext,
  status: 'ACTIVE' | 'INACTIVE',
): Promise<readonly string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await access.cell.ecs.listTaskDefinitions({
      familyPrefix: nameOfPlacement(context),
      status,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    arns.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return arns;
}

/** A definition changes by nobody but people, so a probe does not read it; a pass after a lost answer looks for the registered content by its tag. */
export async function observeTaskDefinition(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<LiveTaskDefinition>> {
  if (options.depth === 'probe') return { state: 'unread' };
  const entry = context.placement.resources.task_definition;
  if (entry === undefined) return { state: 'absent' };
  if (entry.arn === undefined) return findRegistered(access, context);
  const live = await describe(access, entry.arn, options.driftAgeMs);
  if (live === undefined) return { state: 'absent' };
  if (live.definition.status === 'DELETE_IN_PROGRESS') {
    return { state: 'ending', arn: entry.arn, found: 'DELETE_IN_PROGRESS' };
  }
  const fault = markFault(live.tags, context);
  if (fault !== undefined) return { state: 'unmarked', arn: entry.arn, found: fault };
  return { state: 'live', live, arn: entry.arn };
}

/** The newest active revision of ours with the wanted content's hash: registered, but never answered. */
async function findRegistered(access: Access, context: PlacementContext): Promise<Observation<LiveTaskDefinition>> {
  const desired = desiredTaskDefinition(context);
  const retired = new Set(context.placement.retired.map((old) => old.arn));
  const arns = await revisions(access, context, 'ACTIVE');
  for (const arn of [...arns].reverse()) {
    if (retired.has(arn)) continue;
    const live = await describe(access, arn, 0);
    if (live === undefined || markFault(live.tags, context) !== undefined) continue;
    if (desired.state === 'known' && live.tags[marks.spec] === desired.hash) return { state: 'live', live, arn };
  }
  return { state: 'absent' };
}

/** Active revisions of the family that no entry of the inventory names: registered by a call that was never answered, and not found when it mattered. */
export async function strayRevisions(access: Access, context: PlacementContext): Promise<readonly InventoryResource[]> {
  const { resources, retired, rolledBack } = context.placement;
  const current = resources.task_definition;
  // While a registration is open, any revision may be its own.
  if (current?.arn === undefined) return [];
  const known = new Set([current.arn, rolledBack?.liveTaskDefinitionArn, ...retired.map((old) => old.arn)]);
  const arns = await revisions(access, context, 'ACTIVE');
  return arns
    .filter((arn) => !known.has(arn))
    .map((arn) => ({ kind: 'task_definition', n: current.n, name: nameOfPlacement(context), arn }));
}
