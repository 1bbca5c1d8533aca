import type { ConditionUpdate } from '../../model/conditions.ts';
import { CallError, failureText } from '../../model/errors.ts';
import type { Change, InventoryResource, PlacementInventory, ResourceKind } from '../../model/resources.ts';
import type { PlacementContext, RetireStep } from '../../reconcilers/contract.ts';
import { removalWindowMs } from '../../store/removals.ts';
import type { ObjectEntry } from '../fleet/entry.ts';
import type { Outcome, Trigger } from '../outcome.ts';
import { type ChainResult, type ChainSignals, convergeChain, type Refusal } from './chain.ts';
import { hasServed, type PlacementScope, savePlacement } from './context.ts';
import type { EngineDeps } from './deps.ts';
import { isInsync } from './dns-change.ts';
import { supersededStays } from './status.ts';
import { recordStrays } from './strays.ts';
import { wishedRecords } from './wish.ts';

/** What one pass over a placement that is to serve came to. */
export interface ServeResult {
  readonly placement: PlacementInventory;
  readonly conditions: readonly ConditionUpdate[];
  readonly outcome: Outcome;
  readonly signals: ChainSignals;
  readonly changes: readonly Change[];
  readonly held: readonly Refusal[];
  /** Everything stands as the spec says and no deployment is under way. */
  readonly stable: boolean;
  /** The first call that failed, where one did: what its resource is like is not known. */
  readonly failure: string | undefined;
  /** What AWS did not allow, where it did not: nothing but another right mends that, so it is said before all else. */
  readonly denied: ConditionUpdate | undefined;
  /** What a step of the chain waits for, where one does. */
  readonly waitingFor: string | undefined;
}

/** How fresh answers have to be, by why the key runs. */
export function freshnessOf(trigger: Trigger): { readonly maxAgeMs: number; readonly driftAgeMs: number } {
  switch (trigger) {
    case 'operator':
    case 'detail':
    case 'drift':
      return { maxAgeMs: 0, driftAgeMs: 0 };
    case 'change':
      return { maxAgeMs: 1_000, driftAgeMs: 10_000 };
    case 'progress':
    case 'retry':
      return { maxAgeMs: 1_000, driftAgeMs: 60_000 };
    case 'resync':
      return { maxAgeMs: 30_000, driftAgeMs: 300_000 };
    default:
      return trigger satisfies never;
  }
}

/**
 * Brings one placement's chain in line with its spec, as far as it can be brought now, and retires what was superseded. `oldServes`, for a successor: what it is to replace can take all
 * requests.
 */
export async function servePlacement(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  trigger: Trigger,
  oldServes = false,
): Promise<ServeResult> {
  const write = scope.mode === 'active';
  const context = write ? await noteStop(deps, entry, scope.context) : scope.context;
  const result = await convergeChain(
    {
      reconcilers: deps.reconcilers,
      clock: deps.clock,
      newToken: deps.newToken,
      save: (placement) => savePlacement(deps, entry, placement),
      guard: (change, signals) => guard(deps, entry, scope, change, signals),
      report: (change, what) => deps.observer.change(change, what, entry.name),
      write,
      depth: 'full',
      ...freshnessOf(trigger),
    },
    scope.access,
    context,
    (signals, conditions) => wishedRecords(deps, entry, context, { signals, conditions, oldServes }),
  );
  for (const refusal of result.held) deps.observer.held(refusal.reason, entry.name, refusal.message);
  for (const { error } of result.failed) deps.observer.callFailed(entry.key, error);
  const stable = result.converged && (result.signals.service?.stable ?? false);
  const published = await publishedCondition(deps, entry, scope, result);
  if (result.failed.length > 0) entry.searched.delete(published.placement.id);
  let placement = stable && write ? await recordStrays(deps, entry, scope, published.placement) : published.placement;
  const retired: Retired = stable && write ? await retireOld(deps, entry, scope, placement) : { placement };
  placement = retired.placement;
  if (retired.failed !== undefined) deps.observer.callFailed(entry.key, retired.failed.error);
  const conditions = [...ownDns(scope.context, result.conditions, published.condition), published.condition];
  const ready = conditions.every((condition) => condition.status === 'True');
  const restarted = placement.stopped !== undefined && context.tasks > 0;
  if (ready && write && (placement.phase === 'reserved' || restarted)) {
    const { stopped: _over, ...rest } = placement;
    placement = { ...rest, phase: 'serving' };
    await savePlacement(deps, entry, placement);
  }
  return {
    placement,
    conditions,
    outcome: outcomeOf(result, { write, ready, tasks: scope.context.tasks, retired }),
    signals: result.signals,
    changes: result.changes,
    held: result.held,
    stable,
    failure: result.failed.map(({ kind, error }) => `${kind}: ${error.message}`)[0],
    denied: deniedOf(result, retired),
    waitingFor: result.waiting[0]?.on,
  };
}

