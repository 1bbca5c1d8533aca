import type { Elb } from '../../aws/ports.ts';
import type { Access, Observation, ObserveOptions, PlacementContext } from '../contract.ts';
import { markFault } from '../marks.ts';

export interface LiveTargetGroup {
  readonly group: Elb.TargetGroup;
  readonly tags: Readonly<Record<string, string>>;
  /** Not read by a probe. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly targets?: readonly Elb.TargetHealthDescription[];
  /** Read once more after the tasks, where one of them had no target: it may have been registered in between. */
  readonly laterTargets?: readonly Elb.TargetHealthDescription[];
  /** The placement's tasks, by the address of their network interface; undefined where they were not read. */
  readonly tasks?: readonly TaskAddress[];
}

export interface TaskAddress {
  readonly ip: string;
  /** RUNNING: from then on ECS has registered its target. */
  readonly running: boolean;
  /** Of the placement's own task definition: its container has the port that the record says. */
  readonly current: boolean;
  /** Milliseconds since the epoch, by AWS's clock. */
  readonly createdAt: number;
}

/** A probe sees all groups of a load balancer in one call; attributes, targets and tasks are asked for one by one. */
export async function observeTargetGroup(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Observation<LiveTargetGroup>> {
  const entry = context.placement.resources.target_group;
  if (entry === undefined) return { state: 'absent' };
  const group = await findGroup(access, context, options);
  if (group?.TargetGroupArn === undefined) return { state: 'absent' };
  const arn = group.TargetGroupArn;
  const tags = await access.cell.views.tags(arn, { maxAgeMs: options.driftAgeMs });
  if (tags === undefined) return { state: 'absent' };
  const fault = markFault(tags, context);
  // Of the name of ours that is gone: somebody else's by its ARN, and no reason to hold anything.
  if (fault !== undefined && entry.arn !== undefined && entry.arn !== arn) return { state: 'absent' };
  if (fault !== undefined) {
    return entry.arn === undefined
      ? { state: 'stranger', arn, found: fault }
      : { state: 'unmarked', arn, found: fault };
  }
  if (options.depth === 'probe') return { state: 'live', live: { group, tags }, arn };
  const attributes = await readAttributes(access, arn, options.driftAgeMs);
  // Before the tasks: a task that starts in between is then known, and its target never taken for a stranger's.
  const targets = await readTargets(access, arn, Math.min(options.maxAgeMs, options.driftAgeMs));
  const tasks = await readTasks(access, context, options.driftAgeMs);
  if (tasks === undefined) return { state: 'live', live: { group, tags, attributes, targets }, arn };
  const registered = new Set(targets.map((target) => target.Target?.Id));
  const doubtful = tasks.some((task) => task.running && !registered.has(task.ip));
  const laterTargets = doubtful ? await readTargets(access, arn, 0) : [];
  return { state: 'live', live: { group, tags, attributes, targets, laterTargets, tasks }, arn };
}

async function findGroup(
  access: Access,
  context: PlacementContext,
  options: ObserveOptions,
): Promise<Elb.TargetGroup | undefined> {
  const entry = context.placement.resources.target_group;
  const { views } = access.cell;
  const attached = await views.targetGroupsOf(context.group.loadBalancerArn, { maxAgeMs: options.driftAgeMs });
  const found = attached.find((group) =>
    entry?.arn === undefined ? group.TargetGroupName === entry?.name : group.TargetGroupArn === entry.arn,
  );
  // A group that no rule leads to is not among the load balancer's: only its own name can tell.
  return found ?? views.targetGroupByName(entry?.name ?? '', { maxAgeMs: options.driftAgeMs });
}

export async function readAttributes(
  access: Access,
  arn: string,
  driftAgeMs: number,
): Promise<Readonly<Record<string, string>>> {
  return access.cell.views.once(`${arn}#attributes`, { maxAgeMs: driftAgeMs }, async () => {
    const answer = await access.cell.elb.describeTargetGroupAttributes({ TargetGroupArn: arn });
    return Object.fromEntries(
      (answer.Attributes ?? []).map((attribute) => [attribute.Key ?? '', attribute.Value ?? '']),
    );
  });
}

async function readTargets(
  access: Access,
  arn: string,
  maxAgeMs: number,
): Promise<readonly Elb.TargetHealthDescription[]> {
  return access.cell.views.once(`${arn}#targets`, { maxAgeMs }, async () => {
    const answer = await access.cell.elb.describeTargetHealth({ TargetGroupArn: arn });
    return answer.TargetHealthDescriptions ?? [];
  });
}

/** Which addresses ECS itself runs tasks at: whatever else is registered was put there by somebody. Asked only where targets are looked at for drift. */
async function readTasks(
  access: Access,
  context: PlacementContext,
  driftAgeMs: number,
): Promise<readonly TaskAddress[] | undefined> {
  const { cluster: { arn: cluster } = {}, task_definition: definition } = context.placement.resources;
  if (cluster === undefined || driftAgeMs > 0) return undefined;
  const { ecs } = access.cell;
  const addresses: TaskAddress[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.listTasks({ cluster, ...(nextToken === undefined ? {} : { nextToken }) });
    const arns = page.taskArns ?? [];
    if (arns.length > 0) {
      const { tasks } = await ecs.describeTasks({ cluster, tasks: arns });
      for (const task of tasks ?? []) {
        const details = (task.attachments ?? []).flatMap((attachment) => attachment.details ?? []);
        const ip = details.find((detail) => detail.name === 'privateIPv4Address')?.value;
        const current = task.taskDefinitionArn === definition?.arn;
        if (ip !== undefined)
          addresses.push({
            ip,
            running: task.lastStatus === 'RUNNING',
            current,
            createdAt: task.createdAt?.getTime() ?? 0,
          });
      }
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return addresses;
}
