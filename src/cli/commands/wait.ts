/** `wait`: for scripts that go on when a tenant is as its record says. */
import type { Condition } from '../../model/conditions.ts';
import type { RolloutStatus } from '../../model/rollout.ts';
import type { ObjectStatus } from '../../model/state.ts';
import { conditionOf } from '../columns.ts';
import { wholeFlag, wrongFlag } from '../config.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../errors.ts';
import { loadObject, type ObjectView, shownStatus } from '../objects.ts';
import { type Session, withSession } from '../session.ts';
import { acceptedHash, isServiceSeen, ownHash, wantedHash } from '../wanted.ts';
import { pause } from '../watch.ts';
import { noSuchRecord, requireKind, requireName } from '../words.ts';

/** What may be waited for. */
export const goals = ['ready', 'suspended', 'deleted'] as const;
type Goal = (typeof goals)[number];

const pollMs = 500;
/** How often progress is said although nothing changed, in milliseconds. */
const reminderMs = 30_000;

/** What is missing, in a reason and a sentence. */
interface Obstacle {
  readonly condition: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * Waits until the goal is true of the spec that stands in the desired table at that moment. 0 when it is, 1 at the time-out, 2 where there is no such record.
 */
export async function wait(
  context: Context,
  word: string,
  name: string,
  options: { for: string; timeout: string },
): Promise<number> {
  if (requireKind(word) !== 'Tenant') {
    throw new CliError({
      reason: 'Usage',
      what: `wait does not take ${word}`,
      why: 'only tenants are waited for',
      hint: `cellwright wait tenant NAME --for ${goals.join('|')}`,
    });
  }
  requireName('Tenant', name);
  const goal = goals.find((each) => each === options.for);
  if (goal === undefined) throw wrongFlag('--for', options.for, `one of ${goals.join(', ')}`);
  const timeoutSeconds = wholeFlag('--timeout', options.timeout, 0, 86_400);
  return withSession(context.host, context.settings, (session) =>
    waitFor(context, session, { name, goal, timeoutSeconds }),
  );
}

async function waitFor(
  context: Context,
  session: Session,
  asked: { name: string; goal: Goal; timeoutSeconds: number },
): Promise<number> {
  const { name, goal, timeoutSeconds } = asked;
  const { clock } = context.host;
  const signal = context.host.interrupts();
  const startedMs = clock.monotonic();
  const progress = createProgress(context, name);
  for (;;) {
    const found = await loadObject(session, 'Tenant', name);
    if (found?.view.raw === undefined) throw noSuchRecord('Tenant', name);
    const obstacle = obstacleTo(goal, found.view, found.views);
    const waitedMs = clock.monotonic() - startedMs;
    const seconds = Math.round(waitedMs / 1_000);
    if (obstacle === undefined) {
      const value = { kind: 'Tenant', name, for: goal, met: true, seconds };
      await context.output.data(value, () => [`tenant ${name} is ${goal}`]);
      return exitCodes.yes;
    }
    if (waitedMs >= timeoutSeconds * 1_000) throw timedOut(asked, obstacle);
    progress(obstacle, waitedMs);
    await pause(context, Math.min(pollMs, timeoutSeconds * 1_000 - waitedMs), signal);
  }
}

function timedOut(asked: { name: string; goal: Goal; timeoutSeconds: number }, obstacle: Obstacle): CliError {
  const { name, goal, timeoutSeconds } = asked;
  return new CliError(
    {
      reason: 'TimedOut',
      what: `tenant ${name} is not ${goal} after ${timeoutSeconds} s`,
      why: `${obstacle.condition} (${obstacle.reason}): ${obstacle.message}`,
      hint: `cellwright describe tenant ${name}`,
      details: { kind: 'Tenant', name, for: goal, met: false, blocking: obstacle },
    },
    { exitCode: exitCodes.no },
  );
}

/** Says what is waited for when that changes, and now and then so that a log shows that it goes on. */
function createProgress(context: Context, name: string): (obstacle: Obstacle, waitedMs: number) => void {
  let last = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return (obstacle, waitedMs) => {
    const line = `${obstacle.condition} (${obstacle.reason}): ${obstacle.message}`;
    if (line === last && waitedMs - lastMs < reminderMs) return;
    last = line;
    lastMs = waitedMs;
    context.output.say(`tenant ${name}, ${Math.round(waitedMs / 1_000)} s: ${line}`);
  };
}

/** What stands between the record as it is now and the goal; undefined when it is reached. */
export function obstacleTo(goal: Goal, view: ObjectView, views: ReadonlyMap<string, ObjectView>): Obstacle | undefined {
  const status = shownStatus(view, views);
  return (
    recordObstacle(goal, view) ??
    generationObstacle(view, views, status) ??
    rolloutObstacle(goal, view, views) ??
    goalObstacle(goal, status)
  );
}

function recordObstacle(goal: Goal, { parsed }: ObjectView): Obstacle | undefined {
  if (parsed?.ok !== true) {
    const problem = parsed?.problems[0];
    const message =
      problem === undefined
        ? 'there is no record'
        : `${problem.field}: found ${problem.found}, expected ${problem.expected}`;
    return { condition: 'Accepted', reason: 'Invalid', message };
  }
  const { record } = parsed;
  const state = record.kind === 'Tenant' ? record.spec.state : '';
  const expected = goal === 'ready' ? 'active' : goal;
  if (state === expected) return undefined;
  return { condition: 'Record', reason: 'OtherState', message: `the record says state: ${state}, not ${expected}` };
}

/** Whether the status speaks of the spec that stands in the table, and not of one before it. */
function generationObstacle(
  view: ObjectView,
  views: ReadonlyMap<string, ObjectView>,
  status: ObjectStatus,
): Obstacle | undefined {
  const accepted = conditionOf(status, 'Accepted');
  if (accepted?.status === 'False') return fromCondition(accepted);
  const spec = view.stored?.spec?.value;
  const wanted = ownHash(view, views);
  if (spec === undefined || wanted === undefined || wanted !== acceptedHash(spec)) {
    return {
      condition: 'Accepted',
      reason: 'NotLookedAt',
      message: 'no controller has looked at the record as it stands now',
    };
  }
  if (status.generation === spec.generation && status.observedGeneration === spec.generation) {
    if (status.observedHash === spec.hash) return undefined;
  }
  const ready = conditionOf(status, 'Ready');
  if (ready?.status === 'False' && status.generation === spec.generation) return fromCondition(ready);
  const message = `generation ${spec.generation} is accepted, ${status.observedGeneration} is live`;
  return { condition: 'Ready', reason: 'NotObserved', message };
}

/** Ready is only who has what its tier says now: until then it waits for its turn. What is suspended or deleted waits for none. */
function rolloutObstacle(goal: Goal, view: ObjectView, views: ReadonlyMap<string, ObjectView>): Obstacle | undefined {
  if (goal !== 'ready' || view.parsed?.ok !== true || view.parsed.record.kind !== 'Tenant') return undefined;
  if (wantedHash(view, views) === acceptedHash(view.stored?.spec?.value)) return undefined;
  const { tier: name, ring } = view.parsed.record.spec;
  const tier = views.get(`Tier/${name}`);
  if (tier === undefined || !isServiceSeen(tier)) {
    const message = `no controller has looked at tier ${name} as it stands now`;
    return { condition: 'Accepted', reason: 'NotLookedAt', message };
  }
  const status = tier.stored?.status?.value;
  const rolledOut = status === undefined ? undefined : conditionOf(status, 'RolledOut');
  const turn = turnIn(status?.rollout, view.name) ?? `waits for ring ${ring} of the rollout of tier ${name}`;
  const now = rolledOut === undefined ? '' : `; it is at: ${rolledOut.message}`;
  return { condition: 'RolledOut', reason: rolledOut?.reason ?? 'Waiting', message: `${turn}${now}` };
}

/** What the tier's status says of the tenant by name. */
function turnIn(rollout: RolloutStatus | undefined, tenant: string): string | undefined {
  const failure = rollout?.failures.find((one) => one.tenant === tenant);
  if (failure !== undefined) return `failed in the rollout of its tier: ${failure.why}`;
  const skipped = rollout?.skipped.find((one) => one.tenant === tenant);
  return skipped === undefined ? undefined : `skipped by the rollout of its tier: ${skipped.why}`;
}

function goalObstacle(goal: Goal, status: ObjectStatus): Obstacle | undefined {
  const phase = status.phase ?? 'Pending';
  const wanted = { ready: 'Ready', suspended: 'Suspended', deleted: 'Deleted' }[goal];
  const ready = conditionOf(status, 'Ready');
  if (phase === wanted && (goal !== 'ready' || ready?.status === 'True')) return undefined;
  if (goal === 'ready' && ready !== undefined && ready.status !== 'True') return fromCondition(ready);
  const synced = conditionOf(status, 'Synced');
  if (synced !== undefined && synced.status !== 'True') return fromCondition(synced);
  return { condition: 'Phase', reason: phase, message: `the phase is ${phase}, not ${wanted}` };
}

function fromCondition({ type, reason, message }: Condition): Obstacle {
  return { condition: type, reason, message };
}
