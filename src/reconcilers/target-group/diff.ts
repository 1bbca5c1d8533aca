import type { Elb } from '../../aws/ports.ts';
import type { FieldChange } from '../../model/resources.ts';
import type { PlacementContext } from '../contract.ts';
import { fieldChanges } from '../fields.ts';
import { tagChanges } from '../marks.ts';
import type { TargetGroupContent } from './desired.ts';
import type { LiveTargetGroup } from './observe.ts';

/**
 * Health-check members (ModifyTargetGroup), attributes by their key, Tags, and Targets that ECS did not register. Attributes that this version does not know are
 * not compared: their defaults are unknown too.
 */
export function diffTargetGroup(
  desired: TargetGroupContent,
  live: LiveTargetGroup,
  context: PlacementContext,
): readonly FieldChange[] {
  const { group, attributes } = live;
  const changes = [
    ...fieldChanges(desired.fixed, { ...group, IpAddressType: group.IpAddressType ?? 'ipv4' }),
    ...fieldChanges(desired.health, { ...group, Matcher: { HttpCode: group.Matcher?.HttpCode } }),
    ...(attributes === undefined ? [] : fieldChanges(knownAttributes(desired, attributes), attributes)),
    ...tagChanges('Tags', live.tags, desired.tags),
  ];
  const foreign = foreignTargets(live, context);
  const missing = missingTargets(live, context);
  if (foreign.length + missing.length > 0)
    changes.push({ field: 'Targets', before: foreign.map(addressText), after: missing.map(addressText) });
  return changes;
}

const immutable: ReadonlySet<string> = new Set([
  'Protocol',
  'ProtocolVersion',
  'Port',
  'TargetType',
  'IpAddressType',
  'VpcId',
]);

/** Protocol, port, type and VPC can only be chosen at creation. */
export function targetGroupNeedsSuccessor(fields: readonly FieldChange[]): boolean {
  return fields.some((change) => immutable.has(change.field));
}

/**
 * Targets that answer for no task of ours, draining ones aside: those are on their way out already. At a task of the placement's own definition just the
 * container's port is ours; which port a task of an earlier one has is not known, so every port at its address passes.
 */
export function foreignTargets(live: LiveTargetGroup, context: PlacementContext): readonly Elb.TargetDescription[] {
  const { tasks } = live;
  if (tasks === undefined) return [];
  const own = new Map(tasks.map((task) => [task.ip, task]));
  const port = context.effective.service.containerPort;
  return standing(live.targets).filter((target) => {
    const task = own.get(target.Id ?? '');
    return task === undefined || (task.current && target.Port !== port);
  });
}

/**
 * Running tasks whose target somebody took out. ECS registers a target only when the task starts, so nobody else would put it back. Tasks that are older than the
 * group were registered with the one before it, and ECS is replacing them.
 */
export function missingTargets(live: LiveTargetGroup, context: PlacementContext): readonly Elb.TargetDescription[] {
  const { targets, tasks } = live;
  if (targets === undefined || tasks === undefined) return [];
  const confirmedAt = context.placement.resources.target_group?.confirmedAt;
  const madeAt = confirmedAt === undefined ? 0 : Date.parse(confirmedAt);
  const Port = context.effective.service.containerPort;
  const stands = new Set([...standing(live.targets), ...standing(live.laterTargets)].map(addressText));
  return tasks
    .filter((task) => task.current && task.running && task.createdAt >= madeAt)
    .map((task) => ({ Id: task.ip, Port }))
    .filter((target) => !stands.has(addressText(target)));
}

function standing(targets: LiveTargetGroup['targets']): readonly Elb.TargetDescription[] {
  return (targets ?? [])
    .filter((target) => target.TargetHealth?.State !== 'draining')
    .flatMap((target) => (target.Target === undefined ? [] : [target.Target]));
}

function knownAttributes(desired: TargetGroupContent, live: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(desired.attributes).filter(([key]) => key in live));
}

function addressText(target: Elb.TargetDescription): string {
  return `${target.Id ?? ''}:${target.Port ?? ''}`;
}
