/**
 * Target tracking: alarms on one-minute periods, and what they do to the desired count. Sources: "How target tracking scaling for Application Auto
 * Scaling works", user guide; "Automatically scale your Amazon ECS service", ECS developer guide.
 */
import type { ScalableService } from '../kernel.ts';
import { scaleTo } from './activities.ts';
import type { PolicyRecord, ScalingState, TargetRecord, TrackedMetric } from './state.ts';

const periodMs = 60_000;
/** So many periods in a row set off an alarm (observed). */
const highPeriods = 3;
const lowPeriods = 15;
/** The low alarm's threshold, as a part of the target value (observed). */
const lowThreshold = 0.9;
/** A scale-in removes no more than this part of what runs, or one task ("more gradually": how much is assumed). */
const gradualPart = 0.1;
/** Source: "Define cooldown periods", Application Auto Scaling user guide. */
const usualCooldownSeconds = 300;

/** Has the target's alarms looked at after each whole minute, for as long as one of its policies has a metric. */
export function watch(state: ScalingState, target: TargetRecord): void {
  if (target.cancelTick !== undefined || !isMeasured(state, target)) return;
  const { world } = state;
  const at = (Math.floor(world.now() / periodMs) + 1) * periodMs;
  target.cancelTick = world.at(at, () => {
    target.cancelTick = undefined;
    evaluate(state, target);
    watch(state, target);
  });
}

/** Looks no more. */
export function unwatch(target: TargetRecord): void {
  target.cancelTick?.();
  target.cancelTick = undefined;
}

function isMeasured(state: ScalingState, target: TargetRecord): boolean {
  const measured = state.metrics.get(target.serviceArn);
  if (measured === undefined) return false;
  return [...target.policies.values()].some(({ configuration }) => measured.has(configuration.metric));
}

function evaluate(state: ScalingState, target: TargetRecord): void {
  const measured = state.metrics.get(target.serviceArn);
  const policies = [...target.policies.values()];
  for (const policy of policies) count(policy, measured?.get(policy.configuration.metric));
  const service = state.world.ecs.scalableService(target.address);
  if (service?.active !== true || measured === undefined) return;
  const high = policies.filter((policy) => policy.highPeriods >= highPeriods);
  if (high.length > 0) scaleOut(state, target, service, ratios(high, measured));
  else scaleIn(state, target, service, ratios(policies, measured));
}

/** A period without data is neither high nor low: it breaks both rows. */
function count(policy: PolicyRecord, value: number | undefined): void {
  const { targetValue } = policy.configuration;
  policy.highPeriods = value !== undefined && value > targetValue ? policy.highPeriods + 1 : 0;
  policy.lowPeriods = value !== undefined && value < targetValue * lowThreshold ? policy.lowPeriods + 1 : 0;
}

/** How much more, or less, each policy wants of what runs now. */
interface Wish {
  readonly policy: PolicyRecord;
  readonly ratio: number;
}

function ratios(policies: readonly PolicyRecord[], measured: ReadonlyMap<TrackedMetric, number>): readonly Wish[] {
  return policies.map((policy) => {
    const { metric, targetValue } = policy.configuration;
    return { policy, ratio: (measured.get(metric) ?? targetValue) / targetValue };
  });
}

/**
 * In proportion to the metric, from the tasks that run. During the cooldown only what is larger than the scale-out that began it, from where
 * that one started. The policy that wants most is followed.
 */
function scaleOut(state: ScalingState, target: TargetRecord, service: ScalableService, wishes: readonly Wish[]): void {
  if (target.suspended.out) return;
  const now = state.world.now();
  const { lastOut } = target;
  const capacities = wishes.map(({ policy, ratio }) => {
    const cooldownMs = (policy.configuration.given.ScaleOutCooldown ?? usualCooldownSeconds) * 1_000;
    const cooling = lastOut !== undefined && now < lastOut.at + cooldownMs;
    const from = cooling ? lastOut.from : service.runningCount;
    return { policy, from, capacity: roundedUp(from * ratio) };
  });
  const [most] = capacities.sort((a, b) => b.capacity - a.capacity);
  if (most === undefined) return;
  const capacity = withinBounds(state, target, most.capacity);
  if (capacity <= service.desiredCount) return;
  target.lastOut = { at: now, from: most.from };
  target.lastInAt = undefined;
  scaleTo(state, target, capacity, causeOf(most.policy, most.policy.alarmHigh));
}

/** Only when all policies that may scale in are ready to; that which keeps most is followed. */
function scaleIn(state: ScalingState, target: TargetRecord, service: ScalableService, wishes: readonly Wish[]): void {
  const willing = wishes.filter(({ policy }) => policy.alarmLow !== undefined);
  if (target.suspended.in || service.deploying || willing.length === 0) return;
  const now = state.world.now();
  if (willing.some(({ policy }) => policy.lowPeriods < lowPeriods || inCooldown(target, policy, now))) return;
  const running = service.runningCount;
  const least = running - Math.max(1, Math.floor(running * gradualPart));
  const capacities = willing.map(({ policy, ratio }) => ({ policy, capacity: roundedUp(running * ratio) }));
  const [most] = capacities.sort((a, b) => b.capacity - a.capacity);
  if (most === undefined) return;
  const capacity = withinBounds(state, target, Math.max(most.capacity, least));
  if (capacity >= service.desiredCount) return;
  target.lastInAt = now;
  scaleTo(state, target, capacity, causeOf(most.policy, most.policy.alarmLow ?? ''));
}

function inCooldown(target: TargetRecord, policy: PolicyRecord, now: number): boolean {
  const cooldownMs = (policy.configuration.given.ScaleInCooldown ?? usualCooldownSeconds) * 1_000;
  return target.lastInAt !== undefined && now < target.lastInAt + cooldownMs;
}

/** Inside of the target's bounds, and of what ECS allows a service. */
export function withinBounds(state: ScalingState, target: TargetRecord, capacity: number): number {
  const most = Math.min(target.maxCapacity, state.world.quotas.get(target.address, 'tasksPerService'));
  return Math.min(most, Math.max(target.minCapacity, capacity));
}

/** Rounds up, but for what a division left over. */
function roundedUp(capacity: number): number {
  return Math.ceil(capacity - 1e-9);
}

function causeOf(policy: PolicyRecord, alarm: string): string {
  return `monitor alarm ${alarm} in state ALARM triggered policy ${policy.name}`;
}