/** The condition that names the right that is missing: of a change, of a read, or else of what was superseded and stays. */
function deniedOf({ failed, changes }: ChainResult, retired: Retired): ConditionUpdate | undefined {
  const type = 'Synced';
  const refused = failed.find(({ error }) => error.class === 'denied');
  if (refused !== undefined) {
    const isKnown = changes.some(({ kind }) => kind === refused.kind);
    const message = `${refused.kind}: ${failureText(refused.error)}`;
    return { type, status: isKnown ? 'False' : 'Unknown', reason: 'AccessDenied', message };
  }
  if (retired.failed?.error.class !== 'denied') return undefined;
  const message = `a superseded ${retired.failed.kind} stays: ${failureText(retired.failed.error)}`;
  return { type, status: 'False', reason: supersededStays, message };
}

/** Before tasks are stopped whose count is another hand's: that it was we is durable, so that they are started again. */
async function noteStop(deps: EngineDeps, entry: ObjectEntry, context: PlacementContext): Promise<PlacementContext> {
  const { effective, placement } = context;
  const isOurs = effective.service.scaling.mode !== 'external';
  if (isOurs || effective.state !== 'suspended' || placement.stopped !== undefined) return context;
  const next = { ...placement, stopped: true } as const;
  await savePlacement(deps, entry, next);
  return { ...context, placement: next };
}

/** A tenant of a shared name has no record of its own: the name's publication speaks for it. */
function ownDns(
  context: PlacementContext,
  conditions: readonly ConditionUpdate[],
  published: ConditionUpdate,
): readonly ConditionUpdate[] {
  if (context.effective.routing.scope === 'tenant') return conditions;
  const others = conditions.filter((condition) => condition.type !== 'DnsReady');
  return [...others, { ...published, type: 'DnsReady' }];
}

/** Scaling to nothing takes a serving placement away: that is charged before the call. */
async function guard(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  change: Change,
  signals: ChainSignals,
): Promise<Refusal | undefined> {
  const behind = builtAnew(deps, scope, change, signals);
  if (behind !== undefined) return behind;
  if (change.action !== 'update' || change.kind !== 'service' || scope.context.tasks > 0) return undefined;
  const scaledToNothing = change.fields.some((field) => field.field === 'desiredCount' && Number(field.before) > 0);
  if (!scaledToNothing || !hasServed(scope.context)) return undefined;
  return chargeRemoval(deps, scope.context.placement.id, 'suspend', entry.name);
}

/**
 * A placement without a cluster is built anew, and a table that is older than what is live may name one that was given up: it is not built while that is open. What has its cluster heals as ever.
 */
function builtAnew(
  deps: EngineDeps,
  scope: PlacementScope,
  change: Change,
  signals: ChainSignals,
): Refusal | undefined {
  if (change.action !== 'create') return undefined;
  const { kind } = change;
  const isFirst = kind === 'cluster' || kind === 'task_definition';
  if (!isFirst && signals.cluster?.runningTasks !== undefined) return undefined;
  const message = deps.placingClosed(scope.context.effective.tier);
  return message === undefined ? undefined : { reason: 'state_behind', message };
}

