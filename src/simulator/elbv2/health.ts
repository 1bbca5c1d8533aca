/**
 * How a target's health changes, event by event. Nothing ticks: each change of what a target does puts at most one event on the agenda.
 * Source: "Health checks for Application Load Balancer target groups"; the latencies are those of the simulator's facts page.
 */
import type { TargetAddress } from '../kernel.ts';
import { type ElbState, later, type Target, type TargetGroup } from './state.ts';

/** From registration to the first health check at the earliest (observed: a few seconds). */
const registrationMs = 5_000;

/** The key of a target in its group. */
export function targetKey(address: TargetAddress): string {
  return `${address.ip}:${address.port}`;
}

/** The key of an address in its VPC, whichever groups it is registered in. */
export function addressKey(group: TargetGroup, address: TargetAddress): string {
  return `${group.description.VpcId ?? ''}/${targetKey(address)}`;
}

/** Whether some rule forwards to the group. */
export function isAttached(group: TargetGroup): boolean {
  return group.users.size > 0;
}

/** Whether the group's load balancer stands: one that still provisions checks nothing (assumed). */
function isChecked(group: TargetGroup): boolean {
  const [user] = group.users;
  return user?.listener.loadBalancer.active === true;
}

/** Starts the checks of a target that is new, or whose group has just been attached. */
export function startChecks(state: ElbState, target: Target): void {
  if (!isAttached(target.group)) {
    become(state, target, 'unused', 'Target.NotInUse');
    return;
  }
  if (!isChecked(target.group)) {
    become(state, target, 'initial', 'Elb.RegistrationInProgress');
    return;
  }
  const wait = state.world.random('elbv2/first-check') * interval(target.group);
  target.firstCheckAt = state.world.now() + (registrationMs + wait) * state.world.latencyFactor;
  target.cancel = later(state, registrationMs, () => {
    target.reason = 'Elb.InitialHealthChecking';
    target.cancel = state.world.at(target.firstCheckAt, () => firstCheck(state, target));
  });
  become(state, target, 'initial', 'Elb.RegistrationInProgress');
}

/** A new target is healthy after one passed check, whatever the threshold; unhealthy only after the whole threshold has failed. */
function firstCheck(state: ElbState, target: Target): void {
  target.cancel = undefined;
  if (target.answering) {
    become(state, target, 'healthy', undefined);
    return;
  }
  const failures = (target.group.description.UnhealthyThresholdCount ?? 2) - 1;
  target.cancel = later(state, failures * interval(target.group), () => {
    become(state, target, 'unhealthy', failureReason(state, target));
  });
}

/** Tells that checks on the target pass or fail from now on. */
export function setAnswers(state: ElbState, target: Target, answers: boolean): void {
  if (target.answering === answers) return;
  target.answering = answers;
  const { HealthyThresholdCount: up = 5, UnhealthyThresholdCount: down = 2 } = target.group.description;
  switch (target.state) {
    case 'initial':
      answersWhileNew(state, target);
      return;
    case 'healthy':
      target.cancel?.();
      target.cancel = answers
        ? undefined
        : later(state, down * interval(target.group), () => {
            become(state, target, 'unhealthy', failureReason(state, target));
          });
      return;
    case 'unhealthy':
      target.cancel?.();
      target.cancel = answers
        ? later(state, up * interval(target.group), () => become(state, target, 'healthy', undefined))
        : undefined;
      return;
    case 'unused':
    case 'draining':
    case 'unavailable':
      return;
  }
}

/** The first check has not passed yet: the next one decides, unless it is still to come. */
function answersWhileNew(state: ElbState, target: Target): void {
  const now = state.world.now();
  if (now < target.firstCheckAt || !isChecked(target.group)) return;
  target.cancel?.();
  const step = Math.max(1, interval(target.group) * state.world.latencyFactor);
  const nextCheck = target.firstCheckAt + Math.ceil((now - target.firstCheckAt) / step) * step;
  target.cancel = state.world.at(nextCheck, () => firstCheck(state, target));
}

/** The group has been attached to, or detached from, its load balancer: its targets come into use or go out of it. */
export function attachmentChanged(state: ElbState, group: TargetGroup): void {
  for (const target of [...group.targets.values()]) {
    if (target.state === 'draining') continue;
    target.cancel?.();
    target.cancel = undefined;
    startChecks(state, target);
  }
}

/** Takes a target out: draining for the deregistration delay and then gone; at once where no traffic could have reached it. */
export function drain(state: ElbState, target: Target): void {
  if (target.state === 'draining') return;
  target.cancel?.();
  target.cancel = undefined;
  const delay = Number(target.group.attributes.get('deregistration_delay.timeout_seconds') ?? '300') * 1_000;
  if (target.state === 'unused' || delay === 0) {
    forget(state, target);
    return;
  }
  target.cancel = later(state, delay, () => forget(state, target));
  become(state, target, 'draining', 'Target.DeregistrationInProgress');
}

/** Removes a target without a trace, and tells the listeners. */
export function forget(state: ElbState, target: Target): void {
  target.cancel?.();
  target.cancel = undefined;
  const { group, address } = target;
  group.targets.delete(targetKey(address));
  const key = addressKey(group, address);
  const called = state.registeredByCall.get(key);
  if (called?.delete(target) === true && called.size === 0) state.registeredByCall.delete(key);
  for (const listener of [...state.targetListeners]) listener(group.arn, address, undefined);
}

/** Where something listens the check is refused or answered wrongly; where nothing does it times out. */
function failureReason(state: ElbState, target: Target): string {
  return state.answering.has(addressKey(target.group, target.address)) ? 'Target.FailedHealthChecks' : 'Target.Timeout';
}

function become(state: ElbState, target: Target, to: Target['state'], reason: string | undefined): void {
  const changed = target.state !== to;
  target.state = to;
  target.reason = reason;
  if (to !== 'initial' && to !== 'draining') target.cancel = undefined;
  if (!changed) return;
  for (const listener of [...state.targetListeners]) listener(target.group.arn, target.address, to);
}

function interval(group: TargetGroup): number {
  return (group.description.HealthCheckIntervalSeconds ?? 30) * 1_000;
}
