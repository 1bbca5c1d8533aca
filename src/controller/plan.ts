import type { Change, PlacementInventory, ResourceKind } from '../model/resources.ts';
import { resolvePlacement } from '../placement/resolve.ts';
import { type ObjectEntry, placementsOf, specOf } from './fleet/entry.ts';
import { strictest } from './fleet/modes.ts';
import { rolloutNotes } from './rollout/run.ts';
import { convergeChain } from './tenant/chain.ts';
import { isReachable, placementScope } from './tenant/context.ts';
import type { EngineDeps } from './tenant/deps.ts';
import { wishesOf } from './tenant/places.ts';
import { requestOf } from './tenant/placing.ts';

/** What would be done for one tenant now. */
export interface TenantPlan {
  readonly tenant: string;
  /** In the order in which they would be applied. Environment values are hashes. */
  readonly changes: readonly Change[];
  /** What is waited for or held back, in words; no change by itself. */
  readonly notes: readonly string[];
}

export interface PlanReport {
  /** RFC 3339. */
  readonly at: string;
  /** Tenants with changes or notes, by name. */
  readonly tenants: readonly TenantPlan[];
  /** Infra groups whose endpoints would change, by name; left out where one tenant was asked for. */
  readonly infraGroups?: readonly InfraGroupPlan[];
}

/** What would be done for the endpoints of one infra group now. */
export interface InfraGroupPlan {
  readonly infraGroup: string;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
}

/**
 * What the controller would do now, by the code that does it. Nothing is written. One tenant is read anew; for the whole fleet a reading of the last minute
 * will do, so that a plan does not take the calls that the work itself needs.
 */
export async function planFleet(deps: EngineDeps, tenant?: string): Promise<PlanReport> {
  const entries = deps.view
    .all('Tenant')
    .filter((entry) => tenant === undefined || entry.name === tenant)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const plans: TenantPlan[] = [];
  const waits = new Map(
    deps.view.all('Tier').flatMap((tier) => {
      const mode = strictest([deps.mode(), deps.view.fleet()?.mode]);
      return [...rolloutNotes({ ...deps, mode }, tier)];
    }),
  );
  for (const entry of entries) {
    const found = await planTenant(deps, entry, tenant === undefined ? 60_000 : 0);
    const wait = waits.get(entry.name);
    const plan = wait === undefined ? found : { ...found, notes: [...found.notes, wait] };
    if (plan.changes.length > 0 || plan.notes.length > 0) plans.push(plan);
  }
  return { at: new Date(deps.clock.now()).toISOString(), tenants: plans };
}

async function planTenant(deps: EngineDeps, entry: ObjectEntry, maxAgeMs: number): Promise<TenantPlan> {
  const changes: Change[] = [];
  const notes: string[] = [];
  const accepted = entry.accepted?.effective;
  if (!entry.isAccepted && entry.condition !== undefined) notes.push(entry.condition.message);
  if (accepted !== undefined) {
    if (accepted.state === 'deleted') {
      for (const placement of placementsOf(entry)) planRemoval(deps, entry, placement, { changes, notes });
    } else {
      notes.push(...placingNotes(deps, entry));
      for (const placement of placementsOf(entry)) {
        if (placement.phase === 'leaving') planRemoval(deps, entry, placement, { changes, notes });
        else await planChain(deps, entry, placement, { changes, notes, maxAgeMs });
      }
    }
  }
  return { tenant: entry.name, changes, notes };
}

function placingNotes(deps: EngineDeps, entry: ObjectEntry): readonly string[] {
  const accepted = entry.accepted?.effective;
  if (accepted === undefined || !entry.present) return [];
  const closed = deps.placingClosed(accepted.tier);
  const wishes = wishesOf(deps, entry);
  const resolution = resolvePlacement(requestOf(entry.name, accepted), deps.book.ledger(deps.clock.now()), { wishes });
  switch (resolution.kind) {
    case 'move-required':
      return [resolution.text];
    case 'unplaceable':
      return [resolution.explanation.text];
    case 'change': {
      if (resolution.choices.length > 0 && closed !== undefined) return [closed];
      const choices = resolution.choices.map((choice) =>
        choice.replaces === undefined ? `to be placed in ${choice.group} (${choice.cell}): ${choice.why}` : choice.why,
      );
      const aborts = resolution.aborts.map(
        (one) => `the move to placement ${one.placement} is to be taken back: ${one.reason}`,
      );
      const surplus = resolution.surplus.map((one) => `placement ${one.placement} in ${one.group} is to leave`);
      return [...choices, ...aborts, ...surplus];
    }
    default:
      return resolution satisfies never;
  }
}

async function planChain(
  deps: EngineDeps,
  entry: ObjectEntry,
  placement: PlacementInventory,
  into: { readonly changes: Change[]; readonly notes: string[]; readonly maxAgeMs: number },
): Promise<void> {
  const effective = specOf(entry, placement);
  if (effective === undefined) return;
  const scope = placementScope(deps, entry, effective, placement);
  if (!isReachable(scope)) {
    into.notes.push(scope.message);
    return;
  }
  if (scope.mode === 'paused') into.notes.push(pausedNote(placement));
  const stood = placement.resources.dns_record?.arn !== undefined;
  const result = await convergeChain(
    {
      reconcilers: deps.reconcilers,
      clock: deps.clock,
      newToken: deps.newToken,
      save: () => Promise.reject(new Error('a plan writes nothing')),
      guard: () => Promise.resolve(undefined),
      report: () => undefined,
      write: false,
      depth: 'full',
      maxAgeMs: into.maxAgeMs,
      driftAgeMs: into.maxAgeMs,
    },
    scope.access,
    scope.context,
    () =>
      effective.routing.scope === 'tier'
        ? { ...scope.context.dns, setIdentifier: 'none' }
        : { ...scope.context.dns, want: stood ? 'publish' : 'keep' },
  );
  into.changes.push(...result.changes);
  into.notes.push(
    ...result.waiting.map((one) => `waits for ${one.on}`),
    ...result.held.map((one) => `held: ${one.message}`),
  );
  for (const { kind, error } of result.failed) {
    if (error.class === 'fenced' || error.class === 'bug') throw error;
    into.notes.push(`${kind} could not be read: ${error.message}`);
  }
}

function planRemoval(
  deps: EngineDeps,
  entry: ObjectEntry,
  placement: PlacementInventory,
  into: { readonly changes: Change[]; readonly notes: string[] },
): void {
  const effective = specOf(entry, placement);
  const scope = effective === undefined ? undefined : placementScope(deps, entry, effective, placement);
  if (scope !== undefined && isReachable(scope) && scope.mode === 'paused') into.notes.push(pausedNote(placement));
  into.changes.push(...removalOf(placement));
}

function pausedNote(placement: PlacementInventory): string {
  return `placement ${placement.id}: mode paused, nothing would be done`;
}

const removalOrder: readonly ResourceKind[] = [
  'dns_record',
  'scaling',
  'service',
  'listener_rule',
  'target_group',
  'cluster',
  'task_definition',
];

function removalOf(placement: PlacementInventory): readonly Change[] {
  return removalOrder.flatMap((kind): Change[] => {
    const resource = placement.resources[kind];
    return resource === undefined
      ? []
      : [{ action: 'delete', kind, placement: placement.id, name: resource.name, reason: 'removal' }];
  });
}