/** Charges the removal budget for one placement. Undefined: granted, and durable. */
export async function chargeRemoval(
  deps: EngineDeps,
  placement: string,
  reason: string,
  tenant: string,
): Promise<Refusal | undefined> {
  const fleet = deps.view.fleet();
  const now = deps.clock.now();
  const lifted =
    fleet?.allow?.some((allow) => allow.reason === 'removal_budget' && Date.parse(allow.until) > now) ?? false;
  const limit = lifted
    ? Number.MAX_SAFE_INTEGER
    : (fleet?.removals?.perTenMinutes ?? Math.max(5, Math.ceil(deps.view.count('Tenant') / 100)));
  const grant = await deps.removals.charge({ placements: [placement], reason, limit, windowMs: removalWindowMs });
  if (grant.granted.includes(placement)) return undefined;
  const next = grant.nextFreeAt === undefined ? 'later' : `at ${new Date(grant.nextFreeAt).toISOString()}`;
  const message = `taking ${tenant} away is held: ${grant.spent} of ${limit} removals of the last ten minutes are used; goes on ${next}, or when the Fleet record allows removal_budget`;
  deps.observer.held('removal_budget', tenant, message);
  // Another budget, or its being lifted, is a change of the Fleet record, which wakes everybody.
  const checkInMs = Math.max(30_000, (grant.nextFreeAt ?? now + removalWindowMs) - deps.clock.now());
  return { reason: 'removal_budget', message, checkInMs };
}

/** Whether every name server has the change; or that it may not be asked. */
async function spread(
  deps: EngineDeps,
  scope: PlacementScope,
  change: PlacementInventory['dnsChange'],
): Promise<boolean | CallError> {
  try {
    return await isInsync(deps.clock, scope.access.zone, change);
  } catch (error) {
    if (!(error instanceof CallError) || error.class !== 'denied') throw error;
    return error;
  }
}

async function publishedCondition(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  result: ChainResult,
): Promise<{ condition: ConditionUpdate; placement: PlacementInventory }> {
  const { placement } = result;
  const type = 'Published';
  const { effective, dns } = scope.context;
  if (effective.routing.scope === 'tier') {
    const { published, message } = deps.publication(effective.tier, placement.infraGroup, entry.name);
    return {
      condition: { type, status: published ? 'True' : 'False', reason: published ? 'Closed' : 'RouteClosure', message },
      placement,
    };
  }
  const change = placement.dnsChange;
  if (placement.resources.dns_record?.arn === undefined) {
    return {
      condition: {
        type,
        status: 'False',
        reason: 'NotPublished',
        message: `${dns.host} has no record for this placement yet`,
      },
      placement,
    };
  }
  if (change === undefined || change.insyncAt !== undefined) {
    return {
      condition: { type, status: 'True', reason: 'Insync', message: `${dns.host} is answered by every name server` },
      placement,
    };
  }
  const insynced = scope.mode === 'active' && (await spread(deps, scope, change));
  if (insynced instanceof CallError) {
    deps.observer.callFailed(entry.key, insynced);
    const message = `whether ${dns.host} is answered everywhere is not known: ${failureText(insynced)}`;
    return { condition: { type, status: 'Unknown', reason: 'AccessDenied', message }, placement };
  }
  if (!insynced) {
    return {
      condition: { type, status: 'False', reason: 'Pending', message: `Route 53 spreads the change of ${dns.host}` },
      placement,
    };
  }
  const insync: PlacementInventory = {
    ...placement,
    dnsChange: { ...change, insyncAt: new Date(deps.clock.now()).toISOString() },
  };
  await savePlacement(deps, entry, insync);
  return {
    condition: { type, status: 'True', reason: 'Insync', message: `${dns.host} is answered by every name server` },
    placement: insync,
  };
}

const retireOrder: readonly ResourceKind[] = [
  'scaling',
  'service',
  'listener_rule',
  'target_group',
  'cluster',
  'task_definition',
  'dns_record',
];

/** What became of superseded incarnations. */
interface Retired {
  readonly placement: PlacementInventory;
  readonly waiting?: { readonly on: string; readonly checkInMs: number };
  readonly failed?: { readonly kind: ResourceKind; readonly error: CallError };
}

