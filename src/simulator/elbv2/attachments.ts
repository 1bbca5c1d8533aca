/** Which target groups a load balancer's rules use: the quotas on that, health checks that follow from it, and the data plane's lag. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type Call } from '../kernel.ts';
import { groupsOf } from './actions.ts';
import { invalidConfiguration } from './errors.ts';
import { attachmentChanged, isAttached } from './health.ts';
import {
  type ElbState,
  findTargetGroup,
  type Listener,
  type LoadBalancer,
  later,
  type Rule,
  type TargetGroup,
} from './state.ts';

/** From the first change of a batch until the data plane has it (observed: about 10 s). */
const applyMs = 10_000;
/** How long DeleteTargetGroup may go on answering ResourceInUse after the last rule went (observed: a few seconds). */
const lingerMs = 5_000;

/**
 * Checks that a listener may use the groups of some actions, in place of those of `replaced`. Throws TargetGroupNotFound,
 * TargetGroupAssociationLimit (a group belongs to one load balancer), TooManyUniqueTargetGroupsPerLoadBalancer, TooManyTargets,
 * InvalidConfigurationRequest and IncompatibleProtocols.
 */
export function checkGroups(
  state: ElbState,
  call: Call,
  at: Pick<Listener, 'loadBalancer' | 'protocol'>,
  actions: readonly Action[],
  replaced?: Rule,
): void {
  const { loadBalancer } = at;
  const arns = groupsOf(actions);
  for (const group of arns.map((arn) => findTargetGroup(state, call, arn))) checkGroup(at, group);
  const used = new Set(loadBalancer.groups.keys());
  for (const arn of groupsOf(replaced?.actions ?? [])) if (loadBalancer.groups.get(arn) === 1) used.delete(arn);
  for (const arn of arns) used.add(arn);
  if (arns.every((arn) => loadBalancer.groups.has(arn))) return;
  const limit = state.world.quotas.get(call, 'targetGroupsPerLoadBalancer');
  if (used.size > limit) {
    throw new AwsError(
      'TooManyUniqueTargetGroupsPerLoadBalancerException',
      `You have reached the maximum number of unique target groups that you can associate with a load balancer of type 'application': [${limit}]`,
    );
  }
  checkTargetCount(state, call, loadBalancer, targetsOf(state, used));
}

/** How many targets some groups have in all. */
export function targetsOf(state: ElbState, groups: Iterable<string>): number {
  let count = 0;
  for (const arn of groups) count += state.targetGroups.get(arn)?.targets.size ?? 0;
  return count;
}

/** Checks the quota on the targets of a load balancer. Throws TooManyTargets. */
export function checkTargetCount(state: ElbState, call: Call, loadBalancer: LoadBalancer, count: number): void {
  const limit = state.world.quotas.get(call, 'targetsPerLoadBalancer');
  if (count <= limit) return;
  throw new AwsError(
    'TooManyTargetsException',
    `The maximum number of targets per load balancer '${limit}' has been reached on load balancer '${loadBalancer.arn}'`,
  );
}

function checkGroup({ loadBalancer, protocol }: Pick<Listener, 'loadBalancer' | 'protocol'>, group: TargetGroup): void {
  const [user] = group.users;
  const other = user?.listener.loadBalancer;
  if (other !== undefined && other !== loadBalancer) {
    throw new AwsError(
      'TargetGroupAssociationLimitException',
      `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
    );
  }
  const { TargetType: type, VpcId: vpcId, ProtocolVersion: version } = group.description;
  if (type !== 'lambda' && vpcId !== loadBalancer.description.VpcId) {
    throw invalidConfiguration(
      `Target group '${group.arn}' is in a different VPC than load balancer '${loadBalancer.arn}'`,
    );
  }
  if (protocol === 'HTTP' && version !== undefined && version !== 'HTTP1') {
    throw new AwsError(
      'IncompatibleProtocolsException',
      `Listener protocol 'HTTP' is not supported with target group '${group.arn}' of protocol version '${version}'; expected HTTPS`,
    );
  }
}

/** Puts a rule's actions in force in the control plane: groups gain and lose users, and start or stop being checked. */
export function setActions(state: ElbState, rule: Rule, actions: readonly Action[]): void {
  const before = groupsOf(rule.actions);
  const after = groupsOf(actions);
  rule.actions = actions;
  for (const arn of after) if (!before.includes(arn)) attach(state, rule, arn);
  for (const arn of before) if (!after.includes(arn)) detach(state, rule, arn);
}

/** A new rule's groups gain it as a user. */
export function attachAll(state: ElbState, rule: Rule): void {
  for (const arn of groupsOf(rule.actions)) attach(state, rule, arn);
}

/** A removed rule's groups lose it as a user. */
export function detachAll(state: ElbState, rule: Rule): void {
  for (const arn of groupsOf(rule.actions)) detach(state, rule, arn);
}

function attach(state: ElbState, rule: Rule, arn: string): void {
  const { groups } = rule.listener.loadBalancer;
  groups.set(arn, (groups.get(arn) ?? 0) + 1);
  const group = state.targetGroups.get(arn);
  if (group === undefined) return;
  const wasAttached = isAttached(group);
  group.users.add(rule);
  if (!wasAttached) attachmentChanged(state, group);
}

function detach(state: ElbState, rule: Rule, arn: string): void {
  const { groups } = rule.listener.loadBalancer;
  const left = (groups.get(arn) ?? 1) - 1;
  if (left === 0) groups.delete(arn);
  else groups.set(arn, left);
  const group = state.targetGroups.get(arn);
  if (group === undefined) return;
  group.users.delete(rule);
  if (isAttached(group)) return;
  const { world } = state;
  group.inUseUntil = world.now() + world.random('elbv2/linger') * lingerMs * world.latencyFactor;
  attachmentChanged(state, group);
}

/** The rules of a load balancer have changed: the data plane follows when the batch that the first change opened closes. */
export function rulesChanged(state: ElbState, loadBalancer: LoadBalancer): void {
  if (loadBalancer.applyPending) return;
  loadBalancer.applyPending = true;
  later(state, applyMs, () => {
    loadBalancer.applyPending = false;
    applyRules(loadBalancer);
  });
}

/** Makes the data plane do what the rules say now. */
export function applyRules(loadBalancer: LoadBalancer): void {
  loadBalancer.applied = [...loadBalancer.listeners.values()].map((listener) => ({
    arn: listener.arn,
    port: listener.port,
    rules: [...listener.rules.values()].sort(byPriority).map(({ arn, conditions, actions }) => ({
      arn,
      conditions,
      actions,
    })),
  }));
}

/** Ascending priority, the default rule last. */
export function byPriority(a: Rule, b: Rule): number {
  return (a.priority ?? Number.POSITIVE_INFINITY) - (b.priority ?? Number.POSITIVE_INFINITY);
}