/** One step for each superseded incarnation, services first: until those have gone, what they use cannot go. A call that fails ends it for now, and nothing else. */
async function retireOld(
  deps: EngineDeps,
  entry: ObjectEntry,
  scope: PlacementScope,
  start: PlacementInventory,
): Promise<Retired> {
  let placement = start;
  const wait = deps.removalsFrom() - deps.clock.now();
  if (placement.retired.length === 0) return { placement };
  if (wait > 0) return { placement, waiting: { on: 'calls of an earlier leader to be over', checkInMs: wait } };
  const inUse = new Set(Object.values(placement.resources).map((resource) => resource.arn));
  const due = [...placement.retired].sort((a, b) => retireOrder.indexOf(a.kind) - retireOrder.indexOf(b.kind));
  for (const old of due) {
    // What ECS rolled back to is what serves, until other content is asked for.
    if (old.arn === placement.rolledBack?.liveTaskDefinitionArn) continue;
    if (!inUse.has(old.arn)) {
      const step = await retireOne(deps, scope, placement, old);
      if (step instanceof CallError) return { placement, failed: { kind: old.kind, error: step } };
      if (step !== undefined) return { placement, waiting: step };
    }
    placement = { ...placement, retired: placement.retired.filter((one) => one !== old) };
    await savePlacement(deps, entry, placement);
  }
  return { placement };
}

async function retireOne(
  deps: EngineDeps,
  scope: PlacementScope,
  placement: PlacementInventory,
  old: InventoryResource,
): Promise<{ on: string; checkInMs: number } | CallError | undefined> {
  const reconciler = deps.reconcilers.find((candidate) => candidate.kind === old.kind);
  let step: RetireStep | undefined;
  try {
    step = await reconciler?.retire(scope.access, { ...scope.context, placement }, old);
  } catch (error) {
    if (!(error instanceof CallError) || error.class === 'fenced') throw error;
    return error;
  }
  if (step?.step === 'pending') return { on: step.found, checkInMs: step.checkInMs };
  if (step?.step === 'unmarked') {
    deps.observer.event(`Tenant/${scope.context.tenant}`, {
      type: 'Warning',
      reason: 'OwnershipLost',
      message: `superseded ${old.kind} ${old.arn ?? old.name} ${step.found}: it is left alone`,
    });
  }
  return undefined;
}

interface Standing {
  readonly write: boolean;
  readonly ready: boolean;
  readonly tasks: number;
  readonly retired: Retired;
}

function outcomeOf(result: ChainResult, standing: Standing): Outcome {
  const stays = standing.retired.failed === undefined ? [] : [standing.retired.failed];
  const failed = worstFailure([...result.failed, ...stays].map((failure) => failure.error));
  if (failed !== undefined) return failed;
  if (result.applied > 0) return { kind: 'progressing', checkInMs: 1_500, what: `${result.applied} changes were made` };
  const soonest = [...result.waiting].sort((a, b) => a.checkInMs - b.checkInMs)[0] ?? standing.retired.waiting;
  if (soonest !== undefined) return { kind: 'progressing', checkInMs: soonest.checkInMs, what: soonest.on };
  const held = result.held[0];
  if (held !== undefined) return { kind: 'held', reason: held.reason, checkInMs: held.checkInMs ?? 30_000 };
  if (!standing.write) return { kind: 'settled' };
  const stopped = standing.tasks === 0 && (result.signals.service?.runningTasks ?? 0) === 0;
  if (standing.ready || stopped) return { kind: 'settled' };
  return { kind: 'progressing', checkInMs: 5_000, what: 'tasks to start and targets to be healthy' };
}

/** What failed calls ask for: access that is denied concerns the account, input that is refused the record; everything else comes back. */
export function worstFailure(errors: readonly CallError[]): Outcome | undefined {
  const error = errors.find((candidate) => candidate.class !== 'invalid') ?? errors[0];
  if (error === undefined) return undefined;
  switch (error.class) {
    case 'throttled':
    case 'waiting':
    case 'not_found':
    case 'unknown_result':
      return { kind: 'progressing', checkInMs: 3_000, what: error.message };
    case 'denied':
    case 'capacity':
      return { kind: 'waiting', checkInMs: 60_000, on: error.message };
    case 'invalid':
      return { kind: 'terminal', reason: error.code, error };
    case 'transient':
    case 'conflict':
    case 'fenced':
    case 'bug':
      return { kind: 'retry', class: error.class, error };
    default:
      return error.class satisfies never;
  }
}
